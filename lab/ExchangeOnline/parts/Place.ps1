# Where the objects of a tenant stand, and how they are called.

${function:Get-DirectoryPlace} = ${function:Get-Place}

# A recipient is called by its name, without the container that all of a tenant's recipients share.
function Get-Place {
    param([string]$DistinguishedName)

    $place = Get-DirectoryPlace -DistinguishedName $DistinguishedName
    if ($DistinguishedName -notlike 'CN=*') { return , $place }
    return , [string[]]@((Get-CanonicalPart -Part $script:Comma.Split($DistinguishedName, 2)[0]), $place[1])
}

function Get-OrganizationDn {
    $name = Get-EscapedName -Name (Get-Forest)['organization']['name']
    $root = (Get-Forest)['domains'][0]['dn'] -replace '^.*?(?=DC=)', ''
    return "CN=Configuration,CN=$name,CN=ConfigurationUnits,$root"
}

function Get-UsualContainer {
    param([hashtable]$Call)

    return $Call.Main['domains'][0]['fqdn']
}

# The names in a filter come back as the directory writes the forest, which need not be as a recipient shows it.
function Get-StoredValue {
    param([string]$Property, [string]$Value)

    if ($Property -ne 'MemberOfGroup') { return $Value }
    return [regex]::Replace($Value, '(?<=,)DC=.*$', { param($Found) $Found.Value.ToLowerInvariant().Replace('dc=', 'DC=') })
}

# Entra's identifier of a recipient; the state has none, so it follows from Exchange's.
function Get-EntraId {
    param([string]$Guid)

    $bytes = [Text.Encoding]::UTF8.GetBytes('entra ' + $Guid.ToLowerInvariant())
    return [guid]::new([Security.Cryptography.MD5]::HashData($bytes)).ToString()
}
