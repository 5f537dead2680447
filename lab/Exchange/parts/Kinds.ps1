# Which RecipientTypeDetails each cmdlet deals in.

$script:MailboxTypes = @(
    'UserMailbox', 'SharedMailbox', 'RoomMailbox', 'EquipmentMailbox', 'LinkedMailbox', 'LinkedRoomMailbox',
    'TeamMailbox', 'LegacyMailbox', 'DiscoveryMailbox', 'SchedulingMailbox'
)
$script:ResourceTypes = @('RoomMailbox', 'EquipmentMailbox', 'LinkedRoomMailbox')
$script:HiddenMailboxTypes = @('ArbitrationMailbox', 'GroupMailbox')
$script:RemoteTypes = @(
    'RemoteUserMailbox', 'RemoteRoomMailbox', 'RemoteEquipmentMailbox', 'RemoteSharedMailbox', 'RemoteTeamMailbox'
)
$script:DistributionTypes = @(
    'RoomList', 'MailUniversalDistributionGroup', 'MailUniversalSecurityGroup', 'MailNonUniversalGroup'
)
$script:PlainGroupTypes = @('UniversalDistributionGroup', 'UniversalSecurityGroup', 'NonUniversalGroup')
$script:PlainUserTypes = @('User', 'DisabledUser', 'LinkedUser')
$script:MailUserTypes = @('MailUser', 'GuestMailUser')
$script:OtherMailTypes = @('MailContact', 'MailForestContact', 'DynamicDistributionGroup', 'PublicFolder')
$script:AccountTypes = $script:MailboxTypes + $script:RemoteTypes + $script:PlainUserTypes + $script:MailUserTypes

$script:Kinds = @{
    Mailbox           = $script:MailboxTypes
    Recipient         = $script:MailboxTypes + $script:HiddenMailboxTypes + $script:RemoteTypes +
        $script:DistributionTypes + $script:MailUserTypes + $script:OtherMailTypes
    User              = $script:AccountTypes
    Group             = $script:DistributionTypes + $script:PlainGroupTypes
    DistributionGroup = $script:DistributionTypes
    SecurityGroup     = @('MailUniversalSecurityGroup', 'UniversalSecurityGroup')
    Owner             = $script:AccountTypes + @('MailUniversalSecurityGroup')
}
$script:Kinds['Any'] = $script:Kinds['Recipient'] + $script:PlainGroupTypes + $script:PlainUserTypes + @('Contact')
$script:KnownTypes = [Collections.Generic.HashSet[string]]::new([string[]]$script:Kinds['Any'])

# The cases of RecipientTypeDetails that a reading cmdlet is asked for; an unknown one is refused.
function Select-Type {
    param([string]$Kind, [object]$Asked)

    $types = $script:Kinds[$Kind]
    if ($null -eq $Asked) { return $types }
    foreach ($type in $Asked) {
        if ($type -notin $types) {
            Stop-Call -Reason 'ParameterBindingException' -Message 'UnknownType' -With $type, ($types -join ', ')
        }
    }
    return @($types | Where-Object -FilterScript { $_ -in $Asked })
}

function Get-RecipientType {
    param([string]$Details)

    if ($Details -eq 'RoomList') { return 'MailUniversalDistributionGroup' }
    if ($Details -in $script:MailboxTypes + $script:HiddenMailboxTypes) { return 'UserMailbox' }
    if ($Details -in $script:RemoteTypes -or $Details -eq 'GuestMailUser') { return 'MailUser' }
    if ($Details -in $script:PlainUserTypes) { return 'User' }
    if ($Details -in $script:PlainGroupTypes) { return 'Group' }
    return $Details
}

$script:TypeOf = @{}
foreach ($type in $script:Kinds['Any']) { $script:TypeOf[$type] = Get-RecipientType -Details $type }
