# What there is, by kinds. What was made, filled or removed is waited for, because an answer may lag behind a change.
function Read-State($Record, [string]$DomainController, $Kinds, [string]$Until, $Gone) {
    $tries = 0
    do {
        $tries += 1
        $states = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record -DomainController $DomainController })
        $pending = @(if ('filled' -eq $Until) { Read-Homeless -States $states -Rooms $Record['Rooms'] })
        foreach ($list in $states) { $Record['ListNames'][$list['Address']] = $list['DistinguishedName'] }
        if ($Kinds -contains 'scope') { $states += @(Read-ScopeState -Record $Record -DomainController $DomainController) }
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record -DomainController $DomainController) }
        $pending += @($states | Where-Object -FilterScript { 'made' -eq $Until -and 'absent' -eq $_['State'] })
        $pending += @($states | Where-Object -FilterScript { $null -ne $_['Guid'] -and $Gone -contains $_['Guid'] })
        $isPending = $tries -lt 4 -and $pending.Count -ne 0
        if ($isPending) { Start-Sleep -Milliseconds (300 * $tries) }
    } while ($isPending)
    $states
}
# Rooms that are in no list.
function Read-Homeless($States, $Rooms) {
    $members = @{}
    foreach ($state in $States) { foreach ($member in $state['Members']) { $members[$member] = $true } }
    foreach ($address in $Rooms.Keys) { if (-not $members.ContainsKey($address)) { $address } }
}
# What was asked for is there, as this bundle makes it, and every room is in a list.
function Assert-Kept($States, $Rooms, [string]$Advice) {
    $wrong = @(
        foreach ($state in $States) {
            if ('kept' -ne $state['State']) { '{0} is {1} {2}' -f $state['Name'], $state['State'], ($state['Differences'] -join '; ') }
        }
        if ($null -ne $Rooms) { foreach ($room in @(Read-Homeless -States $States -Rooms $Rooms)) { $room + ' is in no list' } }
    ) -join ' | '
    if ('' -ne $wrong) { throw ('Not as asked for, or not shown yet by this domain controller: {0}. {1}' -f $wrong, $Advice) }
}
# Notes what a failed change came to, by what is there now: an error is no proof that nothing was written. The answer is
# whether what was wanted is there by somebody else, so that the run can go on.
function Save-Failure($Record, [string]$DomainController, $Failure, [string]$Kind, [string]$Name, $Members, $Gone) {
    $class = @('AlreadyExistsException', 'ManagementObjectNotFoundException')[$null -ne $Gone]
    $isOthers = Read-IsClass -Failure $Failure -Class $class
    $until = @('made', '')[$null -ne $Gone]
    $outcome = 'unknown'
    try {
        $states = @(Read-State -Record $Record -DomainController $DomainController -Kinds @($Kind) -Until $until -Gone $Gone)
        $state = $states | Where-Object -FilterScript { @($_['Name'], $_['Address']) -contains $Name } | Select-Object -First 1
        $lacking = @($Members | Where-Object -FilterScript { $state['Members'] -notcontains $_ })
        $isThere = ($null -eq $Gone -and 'kept' -eq $state['State'] -and $lacking.Count -eq 0) -or
            ($null -ne $Gone -and $Gone -notcontains $state['Guid'])
        $isHalf = $null -eq $Gone -and ('conflict' -eq $state['State'] -or @(0, @($Members).Count) -notcontains $lacking.Count)
        if ($isThere) { $outcome = @('done', 'already there')[$isOthers] }
        elseif (-not $isOthers -and -not $isHalf) { $outcome = 'not done' }
    }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    $Record['Outcomes'] += @($outcome)
    'already there' -eq $outcome
}
