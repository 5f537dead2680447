# What the assignments of applications have besides those of users and groups.

${function:New-DirectoryAssignmentResult} = ${function:New-AssignmentResult}
${function:Set-DirectoryWriteScope} = ${function:Set-WriteScope}

function New-AssignmentResult {
    param([Collections.IDictionary]$Assignment, [hashtable]$Assignee, [string]$Method, [string]$EffectiveUser)

    $result = New-DirectoryAssignmentResult @PSBoundParameters
    $scope = [string]$Assignment['customResourceScope']
    $result.PSObject.Properties.Add([Management.Automation.PSNoteProperty]::new('CustomResourceScope', $scope))
    return $result
}

# The scope of an application is a management scope, or one group and its direct members.
function Set-WriteScope {
    param([hashtable]$Call, [Collections.IDictionary]$Assignment)

    $bound = $Call.Bound
    Set-DirectoryWriteScope -Call $Call -Assignment $Assignment
    if ($bound['CustomResourceScope'] -and $bound['RecipientGroupScope']) {
        Stop-Call -Reason 'ParameterBindingException' -Message 'ParametersConflict' -With 'CustomResourceScope, RecipientGroupScope'
    }
    $Assignment['customResourceScope'] = ''
    if ($bound['CustomResourceScope']) {
        $Assignment['customResourceScope'] = (Find-Scope -Call $Call -View $Call.Main -Identity $bound['CustomResourceScope'])['name']
        $Assignment['recipientWriteScope'] = 'CustomRecipientScope'
    }
    if ($bound['RecipientGroupScope']) {
        $group = Find-Recipient -Call $Call -View $Call.Main -Identity $bound['RecipientGroupScope'] -Kind 'Group'
        $Assignment['customResourceScope'] = $group['name']
        $Assignment['recipientWriteScope'] = 'Group'
    }
}

# Application roles are for applications; whoever assigns a role must hold it for passing on.
function Assert-Assignable {
    param([hashtable]$Call, [Collections.IDictionary]$Assignment)

    $role = $Assignment['role']
    if (($role -like 'Application *') -ne ($Assignment['roleAssigneeType'] -eq 'ServicePrincipal')) {
        Stop-Call -Reason 'InvalidOperationException' -Message 'NotAnApplication' -With $role, $Assignment['roleAssignee']
    }
    if (-not $script:Connection['AppId'] -and -not (Test-Delegated -View $Call.Main -Role $role)) {
        Stop-Call -Reason 'InvalidOperationException' -Message 'NotDelegated'
    }
}

function Test-Delegated {
    param([hashtable]$View, [string]$Role)

    $operators = @(Get-Candidate -View $View -Identity $View['session']['operator'])
    foreach ($one in $View['roleAssignments'].Values) {
        if ($one['role'] -ne $Role -or -not $one['delegating'] -or -not $one['enabled']) { continue }
        foreach ($user in (Get-EffectiveUser -View $View -Assignment $one)) {
            if ($user['guid'] -in @($operators | ForEach-Object -Process { $_['guid'] })) { return $true }
        }
    }
    return $false
}
