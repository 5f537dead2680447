# PowerShell's own comparison passes over characters that cannot be seen; this one does not.
function Read-IsIn([string]$Text, $Texts) {
    @($Texts | Where-Object -FilterScript { $Text.ToLowerInvariant().Equals(([string]$_).ToLowerInvariant()) }).Count -ne 0
}
function Read-IsRoom($Record, [string]$Address) {
    $room = $Record['Rooms'][$Address]
    $null -ne $room -and (Read-IsIn -Text $Address -Texts $room.PrimarySmtpAddress)
}
function Read-Unlike([string]$What, [string]$Expected, [string]$Found) {
    $only = @('', ', which differs in upper and lower case only')[(Read-IsIn -Text $Expected -Texts $Found)]
    $texts = @($What, $Expected, $Found) -replace '^$', 'none'
    if (-not $Expected.Equals($Found)) { '{0}: expected {1}, found {2}{3}' -f ($texts + $only) }
}
function Read-IsClass($Failure, [string]$Class) {
    (@($Failure.FullyQualifiedErrorId, $Failure.CategoryInfo.Reason, $Failure.Exception.Message) -join ' ').Contains($Class)
}
# A text in a filter: an apostrophe is doubled. Whether a typographic quote ends a text there is not known, so none is written.
function Read-Quoted([string]$Text) {
    if ($Text -match '[\u2018-\u201b]') { throw ('{0} holds a typographic quote, which could end a text in a filter.' -f $Text) }
    '''{0}''' -f $Text.Replace('''', '''''')
}
# What a stored filter comes down to: G for room mailboxes (T) that are in one of several lists (M).
function Read-FilterShape([string]$Filter) {
    $shape = '({0})' -f ($Filter -replace 'MemberOfGroup\s+-eq\s+''(?:[^'']|'''')*''', '<M>' -replace '\s', '')
    $shape = $shape -replace 'RecipientTypeDetails-eq''?RoomMailbox''?', '<T>'
    do {
        $before = $shape
        $shape = $shape -replace '\((<[MTG]>)\)', '$1' -replace '\(<M>(?:-or<M>)+\)', '<M>'
        $shape = $shape -replace '\((?:<T>-and<M>|<M>-and<T>)\)', '<G>'
    } while ($shape -ne $before)
    $shape
}
