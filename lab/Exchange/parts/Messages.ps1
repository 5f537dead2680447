# What the shell says, in the organisation's language. Scripts must not read these sentences: they go by the class.

$script:Messages = @{
    en = @{
        NotFound            = "The operation couldn't be performed because object '{0}' couldn't be found on '{1}'."
        Ambiguous           = "The operation couldn't be performed because '{0}' matches multiple entries."
        ContainerNotFound   = "Organizational unit '{0}' couldn't be found. Please make sure you typed it correctly."
        AlreadyExists       = "Active Directory operation failed on {1}. The object '{0}' already exists."
        AddressInUse        = "The proxy address 'SMTP:{0}' is already being used by '{1}'. Please choose another proxy address."
        AliasInUse          = "The alias '{0}' is already being used by '{1}'."
        MemberExists        = 'The recipient "{0}" is already a member of the group "{1}".'
        MemberNotFound      = 'The recipient "{0}" isn''t a member of the group "{1}".'
        NotManager          = "You don't have sufficient permissions. This operation can only be performed by a manager of the group '{0}'."
        AccessDenied        = 'Access to the address list service on {0} is denied. You do not have sufficient rights to perform this operation.'
        Throttled           = 'The budget for this user has been exceeded: too many concurrent shell operations. Please try again in {0} seconds.'
        Transient           = 'A transient Active Directory error occurred on {0}. Additional information: the server is busy.'
        SessionGone         = 'Processing data from remote server {0} failed: the session was closed because the connection was lost.'
        Unsuitable          = "An Active Directory error 0x51 occurred when trying to check the suitability of server '{0}'."
        TooLong             = 'The length of the property is too long. The maximum length is {1} and the length of the value provided is {2}. Property: {0}'
        InvalidFilter       = 'The filter is not valid: expected {0}, got ''{1}''.'
        InvalidAlias        = "The alias '{0}' contains characters that are not valid."
        InvalidAddress      = "'{0}' is not a valid SMTP address."
        NotAcceptedDomain   = "The domain name in '{0}' isn't an accepted domain of this organization."
        UnknownType         = "Cannot convert '{0}' to a recipient type of this cmdlet. Possible values: {1}."
        ScopeInUse          = "The management scope '{0}' can't be removed because it is used by the management role assignment '{1}'."
        NoOwner             = "The group '{0}' must have at least one owner."
        NotUniversal        = "The recipient '{0}' has the type {1} and can't be a member of a group."
        ParametersConflict  = 'The parameters {0} cannot be used together.'
        ScopeConflict       = "The scope '{0}' is exclusive and cannot be used as a regular scope."
        MoreResults         = 'There are more results available than are currently displayed. To view them, increase the value for the ResultSize parameter.'
        FirstThousand       = 'By default, only the first 1000 items are returned. To return all items, specify "-ResultSize Unlimited".'
    }
    de = @{
        NotFound            = 'Der Vorgang konnte nicht ausgeführt werden, weil das Objekt "{0}" auf "{1}" nicht gefunden wurde.'
        Ambiguous           = 'Der Vorgang konnte nicht ausgeführt werden, weil "{0}" mehreren Einträgen entspricht.'
        ContainerNotFound   = 'Die Organisationseinheit "{0}" wurde nicht gefunden. Stellen Sie sicher, dass der Name richtig geschrieben ist.'
        AlreadyExists       = 'Fehler beim Active Directory-Vorgang auf {1}. Das Objekt "{0}" ist bereits vorhanden.'
        AddressInUse        = 'Die Proxyadresse "SMTP:{0}" wird bereits von "{1}" verwendet. Wählen Sie eine andere Proxyadresse aus.'
        AliasInUse          = 'Der Alias "{0}" wird bereits von "{1}" verwendet.'
        MemberExists        = 'Der Empfänger "{0}" ist bereits Mitglied der Gruppe "{1}".'
        MemberNotFound      = 'Der Empfänger "{0}" ist kein Mitglied der Gruppe "{1}".'
        NotManager          = 'Sie verfügen nicht über ausreichende Berechtigungen. Nur ein Manager der Gruppe "{0}" kann diesen Vorgang ausführen.'
        AccessDenied        = 'Der Zugriff auf den Adresslistendienst auf {0} wurde verweigert. Ihre Rechte reichen für diesen Vorgang nicht aus.'
        Throttled           = 'Das Budget dieses Benutzers ist überschritten: zu viele gleichzeitige Shellvorgänge. Versuchen Sie es in {0} Sekunden erneut.'
        Transient           = 'Vorübergehender Active Directory-Fehler auf {0}. Weitere Informationen: Der Server ist ausgelastet.'
        SessionGone         = 'Fehler beim Verarbeiten von Daten vom Remoteserver {0}: Die Sitzung wurde geschlossen, weil die Verbindung getrennt wurde.'
        Unsuitable          = 'Active Directory-Fehler 0x51 beim Überprüfen der Eignung des Servers "{0}".'
        TooLong             = 'Die Eigenschaft ist zu lang. Die maximale Länge beträgt {1}, die Länge des angegebenen Werts {2}. Eigenschaft: {0}'
        InvalidFilter       = 'Der Filter ist ungültig: erwartet wurde {0}, gefunden "{1}".'
        InvalidAlias        = 'Der Alias "{0}" enthält ungültige Zeichen.'
        InvalidAddress      = '"{0}" ist keine gültige SMTP-Adresse.'
        NotAcceptedDomain   = 'Der Domänenname in "{0}" ist keine akzeptierte Domäne dieser Organisation.'
        UnknownType         = '"{0}" kann nicht in einen Empfängertyp dieses Cmdlets umgewandelt werden. Mögliche Werte: {1}.'
        ScopeInUse          = 'Der Verwaltungsbereich "{0}" kann nicht entfernt werden, weil ihn die Verwaltungsrollenzuweisung "{1}" verwendet.'
        NoOwner             = 'Die Gruppe "{0}" muss mindestens einen Besitzer haben.'
        NotUniversal        = 'Der Empfänger "{0}" hat den Typ {1} und kann nicht Mitglied einer Gruppe sein.'
        ParametersConflict  = 'Die Parameter {0} können nicht zusammen verwendet werden.'
        ScopeConflict       = 'Der Bereich "{0}" ist exklusiv und kann nicht als regulärer Bereich verwendet werden.'
        MoreResults         = 'Es sind mehr Ergebnisse verfügbar, als angezeigt werden. Erhöhen Sie den Wert des Parameters "ResultSize".'
        FirstThousand       = 'Standardmäßig werden nur die ersten 1000 Elemente zurückgegeben. Geben Sie "-ResultSize Unlimited" an, um alle zurückzugeben.'
    }
}

function Get-Sentence {
    param([string]$Key, [object[]]$With)

    $language = (Get-Forest)['organization']['language']
    if (-not $script:Messages.ContainsKey($language)) { throw "The lab does not speak '$language'." }
    return $script:Messages[$language][$Key] -f $With
}
