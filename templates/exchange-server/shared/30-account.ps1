function Read-Account($Record, [string]$Name) {
    $Record['Reads'] += 1
    try {
        Get-User -Identity $Name -DomainController $Record['DomainController'] -ErrorAction Stop | Select-Object -Property Guid,
            Identity, DistinguishedName, RecipientTypeDetails, UserAccountControl, AccountDisabled
    }
    catch { if (-not (Read-IsClass -Failure $_ -Class 'ManagementObjectNotFoundException')) { throw } }
}
function Read-Name($Things) { foreach ($one in $Things) { @($one.Identity, $one.DistinguishedName, $one.Guid) } }
function Read-UsableAccount($Record, $Names) {
    $guids = @{}
    foreach ($name in @($Names | Select-Object -Unique)) {
        $accounts = @(Read-Account -Record $Record -Name $name)
        if ($accounts.Count -ne 1) { throw ('The service account {0} must be one object, and is {1}.' -f $name, $accounts.Count) }
        $Record['Account'] = $accounts[0]
        $guids[[string]$accounts[0].Guid] = $true
        Show-Line -Text ('Service account {0} is {1}' -f $name, $accounts[0].DistinguishedName)
    }
    if ($guids.Count -ne 1) { throw ('{0} are different objects, not one service account.' -f ($Names -join ' and ')) }
    $account = $Record['Account']
    $kind = [string]$account.RecipientTypeDetails
    $isDisabled = 'True' -eq [string]$account.AccountDisabled -or [string]$account.UserAccountControl -match 'AccountDisabled'
    # The account of a linked mailbox is disabled on purpose: who signs in is an account of another forest.
    if ('DisabledUser' -eq $kind -or ($isDisabled -and 'LinkedMailbox' -ne $kind)) { throw 'The service account is disabled.' }
    if ($kind -match 'Room|Equipment') { throw ('The service account is a {0}, which does not sign in.' -f $kind) }
}
# An owner can add any room mailbox to a list, so the service account must not be one by accident.
function Read-Owner($Record) {
    $owner = $Record['ListOwner']
    $Record['Owners'] = @(if ($null -ne $owner) { Read-Name -Things @(Read-Holder -Record $Record -Address $owner) })
    $Record['Barred'] = @(if (-not $Record['MayOwn']) { Read-Name -Things $Record['Account'] })
    $barred = @($Record['Owners'] | Where-Object -FilterScript { Read-IsIn -Text $_ -Texts $Record['Barred'] })
    $Record['OwnerFault'] = @(
        if ($null -ne $owner -and $Record['Owners'].Count -eq 0) { 'owners: {0} does not exist' -f $owner }
        if ($barred.Count -ne 0) { 'owners: {0} is the service account, which could widen its own scope' -f $owner }
    )
}
