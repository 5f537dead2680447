# Answers from before the last changes, which come back right after a change for a while.

${function:Open-Directory} = ${function:Open-Lab}

function Open-Lab {
    param([string]$Folder)

    Open-Directory -Folder $Folder
    $null = Get-MainView
    Clear-Lag
}

# From here on everything that was changed before shows everywhere.
function Clear-Lag {
    Sync-Change
    $script:OpenedAt = $script:Lines.Count
    $script:Asked = @{}
    $script:PointerLag = 0
}

# How often an old answer is still due, counted for each question since what it is about was changed last.
function Test-Old {
    param([string]$Question, [string]$Kind, [int]$Now)

    $asked = $script:Asked[$Question]
    if ($null -eq $asked) { $asked = $script:Asked[$Question] = @{ Base = $script:OpenedAt; At = $script:OpenedAt; Left = 0 } }
    if ($asked.At -lt $Now) {
        $asked.At = $Now
        $asked.Left = $script:Standing[$Kind]
    }
    if ($asked.Left -eq 0) {
        $asked.Base = $Now
        return $false
    }
    $asked.Left--
    return $true
}

# With staleReads everything is as it was before, until one question was asked so often; with mixedReads each command has a count of
# its own, so that some show a change before others do.
function Get-LaggingView {
    param([hashtable]$Call)

    $now = $script:Lines.Count
    if ($script:Standing['mixedReads']) {
        if (-not (Test-Old -Question $Call.Name -Kind 'mixedReads' -Now $now)) { return $Call.Main }
        return Get-View -Lag ($now - $script:Asked[$Call.Name].Base)
    }
    if (-not $script:Standing['staleReads'] -or $now -eq $script:OpenedAt) { return $Call.Main }
    $question = $Call.Name, $Call.Bound['Identity'], $Call.Bound['Filter'], $Call.Bound['RoleAssignee'] -join ' '
    if (-not (Test-Old -Question $question -Kind 'staleReads' -Now $now)) {
        $script:OpenedAt = $now
        $script:Asked = @{}
        return $Call.Main
    }
    return Get-View -Lag ($now - $script:OpenedAt)
}

# Whether a group seems to have no members, as right after one came or went.
function Test-Emptied {
    param([hashtable]$Call)

    if ($Call.Name -ne 'Get-DistributionGroupMember' -or -not $script:Standing['emptyMembers']) { return $false }
    $now = 1 + $script:Lines.FindLastIndex([Predicate[string]] { param($Line) $Line -match '"op":"(add|remove)Member"' })
    return Test-Old -Question "of $($Call.Bound['Identity'])" -Kind 'emptyMembers' -Now $now
}
