# Which RecipientTypeDetails each cmdlet deals in.

$script:MailboxTypes = @('UserMailbox', 'SharedMailbox', 'RoomMailbox', 'EquipmentMailbox', 'LinkedMailbox', 'LinkedRoomMailbox',
    'TeamMailbox', 'LegacyMailbox', 'DiscoveryMailbox', 'SchedulingMailbox', 'ArbitrationMailbox', 'GroupMailbox')
$script:RemoteTypes = @('RemoteUserMailbox', 'RemoteRoomMailbox', 'RemoteEquipmentMailbox', 'RemoteSharedMailbox', 'RemoteTeamMailbox')
$script:DistributionTypes = @('RoomList', 'MailUniversalDistributionGroup', 'MailUniversalSecurityGroup', 'MailNonUniversalGroup')
$script:PlainGroupTypes = @('UniversalDistributionGroup', 'UniversalSecurityGroup', 'NonUniversalGroup')
$script:PlainUserTypes = @('User', 'DisabledUser', 'LinkedUser')
$script:OtherMailTypes = @('MailUser', 'GuestMailUser', 'MailContact', 'MailForestContact', 'DynamicDistributionGroup', 'PublicFolder')

$script:Kinds = @{
    Mailbox           = @($script:MailboxTypes | Where-Object -FilterScript { $_ -notin 'ArbitrationMailbox', 'GroupMailbox' })
    Recipient         = $script:MailboxTypes + $script:RemoteTypes + $script:DistributionTypes + $script:OtherMailTypes
    User              = $script:MailboxTypes + $script:RemoteTypes + $script:PlainUserTypes + @('MailUser', 'GuestMailUser')
    Group             = $script:DistributionTypes + $script:PlainGroupTypes
    DistributionGroup = $script:DistributionTypes
    SecurityGroup     = @('MailUniversalSecurityGroup', 'UniversalSecurityGroup')
    Owner             = $script:MailboxTypes + $script:RemoteTypes + $script:PlainUserTypes + @('MailUser', 'MailUniversalSecurityGroup')
}
$script:Kinds['Any'] = $script:Kinds['Recipient'] + $script:PlainGroupTypes + $script:PlainUserTypes + @('Contact')
$script:KnownTypes = [Collections.Generic.HashSet[string]]::new([string[]]$script:Kinds['Any'], [StringComparer]::Ordinal)

# The cases of RecipientTypeDetails that a reading cmdlet is asked for; an unknown one is refused.
function Select-Type {
    param([string]$Kind, [object]$Asked)

    $types = $script:Kinds[$Kind]
    if ($null -eq $Asked) { return $types }
    foreach ($type in $Asked) {
        if ($type -notin $types) { Stop-Call -Reason 'ParameterBindingException' -Message 'UnknownType' -With $type, ($types -join ', ') }
    }
    return @($types | Where-Object -FilterScript { $_ -in $Asked })
}

function Get-RecipientType {
    param([string]$Details)

    if ($Details -eq 'RoomList') { return 'MailUniversalDistributionGroup' }
    if ($Details -in $script:MailboxTypes) { return 'UserMailbox' }
    if ($Details -in $script:RemoteTypes -or $Details -eq 'GuestMailUser') { return 'MailUser' }
    if ($Details -in $script:PlainUserTypes) { return 'User' }
    if ($Details -in $script:PlainGroupTypes) { return 'Group' }
    return $Details
}
