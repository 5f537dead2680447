# Why something stays. An assignment goes if name, role and holder fit, whatever its scope became; the rest, if nobody uses it.
function Read-StayReason($Record, $State, $Going) {
    $guids = @($Going | ForEach-Object -Process { $_['Guid'] })
    $others = @($Record['Assignments'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })
    if ('assignment' -eq $State['Kind']) {
        if (-not (Read-IsIn -Text $State['Assignee'] -Texts $Record['ObjectId'])) { 'it is held by ' + $State['Assignee'] }
        if (-not (Read-IsIn -Text $State['Role'] -Texts $Record['Role'])) { 'it is of the role ' + $State['Role'] }
    }
    elseif ('scope' -eq $State['Kind']) {
        foreach ($one in $others) {
            $scopes = @($one.CustomResourceScope, $one.CustomRecipientWriteScope)
            if (Read-IsIn -Text $State['Name'] -Texts $scopes) { '{0} uses it' -f $one.Name }
        }
    }
    elseif ('list' -eq $State['Kind']) {
        $part = ([string]$State['DistinguishedName']).Replace('''', '''''').ToLowerInvariant()
        foreach ($one in @($Record['Scopes'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })) {
            $isUsing = '' -ne $part -and ([string]$one.RecipientFilter).ToLowerInvariant().Contains($part)
            if ($isUsing) { 'the scope {0} uses it' -f $one.Name }
        }
    }
    else {
        # A pointer goes only if a record says that this bundle made it: something else may rely on it.
        foreach ($one in @($Record['Held'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })) {
            '{0} would go with it' -f $one.Name
        }
        if (-not $Record['IsMade']) { 'no record says that this bundle made it' }
    }
}
function Show-Staying($Record, $State, $Reasons) {
    $kind = $State['Kind'] -replace 'assignment', 'right'
    $by = @{ right = 'ManagementRoleAssignment'; scope = 'ManagementScope'; list = 'DistributionGroup' }
    $by['pointer'] = 'ServicePrincipal'
    $why = $Reasons -join '; '
    $text = '{0} stays: {1}. If nobody needs it: Remove-{2} -Identity {3}' -f $State['Name'], $why, $by[$kind], $State['Guid']
    if ($Reasons[0] -like 'its names*') { $text = '{0} is not of this bundle: {1}' -f $State['Name'], $Reasons[0] }
    $target = @($State['Name'], $State['Address'])['list' -eq $kind]
    # An assignment of our name that has another role is no right over the rooms; a pointer that was there before may well stay.
    $isOpen = $null -eq $State['Role'] -or (Read-IsIn -Text $State['Role'] -Texts $Record['Role'])
    if ('pointer' -eq $kind -and -not $Record['IsMade']) { $isOpen = $false }
    Show-Warning -Record $Record -Kind ($kind + '-stays') -Target $target -Text $text -Outcome @('noted', 'not done')[$isOpen]
    foreach ($member in $State['Members']) {
        if (Read-IsRoom -Record $Record -Address $member) { continue }
        $text = '{0} is in {1}, which stays' -f $member, $State['Name']
        Show-Warning -Record $Record -Kind 'stranger-stays' -Target $member -Text $text -Outcome 'not done'
    }
}
