# What a stored filter selects.
function Read-Preview {
    param($Record, [string]$DomainController, [string]$Filter)
    $Record['Reads'] += 1
    Get-Recipient -RecipientPreviewFilter $Filter -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
}

function Read-ExclusiveScope {
    param($Record, [string]$DomainController)
    $Record['Reads'] += 1
    Get-ManagementScope -Exclusive $true -DomainController $DomainController -ErrorAction Stop
}

# Whoever owns a list can add rooms to it.
function Show-Owner {
    param($Record, $States, $Account)
    $names = @(Read-AccountName -Account $Account)
    $listsByOwner = @{}
    foreach ($state in $States) { foreach ($owner in $state['Owners']) { $listsByOwner[$owner] += @($state['Address']) } }
    foreach ($owner in @($listsByOwner.Keys | Sort-Object)) {
        $text = @($listsByOwner[$owner] | Select-Object -First 3) -join ', '
        if ($listsByOwner[$owner].Count -gt 3) { $text += ' and {0} more' -f ($listsByOwner[$owner].Count - 3) }
        Show-Line -Text ('{0} can add any room mailbox to the lists that it owns: {1}.' -f $owner, $text)
        if ($names -contains $owner) {
            $text = 'the service account owns lists: it can widen its own scope'
            Show-Warning -Record $Record -Kind 'owner' -Target $owner -Text $text -Outcome 'not done'
        }
    }
}

# So can whoever holds a role that changes the members of any list.
function Show-MemberRole {
    param($Record, [string]$DomainController)
    $Record['Reads'] += 1
    $roles = @(
        Get-ManagementRole -Cmdlet Add-DistributionGroupMember -CmdletParameters BypassSecurityGroupManagerCheck -DomainController $DomainController -ErrorAction Stop
    )
    foreach ($role in $roles) {
        $Record['Reads'] += 1
        $holders = @(
            Get-ManagementRoleAssignment -Role ([string]$role.Name) -GetEffectiveUsers -DomainController $DomainController -ErrorAction Stop |
                ForEach-Object -Process { [string]$_.EffectiveUserName } | Sort-Object -Unique
        )
        if ($holders.Count -ne 0) {
            Show-Line -Text ('The role {0} can change members of any list; it is held by {1}.' -f [string]$role.Name, ($holders -join ', '))
        }
    }
}
