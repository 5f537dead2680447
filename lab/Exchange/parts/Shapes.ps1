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
        $place = Get-Place -DistinguishedName $one['distinguishedName']
        [pscustomobject]@{
            PSTypeName                    = $script:Deserialized + 'Management.ReducedRecipient'
            Identity                      = $place[0]
            Guid                          = $one['guid']
            Name                          = $one['name']
            Alias                         = $one['alias']
            DisplayName                   = $one['displayName']
            PrimarySmtpAddress            = $one['primarySmtpAddress']
            EmailAddresses                = [string[]]@($one['emailAddresses'])
            RecipientType                 = $script:TypeOf[$one['recipientTypeDetails']]
            RecipientTypeDetails          = $one['recipientTypeDetails']
            DistinguishedName             = $one['distinguishedName']
            OrganizationalUnit            = $place[1]
            HiddenFromAddressListsEnabled = $one['hiddenFromAddressLists']
            ManagedBy                     = if ($one['group']) { Get-OwnerName -View $Call.View -Recipient $one } else { , [string[]]@() }
        }
    }
}

function ConvertTo-MailboxResult {
    param([object[]]$Recipients)

    foreach ($one in $Recipients) {
        $place = Get-Place -DistinguishedName $one['distinguishedName']
        [pscustomobject]@{
            PSTypeName                    = $script:Deserialized + 'Management.Mailbox'
            Identity                      = $place[0]
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
            OrganizationalUnit            = $place[1]
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
        $place = Get-Place -DistinguishedName $one['distinguishedName']
        [pscustomobject]@{
            PSTypeName           = $script:Deserialized + 'Management.User'
            Identity             = $place[0]
            Guid                 = $one['guid']
            Name                 = $one['name']
            DisplayName          = $one['displayName']
            SamAccountName       = $one['samAccountName']
            UserPrincipalName    = $one['userPrincipalName']
            WindowsEmailAddress  = $one['primarySmtpAddress']
            RecipientType        = $script:TypeOf[$one['recipientTypeDetails']]
            RecipientTypeDetails = $one['recipientTypeDetails']
            DistinguishedName    = $one['distinguishedName']
            UserAccountControl   = ('', 'AccountDisabled, ')[[int]$one['accountDisabled']] + 'NormalAccount'
        }
    }
}

function ConvertTo-GroupResult {
    param([hashtable]$Call, [object[]]$Recipients)

    foreach ($one in $Recipients) {
        $place = Get-Place -DistinguishedName $one['distinguishedName']
        [pscustomobject]@{
            PSTypeName           = $script:Deserialized + 'Management.WindowsGroup'
            Identity             = $place[0]
            Guid                 = $one['guid']
            Name                 = $one['name']
            DisplayName          = $one['displayName']
            SamAccountName       = $one['samAccountName']
            Notes                = $one['group']['notes']
            ManagedBy            = Get-OwnerName -View $Call.View -Recipient $one
            WindowsEmailAddress  = $one['primarySmtpAddress']
            RecipientType        = $script:TypeOf[$one['recipientTypeDetails']]
            RecipientTypeDetails = $one['recipientTypeDetails']
            DistinguishedName    = $one['distinguishedName']
        }
    }
}

function ConvertTo-DistributionGroupResult {
    param([hashtable]$Call, [object[]]$Recipients, [hashtable]$View = $Call.View)

    foreach ($one in $Recipients) {
        $place = Get-Place -DistinguishedName $one['distinguishedName']
        [pscustomobject]@{
            PSTypeName                    = $script:Deserialized + 'Management.DistributionGroup'
            Identity                      = $place[0]
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
            RecipientType                 = $script:TypeOf[$one['recipientTypeDetails']]
            RecipientTypeDetails          = $one['recipientTypeDetails']
            DistinguishedName             = $one['distinguishedName']
            OrganizationalUnit            = $place[1]
        }
    }
}
