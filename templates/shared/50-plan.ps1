# Nothing is replaced: what is there under a name of this bundle and differs, stops the run.
function Assert-NoConflict {
    param($Record, $States)
    $conflicts = @(
        foreach ($state in $States) { foreach ($difference in $state['Differences']) { '{0}: {1}' -f $state['Name'], $difference } }
    )
    if ($conflicts.Count -ne 0) {
        foreach ($line in $conflicts) { Show-Line -Text ('  CONFLICT {0}' -f $line) }
        throw ('{0} with what is there, the first: {1}. {2} Nothing was changed.' -f
            (Read-Count -Number $conflicts.Count -One 'conflict' -Many 'conflicts'), $conflicts[0],
            'Nothing is replaced: put it right, rename or remove what is there, or render with other names.')
    }
}

# The plan: what would be done, one line each.
function Show-Plan {
    param($Record, $Plan)
    $Record['Plan'] = $Plan
    $Record['Result'] = 'planned'
    if ($Plan.Count -eq 0) {
        if ('apply' -eq $Record['Mode']) { $Record['Result'] = 'unchanged' }
        Show-Line -Text ('Plan: nothing to do. Reading calls: {0}.' -f $Record['Reads'])
        Show-Line -Text $Record['Next']
    }
    else {
        Show-Line -Text ('Plan: {0}; reading calls so far: {1}.' -f
            (Read-Count -Number $Plan.Count -One 'change' -Many 'changes'), $Record['Reads'])
        Show-First -Lines @($Plan | ForEach-Object -Process { $_['Text'] }) -Most 40 -Before '  '
        if ('plan' -eq $Record['Mode']) {
            Show-Line -Text ('Nothing was changed. To carry out this plan: .\{0}.ps1 -Apply' -f $Record['Step'])
        }
    }
}

# The newest plan of this step that was recorded, if no later record contradicts it and it was made for this very place.
function Read-Planned {
    param($Record)
    # A plan that is dated ahead of this clock would always be the newest one.
    $latest = (Get-Date).ToUniversalTime().AddMinutes(5).ToString('o')
    $latest = Read-Stamp -Time $latest
    $file = $null
    $next = $null
    foreach ($one in $Record['Files']) {
        $isAhead = ($one.Name -split '\.')[2] -gt $latest
        $isPlan = $one.Name -like ('{0}.plan.*' -f $Record['Step'])
        if ($isAhead -and $isPlan) {
            $text = 'the plan {0} is dated ahead of the clock of this machine, so it is not used' -f $one.Name
            Show-Warning -Record $Record -Kind 'plan-unusable' -Target $one.Name -Text $text
        }
        elseif ($isPlan) {
            $file = $one
            $next = $null
        }
        elseif (-not $isAhead -and $null -eq $next) { $next = $one }
    }
    if ($null -eq $file) {
        throw ('There is no recorded plan of this step. {0} Nothing was changed.' -f
            'Run this script without -Apply first, read its plan, then run it with -Apply.')
    }
    try {
        $planned = Get-Content -LiteralPath $file.FullName -Raw -Encoding utf8 -ErrorAction Stop | ConvertFrom-Json -ErrorAction Stop |
            Select-Object -Property Result, PlanId, ManifestSha256, OrganizationGuid, DomainController, Plan
        $named = @($file.Name, (Read-Digest -Path $file.FullName)) -join ' '
        $chained = $named
        if ($null -ne $next) {
            $after = Get-Content -LiteralPath $next.FullName -Raw -Encoding utf8 -ErrorAction Stop | ConvertFrom-Json -ErrorAction Stop |
                Select-Object -Property Previous, PreviousSha256
            $chained = @([string]$after.Previous, [string]$after.PreviousSha256) -join ' '
        }
        $for = @([string]$planned.Result, [string]$planned.PlanId, [string]$planned.ManifestSha256, [string]$planned.OrganizationGuid) -join ' '
    }
    catch { throw ('The last plan, {0}, cannot be read. Run this script without -Apply again. Nothing was changed.' -f $file.Name) }
    if ($chained -ne $named) {
        throw ('The last plan, {0}, is not the one that the record after it names. {1} Nothing was changed.' -f
            $file.Name, 'Run this script without -Apply again.')
    }
    if ($for -ne (@('planned', $Record['PlanId'], $Record['ManifestSha256'], $Record['OrganizationGuid']) -join ' ')) {
        throw ('The last plan, {0}, is of another bundle or another place, or did not end well. {1} Nothing was changed.' -f
            $file.Name, 'Run this script without -Apply again.')
    }
    if ([string]$planned.DomainController -ne $Record['DomainController']) {
        throw ('The last plan, {0}, was made at the domain controller {1}. {2} Nothing was changed.' -f
            $file.Name, [string]$planned.DomainController, 'Name it with -DomainController, or run this script without -Apply again.')
    }
    [ordered]@{ Name = $file.Name; Plan = @($planned.Plan) }
}

# With -Apply the plan must be the one that was recorded last. Less than that may be done where it harms nobody.
function Assert-Planned {
    param($Record, $Plan, [switch]$OrLess)
    $Record['Result'] = 'stopped'
    $planned = Read-Planned -Record $Record
    $before = @{}
    foreach ($one in $planned['Plan']) { $before[(@([string]$one.Kind, [string]$one.Target) + @($one.Details)) -join '|'] = [string]$one.Text }
    $now = @{}
    foreach ($one in $Plan) { $now[(@($one['Kind'], $one['Target']) + $one['Details']) -join '|'] = $one['Text'] }
    $added = @($now.Keys | Where-Object -FilterScript { -not $before.ContainsKey($_) } | ForEach-Object -Process { $now[$_] } | Sort-Object)
    $gone = @($before.Keys | Where-Object -FilterScript { -not $now.ContainsKey($_) } | Sort-Object)
    if ($OrLess) {
        foreach ($key in $gone) {
            $text = 'planned, but not done now: {0}' -f $before[$key]
            Show-Warning -Record $Record -Kind 'planned-not-done' -Target ($key -split '\|')[1] -Text $text
        }
        $gone = @()
    }
    if ($added.Count + $gone.Count -ne 0) {
        $since = @(
            if ($added.Count -ne 0) { 'new changes: {0} ({1})' -f $added.Count, (@($added | Select-Object -First 3) -join '; ') }
            if ($gone.Count -ne 0) {
                'no longer needed: {0} ({1})' -f $gone.Count, (@($gone | Select-Object -First 3 | ForEach-Object -Process { $before[$_] }) -join '; ')
            }
        )
        throw ('Things have changed since the plan {0}: {1}. Run this script without -Apply again. Nothing was changed.' -f
            $planned['Name'], ($since -join ', '))
    }
    # From here on the record says interrupted, until it says how it ended.
    $Record['Result'] = 'interrupted'
}
