function Assert-Kept($States, $Rooms, [string]$Advice) {
    $members = @(foreach ($state in $States) { $state['Members'] })
    $faults = @(foreach ($state in $States) { if ('absent' -eq $state['State']) { '{0} is absent' -f $state['Name'] } })
    if ('' -eq $Advice) { $Advice = @('Run step 40 again without -Apply.', 'Run step 30 first.')[$faults.Count -ne 0] }
    $faults += @(
        foreach ($state in $States) { foreach ($one in $state['Differences']) { '{0}: {1}' -f $state['Name'], $one } }
        foreach ($room in $Rooms) { if (-not (Read-IsIn -Text $room -Texts $members)) { '{0} is in no list' -f $room } }
    )
    $text = @($faults | Select-Object -First 5) -join '; '
    if ('' -ne $text) { throw ('Not as asked for, or not shown yet: {0}. {1}' -f $text, $Advice) }
}
# Notes what a failed change came to, for an error proves nothing; and says whether the run can go on, as it is there anyway.
function Save-Outcome($Record, $Failure, $States, [string]$Name, $Members, $Gone) {
    $isGoing = $null -ne $Gone
    $isOthers = Read-IsClass -Failure $Failure -Class @('AlreadyExistsException', 'ManagementObjectNotFoundException')[$isGoing]
    $outcome = 'unknown'
    foreach ($state in @($States | Where-Object -FilterScript { @($_['Name'], $_['Address']) -contains $Name })) {
        $lacking = @(foreach ($member in $Members) { if ($state['Members'] -notcontains $member) { $member } })
        $isThere = 'kept' -eq $state['State'] -and $lacking.Count -eq 0
        $isHalf = 'conflict' -eq $state['State'] -or @(0, @($Members).Count) -notcontains $lacking.Count
        if ($isGoing) { $isThere = $Gone -ne [string]$state['Guid'] }
        if ($isThere) { $outcome = @('done', 'already there')[$isOthers] }
        elseif (-not $isOthers -and ($isGoing -or -not $isHalf)) { $outcome = 'not done' }
    }
    $Record['Outcomes'] += @($outcome)
    'already there' -eq $outcome
}
function Show-Unread($Record, [string]$What, $Failure) {
    $text = '{0} ({1})' -f $What, (Read-Why -Failure $Failure)
    Show-Warning -Record $Record -Kind 'unread' -Target $Record['Bundle'] -Text $text -Outcome 'unknown'
    $text
}
