# What cmdlets answer with: plain properties, as objects that have come through a remote session.

$script:Deserialized = 'Deserialized.Microsoft.Exchange.Data.Directory.'

function Get-OwnerName {
    param([hashtable]$View, [Collections.IDictionary]$Recipient)

    if ($null -eq $Recipient['group']) { return , [string[]]@() }
    $owners = foreach ($owner in (Get-Existing -View $View -Guids $Recipient['group']['managedBy'])) {
        Get-CanonicalName -DistinguishedName $owner['distinguishedName']
    }
    return , [string[]]@($owners)
}

function ConvertTo-RecipientResult {
    param([hashtable]$Call, [object[]]$Recipients)

    foreach ($one in $Recipients) {
        $container = Get-UnitName -DistinguishedName $one['distinguishedName']
        [pscustomobject]@{
            PSTypeName                    = $script:Deserialized + 'Management.ReducedRecipient'
            Identity                      = Get-CanonicalName -DistinguishedName $one['distinguishedName']
            Guid                          = $one['guid']
            Name                          = $one['name']
            Alias                         = $one['alias']
            DisplayName                   = $one['displayName']
            PrimarySmtpAddress            = $one['primarySmtpAddress']
            EmailAddresses                = [string[]]@($one['emailAddresses'])
            RecipientType                 = Get-RecipientType -Details $one['recipientTypeDetails']
            RecipientTypeDetails          = $one['recipientTypeDetails']
            DistinguishedName             = $one['distinguishedName']
            OrganizationalUnit            = $container
            HiddenFromAddressListsEnabled = $one['hiddenFromAddressLists']
            ManagedBy                     = Get-OwnerName -View $Call.View -Recipient $one
        }
    }
}

function ConvertTo-MailboxResult {
    param([object[]]$Recipients)

    foreach ($one in $Recipients) {
        [pscustomobject]@{
            PSTypeName                    = $script:Deserialized + 'Management.Mailbox'
            Identity                      = Get-CanonicalName -DistinguishedName $one['distinguishedName']
            Guid                          = $one['guid']
            Name                          = $one['name']
            Alias                         = $one['alias']
            DisplayName                   = $one['displayName']
            PrimarySmtpAddress            = $one['primarySmtpAddress']
            WindowsEmailAddress           = $one['primarySmtpAddress']
            EmailAddresses                = [string[]]@($one['emailAddresses'])
            UserPrincipalName             = $one['userPrincipalName']
            SamAccountName                = $one['samAccountName']
            RecipientType                 = 'UserMailbox'
            RecipientTypeDetails          = $one['recipientTypeDetails']
            DistinguishedName             = $one['distinguishedName']
            OrganizationalUnit            = Get-UnitName -DistinguishedName $one['distinguishedName']
            ExchangeUserAccountControl    = if ($one['accountDisabled']) { 'AccountDisabled' } else { 'None' }
            HiddenFromAddressListsEnabled = $one['hiddenFromAddressLists']
            IsDirSynced                   = $one['isDirSynced']
            IsResource                    = $one['recipientTypeDetails'] -in $script:ResourceTypes
        }
    }
}

function ConvertTo-UserResult {
    param([object[]]$Recipients)

    foreach ($one in $Recipients) {
        [pscustomobject]@{
            PSTypeName           = $script:Deserialized + 'Management.User'
            Identity             = Get-CanonicalName -DistinguishedName $one['distinguishedName']
            Guid                 = $one['guid']
            Name                 = $one['name']
            DisplayName          = $one['displayName']
            SamAccountName       = $one['samAccountName']
            UserPrincipalName    = $one['userPrincipalName']
            WindowsEmailAddress  = $one['primarySmtpAddress']
            RecipientType        = Get-RecipientType -Details $one['recipientTypeDetails']
            RecipientTypeDetails = $one['recipientTypeDetails']
            DistinguishedName    = $one['distinguishedName']
            UserAccountControl   = ('', 'AccountDisabled, ')[[int]$one['accountDisabled']] + 'NormalAccount'
        }
    }
}

function ConvertTo-GroupResult {
    param([hashtable]$Call, [object[]]$Recipients)

    foreach ($one in $Recipients) {
        [pscustomobject]@{
            PSTypeName           = $script:Deserialized + 'Management.WindowsGroup'
            Identity             = Get-CanonicalName -DistinguishedName $one['distinguishedName']
            Guid                 = $one['guid']
            Name                 = $one['name']
            DisplayName          = $one['displayName']
            SamAccountName       = $one['samAccountName']
            Notes                = $one['group']['notes']
            ManagedBy            = Get-OwnerName -View $Call.View -Recipient $one
            WindowsEmailAddress  = $one['primarySmtpAddress']
            RecipientType        = Get-RecipientType -Details $one['recipientTypeDetails']
            RecipientTypeDetails = $one['recipientTypeDetails']
            DistinguishedName    = $one['distinguishedName']
        }
    }
}

function ConvertTo-DistributionGroupResult {
    param([hashtable]$Call, [object[]]$Recipients, [hashtable]$View = $Call.View)

    foreach ($one in $Recipients) {
        [pscustomobject]@{
            PSTypeName                    = $script:Deserialized + 'Management.DistributionGroup'
            Identity                      = Get-CanonicalName -DistinguishedName $one['distinguishedName']
            Guid                          = $one['guid']
            Name                          = $one['name']
            Alias                         = $one['alias']
            DisplayName                   = $one['displayName']
            SamAccountName                = $one['samAccountName']
            PrimarySmtpAddress            = $one['primarySmtpAddress']
            WindowsEmailAddress           = $one['primarySmtpAddress']
            EmailAddresses                = [string[]]@($one['emailAddresses'])
            ManagedBy                     = Get-OwnerName -View $View -Recipient $one
            MemberJoinRestriction         = $one['group']['memberJoinRestriction']
            MemberDepartRestriction       = $one['group']['memberDepartRestriction']
            HiddenFromAddressListsEnabled = $one['hiddenFromAddressLists']
            IsDirSynced                   = $one['isDirSynced']
            RecipientType                 = Get-RecipientType -Details $one['recipientTypeDetails']
            RecipientTypeDetails          = $one['recipientTypeDetails']
            DistinguishedName             = $one['distinguishedName']
            OrganizationalUnit            = Get-UnitName -DistinguishedName $one['distinguishedName']
        }
    }
}
