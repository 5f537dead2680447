# What there is, by kinds. What was made, filled or removed is waited for, because an answer may lag behind a change.
function Read-State($Record, $Kinds, [string]$Until, $Gone) {
    $tries = 0
    do {
        $tries += 1
        $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
        $states = @(if ($Kinds -contains 'scope') { Read-ScopeState -Record $Record }) + $lists
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record) }
        $absent = @($states | Where-Object -FilterScript { 'absent' -eq $_['State'] })
        $staying = @($states | Where-Object -FilterScript { $null -ne $_['Guid'] -and $Gone -contains $_['Guid'] })
        $isDone = $staying.Count -eq 0 -and ('made' -ne $Until -or $absent.Count -eq 0)
        if ('filled' -eq $Until) { $isDone = @(foreach ($one in $states) { $one['Members'] }).Count -ge $Record['Rooms'].Count }
        if (-not $isDone -and $tries -lt 4) { Start-Sleep -Milliseconds (300 * $tries) }
    } while (-not $isDone -and $tries -lt 4)
    $states
}
function Assert-Kept($States, $Rooms, [string]$Advice) {
    $members = @(foreach ($state in $States) { $state['Members'] })
    $wrong = @(
        foreach ($state in @($States | Where-Object -FilterScript { 'kept' -ne $_['State'] })) {
            ('{0} is {1} {2}' -f $state['Name'], $state['State'], ($state['Differences'] -join '; ')).Trim()
        }
        foreach ($room in $Rooms) { if ($members -notcontains $room) { $room + ' is in no list' } }
    )
    $text = @($wrong | Select-Object -First 5) -join ' | '
    if ('' -ne $text) { throw ('Not as asked for, or not shown yet by this domain controller: {0}. {1}' -f $text, $Advice) }
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
    'already there' -eq $outcome
}
