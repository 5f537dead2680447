# Notes the next change of the plan before it is tried, so that a session that ends without a word leaves a record of it.
function Save-Action($Record) {
    $item = $Record['Plan'][$Record['Actions'].Count]
    $Record['Writes'] += 1
    $action = [ordered]@{ Kind = $item['Kind']; Target = $item['Target']; Outcome = 'unknown'; Text = $item['Text'] }
    $Record['Actions'] += @($action)
    $count = $Record['Actions'].Count
    if ($count -le 20 -or $count -like '*00') { Save-Record -Record $Record }
    $percent = 100 * ($count - 1) / $Record['Plan'].Count
    Write-Progress -Activity $Record['Step'] -Status (Read-CleanText -Text $item['Text']) -PercentComplete $percent
}
# What the change came to that was noted last.
function Save-Outcome($Record, [string]$Outcome) {
    foreach ($action in @($Record['Actions'][-1])) { $action['Outcome'] = $Outcome }
}
# The end of a run that did what it was there for.
function Show-Done($Record) {
    if ('interrupted' -eq $Record['Result']) {
        Write-Progress -Activity $Record['Step'] -Completed
        $Record['Result'] = 'applied'
        $made = @($Record['Actions'] | Where-Object -FilterScript { 'done' -eq $_['Outcome'] }).Count
        Show-Line -Text ('Done: {0}. Reading calls: {1}, writing calls: {2}.' -f (Read-Count -Number $made -One 'change'),
            $Record['Reads'], $Record['Writes'])
        Show-Line -Text $Record['Next']
    }
    Save-End -Record $Record
}
