function Read-Holder($Record, [string]$Address, [string]$More) {
    $Record['Reads'] += 1
    $filter = 'EmailAddresses -eq {0}{1}' -f (Read-Quoted -Text ('smtp:' + $Address)), $More
    Get-Recipient -Filter $filter -ResultSize Unlimited -DomainController $Record['DomainController'] -ErrorAction Stop
}
function Read-RoomMailbox($Record) {
    $Record['Reads'] += 1
    $mailboxes = @{}
    $asked = @{ RecipientTypeDetails = 'RoomMailbox'; ResultSize = 'Unlimited'; DomainController = $Record['DomainController'] }
    foreach ($mailbox in @(Get-Mailbox @asked -ErrorAction Stop)) {
        $address = [string]$mailbox.PrimarySmtpAddress
        if ($mailboxes.ContainsKey($address)) { $mailboxes[$address] = $null } else { $mailboxes[$address] = $mailbox }
    }
    $faults = @()
    $row = 1
    foreach ($room in $Record['Rooms'].Keys) {
        $row += 1
        if ($null -ne $mailboxes[$room]) { continue }
        $none = @('no recipient with this address', 'not looked up, after 50 others')[$faults.Count -ge 50]
        $holders = @(if ($faults.Count -lt 50) { Read-Holder -Record $Record -Address $room })
        $holders = @($holders | ForEach-Object -Process { 'the {0} {1}' -f $_.RecipientTypeDetails, $_.PrimarySmtpAddress })
        $text = ($holders -join ', ') -replace '^$', $none
        if ($text -eq 'the RoomMailbox ' + $room) { $text += ', which was left out: that answer was cut short' }
        $faults += @('row {0}: expected one room mailbox with the primary address {1}, found {2}' -f $row, $room, $text)
        Show-Warning -Record $Record -Kind 'room-unusable' -Target $room -Text $faults[-1] -Unshown
    }
    Show-First -Lines $faults -Most 100 -Before '  '
    if ($faults.Count -ne 0) { throw ('{0} cannot be used, {1}.' -f (Read-Count -Number $faults.Count -One 'room'), $faults[0]) }
    $mailboxes
}
