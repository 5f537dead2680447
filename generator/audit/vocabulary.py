"""The closed lists of what the language rules let through."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


KINDS = _words(
    """
    additive_expression argument_expression_list argument_list array_expression array_literal_expression
    assignment_expression attribute attribute_list attribute_name bareword_argument_list cast_expression catch_clause
    catch_clauses command command_elements command_name command_parameter comparison_expression decimal_integer_literal
    do_statement element_access else_clause elseif_clause elseif_clauses expandable_string_literal
    expression_with_unary_operator finally_clause flow_control_statement foreach_statement format_expression
    format_operator function_name function_parameter_declaration function_statement generic_token hash_entry
    hash_literal_body hash_literal_expression if_statement invocation_expression key_expression logical_expression
    member_access member_name multiplicative_expression named_block param_block parameter_list parenthesized_expression
    pipeline_chain program real_literal script_block script_block_body script_block_expression script_parameter
    script_parameter_default simple_name statement_block statement_list try_statement type_identifier type_literal
    type_name type_spec variable verbatim_string_characters while_condition while_statement
    """
)
"""Forms that a rendered script may have, as the grammar calls them."""

MARKS = _words(
    """
    ( ) { } [ ] @( @{ , . :: ; | = += + - * / -and -or -not -eq -ne -ceq -cne -gt -ge -lt -le -like -notlike -match
    -notmatch -contains -notcontains -in -notin -replace -split -join -f
    if elseif else foreach in while do try catch finally throw continue function param
    """
)
"""Signs, operators and keywords."""

TYPES = frozenset({"[string]", "[ordered]", "[switch]"})
"""Type literals."""

ATTRIBUTES = frozenset({"CmdletBinding", "ValidateNotNullOrEmpty"})
"""Attributes of a script or a parameter."""

STATIC = frozenset({"IsNullOrEmpty", "IsNullOrWhiteSpace"})
"""Static methods of [string]."""

METHODS = _words("AddMinutes Contains ContainsKey Equals Replace StartsWith ToLowerInvariant ToString ToUniversalTime Trim")
"""Methods of text, tables and dates."""

PROPERTIES = _words(
    """
    AdminDisplayVersion After Before Bundle Kind Owners Writes Version AssignmentMethod CategoryInfo CommandType Count
    CustomRecipientWriteScope DefaultGlobalCatalog DisplayName DistinguishedName DomainName EffectiveUserName Enabled
    Exception ExchangeUserAccountControl Exclusive FullName FullyQualifiedErrorId Guid Hash
    HiddenFromAddressListsEnabled Identity IsDehydrated IsDirSynced Keys ManagedBy ManifestSha256
    MemberDepartRestriction MemberJoinRestriction Message Name Notes Parameters Plan PlanId PrimarySmtpAddress PSVersion
    Reason RecipientFilter RecipientRoot RecipientTypeDetails RecipientWriteScope Result Role RoleAssignee
    RoleAssigneeType RoleAssignmentDelegationType RoomListAddress Source State Values ViewEntireForest AccountDisabled
    Details DomainController OrganizationGuid PreviousSha256 Target Text UserAccountControl Options SessionState InvokeCommand
    PreCommandLookupAction PostCommandLookupAction CommandNotFoundAction
    AccessRight AccountEnabled Actions AllowedResourceScope AppId AppRoleId AppRoles CustomResourceScope EwsAllowedAppIDs
    EwsAllowList EwsApplicationAccessPolicy EwsBlockList EwsEnabled ExternalDirectoryObjectId GrantedPermissions Id InScope
    IsEopSession ModuleName ModulePrefix ObjectId Organization Outcome ResourceDisplayName ResourceId RoleName ScopeType TenantId
    TenantID TokenStatus Value
    """
)
"""Properties that are read."""

AUTOMATIC = _words(
    """
    _ true false null {alias:get-command} {function:get-command} psscriptroot psdefaultparametervalues psversiontable
    whatifpreference confirmpreference env:username env:userdomain env:computername {alias:write-error} {function:write-error}
    {variable:executioncontext}
    """
)
"""Variables that are read without being set, in lower case."""

RESERVED = AUTOMATIC | _words(
    """
    args matches consolefilename debugpreference enabledexperimentalfeatures erroractionpreference errorview error
    event eventargs eventsubscriber executioncontext foreach formatenumerationlimit home host informationpreference input
    iscoreclr islinux ismacos iswindows lastexitcode logcommandhealthevent logcommandlifecycleevent logenginehealthevent
    logenginelifecycleevent logproviderhealthevent logproviderlifecycleevent maximumhistorycount myinvocation
    nestedpromptlevel ofs outputencoding pid profile progresspreference psboundparameters pscmdlet pscommandpath psculture
    psdebugcontext psedition psemailserver pshome psitem psmoduleautoloadingpreference pssenderinfo
    pssessionapplicationname pssessionconfigurationname pssessionoption psstyle psuiculture pwd sender shellid stacktrace
    switch this transcript verbosepreference warningpreference
    """
)
"""Variables that belong to PowerShell, in lower case."""

VERBS = _words("Assert Read Save Show")
"""The first words of names of functions; the guard in the region looks whether an alias of the session stands before one."""
