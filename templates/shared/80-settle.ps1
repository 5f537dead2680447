# Whether an answer can be taken: what was made, filled or removed is waited for, because an answer may lag behind a change.
function Read-IsSettled($Record, $States, $Tries, [string]$Until, [string]$Only, $Gone, $Most = 4) {
    $tried = @($States | Where-Object -FilterScript { '' -eq $Only -or @($_['Name'], $_['Address']) -contains $Only })
    $open = @(foreach ($one in $tried) { if ('made' -eq $Until -and 'absent' -eq $one['State']) { $one['Name'] } })
    $open += @(foreach ($one in $tried) { if ($null -ne $one['Guid'] -and $Gone -contains $one['Guid']) { $one['Name'] } })
    $members = @(foreach ($one in $tried) { $one['Members'] })
    $isSettled = $open.Count -eq 0 -and ('filled' -ne $Until -or $members.Count -ge $Record['Rooms'].Count)
    if (-not $isSettled -and $Tries -lt $Most) { Start-Sleep -Milliseconds (300 * $Tries) }
    $isSettled -or $Tries -ge $Most
}
function Assert-Kept($States, $Rooms, [string]$Advice) {
    $members = @(foreach ($state in $States) { $state['Members'] })
    $faults = @(foreach ($state in $States) { if ('absent' -eq $state['State']) { '{0} is absent' -f $state['Name'] } })
    if ('' -eq $Advice) { $Advice = @('Run step 40 again without -Apply.', 'Run step 30 first.')[$faults.Count -ne 0] }
    $faults += @(
        foreach ($state in $States) { foreach ($one in $state['Differences']) { '{0}: {1}' -f $state['Name'], $one } }
        foreach ($room in $Rooms) { if (-not (Read-IsIn -Text $room -Texts $members)) { '{0} is in no list' -f $room } }
    )
    if ($faults.Count -ne 0) { throw ('Not as asked for, or not shown yet: {0}. {1}' -f (Read-Few -Texts $faults), $Advice) }
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
        # What one command shows and another does not know yet.
        $isEarly = 'absent' -eq $state['State'] -and '' -ne [string]$state['Guid']
        if ($isGoing) { $isThere = $Gone -ne [string]$state['Guid'] }
        if ($isThere) { $outcome = @('done', 'already there')[$isOthers] }
        elseif (-not $isOthers -and -not $isEarly -and ($isGoing -or -not $isHalf)) { $outcome = 'not done' }
    }
    $Record['Outcomes'] += @($outcome)
    'already there' -eq $outcome
}
function Show-Unread($Record, [string]$What, $Failure) {
    $text = '{0} ({1})' -f $What, (Read-Why -Failure $Failure)
    Show-Warning -Record $Record -Kind 'unread' -Target $Record['Bundle'] -Text $text -Outcome 'unknown'
    $text
}
function Assert-NothingLeft($Record) {
    $open = 'other-grant not done', 'right-stays not done', 'shared-scope not done', 'stranger-stays not done', 'unread unknown',
        'bundle-altered unknown'
    $left = @($Record['Warnings'] | Where-Object -FilterScript { $open -contains ($_['Kind'] + ' ' + $_['Outcome']) })
    $left = @($left | ForEach-Object -Process { $_['Text'] }) -join '; '
    $isPlan = 'plan' -eq $Record['Mode'] -and $Record['Plan'].Count -ne 0
    if ('' -ne $left -and $isPlan) { Show-Line -Text ('NOT all will be gone: {0}.' -f $left) }
    elseif ('' -ne $left) { throw ('Left: {0}. Mend that, run again.' -f $left) }
}
