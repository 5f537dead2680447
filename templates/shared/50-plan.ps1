function Show-Plan($Record, $Plan, [switch]$OrLess) {
    $Record['Plan'] = $Plan
    $isApply = 'apply' -eq $Record['Mode']
    $Record['Result'] = @('planned', 'unchanged')[$isApply]
    $count = @((Read-Count -Number $Plan.Count -One 'change'), 'nothing to do')[$Plan.Count -eq 0]
    Show-Line -Text ('Plan: {0}. Reading calls so far: {1}.' -f $count, $Record['Reads'])
    Show-First -Lines @($Plan | ForEach-Object -Process { $_['Text'] }) -Most 40 -Before '  '
    if ($Plan.Count -eq 0) { Show-Line -Text $Record['Next'] }
    elseif ($isApply) { Assert-Planned -Record $Record -OrLess $OrLess }
    else { Show-Line -Text ('Nothing was changed. To carry out this plan: .\{0}.ps1 -Apply' -f $Record['Step']) }
}
function Read-PlanKey($Item) { @($Item.Kind, $Item.Target, ($Item.Details -join '|')) -join '|' }
# Only a plan counts that was recorded for this very bundle and place, and that the record after it names.
function Assert-Planned($Record, $OrLess) {
    $Record['Result'] = 'stopped'
    $again = 'Run this script without -Apply again, and read its plan.'
    # What is dated ahead of this clock would stay the newest.
    $latest = Read-Stamp -Time $Record['Start']
    $files = @($Record['Files'] | Where-Object -FilterScript { (Read-Time -Name $_.Name) -le $latest })
    $file = $files | Where-Object -FilterScript { $_.Name -like ($Record['Step'] + '.plan.*') } | Select-Object -Last 1
    if ($null -eq $file) { throw ('There is no recorded plan of this step, or it is dated ahead of this clock. {0}' -f $again) }
    $wanted = @('planned', $Record['PlanId'], $Record['ManifestSha256'], $Record['OrganizationGuid']) -join ' '
    $controller = ''
    try {
        $planned = Read-Json -Path $file.FullName
        $found = @($planned.Result, $planned.PlanId, $planned.ManifestSha256, $planned.OrganizationGuid) -join ' '
        $controller = [string]$planned.DomainController
        $later = @($files | Where-Object -FilterScript { (Read-Time -Name $_.Name) -gt (Read-Time -Name $file.Name) })
        $later = $later | Select-Object -First 1
        $before = @{}
        foreach ($one in $planned.Plan) { $before[(Read-PlanKey -Item $one)] = $one.Text }
        $fault = 'asked {0}: give that with -DomainController. Or else: '
        if ($controller -eq [string]$Record['DomainController']) { $fault = '' }
        if ($wanted -ne $found) { $fault = 'is of another bundle or place, or failed. ' }
        $isNamed = $null -eq $later -or (Read-Json -Path $later.FullName).PreviousSha256 -eq (Read-Digest -Path $file.FullName)
        if (-not $isNamed) { $fault = 'is not what the record after it names. ' }
    }
    catch { $fault = 'cannot be read. ' }
    if ('' -ne $fault) { throw ('The last plan, {0}, {1}{2}' -f $file.Name, ($fault -f $controller), $again) }
    $now = @{}
    foreach ($one in $Record['Plan']) { $now[(Read-PlanKey -Item $one)] = $one['Text'] }
    $since = @(foreach ($key in $now.Keys) { if (-not $before.ContainsKey($key)) { 'new: ' + $now[$key] } })
    foreach ($key in @($before.Keys | Where-Object -FilterScript { -not $now.ContainsKey($_) })) {
        $text = 'planned, but not done now: ' + $before[$key]
        if (-not $OrLess) { $since += @($text) }
        else { Show-Warning -Record $Record -Kind 'planned-not-done' -Target ($key -split '\|')[1] -Text $text }
    }
    $since = Read-Few -Texts @($since | Sort-Object)
    if ('' -ne $since) { throw ('Things have changed since the plan {0}: {1}. {2}' -f $file.Name, $since, $again) }
    $Record['Result'] = 'interrupted'
}
