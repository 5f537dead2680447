# Whether an answer can be taken: what was made, filled or removed is waited for, because an answer may lag behind a change.
function Read-IsSettled($Record, $States, $Tries, [string]$Until, [string]$Only, $Gone) {
    $tried = @($States | Where-Object -FilterScript { '' -eq $Only -or @($_['Name'], $_['Address']) -contains $Only })
    $open = @(foreach ($one in $tried) { if ('made' -eq $Until -and 'absent' -eq $one['State']) { $one['Name'] } })
    $open += @(foreach ($one in $tried) { if ($null -ne $one['Guid'] -and $Gone -contains $one['Guid']) { $one['Name'] } })
    $members = @(foreach ($one in $tried) { $one['Members'] })
    $isSettled = $open.Count -eq 0 -and ('filled' -ne $Until -or $members.Count -ge $Record['Rooms'].Count)
    if (-not $isSettled -and $Tries -lt 4) { Start-Sleep -Milliseconds (300 * $Tries) }
    $isSettled -or $Tries -ge 4
}
function Read-List($Record, [string]$Until, [string]$Only) {
    $tries = 0
    do {
        $tries += 1
        $states = @(Read-ListState -Record $Record)
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only
    } while (-not $isSettled)
    $states
}
function Read-State($Record, $Kinds, [string]$Until, [string]$Only, $Gone) {
    $tries = 0
    do {
        $tries += 1
        $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
        $states = @(if ($Kinds -contains 'scope') { Read-ScopeState -Record $Record }) + $lists
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record) }
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only -Gone $Gone
    } while (-not $isSettled)
    $states
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
    if ('' -ne $text) { throw ('Not as asked for, or not shown yet by this domain controller: {0}. {1}' -f $text, $Advice) }
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
function Save-ListFailure($Record, $Failure, [string]$Name, $Members) {
    $states = @()
    try { $states = @(Read-List -Record $Record -Until 'made' -Only $Name) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Outcome -Record $Record -Failure $Failure -States $states -Name $Name -Members $Members
}
function Save-Failure($Record, $Failure, [string]$Kind, [string]$Name, $Gone) {
    $states = @()
    try { $states = @(Read-State -Record $Record -Kinds @($Kind) -Until @('made', '')[$null -ne $Gone] -Only $Name -Gone $Gone) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Outcome -Record $Record -Failure $Failure -States $states -Name $Name -Gone $Gone
}
