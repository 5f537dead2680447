# What the plan says about one thing; nothing if it is not planned.
function Read-Item {
    param($Plan, [string]$Kind, [string]$Target)
    $Plan | Where-Object -FilterScript { $Kind -eq $_['Kind'] -and $Target -eq $_['Target'] } | Select-Object -First 1
}

# Notes a change before it is tried. A session that ends without a word leaves a record of nearly all of it.
function Save-Action {
    param($Record, $Item)
    $Record['Writes'] += 1
    $Record['Actions'] += @([ordered]@{ Kind = $Item['Kind']; Target = $Item['Target']; Outcome = 'unknown'; Text = $Item['Text'] })
    if ($Record['Actions'].Count -le 20 -or $Record['Actions'].Count -like '*00') { Save-Record -Record $Record }
    $percent = 100 * ($Record['Actions'].Count - 1) / $Record['Plan'].Count
    Write-Progress -Activity $Record['Step'] -Status (Read-CleanText -Text $Item['Text']) -PercentComplete $percent
}

# What the change came to that was noted last.
function Save-Outcome {
    param($Record, [string]$Outcome)
    $action = $Record['Actions'][-1]
    $action['Outcome'] = $Outcome
}

# Whether to read once more, because a change does not show yet; waits a little before, and gives up after a while.
function Wait-Shown {
    param($Tries, $Found, $Present, $Gone)
    $pending = @(
        foreach ($name in $Present) { if ($Found -notcontains $name) { $name } }
        foreach ($name in $Gone) { if ($Found -contains $name) { $name } }
    )
    $isPending = $pending.Count -ne 0 -and $Tries -lt 4
    if ($isPending) { Start-Sleep -Milliseconds (300 * $Tries) }
    $isPending
}

# The end of a run that did what it planned.
function Show-Done {
    param($Record)
    Write-Progress -Activity $Record['Step'] -Completed
    if ('interrupted' -eq $Record['Result']) {
        $Record['Result'] = 'applied'
        $made = @($Record['Actions'] | Where-Object -FilterScript { 'done' -eq $_['Outcome'] })
        Show-Line -Text ('Done: {0}; reading calls: {1}, writing calls: {2}.' -f
            (Read-Count -Number $made.Count -One 'change' -Many 'changes'), $Record['Reads'], $Record['Writes'])
        Show-Line -Text $Record['Next']
    }
    $Record['IsEnded'] = $true
    Save-Record -Record $Record
}
