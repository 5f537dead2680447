# What one domain controller knows: the snapshot with all changes but the last few, held in look-ups.

$script:RecipientKeys = @(
    'guid', 'name', 'displayName', 'alias', 'primarySmtpAddress', 'emailAddresses', 'distinguishedName',
    'recipientTypeDetails', 'userPrincipalName', 'samAccountName', 'domain', 'accountDisabled',
    'hiddenFromAddressLists', 'isDirSynced', 'group'
)
$script:KeyedKinds = @('recipients', 'managementScopes', 'roleAssignments', 'roles', 'roleGroups', 'servicePrincipals')

function New-Lookup {
    return , [Collections.Generic.Dictionary[string, object]]::new([StringComparer]::OrdinalIgnoreCase)
}

function Get-MainView {
    return Get-View -Lag 0
}

# One view for each amount of lag; controllers that lag alike share it.
function Get-View {
    param([long]$Lag)

    if (-not $script:Views.ContainsKey($Lag)) { $script:Views[$Lag] = New-View -Lag $Lag }
    Sync-Change
    Update-View -View $script:Views[$Lag]
    return $script:Views[$Lag]
}

function New-View {
    param([long]$Lag)

    $view = @{} + (Read-Snapshot)
    $view['lag'] = $Lag
    $view['applied'] = 0
    $view['index'] = $null
    foreach ($kind in $script:KeyedKinds) {
        $lookup = New-Lookup
        if ($null -eq $view[$kind]) { $view[$kind] = @{} }
        foreach ($entry in $view[$kind].GetEnumerator()) { $lookup[$entry.Key] = $entry.Value }
        $view[$kind] = $lookup
    }
    foreach ($recipient in $view['recipients'].Values) { Initialize-Recipient -Recipient $recipient }
    Set-MailboxState -View $view
    return $view
}

# A mailbox that was deleted is no recipient, and one that is on premises shows as a mail user.
function Set-MailboxState {
    param([hashtable]$View)

    if ($null -eq $View['mailboxStates']) { return }
    foreach ($entry in $View['mailboxStates'].GetEnumerator()) {
        if ($entry.Value -eq 'soft-deleted') { $null = $View['recipients'].Remove($entry.Key) }
        if ($entry.Value -eq 'on-premises') { $View['recipients'][$entry.Key]['recipientTypeDetails'] = 'MailUser' }
    }
}

function Initialize-Recipient {
    param([Collections.IDictionary]$Recipient)

    if ($Recipient.Count -ne $script:RecipientKeys.Count) {
        Assert-Key -Found $Recipient.Keys -Known $script:RecipientKeys -What "The recipient '$($Recipient['name'])'"
    }
    if (-not $script:KnownTypes.Contains($Recipient['recipientTypeDetails'])) {
        throw "The recipient '$($Recipient['name'])' has the unknown type '$($Recipient['recipientTypeDetails'])'."
    }
    if ($null -ne $Recipient['group']) {
        $Recipient['group']['members'] = New-GuidSet -From $Recipient['group']['members']
    }
}

function Update-View {
    param([hashtable]$View)

    $until = $script:Lines.Count - $View['lag']
    if ($View['applied'] -ge $until) { return }
    $text = $script:Lines.GetRange($View['applied'], $until - $View['applied']) -join ','
    foreach ($change in (ConvertFrom-Json -InputObject "[$text]" -AsHashtable -NoEnumerate)) {
        $expected = $View['applied'] + 1
        if ($change['n'] -ne $expected) { throw "changes.jsonl: line $expected has the number $($change['n'])." }
        Invoke-Change -View $View -Change $change
        $View['applied']++
    }
}

function Invoke-Change {
    param([hashtable]$View, [Collections.IDictionary]$Change)

    switch -CaseSensitive ($Change['op']) {
        'put' { Set-Entry -View $View -Kind $Change['kind'] -Key $Change['key'] -Value $Change['value'] }
        'remove' { Remove-Entry -View $View -Kind $Change['kind'] -Key $Change['key'] }
        'addMember' { $null = (Get-MemberSet -View $View -Guid $Change['group']).Add($Change['member']) }
        'removeMember' { $null = (Get-MemberSet -View $View -Guid $Change['group']).Remove($Change['member']) }
        default { throw "changes.jsonl: unknown change '$($Change['op'])'." }
    }
}

