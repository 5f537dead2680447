# Whether an error is of a class; its sentence is in the language of the server.
function Read-IsClass($Failure, [string]$Class) {
    (@($Failure.FullyQualifiedErrorId, $Failure.CategoryInfo.Reason, $Failure.Exception.Message) -join ' ').Contains($Class)
}
# The objects that a name of the service account means: one, if all is well.
function Read-Account($Record, [string]$DomainController, [string]$Name) {
    $Record['Reads'] += 1
    try {
        Get-User -Identity $Name -DomainController $DomainController -ErrorAction Stop | Select-Object -Property Identity, Guid,
            DistinguishedName, RecipientTypeDetails, UserAccountControl, AccountDisabled
    }
    catch { if (-not (Read-IsClass -Failure $_ -Class 'ManagementObjectNotFoundException')) { throw } }
}
# What the directory may call an object.
function Read-Name($Things) { foreach ($one in $Things) { [string]$one.Identity, $one.DistinguishedName, [string]$one.Guid } }
# The service account must be one object, whatever it is called by, and of a kind that can sign in.
function Read-UsableAccount($Record, [string]$DomainController, $Names) {
    $accounts = @()
    foreach ($name in @($Names | Select-Object -Unique)) {
        $found = @(Read-Account -Record $Record -DomainController $DomainController -Name $name)
        if ($found.Count -ne 1) { throw ('The service account {0} must be one object, and is {1}.' -f $name, $found.Count) }
        Show-Line -Text ('Service account {0} is {1}' -f $name, $found[0].DistinguishedName)
        $accounts += $found
    }
    $guids = @($accounts | ForEach-Object -Process { [string]$_.Guid } | Sort-Object -Unique)
    if ($guids.Count -ne 1) { throw ('{0} are different objects, not one service account.' -f ($Names -join ' and ')) }
    $kind = [string]$found[0].RecipientTypeDetails
    $isDisabled = 'True' -eq [string]$found[0].AccountDisabled -or [string]$found[0].UserAccountControl -match 'AccountDisabled'
    # The account of a linked mailbox is disabled on purpose: who signs in is an account of another forest.
    if ($kind -match 'Room|Equipment|DisabledUser' -or ($isDisabled -and 'LinkedMailbox' -ne $kind)) {
        throw ('The service account is disabled, or a resource: it is a {0}.' -f $kind)
    }
    $Record['Account'] = $found[0]
    $found[0]
}
# Who shall own the lists, by every name that the directory may show, and who shall not.
function Read-Owner($Record, [string]$DomainController) {
    $owner = $Record['ListOwner']
    $holders = @(if ($null -ne $owner) { Read-Holder -Record $Record -DomainController $DomainController -Address $owner })
    $Record['Owners'] = @(Read-Name -Things $holders)
    $Record['Barred'] = @(Read-Name -Things $Record['Account'] | Where-Object -FilterScript { -not $Record['AccountMayOwnLists'] })
}
# An owner can add any room mailbox to a list, so the service account must not be one by accident.
function Assert-Owner($Record) {
    $owner = $Record['ListOwner']
    $isBarred = @($Record['Owners'] | Where-Object -FilterScript { $Record['Barred'] -contains $_ }).Count -ne 0
    if ($isBarred) { throw ('The owner of the lists, {0}, is the service account, which could widen its own scope.' -f $owner) }
    if ($null -ne $owner -and $Record['Owners'].Count -eq 0) { throw ('The owner of the lists, {0}, does not exist.' -f $owner) }
}
