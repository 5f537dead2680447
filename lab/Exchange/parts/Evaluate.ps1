# Answers a filter with a set of guids, through one look-up for each property that it names.

function New-GuidSet {
    param([object]$From = @())

    return , [Collections.Generic.HashSet[string]]::new([string[]]@($From), [StringComparer]::OrdinalIgnoreCase)
}

function Find-Matching {
    param([hashtable]$View, [hashtable]$Node, [hashtable]$Indexes = @{})

    switch ($Node.Kind) {
        'condition' { return , (Find-ByCondition -View $View -Node $Node -Indexes $Indexes) }
        '-not' {
            $found = New-GuidSet -From $View['recipients'].Keys
            $found.ExceptWith((Find-Matching -View $View -Node $Node.Term -Indexes $Indexes))
            return , $found
        }
    }
    $found = Find-Matching -View $View -Node $Node.Terms[0] -Indexes $Indexes
    foreach ($term in $Node.Terms.GetRange(1, $Node.Terms.Count - 1)) {
        $other = Find-Matching -View $View -Node $term -Indexes $Indexes
        if ($Node.Kind -eq '-and') { $found.IntersectWith($other) } else { $found.UnionWith($other) }
    }
    return , $found
}

function Find-ByCondition {
    param([hashtable]$View, [hashtable]$Node, [hashtable]$Indexes)

    $index = Get-PropertyIndex -View $View -Property $Node.Property -Indexes $Indexes
    if ($Node.Property -eq 'MemberOfGroup') {
        $found = Find-Member -View $View -Index $index -DistinguishedName $Node.Value
    }
    elseif ($Node.Operator -eq '-like') { $found = Find-Alike -Index $index -Pattern $Node.Value }
    elseif ($index.ContainsKey($Node.Value)) { $found = New-GuidSet -From $index[$Node.Value] }
    else { $found = New-GuidSet }
    if ($Node.Operator -ne '-ne') { return , $found }
    $others = New-GuidSet -From $View['recipients'].Keys
    $others.ExceptWith($found)
    return , $others
}

function Get-PropertyIndex {
    param([hashtable]$View, [string]$Property, [hashtable]$Indexes)

    if ($Property -eq 'MemberOfGroup') { $Property = 'DistinguishedName' }
    if (-not $Indexes.ContainsKey($Property)) {
        $field = $script:FilterFields[$Property]
        $index = New-Lookup
        foreach ($recipient in $View['recipients'].Values) {
            foreach ($value in $recipient[$field]) {
                if (-not $index.ContainsKey($value)) { $index[$value] = [Collections.Generic.List[string]]::new() }
                $index[$value].Add($recipient['guid'])
            }
        }
        $Indexes[$Property] = $index
    }
    return , $Indexes[$Property]
}

function Find-Member {
    param([hashtable]$View, [Collections.IDictionary]$Index, [string]$DistinguishedName)

    $found = New-GuidSet
    if ($Index.ContainsKey($DistinguishedName)) {
        foreach ($guid in $Index[$DistinguishedName]) {
            $group = $View['recipients'][$guid]['group']
            if ($null -ne $group) { $found.UnionWith($group['members']) }
        }
    }
    $found.IntersectWith([string[]]@($View['recipients'].Keys))
    return , $found
}

function Find-Alike {
    param([Collections.IDictionary]$Index, [string]$Pattern)

    $core = $Pattern
    if ($core.StartsWith('*')) { $core = $core.Substring(1) }
    if ($core.EndsWith('*')) { $core = $core.Substring(0, $core.Length - 1) }
    $head = if ($Pattern.StartsWith('*')) { '' } else { '^' }
    $tail = if ($Pattern.EndsWith('*')) { '' } else { '\z' }
    $fits = [regex]::new($head + [regex]::Escape($core) + $tail, 'IgnoreCase, CultureInvariant')
    $found = New-GuidSet
    foreach ($value in $Index.Keys) {
        if ($fits.IsMatch($value)) { $found.UnionWith($Index[$value]) }
    }
    return , $found
}
