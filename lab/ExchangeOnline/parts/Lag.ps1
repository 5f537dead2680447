# Answers from before the last changes, which come back right after a change for a while.

${function:Open-Directory} = ${function:Open-Lab}

function Open-Lab {
    param([string]$Folder)

    Open-Directory -Folder $Folder
    $null = Get-MainView
    $script:OpenedAt = $script:Lines.Count
    $script:Seen = @{}
    $script:PointerLag = 0
}

# How often an old answer is still due, counted for each question since the last change; the first that asks again starts anew.
function Test-Old {
    param([string]$Question, [string]$Kind)

    $times = $script:Standing[$Kind]
    if (-not $times) { return $false }
    $now = $script:Lines.Count
    $seen = $script:Seen[$Question]
    if ($null -eq $seen) { $seen = $script:Seen[$Question] = @{ Base = $script:OpenedAt; At = $script:OpenedAt; Left = 0 } }
    if ($seen.At -ne $now) {
        $seen.At = $now
        $seen.Left = $times
    }
    if ($seen.Left -eq 0) {
        $seen.Base = $now
        return $false
    }
    $seen.Left--
    return $true
}

function Get-SeenView {
    param([hashtable]$Call)

    if (-not (Test-Old -Question $Call.Name -Kind 'staleReads')) { return $Call.Main }
    return Get-View -Lag ($script:Lines.Count - $script:Seen[$Call.Name].Base)
}

function Test-Emptied {
    param([hashtable]$Call)

    return $Call.Name -eq 'Get-DistributionGroupMember' -and (Test-Old -Question "of $($Call.Bound['Identity'])" -Kind 'emptyMembers')
}
