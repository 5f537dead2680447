# Distinguished names, canonical names and what lies below what.

# A comma that separates: one that no backslash escapes.
$script:Comma = [regex]'(?<=(?<!\\)(?:\\\\)*),'
$script:Places = [Collections.Generic.Dictionary[string, string[]]]::new()

function Get-EscapedName {
    param([string]$Name)

    $escaped = $Name -replace '([,\\+"<>;=])', '\$1'
    if ($escaped.StartsWith('#') -or $escaped.StartsWith(' ')) { $escaped = '\' + $escaped }
    return $escaped
}

function Get-ParentDn {
    param([string]$DistinguishedName)

    return $script:Comma.Split($DistinguishedName, 2)[1]
}

function Get-CanonicalContainer {
    param([string]$DistinguishedName)

    $parts = $script:Comma.Split($DistinguishedName)
    $domain = @(foreach ($part in $parts -like 'DC=*') { $part.Substring(3) }) -join '.'
    $path = @(foreach ($part in $parts -notlike 'DC=*') { Get-CanonicalPart -Part $part })
    [array]::Reverse($path)
    return (@($domain) + $path) -join '/'
}

# The canonical names of an object and of the container it stands in, worked out once for each.
function Get-Place {
    param([string]$DistinguishedName)

    $known = $null
    if ($script:Places.TryGetValue($DistinguishedName, [ref]$known)) { return , $known }
    $own, $parent = $script:Comma.Split($DistinguishedName, 2)
    if ($own -like 'DC=*') { $place = [string[]]@((Get-CanonicalContainer -DistinguishedName $DistinguishedName), '') }
    else {
        $container = (Get-Place -DistinguishedName $parent)[0]
        $place = [string[]]@(($container + '/' + (Get-CanonicalPart -Part $own)), $container)
    }
    $script:Places[$DistinguishedName] = $place
    return , $place
}

function Get-CanonicalPart {
    param([string]$Part)

    return ($Part.Substring($Part.IndexOf('=') + 1) -replace '\\(.)', '$1').Replace('/', '\/')
}

function Get-CanonicalName {
    param([string]$DistinguishedName)

    return (Get-Place -DistinguishedName $DistinguishedName)[0]
}

function Get-NetbiosName {
    param([string]$Fqdn)

    foreach ($domain in $script:Views[[long]0]['domains']) {
        if ($domain['fqdn'] -eq $Fqdn) { return $domain['netbios'] }
    }
    throw "The domain '$Fqdn' is not one of the forest's."
}

# The forest's domains and controllers never change; one parsed copy serves.
function Get-Forest {
    return $script:Views[[long]0]
}

# The container that "contoso.com/Groups" or a distinguished name means; the state lists no containers, so below a
# domain of the forest any is taken to exist.
function Get-ContainerDn {
    param([string]$Identity)

    if ($Identity -match '(^|,)DC=') {
        $found = $Identity } else { $found = ConvertFrom-CanonicalContainer -Name $Identity
    }
    foreach ($domain in (Get-Forest)['domains']) {
        if ($found -eq $domain['dn'] -or $found -like ('*,' + $domain['dn'])) { return $found }
    }
    Stop-Call -Reason 'ManagementObjectNotFoundException' -Message 'ContainerNotFound' -With $Identity
}

function ConvertFrom-CanonicalContainer {
    param([string]$Name)

    $fqdn, $rest = $Name -split '/'
    foreach ($domain in (Get-Forest)['domains']) {
        if ($domain['fqdn'] -eq $fqdn) {
            $dn = $domain['dn']
            foreach ($part in @($rest | Where-Object -FilterScript { $_ })) {
                $dn = (Get-ContainerClass -Part $part) + (Get-EscapedName -Name $part) + ',' + $dn
            }
            return $dn
        }
    }
    return $Name
}

function Get-ContainerClass {
    param([string]$Part)

    if ($Part -in 'Users', 'Computers', 'Builtin') { return 'CN=' }
    return 'OU='
}

function Get-DomainOf {
    param([string]$DistinguishedName)

    $best = $null
    foreach ($domain in (Get-Forest)['domains']) {
        $within = ",$DistinguishedName".EndsWith(',' + $domain['dn'], [StringComparison]::OrdinalIgnoreCase)
        if ($within -and ($null -eq $best -or $domain['dn'].Length -gt $best['dn'].Length)) { $best = $domain }
    }
    return $best
}

function Get-OrganizationDn {
    $name = Get-EscapedName -Name (Get-Forest)['organization']['name']
    return "CN=$name,CN=Microsoft Exchange,CN=Services,CN=Configuration,$((Get-Forest)['domains'][0]['dn'])"
}
