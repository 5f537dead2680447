# Whether an answer can be taken: what was made, filled or removed is waited for, because an answer may lag behind a change.
function Read-IsSettled($Record, $States, [string]$Until, [string]$Only, $Gone, $Most = 4) {
    $Record['Tries'] += 1
    $tried = @($States | Where-Object -FilterScript { '' -eq $Only -or @($_['Name'], $_['Address']) -contains $Only })
    $open = @($tried | Where-Object -FilterScript { 'made' -eq $Until -and 'absent' -eq $_['State'] })
    $open += @($tried | Where-Object -FilterScript { $null -ne $_['Guid'] -and $Gone -contains $_['Guid'] })
    $members = @(foreach ($one in $tried) { $one['Members'] })
    $isSettled = $open.Count -eq 0 -and ('filled' -ne $Until -or $members.Count -ge $Record['Rooms'].Count)
    if (-not $isSettled -and $Record['Tries'] -lt $Most) { Start-Sleep -Milliseconds (300 * $Record['Tries']) }
    $isSettled -or $Record['Tries'] -ge $Most
}
function Assert-Kept($States, $Rooms, [string]$Advice) {
    $members = @(foreach ($state in $States) { $state['Members'] })
    $absent = @(foreach ($state in $States) { if ('absent' -eq $state['State']) { '{0} is absent' -f $state['Name'] } })
    $differences = @(
        foreach ($state in $States) { foreach ($one in $state['Differences']) { '{0}: {1}' -f $state['Name'], $one } }
        foreach ($room in $Rooms) { if (-not (Read-IsIn -Text $room -Texts $members)) { '{0} is in no list' -f $room } }
    )
    $text = @($absent + $differences | Select-Object -First 5) -join '; '
    if ('' -eq $Advice) { $Advice = @('Run step 40 again without -Apply.', 'Run step 30 first.')[$absent.Count -ne 0] }
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
