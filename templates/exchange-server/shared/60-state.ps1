function Read-List($Record, [string]$Until, [string]$Only) {
    $Record['Tries'] = 0
    do {
        $states = @(Read-ListState -Record $Record)
        $isSettled = Read-IsSettled -Record $Record -States $states -Until $Until -Only $Only
    } while (-not $isSettled)
    $states
}
function Read-State($Record, $Kinds, [string]$Until, [string]$Only, $Gone) {
    $Record['Tries'] = 0
    do {
        $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
        $states = @(if ($Kinds -contains 'scope') { Read-ScopeState -Record $Record }) + $lists
        if ($Kinds -contains 'assignment') { $states += @(Read-AssignmentState -Record $Record) }
        $isSettled = Read-IsSettled -Record $Record -States $states -Until $Until -Only $Only -Gone $Gone
    } while (-not $isSettled)
    $states
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
