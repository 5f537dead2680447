# One wide read of all room mailboxes, by primary address; an address of two mailboxes counts as none.
function Read-RoomMailbox($Record, [string]$DomainController) {
    $Record['Reads'] += 1
    $mailboxes = @{}
    Get-Mailbox -RecipientTypeDetails RoomMailbox -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop |
        Select-Object -Property Guid, PrimarySmtpAddress, DisplayName, ExchangeUserAccountControl | ForEach-Object -Process {
            $address = [string]$_.PrimarySmtpAddress
            if ($mailboxes.ContainsKey($address)) { $mailboxes[$address] = $null } else { $mailboxes[$address] = $_ }
        }
    $mailboxes
}
# A text in a filter: an apostrophe is doubled. Whether a typographic quote ends a text there is not known, so none is written.
function Read-Quoted([string]$Text) {
    if ($Text -match '[\u2018-\u201b]') { throw ('{0} holds a typographic quote, which could end a text in a filter.' -f $Text) }
    '''{0}''' -f $Text.Replace('''', '''''')
}
# Whoever has an address; -More is a further part of the filter.
function Read-Holder($Record, [string]$DomainController, [string]$Address, [string]$More) {
    $Record['Reads'] += 1
    $filter = 'EmailAddresses -eq {0}{1}' -f (Read-Quoted -Text ('smtp:' + $Address)), $More
    Get-Recipient -Filter $filter -ResultSize Unlimited -DomainController $DomainController -ErrorAction Stop
}
# Each room must be a room mailbox. What did not match is looked up by name, for at most 50 rooms.
function Assert-Room($Record, [string]$DomainController, $Mailboxes) {
    $rooms = $Record['Rooms']
    $faults = @()
    $row = 1
    foreach ($address in $rooms.Keys) {
        $row += 1
        if ($null -ne $Mailboxes[$address]) { continue }
        $found = 'not looked up, after 50 others'
        if ($faults.Count -lt 50) {
            $holders = @(Read-Holder -Record $Record -DomainController $DomainController -Address $address)
            $holders = @($holders | ForEach-Object -Process { 'the {0} {1}' -f $_.RecipientTypeDetails, $_.PrimarySmtpAddress })
            $found = ($holders -join ', ') -replace '^$', 'no recipient with this address'
            if ($found -eq 'the RoomMailbox ' + $address) { $found += ', which was left out: that answer was cut short' }
        }
        $faults += @('row {0}: expected one room mailbox with the primary address {1}, found {2}' -f $row, $address, $found)
        Show-Warning -Record $Record -Kind 'room-unusable' -Target $address -Text $faults[-1] -Unshown
    }
    Show-First -Lines $faults -Most 100 -Before '  '
    if ($faults.Count -ne 0) {
        throw ('{0} of {1} rooms cannot be used. Correct inventory or directory: {2}.' -f $faults.Count, $rooms.Count, $faults[0])
    }
}
