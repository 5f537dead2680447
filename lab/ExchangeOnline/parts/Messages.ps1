# What only Exchange Online says, and the full names of the classes that it says it with.

$script:OnlineMessages = @{
    en = @{
        Dehydrated        = 'The command you tried to run isn''t currently allowed in your organization. To run this command, you first need to run the command: Enable-OrganizationCustomization.'
        AlreadyHydrated   = 'This operation is not required. Organization is already enabled for customization.'
        NotWritable       = 'Source server:{0} doesn''t have write permission to target DC:{0}. Usually it indicates that target forest isn''t an account partition of source forest. The user has insufficient access rights.'
        NotDelegated      = 'You don''t have access to create, change, or remove the management role assignment. You must be assigned a delegating role assignment to the management role or its parent in the hierarchy without a scope restriction.'
        PointerExists     = 'The service principal with {0} ''{1}'' already exists.'
        NotAnApplication  = 'The management role "{0}" can''t be assigned to "{1}": application roles are for applications, and only these.'
        SessionGone       = 'An error occurred while sending the request to {0}.'
    }
    de = @{
        Dehydrated        = 'Der Befehl ist in Ihrer Organisation zurzeit nicht zulässig. Führen Sie zuerst diesen Befehl aus: Enable-OrganizationCustomization.'
        AlreadyHydrated   = 'Dieser Vorgang ist nicht erforderlich. Die Organisation ist bereits für die Anpassung aktiviert.'
        NotWritable       = 'Der Quellserver {0} hat keine Schreibberechtigung für den Zieldomänencontroller {0}. Der Benutzer verfügt nicht über ausreichende Zugriffsrechte.'
        NotDelegated      = 'Sie dürfen die Verwaltungsrollenzuweisung nicht erstellen, ändern oder entfernen. Ihnen muss eine delegierende Rollenzuweisung ohne Bereichseinschränkung zugewiesen sein.'
        PointerExists     = 'Der Dienstprinzipal mit {0} "{1}" ist bereits vorhanden.'
        NotAnApplication  = 'Die Verwaltungsrolle "{0}" kann "{1}" nicht zugewiesen werden: Anwendungsrollen sind nur für Anwendungen.'
        SessionGone       = 'Beim Senden der Anforderung an {0} ist ein Fehler aufgetreten.'
    }
}
foreach ($language in $script:OnlineMessages.Keys) {
    foreach ($key in $script:OnlineMessages[$language].Keys) { $script:Messages[$language][$key] = $script:OnlineMessages[$language][$key] }
}

$script:Namespaces = @{
    ADObjectAlreadyExistsException         = 'Microsoft.Exchange.Data.Directory'
    ADTransientException                   = 'Microsoft.Exchange.Data.Directory'
    DataValidationException                = 'Microsoft.Exchange.Data'
    InsufficientPermissionsException       = 'Microsoft.Exchange.Data.Directory'
    InvalidOperationException              = 'System'
    MemberAlreadyExistsException           = 'Microsoft.Exchange.Management.Tasks'
    MemberNotFoundException                = 'Microsoft.Exchange.Management.Tasks'
    OperationRequiresGroupManagerException = 'Microsoft.Exchange.Management.Tasks'
    OverBudgetException                    = 'Microsoft.Exchange.Data.Directory'
    ParameterBindingException              = 'System.Management.Automation'
    UnauthorizedAccessException            = 'System'
}
$script:Categories['InsufficientPermissionsException'] = 'PermissionDenied'

$script:FaultErrors['sessionGone'] = @('HttpRequestException', 'SessionGone')
$script:FaultErrors['notWritable'] = @('InsufficientPermissionsException', 'NotWritable')
$script:FaultErrors['dehydrated'] = @('InvalidOperationInDehydratedContextException', 'Dehydrated')
$script:FaultErrors['notDelegated'] = @('InvalidOperationException', 'NotDelegated')
# Kinds of shell faults in faults.json, besides the server's. These meet single calls:
#   notWritable, notWritableAfter    "doesn't have write permission to target DC"; nothing was changed, or all of it was
#   dehydrated, notDelegated         refusals of the first hours after step 20
#   ignoresWhatIf                    a change is made although it was only to be tried
#   noRows                           an empty answer, where others answer "not found"
#   everybody                        Get-ServicePrincipal, asked for one that is not there, answers with all
#   expired                          Get-ConnectionInformation: the token is not active any more
#   anotherConnection, complianceSession   Get-ConnectionInformation: somebody has connected once more
# These hold all the time, the first four for so many "times" after a change:
#   staleReads                       everything is as it was before
#   mixedReads                       the same, but some commands show the change before others do
#   emptyMembers                     a group has no members
#   pointerLag                       a new pointer is not found by those who need it
#   textInScope                      InScope is a text, not a Boolean
$script:FaultKinds += @(
    'notWritable', 'notWritableAfter', 'dehydrated', 'notDelegated', 'ignoresWhatIf', 'noRows', 'everybody',
    'expired', 'anotherConnection', 'complianceSession'
)
$script:StandingKinds = @('staleReads', 'mixedReads', 'emptyMembers', 'pointerLag', 'textInScope')