function Get-MemberSet {
    param([hashtable]$View, [string]$Guid)

    return , $View['recipients'][$Guid]['group']['members']
}

function Set-Entry {
    param([hashtable]$View, [string]$Kind, [string]$Key, [object]$Value)

    if ($Kind -cin 'organization', 'session', 'hydration') {
        $View[$Kind] = $Value
        return
    }
    if ($Kind -cnotin $script:KeyedKinds) { throw "changes.jsonl: unknown kind '$Kind'." }
    if ($Kind -ceq 'recipients') {
        Initialize-Recipient -Recipient $Value
        Remove-FromIndex -View $View -Guid $Key
    }
    $null = $View[$Kind].Remove($Key)
    $View[$Kind][$Key] = $Value
    if ($Kind -ceq 'recipients' -and $null -ne $View['index']) {
        Add-ToIndex -Index $View['index'] -Recipients @($Value)
    }
}

function Remove-Entry {
    param([hashtable]$View, [string]$Kind, [string]$Key)

    if ($Kind -cnotin $script:KeyedKinds) { throw "changes.jsonl: unknown kind '$Kind'." }
    if ($Kind -ceq 'recipients') { Remove-FromIndex -View $View -Guid $Key }
    $null = $View[$Kind].Remove($Key)
}

# Every name by which a recipient can be called; a name that several have leads to a list.
function Add-ToIndex {
    param([Collections.Generic.Dictionary[string, object]]$Index, [object]$Recipients)

    $known = $null
    foreach ($recipient in $Recipients) {
        $guid = $recipient['guid']
        foreach ($key in (Get-IndexKey -Recipient $recipient)) {
            if (-not $Index.TryGetValue($key, [ref]$known)) { $Index[$key] = $guid }
            elseif ($known -is [string]) {
                if ($known -ne $guid) { $Index[$key] = [Collections.Generic.List[string]]@($known, $guid) }
            }
            elseif (-not $known.Contains($guid)) { $known.Add($guid) }
        }
    }
}

function Get-IndexKey {
    param([Collections.IDictionary]$Recipient)

    $guid = $Recipient['guid']
    $guid
    $Recipient['distinguishedName']
    Get-CanonicalName -DistinguishedName $Recipient['distinguishedName']
    foreach ($field in 'name', 'displayName', 'alias', 'userPrincipalName') {
        if ($Recipient[$field]) { $Recipient[$field] }
    }
    if ($Recipient['samAccountName']) {
        $Recipient['samAccountName']
        (Get-NetbiosName -Fqdn $Recipient['domain']) + '\' + $Recipient['samAccountName']
    }
    foreach ($proxy in $Recipient['emailAddresses']) { $proxy.Substring($proxy.IndexOf(':') + 1) }
}

function Remove-FromIndex {
    param([hashtable]$View, [string]$Guid)

    if ($null -eq $View['index'] -or -not $View['recipients'].ContainsKey($Guid)) { return }
    foreach ($key in (Get-IndexKey -Recipient $View['recipients'][$Guid])) {
        $known = $null
        if (-not $View['index'].TryGetValue($key, [ref]$known)) { continue }
        if ($known -is [string]) {
            if ($known -eq $Guid) { $null = $View['index'].Remove($key) }
        }
        else {
            $null = $known.Remove($Guid)
            if ($known.Count -eq 1) { $View['index'][$key] = $known[0] }
        }
    }
}

function Get-Index {
    param([hashtable]$View)

    if ($null -eq $View['index']) {
        $View['index'] = New-Lookup
        Add-ToIndex -Index $View['index'] -Recipients $View['recipients'].Values
    }
    return , $View['index']
}
