# What Exchange says an application may do, and whether a mailbox is within its reach.

$script:Permissions = @{
    'Application EWS.AccessAsApp'        = 'EWS.AccessAsApp'
    'Application SMTP.SendAsApp'         = 'SMTP.SendAsApp'
    'Application Mail Full Access'       = 'Mail.ReadWrite, Mail.Send'
    'Application Exchange Full Access'   = 'Mail.ReadWrite, Mail.Send, MailboxSettings.ReadWrite, Calendars.ReadWrite, Contacts.ReadWrite'
    'Application MailboxFolder.Read'     = 'MailboxFolder.Read.All'
    'Application MailboxFolder.ReadWrite' = 'MailboxFolder.ReadWrite.All'
}

function Get-Authorization {
    param([hashtable]$Call, [Collections.IDictionary]$Pointer, [object]$Resource)

    foreach ($one in $Call.View['roleAssignments'].Values) {
        $isOurs = $one['roleAssigneeType'] -eq 'ServicePrincipal' -and $one['roleAssignee'] -eq $Pointer['objectId']
        if (-not $isOurs -or -not $one['enabled'] -or $one['delegating']) { continue }
        $kind = $one['recipientWriteScope']
        [pscustomobject]@{
            RoleName             = $one['role']
            GrantedPermissions   = $script:Permissions[$one['role']] ?? ($one['role'] -replace '^Application ', '')
            AllowedResourceScope = if ($kind -eq 'Organization') { 'Organization' } else { $one['customResourceScope'] }
            ScopeType            = $kind
            InScope              = Get-InScope -Call $Call -Assignment $one -Resource $Resource
        }
    }
}

# A Boolean or its text: over REST both were met.
function Get-InScope {
    param([hashtable]$Call, [Collections.IDictionary]$Assignment, [object]$Resource)

    if ($null -eq $Resource) { return 'Not Run' }
    $isIn = Test-InScope -Call $Call -Assignment $Assignment -Resource $Resource
    if ($script:Standing.ContainsKey('textInScope')) { return [string]$isIn }
    return $isIn
}

function Test-InScope {
    param([hashtable]$Call, [Collections.IDictionary]$Assignment, [Collections.IDictionary]$Resource)

    switch ($Assignment['recipientWriteScope']) {
        'Organization' { return $true }
        'Group' {
            $group = Find-Recipient -Call $Call -Identity $Assignment['customResourceScope'] -Kind 'Group'
            return $group['group']['members'].Contains($Resource['guid'])
        }
    }
    $scope = Find-Scope -Call $Call -View $Call.View -Identity $Assignment['customResourceScope']
    $found = Find-Matching -View $Call.View -Node (Read-Filter -Text $scope['recipientFilter'])
    return $found.Contains($Resource['guid'])
}
