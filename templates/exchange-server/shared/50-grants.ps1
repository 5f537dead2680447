function Read-ScopeState($Record) {
    $Record['Reads'] += 1
    $Record['Scopes'] = @(Get-ManagementScope -DomainController $Record['DomainController'] -ErrorAction Stop)
    foreach ($grant in $Record['Grants']) {
        $expected = @($grant['Lists'] | ForEach-Object -Process { [string]$Record['Names'][$_] })
        # An assignment takes its scope by name, so a name that is as good as ours, such as one with a blank of no width, counts.
        $scopes = @($Record['Scopes'] | Where-Object -FilterScript { $grant['Scope'] -eq [string]$_.Name })
        if ($scopes.Count -eq 0) { [ordered]@{ Kind = 'scope'; Name = $grant['Scope']; State = 'absent'; Differences = @() } }
        foreach ($scope in $scopes) {
            $filter = [string]$scope.RecipientFilter
            $parts = @($filter -split 'MemberOfGroup\s+-eq\s+''' | Select-Object -Skip 1)
            $stored = @(foreach ($part in $parts) { ($part -replace '(?s)^((?:[^'']|'''')*)''.*$', '$1').Replace('''''', '''') })
            $differences = @(
                Read-Unlike -What 'name' -Expected $grant['Scope'] -Found $scope.Name
                foreach ($name in $expected) { if (-not (Read-IsIn -Text $name -Texts $stored)) { 'filter: it lacks ' + $name } }
                foreach ($name in $stored) { if (-not (Read-IsIn -Text $name -Texts $expected)) { 'filter: too many, ' + $name } }
                if ((Read-FilterShape -Filter $filter) -notmatch '^<G>\z') { 'filter: expected rooms in lists, found ' + $filter }
                if ($filter -match '[\u2018-\u201b]') { 'filter: it holds a typographic quote, which could end a name' }
                Read-Unlike -What 'root' -Expected '' -Found $scope.RecipientRoot
                if ('True' -eq [string]$scope.Exclusive) { 'exclusive: expected no, found yes' }
            )
            [ordered]@{
                Kind = 'scope'; Name = $grant['Scope']; State = @('conflict', 'kept')[$differences.Count -eq 0]
                Differences = $differences; Guid = [string]$scope.Guid; Filter = $filter; Root = [string]$scope.RecipientRoot
            }
        }
    }
}
function Read-AssignmentState($Record) {
    $Record['Reads'] += 1
    $Record['Assignments'] = @(Get-ManagementRoleAssignment -DomainController $Record['DomainController'] -ErrorAction Stop)
    $names = @(Read-Name -Things $Record['Account'])
    foreach ($grant in $Record['Grants']) {
        $name = $grant['Assignment']
        $assignments = @($Record['Assignments'] | Where-Object -FilterScript { Read-IsIn -Text $name -Texts $_.Name })
        if ($assignments.Count -eq 0) { [ordered]@{ Kind = 'assignment'; Name = $name; State = 'absent'; Differences = @() } }
        foreach ($one in $assignments) {
            $holder = [string]$one.RoleAssignee
            $differences = @(
                Read-Unlike -What 'name' -Expected $name -Found $one.Name
                Read-Unlike -What 'role' -Expected 'ApplicationImpersonation' -Found $one.Role
                if (-not (Read-IsIn -Text $holder -Texts $names)) { 'assignee: expected the service account, found ' + $holder }
                Read-Unlike -What 'scope' -Expected $grant['Scope'] -Found $one.CustomRecipientWriteScope
                if ('False' -eq [string]$one.Enabled) { 'enabled: expected yes, found no' }
                Read-Unlike -What 'delegation' -Expected 'Regular' -Found $one.RoleAssignmentDelegationType
            )
            [ordered]@{
                Kind = 'assignment'; Name = $name; State = @('conflict', 'kept')[$differences.Count -eq 0]
                Differences = $differences; Guid = [string]$one.Guid; Role = [string]$one.Role
                Assignee = $holder; Scope = [string]$one.CustomRecipientWriteScope
            }
        }
    }
}
function Show-SharedScope($Record) {
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($grant in $Record['Grants']) {
        foreach ($one in $Record['Assignments']) {
            $isUser = Read-IsIn -Text $grant['Scope'] -Texts $one.CustomRecipientWriteScope
            if (-not $isUser -or (Read-IsIn -Text $one.Name -Texts $ours)) { continue }
            $what = @($grant['Scope'], $one.Name, $one.RoleAssignee, $one.Role)
            $text = 'the scope {0} is used by {1} too: {2} holds {3} there' -f $what
            Show-Warning -Record $Record -Kind 'shared-scope' -Target $one.Name -Text $text -Outcome 'not done'
        }
    }
}
function Read-OtherGrant($Record, [string]$Holder) {
    $Record['Reads'] += 1
    $controller = $Record['DomainController']
    $roles = @(Get-ManagementRole -Identity ApplicationImpersonation -Recurse -DomainController $controller -ErrorAction Stop)
    $roles = @($roles | ForEach-Object -Process { [string]$_.Name })
    $Record['Reads'] += 1
    $Record['Held'] = @(Get-ManagementRoleAssignment -RoleAssignee $Holder -DomainController $controller -ErrorAction Stop)
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($one in $Record['Held']) {
        if ($roles -notcontains [string]$one.Role -or (Read-IsIn -Text $one.Name -Texts $ours)) { continue }
        $scope = ('{0} {1}' -f $one.RecipientWriteScope, $one.CustomRecipientWriteScope).Trim()
        $text = 'the service account holds another grant, {0} (role {1}, scope {2})' -f $one.Name, $one.Role, $scope
        Show-Warning -Record $Record -Kind 'other-grant' -Target $one.Name -Text $text -Outcome 'not done'
        [string]$one.Name
    }
}
