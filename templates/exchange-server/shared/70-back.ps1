# Why an assignment stays. It goes if name, role and account fit, whatever its scope became; where the account is gone, also if
# its user is gone. The directory shows it by another name after the account was renamed, but still as the account's own.
function Read-RightReason($Record, $Right) {
    $isOurs = Read-IsIn -Text $Right['Assignee'] -Texts (Read-Name -Things $Record['Account'])
    foreach ($one in $Record['Held']) {
        if ('Direct' -eq [string]$one.AssignmentMethod -and $Right['Guid'] -eq [string]$one.Guid) { $isOurs = $true }
    }
    $users = @($Record['Assignments'] | Where-Object -FilterScript { 'User' -eq [string]$_.RoleAssigneeType })
    if ($Record['IsGone'] -and @($users | ForEach-Object -Process { [string]$_.Guid }) -contains $Right['Guid']) {
        try { $isOurs = @(Read-Account -Record $Record -Name $Right['Assignee']).Count -eq 0 }
        catch { 'whether {0} still exists could not be read ({1})' -f $Right['Assignee'], (Read-Why -Failure $_) }
    }
    if (-not $isOurs) { 'it is held by ' + $Right['Assignee'] }
    if (-not (Read-IsIn -Text $Right['Role'] -Texts 'ApplicationImpersonation')) { 'it is of the role ' + $Right['Role'] }
}
function Read-UseReason($Record, $State, $Going) {
    $guids = @($Going | ForEach-Object -Process { $_['Guid'] })
    $used = @()
    $part = ([string]$State['DistinguishedName']).Replace('''', '''''').ToLowerInvariant()
    foreach ($one in @($Record['Assignments'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })) {
        $used += @([string]$one.CustomRecipientWriteScope)
        if ('' -eq $part -and (Read-IsIn -Text $State['Name'] -Texts $used[-1])) { '{0} uses it' -f $one.Name }
    }
    $ours = @(foreach ($one in $Record['Grants']) { if (-not (Read-IsIn -Text $one['Scope'] -Texts $used)) { $one['Scope'] } })
    foreach ($one in @($Record['Scopes'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_.Name -Texts $ours) })) {
        $isUsing = '' -ne $part -and ([string]$one.RecipientFilter).ToLowerInvariant().Contains($part)
        if ($isUsing) { 'the scope {0} uses it' -f $one.Name }
    }
}
function Show-Staying($Record, $State, $Reasons) {
    $kind = $State['Kind'] -replace 'assignment', 'right'
    $by = @{ right = 'Remove-ManagementRoleAssignment'; scope = 'Remove-ManagementScope'; list = 'Remove-DistributionGroup' }
    $why = $Reasons -join '; '
    $text = '{0} stays: {1}. If nobody needs it: {2} -Identity {3}' -f $State['Name'], $why, $by[$kind], $State['Guid']
    if ($Reasons[0] -like 'its names*') { $text = '{0} is not of this bundle: {1}' -f $State['Name'], $Reasons[0] }
    $target = @($State['Name'], $State['Address'])['list' -eq $kind]
    # An assignment of our name that has another role is no right over the rooms.
    $outcome = @('not done', 'noted')[@($Reasons -like 'it is of the role *').Count -ne 0]
    Show-Warning -Record $Record -Kind ($kind + '-stays') -Target $target -Text $text -Outcome $outcome
    foreach ($member in @($State['Members'] | Where-Object -FilterScript { -not (Read-IsRoom -Record $Record -Address $_) })) {
        $text = '{0} is in {1}, which stays' -f $member, $State['Name']
        Show-Warning -Record $Record -Kind 'stranger-stays' -Target $member -Text $text -Outcome 'not done'
    }
}
