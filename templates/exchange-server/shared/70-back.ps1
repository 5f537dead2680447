# What could not be read on the way back stays, and is named.
function Show-Unread {
    param($Record, [string]$Target, [string]$Text, $Failure)
    Show-Warning -Record $Record -Kind 'unread' -Target $Target -Text ('{0}: {1}' -f $Text, $Failure.Exception.Message) -Outcome 'unknown'
}

# The GUIDs of the assignments to take away: name, role and account fit, whatever the scope became. Where the account is
# gone, one fits too that names nothing which exists.
function Read-OurAssignment {
    param($Record, [string]$DomainController, $States, $Assignments, $Accounts, $Held, $IsGone)
    $names = @(Read-AccountName -Account $Accounts)
    $heldGuids = @($Held | Where-Object -FilterScript { 'Direct' -eq [string]$_.AssignmentMethod } | ForEach-Object -Process { [string]$_.Guid })
    foreach ($state in @($States | Where-Object -FilterScript { 'absent' -ne $_['State'] })) {
        $isOurs = $names -contains $state['Assignee'] -or $heldGuids -contains $state['Guid']
        if (-not $isOurs -and $IsGone) {
            $users = @($Assignments | Where-Object -FilterScript { $state['Guid'] -eq [string]$_.Guid -and 'User' -eq [string]$_.RoleAssigneeType })
            try {
                $isOurs = $users.Count -ne 0 -and
                    @(Read-Account -Record $Record -DomainController $DomainController -Name $state['Assignee']).Count -eq 0
            }
            catch { Show-Unread -Record $Record -Target $state['Assignee'] -Text ('who holds {0} could not be read' -f $state['Name']) -Failure $_ }
        }
        if ($isOurs -and 'ApplicationImpersonation' -eq $state['Role']) {
            foreach ($difference in $state['Differences']) { Show-Line -Text ('  {0} goes, whatever it became: {1}' -f $state['Name'], $difference) }
            $state['Guid']
        }
        else {
            $text = 'the assignment {0} of the role {1} belongs to {2} and stays; if that is not wanted: Remove-ManagementRoleAssignment -Identity {3}' -f
                $state['Name'], $state['Role'], $state['Assignee'], $state['Guid']
            Show-Warning -Record $Record -Kind 'right-stays' -Target $state['Name'] -Text $text -Outcome 'not done'
        }
    }
}

# The GUIDs of the scopes to take away: as this bundle made them, and used by nobody else's assignment.
function Read-OurScope {
    param($Record, $States, $Assignments)
    foreach ($state in @($States | Where-Object -FilterScript { 'absent' -ne $_['State'] })) {
        $users = @($Assignments | Where-Object -FilterScript { $state['Name'] -eq [string]$_.CustomRecipientWriteScope } | ForEach-Object -Process { [string]$_.Name })
        $reasons = @(
            if ($users.Count -ne 0) { 'the assignment {0} uses it' -f ($users -join ', ') }
            if ($state['Differences'].Count -ne 0) { 'it was changed: {0}' -f ($state['Differences'] -join '; ') }
        )
        if ($reasons.Count -eq 0) { $state['Guid'] }
        else {
            $text = 'the scope {0} stays, because {1}; when nobody needs it: Remove-ManagementScope -Identity {2}' -f
                $state['Name'], ($reasons -join ', and '), $state['Guid']
            Show-Warning -Record $Record -Kind 'scope-stays' -Target $state['Name'] -Text $text -Outcome 'not done'
        }
    }
}

# The GUIDs of the lists to take away: as this bundle made them, and in no scope that stays for others.
function Read-OurList {
    param($Record, $States, $Scopes, $Grants, $Assignments)
    $ours = @($Grants | ForEach-Object -Process { $_['Scope'] })
    $used = @{}
    foreach ($grant in $Grants) {
        $users = @($Assignments | Where-Object -FilterScript { $grant['Scope'] -eq [string]$_.CustomRecipientWriteScope })
        if ($users.Count -ne 0) { foreach ($address in $grant['Lists']) { $used[$address] = $grant['Scope'] } }
    }
    foreach ($state in @($States | Where-Object -FilterScript { 'absent' -ne $_['State'] })) {
        $part = $state['DistinguishedName'].Replace('''', '''''').ToLowerInvariant()
        $users = @(
            $Scopes | Where-Object -FilterScript { $ours -notcontains [string]$_.Name } |
                Where-Object -FilterScript { '' -ne $part -and ([string]$_.RecipientFilter).ToLowerInvariant().Contains($part) } |
                ForEach-Object -Process { [string]$_.Name }
            if ($used.ContainsKey($state['Address'])) { $used[$state['Address']] }
        )
        $reasons = @(
            if ($users.Count -ne 0) { 'the scope {0} uses it' -f ($users -join ', ') }
            if ($state['Differences'].Count -ne 0) { 'it was changed: {0}' -f ($state['Differences'] -join '; ') }
        )
        if ($reasons.Count -eq 0) { $state['Guid'] }
        else {
            $text = 'the list {0} stays, because {1}; when nobody needs it: Remove-DistributionGroup -Identity {2}' -f
                $state['Name'], ($reasons -join ', and '), $state['Guid']
            Show-Warning -Record $Record -Kind 'list-stays' -Target $state['Address'] -Text $text -Outcome 'not done'
        }
    }
}
