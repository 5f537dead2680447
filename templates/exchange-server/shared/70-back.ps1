# Why an assignment stays. It goes if name, role and account fit, whatever its scope became; where the account is gone, also if its
# user exists no more.
function Read-RightReason($Record, $Right) {
    $isOurs = Read-IsIn -Text $Right['Assignee'] -Texts (Read-Name -Things $Record['Account'])
    foreach ($one in $Record['Held']) {
        if ('Direct' -eq [string]$one.AssignmentMethod -and $Right['Guid'] -eq [string]$one.Guid) { $isOurs = $true }
    }
    if ($null -ne $Record['Account'] -and $Record['Account'].Count -eq 0 -and 'User' -eq $Right['AssigneeType']) {
        try { $isOurs = @(Read-Account -Record $Record -Name $Right['Assignee']).Count -eq 0 }
        catch { 'whether {0} still exists could not be read ({1})' -f $Right['Assignee'], (Read-Why -Failure $_) }
    }
    if (-not $isOurs) { 'it is held by ' + $Right['Assignee'] }
    if (-not (Read-IsIn -Text $Right['Role'] -Texts 'ApplicationImpersonation')) { 'it is of the role ' + $Right['Role'] }
}
# Who else uses a scope or a list: an assignment that does not go, a scope that is not of this bundle or is used itself.
function Read-UseReason($Record, $State, $Going) {
    $guids = @($Going | ForEach-Object -Process { $_['Guid'] })
    $others = @($Record['Assignments'] | Where-Object -FilterScript { $guids -notcontains [string]$_.Guid })
    $isScope = 'scope' -eq $State['Kind']
    foreach ($one in $others) {
        if ($isScope -and (Read-IsIn -Text $State['Name'] -Texts $one.CustomRecipientWriteScope)) { '{0} uses it' -f $one.Name }
    }
    $used = @($others | ForEach-Object -Process { [string]$_.CustomRecipientWriteScope })
    $ours = @(foreach ($one in $Record['Grants']) { if (-not (Read-IsIn -Text $one['Scope'] -Texts $used)) { $one['Scope'] } })
    $part = $State['DistinguishedName'].Replace('''', '''''').ToLowerInvariant()
    foreach ($scope in @($Record['Scopes'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_.Name -Texts $ours) })) {
        if (-not $isScope -and '' -ne $part -and ([string]$scope.RecipientFilter).ToLowerInvariant().Contains($part)) {
            'the scope {0} uses it' -f $scope.Name
        }
    }
}
# Shows what stays, and the strangers in it; a right that stays is given back, because the way back is not done then.
function Show-Staying($Record, $State, $Reasons, [string]$Command) {
    $kind = $State['Kind'] -replace 'assignment', 'right'
    $text = '{0} stays: {1}. If nobody needs it: {2} -Identity {3}' -f $State['Name'], ($Reasons -join '; '), $Command, $State['Guid']
    if ($Reasons[0] -like 'its names*') { $text = '{0} is not of this bundle: {1}' -f $State['Name'], $Reasons[0] }
    $target = @($State['Name'], $State['Address'])['list' -eq $kind]
    Show-Warning -Record $Record -Kind ($kind + '-stays') -Target $target -Text $text -Outcome 'not done'
    if ('ApplicationImpersonation' -eq [string]$State['Role']) { $text }
    foreach ($member in $State['Members']) {
        if (Read-IsRoom -Record $Record -Address $member) { continue }
        $text = '{0} is in {1}, which stays' -f $member, $State['Name']
        Show-Warning -Record $Record -Kind 'stranger-stays' -Target $member -Text $text -Outcome 'not done'
    }
}
