# What the directory holds was typed by others: what steers a console, or is not seen there, must not reach this one.
function Read-CleanText($Text) {
    $Text -replace '[\x00-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]', '?'
}
function Show-Line([string]$Text) { Write-Information -MessageData (Read-CleanText -Text $Text) -InformationAction Continue }
function Read-Count($Number, [string]$One) { '{0} {1}{2}' -f $Number, $One, @('s', '')[$Number -eq 1] }
# Why something failed, to go on from in a sentence.
function Read-Why($Failure) { [string]$Failure.Exception.Message -replace '\s*\.?\s*$', '' }
function Show-First($Lines, $Most, [string]$Before) {
    foreach ($line in @($Lines | Select-Object -First $Most)) { Show-Line -Text ($Before + $line) }
    if ($Lines.Count -gt $Most) { Show-Line -Text ('{0}and {1} more, all in the record.' -f $Before, ($Lines.Count - $Most)) }
}
# A warning is shown and recorded, with what it is about, and whether something stays that somebody may want gone.
function Show-Warning($Record, [string]$Kind, [string]$Target, [string]$Text, [switch]$Unshown, [string]$Outcome = 'noted') {
    $Record['Warnings'] += @([ordered]@{ Kind = $Kind; Target = $Target; Outcome = $Outcome; Text = $Text })
    if (-not $Unshown) { Show-Line -Text ('WARNING: ' + $Text) }
}
# What there is before anything is done. Nothing is replaced: what is there and differs, stops the run, unless it may go on.
function Show-Before($Record, $States, [switch]$GoOn) {
    $Record['Before'] = $States
    $count = @{ kept = 0; absent = 0; conflict = 0 }
    $conflicts = @()
    foreach ($state in $States) {
        $count[$state['State']] += 1
        if ($States.Count -le 20 -or ('kept' -ne $state['State'] -and $count['absent'] + $count['conflict'] -le 20)) {
            Show-Line -Text ('  {0,-10}  {1,-8}  {2}' -f $state['Kind'], $state['State'], $state['Name'])
        }
        foreach ($difference in $state['Differences']) { $conflicts += @('{0}: {1}' -f $state['Name'], $difference) }
        # A record can be forged, so another GUID than it says is worth a word, and no more than that.
        $known = [string]$Record['Known'][$state['Kind'] + ' ' + $state['Name']]
        if (@('', $known) -contains [string]$state['Guid'] -or '' -eq $known) { continue }
        $text = '{0} has the GUID {1}; a record says that this bundle made {2}' -f $state['Name'], $state['Guid'], $known
        Show-Warning -Record $Record -Kind 'record-differs' -Target $state['Name'] -Text $text
    }
    Show-Line -Text ('  of {0}: {1} kept (there, as this bundle makes it), {2} absent, {3} in conflict (there, but different)' -f
        $States.Count, $count['kept'], $count['absent'], $count['conflict'])
    Show-First -Lines $conflicts -Most 100 -Before '  CONFLICT '
    if ($conflicts.Count -ne 0 -and -not $GoOn) {
        throw ('{0} with what is there: {1}. Nothing is replaced: put it right, remove it, or render with other names.' -f
            (Read-Count -Number $conflicts.Count -One 'conflict'), $conflicts[0])
    }
}
