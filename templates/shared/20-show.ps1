# What the directory holds was typed by others: characters that steer a console, or that nobody sees, must not reach this one.
function Read-CleanText($Text) { $Text -replace '[\p{Cc}\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]', '?' }
function Show-Line([string]$Text) { Write-Information -MessageData (Read-CleanText -Text $Text) -InformationAction Continue }
function Read-Count($Number, [string]$One) { '{0} {1}{2}' -f $Number, $One, @('s', '')[$Number -eq 1] }
function Read-Why($Failure) { [string]$Failure.Exception.Message -replace '\s*\.?\s*$', '' }
function Show-First($Lines, $Most, [string]$Before) {
    foreach ($line in @($Lines | Select-Object -First $Most)) { Show-Line -Text ($Before + $line) }
    if ($Lines.Count -gt $Most) { Show-Line -Text ('{0}and {1} more, all in the record.' -f $Before, ($Lines.Count - $Most)) }
}
function Show-Warning($Record, [string]$Kind, [string]$Target, [string]$Text, [switch]$Unshown, [string]$Outcome = 'noted') {
    $Record['Warnings'] += @([ordered]@{ Kind = $Kind; Target = $Target; Outcome = $Outcome; Text = $Text })
    if (-not $Unshown) { Show-Line -Text ('WARNING: ' + $Text) }
}
function Show-Before($Record, $States, [switch]$GoOn) {
    $Record['Before'] = $States
    $shown = @($States | Where-Object -FilterScript { $States.Count -le 20 -or 'kept' -ne $_['State'] })
    $lines = @($shown | ForEach-Object -Process { '{0,-10}  {1,-8}  {2}' -f $_['Kind'], $_['State'], $_['Name'] })
    Show-First -Lines $lines -Most 20 -Before '  '
    $are = @($States | ForEach-Object -Process { $_['State'] })
    Show-Line -Text ('  of {0}: {1} kept (there, as this bundle makes it), {2} absent, {3} in conflict (there, but different)' -f
        $are.Count, @($are -eq 'kept').Count, @($are -eq 'absent').Count, @($are -eq 'conflict').Count)
    $conflicts = @(foreach ($state in $States) { foreach ($one in $state['Differences']) { '{0}: {1}' -f $state['Name'], $one } })
    Show-First -Lines $conflicts -Most 100 -Before '  CONFLICT '
    $many = Read-Count -Number $conflicts.Count -One 'conflict'
    $text = '{0} with what is there: {1}. Nothing is replaced: put it right, remove it, or render with other names.'
    if ($conflicts.Count -ne 0 -and -not $GoOn) { throw ($text -f $many, $conflicts[0]) }
}
