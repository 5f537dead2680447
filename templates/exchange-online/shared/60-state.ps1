function Read-List($Record, [string]$Until, [string]$Only) {
    $tries = 0
    do {
        $tries += 1
        $states = @(Read-ListState -Record $Record)
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only -Most 7
    } while (-not $isSettled)
    $states
}
function Read-State($Record, $Kinds, [string]$Until, [string]$Only, $Gone) {
    $tries = 0
    do {
        $tries += 1
        $states = @(if ($Kinds -contains 'pointer') { Read-PointerState -Record $Record })
        $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
        $states += @(if ($Kinds -contains 'scope') { Read-ScopeState -Record $Record }) + $lists
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record) }
        $isSettled = Read-IsSettled -Record $Record -States $states -Tries $tries -Until $Until -Only $Only -Gone $Gone -Most 7
    } while (-not $isSettled)
    $states
}
function Save-Understood($Record, $Failure, $States, [string]$Kind, [string]$Name, $Members, $Gone) {
    $isThere = Save-Outcome -Record $Record -Failure $Failure -States $States -Name $Name -Members $Members -Gone $Gone
    $meaning = [string](Read-Meaning -Failure $Failure -Kind $Kind)
    if ('done' -eq $Record['Outcomes'][-1]) { $meaning = 'It is there all the same: run this script again without -Apply.' }
    if ('' -ne $meaning -and -not $isThere) { throw ('{0}. {1}' -f (Read-Why -Failure $Failure), $meaning) }
    $isThere
}
function Save-ListFailure($Record, $Failure, [string]$Name, $Members) {
    $states = @()
    try { $states = @(Read-List -Record $Record -Until 'made' -Only $Name) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Understood -Record $Record -Failure $Failure -States $states -Kind 'list' -Name $Name -Members $Members
}
function Save-Failure($Record, $Failure, [string]$Kind, [string]$Name, $Gone) {
    $states = @()
    try { $states = @(Read-State -Record $Record -Kinds @($Kind) -Until @('made', '')[$null -ne $Gone] -Only $Name -Gone $Gone) }
    catch { Show-Line -Text ('What came of it could not be read: ' + $_.Exception.Message) }
    Save-Understood -Record $Record -Failure $Failure -States $states -Kind $Kind -Name $Name -Gone $Gone
}
# A pointer that was just made is not known everywhere yet, so its assignment is tried again for a while.
function Save-GrantFailure($Record, $Failure, [string]$Name) {
    $Record['Tries'] += 1
    $isEarly = $Record['Tries'] -lt 7 -and (Read-IsClass -Failure $Failure -Class 'ManagementObjectNotFoundException')
    if ($isEarly) { Start-Sleep -Milliseconds (300 * $Record['Tries']) }
    $isEarly -or (Save-Failure -Record $Record -Failure $Failure -Kind 'assignment' -Name $Name)
}
