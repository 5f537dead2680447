# The objects that the name of the service account means: one, if all is well.
function Read-Account {
    param($Record, [string]$DomainController, [string]$Name)
    $Record['Reads'] += 1
    try {
        Get-User -Identity $Name -DomainController $DomainController -ErrorAction Stop | Select-Object -Property Identity, Guid,
            DistinguishedName, UserPrincipalName, SamAccountName, RecipientTypeDetails, UserAccountControl, AccountDisabled
    }
    catch {
        $class = [string]$_.FullyQualifiedErrorId + [string]$_.CategoryInfo.Reason + [string]$_.Exception.Message
        if (-not $class.Contains('ManagementObjectNotFoundException')) { throw }
    }
}

# By what the directory may call it.
function Read-AccountName {
    param($Account)
    foreach ($one in @($Account)) { @([string]$one.Identity, [string]$one.DistinguishedName, [string]$one.Guid) }
}

# The service account must be one object, of a kind that can sign in.
function Read-UsableAccount {
    param($Record, [string]$DomainController, $Names)
    $guids = @{}
    foreach ($name in @($Names | Select-Object -Unique)) {
        $accounts = @(Read-Account -Record $Record -DomainController $DomainController -Name $name)
        if ($accounts.Count -ne 1) {
            throw ('The service account {0} is {1} objects of this directory; it must be one. {2} Nothing was changed.' -f
                $name, $accounts.Count, 'Section 1 of RUNBOOK.md says how it is made.')
        }
        $account = $accounts[0]
        $guids[[string]$account.Guid] = $true
        Show-Line -Text ('Service account {0} is {1}' -f $name, [string]$account.DistinguishedName)
    }
    if ($guids.Count -ne 1) {
        throw ('The names of the service account, {0}, are different objects. Render again with the right ones. Nothing was changed.' -f
            (@($Names) -join ' and '))
    }
    $kind = [string]$account.RecipientTypeDetails
    if ($kind -match 'RoomMailbox|EquipmentMailbox') {
        throw ('The service account is a {0}, not the mailbox of an account that signs in. Nothing was changed.' -f $kind)
    }
    # The account of a linked mailbox is disabled on purpose: who signs in is an account of another forest.
    $isDisabled = 'True' -eq [string]$account.AccountDisabled -or [string]$account.UserAccountControl -match 'AccountDisabled'
    if ('DisabledUser' -eq $kind -or ($isDisabled -and 'LinkedMailbox' -ne $kind)) {
        throw 'The service account is disabled, so nobody can sign in as it. Enable it, then run this script again. Nothing was changed.'
    }
    $account
}

# Who shall own the lists, and who must not: by every name that the directory may show.
function Read-Owner {
    param($Record, [string]$DomainController, $ListOwner, $Account, $AccountMayOwnLists)
    $owners = @{ Asked = $ListOwner; Names = @(); Barred = @() }
    if (-not $AccountMayOwnLists) { $owners['Barred'] = @(Read-AccountName -Account $Account) }
    if ($null -ne $ListOwner) {
        $Record['Reads'] += 1
        try {
            $owners['Names'] = @(
                Get-Recipient -Identity $ListOwner -DomainController $DomainController -ErrorAction Stop | ForEach-Object -Process {
                    @([string]$_.Identity, [string]$_.DistinguishedName, [string]$_.Guid, [string]$_.PrimarySmtpAddress)
                }
            )
        }
        catch {
            $class = [string]$_.FullyQualifiedErrorId + [string]$_.CategoryInfo.Reason + [string]$_.Exception.Message
            if (-not $class.Contains('ManagementObjectNotFoundException')) { throw }
        }
    }
    $owners
}

function Assert-Owner {
    param($Owners)
    if ($null -ne $Owners['Asked'] -and $Owners['Names'].Count -eq 0) {
        throw ('The owner of the lists, {0}, does not exist in this directory. {1} Nothing was changed.' -f
            $Owners['Asked'], 'Make it, or render again with another room-lists.owner.')
    }
    if (@($Owners['Names'] | Where-Object -FilterScript { $Owners['Barred'] -contains $_ }).Count -ne 0) {
        throw ('The owner of the lists, {0}, is the service account, which could widen its own scope. {1} Nothing was changed.' -f
            $Owners['Asked'], 'Render again with another room-lists.owner.')
    }
}
