# Pointers: what Exchange keeps of the service principals in Entra.

# The pointer of that name. Right after one was made, other commands may not know it yet.
function Find-Pointer {
    param([hashtable]$Call, [string]$Identity, [hashtable]$View = $Call.Main)

    $pointer = Get-Pointer -View $View -Identity $Identity
    if ($null -ne $pointer -and $script:PointerLag -gt 0) {
        $script:PointerLag--
        $pointer = $null
    }
    if ($null -eq $pointer) { Stop-NotFound -Call $Call -Identity $Identity }
    return $pointer
}

# Exchange takes any pair of identifiers: whether they belong together, and what they belong to, it does not ask Entra.
function New-PointerRecord {
    param([hashtable]$Call)

    $bound = $Call.Bound
    $object = ([guid]($bound['ObjectId'] ?? $bound['ServiceId'])).ToString()
    $app = ([guid]$bound['AppId']).ToString()
    foreach ($known in $Call.Main['servicePrincipals'].Values) {
        foreach ($pair in @('AppId', $app, $known['appId']), @('ObjectId', $object, $known['objectId'])) {
            if ($pair[1] -eq $pair[2]) {
                Stop-Call -Reason 'ADObjectAlreadyExistsException' -Message 'PointerExists' -With $pair[0], $pair[1]
            }
        }
    }
    return [ordered]@{
        appId = $app; objectId = $object; displayName = [string]$bound['DisplayName']
        distinguishedName = "CN=$object,CN=ServicePrincipals,$($Call.Main['domains'][0]['dn'])"; guid = [guid]::NewGuid().ToString()
    }
}

function ConvertTo-PointerResult {
    param([Collections.IDictionary]$Pointer)

    [pscustomobject]@{
        PSTypeName        = $script:Deserialized + 'Management.ServicePrincipal'
        Identity          = $Pointer['objectId']
        Id                = $Pointer['objectId']
        Name              = $Pointer['objectId']
        DisplayName       = $Pointer['displayName']
        AppId             = $Pointer['appId']
        ObjectId          = $Pointer['objectId']
        ServiceId         = $Pointer['objectId']
        Guid              = $Pointer['guid']
        DistinguishedName = $Pointer['distinguishedName']
    }
}
