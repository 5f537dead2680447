# Finds recipients by whatever name they were called, and lists them by filter, type and container.

function Find-Recipient {
    param([hashtable]$Call, [string]$Identity, [string]$Kind, [hashtable]$View = $Call.View)

    $found = @(foreach ($one in (Get-Candidate -View $View -Identity $Identity)) {
            if ($one['recipientTypeDetails'] -in $script:Kinds[$Kind] -and (Test-InSight -View $View -Recipient $one)) { $one }
        })
    if ($found.Count -gt 1) {
        Stop-Call -Reason 'ManagementObjectAmbiguousException' -Message 'Ambiguous' -With $Identity
    }
    if ($found.Count -eq 0) { Stop-NotFound -Call $Call -Identity $Identity }
    return $found[0]
}

# What a writing cmdlet is about; it works on the current state, whatever the controller knows.
function Find-Target {
    param([hashtable]$Call, [string]$Kind, [string]$Parameter = 'Identity')

    return Find-Recipient -Call $Call -View $Call.Main -Identity $Call.Bound[$Parameter] -Kind $Kind
}

function Stop-NotFound {
    param([hashtable]$Call, [string]$Identity)

    if ($Identity.Contains('*')) {
        throw [NotImplementedException]::new("The lab has no wildcards in -Identity: '$Identity'.")
    }
    Stop-Call -Reason 'ManagementObjectNotFoundException' -Message 'NotFound' -With $Identity, $Call.Server
}

function Get-Candidate {
    param([hashtable]$View, [string]$Identity)

    $guids = $null
    $key = $Identity -replace '^(?i)smtp:', ''
    if ($key -match '^\{.*\}$') { $key = $key.Trim('{}') }
    if ((Get-Index -View $View).TryGetValue($key, [ref]$guids)) {
        foreach ($guid in $guids) { $View['recipients'][$guid] }
    }
}

# The container that the session looks at: everything, or what lies below one domain or unit.
function Get-Sight {
    param([hashtable]$View)

    $session = $View['session']
    $whole = $script:ForestView ?? $session['viewEntireForest']
    if ($whole) { return '' }
    if ($session['recipientViewRoot']) { return Get-ContainerDn -Identity $session['recipientViewRoot'] }
    return $View['domains'][0]['dn']
}

function Test-InSight {
    param([hashtable]$View, [Collections.IDictionary]$Recipient)

    return Test-Below -Recipient $Recipient -Container (Get-Sight -View $View)
}

function Test-Below {
    param([Collections.IDictionary]$Recipient, [string]$Container)

    if (-not $Container) { return $true }
    return (Get-DomainOf -DistinguishedName $Container)['fqdn'] -eq $Recipient['domain'] -and
        $Recipient['distinguishedName'].EndsWith(',' + $Container, [StringComparison]::OrdinalIgnoreCase)
}

# The recipients that a reading cmdlet answers with, cut to its result size.
function Select-Recipient {
    param([hashtable]$Call, [string]$Kind)

    $bound = $Call.Bound
    if ($bound['Identity'] -and ($bound.ContainsKey('Filter') -or $bound.ContainsKey('RecipientPreviewFilter'))) {
        Stop-Call -Reason 'ParameterBindingException' -Message 'ParametersConflict' -With 'Identity, Filter'
    }
    $types = Select-Type -Kind $Kind -Asked $bound['RecipientTypeDetails']
    if ($bound['Identity']) {
        $one = Find-Recipient -Call $Call -Identity $bound['Identity'] -Kind $Kind
        if ($one['recipientTypeDetails'] -notin $types) { Stop-NotFound -Call $Call -Identity $bound['Identity'] }
        return , @($one)
    }
    return , (Limit-Result -Call $Call -Results @(Get-Listed -Call $Call -Types $types))
}

function Get-Listed {
    param([hashtable]$Call, [string[]]$Types)

    $view = $Call.View
    $wanted = Get-FilteredGuid -Call $Call
    $allowed = [Collections.Generic.HashSet[string]]::new($Types)
    $containers = @(Get-Sight -View $view)
    if ($Call.Bound['OrganizationalUnit']) {
        $containers += Get-ContainerDn -Identity $Call.Bound['OrganizationalUnit']
    }
    $containers = @($containers | Where-Object -FilterScript { $_ })
    foreach ($recipient in $view['recipients'].Values) {
        if (-not $allowed.Contains($recipient['recipientTypeDetails'])) { continue }
        if ($null -ne $wanted -and -not $wanted.Contains($recipient['guid'])) { continue }
        $below = $true
        foreach ($container in $containers) {
            $below = $below -and (Test-Below -Recipient $recipient -Container $container)
        }
        if ($below) { $recipient }
    }
}

function Get-FilteredGuid {
    param([hashtable]$Call)

    $found = $null
    foreach ($name in 'Filter', 'RecipientPreviewFilter') {
        if (-not $Call.Bound.ContainsKey($name)) { continue }
        $other = Find-Matching -View $Call.View -Node (Read-Filter -Text $Call.Bound[$name])
        if ($null -eq $found) { $found = $other } else { $found.IntersectWith($other) }
    }
    return , $found
}

function Limit-Result {
    param([hashtable]$Call, [object[]]$Results)

    $size = if ($Call.Bound.ContainsKey('ResultSize')) { $Call.Bound['ResultSize'] } else { '1000' }
    if ($size -eq 'Unlimited' -or $Results.Count -le [int]$size) { return , $Results }
    $warning = if ($Call.Bound.ContainsKey('ResultSize')) { 'MoreResults' } else { 'FirstThousand' }
    $Call.Warnings.Add((Get-Sentence -Key $warning))
    return , @($Results[0..([int]$size - 1)])
}

# The recipients of these guids; a member that was removed from the directory is in no group any more.
function Get-Existing {
    param([hashtable]$View, [object]$Guids)

    foreach ($guid in $Guids) {
        if ($View['recipients'].ContainsKey($guid)) { $View['recipients'][$guid] }
    }
}
