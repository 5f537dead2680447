# What the directory holds was typed by others: characters that steer a console must not reach this one.
function Read-CleanText {
    param([string]$Text)
    $Text -replace '[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]', '?'
}

function Show-Line {
    param([string]$Text)
    Write-Information -MessageData (Read-CleanText -Text $Text) -InformationAction Continue
}

# The first of many lines; the others are only counted.
function Show-First {
    param($Lines, $Most, [string]$Before)
    foreach ($line in @($Lines | Select-Object -First $Most)) { Show-Line -Text ('{0}{1}' -f $Before, $line) }
    if ($Lines.Count -gt $Most) { Show-Line -Text ('{0}and {1} more, all of them in the record.' -f $Before, ($Lines.Count - $Most)) }
}

function Read-Count {
    param($Number, [string]$One, [string]$Many)
    if ($Number -eq 1) { '1 {0}' -f $One } else { '{0} {1}' -f $Number, $Many }
}

# A warning is shown and recorded, with what it is about, and whether something stays that somebody may want gone.
function Show-Warning {
    param($Record, [string]$Kind, [string]$Target, [string]$Text, [string]$Outcome, [switch]$Unshown)
    if ('' -eq $Outcome) { $Outcome = 'noted' }
    $Record['Warnings'] += @([ordered]@{ Kind = $Kind; Target = $Target; Outcome = $Outcome; Text = $Text })
    if (-not $Unshown) { Show-Line -Text ('WARNING: {0}' -f $Text) }
}

# What there is before anything is done, as a table; of many lists only those that are not as this bundle makes them.
function Show-Before {
    param($Record, $States, $Known)
    $Record['Before'] = $States
    $shown = $States
    if ($shown.Count -gt 20) {
        $shown = @($shown | Where-Object -FilterScript { 'list' -ne $_['Kind'] -or 'kept' -ne $_['State'] } | Select-Object -First 20)
    }
    foreach ($state in $shown) { Show-Line -Text ('  {0,-10}  {1,-8}  {2}' -f $state['Kind'], $state['State'], $state['Name']) }
    $counts = @{ kept = 0; absent = 0; conflict = 0 }
    foreach ($state in $States) { $counts[$state['State']] += 1 }
    Show-Line -Text ('  of {0}: {1} kept (there, as this bundle makes it), {2} absent (not there), {3} in conflict (there, but different)' -f
        $States.Count, $counts['kept'], $counts['absent'], $counts['conflict'])
    Show-OtherGuid -Record $Record -States $States -Known $Known
}
