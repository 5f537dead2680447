function Read-Action($Record) {
    $outcomes = $Record['Outcomes'] + @('unknown')
    $number = 0
    foreach ($item in @($Record['Plan'] | Select-Object -First $Record['Writes'])) {
        [ordered]@{ Kind = $item['Kind']; Target = $item['Target']; Outcome = $outcomes[$number]; Text = $item['Text'] }
        $number += 1
    }
}
# Notes the next change of the plan before it is tried, so that a session that ends without a word leaves a record of it.
function Save-Action($Record) {
    $text = Read-CleanText -Text $Record['Plan'][$Record['Writes']]['Text']
    Write-Progress -Activity $Record['Step'] -Status $text -PercentComplete (100 * $Record['Writes'] / $Record['Plan'].Count)
    $next = $Record['Writes'] + 1
    $Record['Writes'] = $next
    try { if ($next -le 20 -or $next -like '*00') { Save-Record -Record $Record } }
    catch {
        $Record['Writes'] = $next - 1
        throw
    }
}
function Show-Done($Record) {
    if ('interrupted' -eq $Record['Result']) {
        Write-Progress -Activity $Record['Step'] -Completed
        $Record['Result'] = 'applied'
        $made = Read-Count -Number @($Record['Outcomes'] | Where-Object -FilterScript { 'done' -eq $_ }).Count -One 'change'
        Show-Line -Text ('Done: {0}. Reading calls: {1}, writing calls: {2}.' -f $made, $Record['Reads'], $Record['Writes'])
        Show-Line -Text $Record['Next']
    }
    Save-End -Record $Record
}
