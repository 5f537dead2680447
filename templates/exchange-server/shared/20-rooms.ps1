# One wide read of all room mailboxes, by primary address; an address of two mailboxes counts as none.
function Read-RoomMailbox {
    param($Record, [string]$DomainController)
    $Record['Reads'] += 1
    $mailboxes = @(
        Get-Mailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop |
            Select-Object -Property Guid, PrimarySmtpAddress, DisplayName, ExchangeUserAccountControl
    )
    $mailboxByAddress = @{}
    foreach ($mailbox in $mailboxes) {
        $address = [string]$mailbox.PrimarySmtpAddress
        if ($mailboxByAddress.ContainsKey($address)) { $mailboxByAddress[$address] = $null } else { $mailboxByAddress[$address] = $mailbox }
    }
    $mailboxByAddress
}

# Every recipient that a filter selects. An apostrophe is doubled for the filter.
function Read-Recipient {
    param($Record, [string]$DomainController, [string]$Filter)
    $Record['Reads'] += 1
    Get-Recipient -Filter $Filter -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
}

function Read-Holder {
    param($Record, [string]$DomainController, [string]$Address)
    $filter = 'EmailAddresses -eq ''smtp:{0}''' -f $Address.Replace('''', '''''')
    Read-Recipient -Record $Record -DomainController $DomainController -Filter $filter
}

# Each room must be a room mailbox. What did not match is looked up by name, for at most 50 rooms.
function Assert-Room {
    param($Record, [string]$DomainController, $Rooms, $Mailboxes)
    $row = 1
    $lookups = 0
    $faults = @(
        foreach ($address in @($Rooms.Keys)) {
            $row += 1
            if ($null -ne $Mailboxes[$address]) { continue }
            $lookups += 1
            if ($lookups -gt 50) { $reason = 'not among the room mailboxes; why was looked up for the first 50 only' }
            else {
                $holders = @(Read-Holder -Record $Record -DomainController $DomainController -Address $address)
                $names = @($holders | ForEach-Object -Process { [string]$_.DistinguishedName }) -join '; '
                if ($holders.Count -eq 0) { $reason = 'no recipient has this address' }
                elseif ($holders.Count -gt 1) { $reason = 'several recipients have this address: {0}' -f $names }
                elseif ('RoomMailbox' -ne [string]$holders[0].RecipientTypeDetails) {
                    $reason = 'it is a {0}, not a room mailbox' -f [string]$holders[0].RecipientTypeDetails
                }
                elseif ($address -ne [string]$holders[0].PrimarySmtpAddress) {
                    $reason = 'it is another address of the room {0}; the inventory needs that primary address' -f
                        [string]$holders[0].PrimarySmtpAddress
                }
                else { $reason = 'it is a room mailbox that the list of all room mailboxes left out: that answer was cut short' }
            }
            $text = 'row {0}, {1}: {2}' -f $row, $address, $reason
            Show-Warning -Record $Record -Kind 'room-unusable' -Target $address -Text $text -Unshown
            $text
        }
    )
    if ($faults.Count -ne 0) {
        Show-First -Lines $faults -Most 100 -Before '  '
        throw ('Rooms of rooms.csv that are not usable: {0} of {1}: {2}. {3} Nothing was changed.' -f
            $faults.Count, $Rooms.Count, (@($faults | Select-Object -First 5) -join '; '),
            'Correct the inventory or the directory, and render again if the inventory changed.')
    }
}
