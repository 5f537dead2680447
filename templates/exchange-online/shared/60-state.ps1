# What there is, by kinds. What was made, filled or removed is waited for: right after a change old values may still come back.
function Read-State($Record, $Kinds, [string]$Until, $Gone) {
    $tries = 0
    do {
        $tries += 1
        $states = @(if ($Kinds -contains 'pointer') { Read-PointerState -Record $Record })
        $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
        if ($Kinds -contains 'scope') { $states += @(Read-ScopeState -Record $Record) }
        $states += $lists
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record) }
        $open = @($states | Where-Object -FilterScript { 'kept' -ne $_['State'] })
        $staying = @($states | Where-Object -FilterScript { $null -ne $_['Guid'] -and $Gone -contains $_['Guid'] })
        $isDone = $staying.Count -eq 0 -and ('made' -ne $Until -or $open.Count -eq 0)
        if ('filled' -eq $Until) { $isDone = @(foreach ($one in $states) { $one['Members'] }).Count -ge $Record['Rooms'].Count }
        if (-not $isDone -and $tries -lt 6) { Start-Sleep -Milliseconds (500 * $tries) }
    } while (-not $isDone -and $tries -lt 6)
    $states
}
function Assert-Kept($States, $Rooms, [string]$Advice) {
    $members = @{}
    foreach ($state in $States) { foreach ($member in $state['Members']) { $members[$member] = $true } }
    $wrong = @(
        foreach ($state in @($States | Where-Object -FilterScript { 'kept' -ne $_['State'] })) {
            ('{0} is {1} {2}' -f $state['Name'], $state['State'], ($state['Differences'] -join '; ')).Trim()
        }
        foreach ($room in $Rooms) { if (-not $members.ContainsKey($room)) { $room + ' is in no list' } }
    )
    $text = @($wrong | Select-Object -First 5) -join ' | '
    if ('' -ne $text) { throw ('Not as asked for, or not shown yet: {0}. {1}' -f $text, $Advice) }
}
# Notes what a failed change came to, for an error proves nothing; and says whether the run can go on, as it is there anyway.
function Save-Failure($Record, $Failure, [string]$Kind, [string]$Name, $Members, $Gone) {
    $isGoing = $null -ne $Gone
    $states = @()
    try { $states = @(Read-State -Record $Record -Kinds @($Kind) -Until @('made', '')[$isGoing] -Gone $Gone) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    $isOthers = Read-IsClass -Failure $Failure -Class @('AlreadyExistsException', 'ManagementObjectNotFoundException')[$isGoing]
    $outcome = 'unknown'
    foreach ($state in @($states | Where-Object -FilterScript { @($_['Name'], $_['Address']) -contains $Name })) {
        $lacking = @(foreach ($member in $Members) { if ($state['Members'] -notcontains $member) { $member } })
        $isThere = 'kept' -eq $state['State'] -and $lacking.Count -eq 0
        $isHalf = 'conflict' -eq $state['State'] -or @(0, @($Members).Count) -notcontains $lacking.Count
        if ($isGoing) { $isThere = $Gone -ne [string]$state['Guid'] }
        if ($isThere) { $outcome = @('done', 'already there')[$isOthers] }
        elseif (-not $isOthers -and ($isGoing -or -not $isHalf)) { $outcome = 'not done' }
    }
    $Record['Outcomes'] += @($outcome)
    $meaning = [string](Read-Meaning -Failure $Failure -Kind $Kind)
    if ('done' -eq $outcome) { $meaning = 'It is there all the same: run this script again without -Apply.' }
    if ('' -ne $meaning -and 'already there' -ne $outcome) { throw ('{0} {1}' -f $Failure.Exception.Message, $meaning) }
    'already there' -eq $outcome
}
