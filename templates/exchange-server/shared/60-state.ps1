function Read-State($Record, $Kinds) {
    $lists = @(if ($Kinds -contains 'list') { Read-ListState -Record $Record })
    if ($Kinds -contains 'scope') { Read-ScopeState -Record $Record }
    $lists
    if ($Kinds -contains 'assignment') { Read-AssignmentState -Record $Record }
}
function Save-ListFailure($Record, $Failure, [string]$Name, $Members) {
    $states = @(try { Read-ListState -Record $Record } catch { Show-Line -Text ('What came of it could not be read: ' + $_) })
    Save-Outcome -Record $Record -Failure $Failure -States $states -Name $Name -Members $Members
}
function Save-Failure($Record, $Failure, [string]$Kind, [string]$Name, $Gone) {
    $text = 'What came of it could not be read: '
    $states = @(try { Read-State -Record $Record -Kinds $Kind } catch { Show-Line -Text ($text + $_) })
    Save-Outcome -Record $Record -Failure $Failure -States $states -Name $Name -Gone $Gone
}
