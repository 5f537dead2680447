function Read-ScopeState($Record) {
    $Record['Reads'] += 1
    $Record['Scopes'] = @(Get-ManagementScope -ErrorAction Stop)
    foreach ($grant in $Record['Grants']) {
        $expected = @($grant['Lists'] | ForEach-Object -Process { [string]$Record['Named'][$_] })
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
# A scope of a group has the group's name where a management scope has its own, so the two properties are read as a pair.
function Read-Reach($Of) { ('{0} {1}' -f $Of.RecipientWriteScope, $Of.CustomResourceScope).Trim() }
function Read-AssignmentState($Record) {
    $Record['Reads'] += 1
    $Record['Assignments'] = @(Get-ManagementRoleAssignment -ErrorAction Stop)
    $Record['Held'] = @()
    $Record['Reads'] += 1
    try { $Record['Held'] = @(Get-ManagementRoleAssignment -RoleAssignee $Record['ObjectId'] -ErrorAction Stop) }
    # Without a pointer it holds none.
    catch { if (-not (Read-IsClass -Failure $_ -Class 'ManagementObjectNotFoundException')) { throw } }
    $held = @($Record['Held'] | ForEach-Object -Process { [string]$_.Guid })
    foreach ($grant in $Record['Grants']) {
        $name = $grant['Assignment']
        $assignments = @($Record['Assignments'] | Where-Object -FilterScript { Read-IsIn -Text $name -Texts $_.Name })
        if ($assignments.Count -eq 0) { [ordered]@{ Kind = 'assignment'; Name = $name; State = 'absent'; Differences = @() } }
        foreach ($one in $assignments) {
            $holder = [string]$one.RoleAssignee
            $isOurs = $held -contains [string]$one.Guid -or
                (Read-IsIn -Text $holder -Texts (@($Record['ObjectId']) + $Record['Names']))
            $differences = @(
                Read-Unlike -What 'name' -Expected $name -Found $one.Name
                Read-Unlike -What 'role' -Expected $Record['Role'] -Found $one.Role
                if (-not $isOurs) { 'assignee: expected the application, found ' + $holder }
                Read-Unlike -What 'scope' -Expected ('CustomRecipientScope ' + $grant['Scope']) -Found (Read-Reach -Of $one)
                if ('False' -eq [string]$one.Enabled) { 'enabled: expected yes, found no' }
                Read-Unlike -What 'delegation' -Expected 'Regular' -Found $one.RoleAssignmentDelegationType
            )
            [ordered]@{
                Kind = 'assignment'; Name = $name; State = @('conflict', 'kept')[$differences.Count -eq 0]
                Differences = $differences; Guid = [string]$one.Guid; Role = [string]$one.Role
                Assignee = @($holder, $Record['ObjectId'])[$isOurs]; Scope = [string]$one.CustomResourceScope
            }
        }
    }
}
function Show-SharedScope($Record) {
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($grant in $Record['Grants']) {
        foreach ($one in $Record['Assignments']) {
            $isUser = Read-IsIn -Text $grant['Scope'] -Texts @($one.CustomResourceScope, $one.CustomRecipientWriteScope)
            if (-not $isUser -or (Read-IsIn -Text $one.Name -Texts $ours)) { continue }
            $what = @($grant['Scope'], $one.Name, $one.RoleAssignee, $one.Role)
            $text = 'the scope {0} is used by {1} too: {2} holds {3} there' -f $what
            Show-Warning -Record $Record -Kind 'shared-scope' -Target $one.Name -Text $text -Outcome 'not done'
        }
    }
}
# What the application holds besides, for Exchange adds all of it up; and policies, which narrow Entra's grants only.
function Read-OtherGrant($Record) {
    $ours = @($Record['Grants'] | ForEach-Object -Process { $_['Assignment'] })
    foreach ($one in @($Record['Held'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_.Name -Texts $ours) })) {
        $text = 'the application holds another grant, {0} (role {1}, scope {2})' -f $one.Name, $one.Role, (Read-Reach -Of $one)
        Show-Warning -Record $Record -Kind 'other-grant' -Target $one.Name -Text $text -Outcome 'not done'
        [string]$one.Name
    }
    $Record['Reads'] += 1
    foreach ($policy in @(Get-ApplicationAccessPolicy -ErrorAction Stop)) {
        if (@([string]$policy.AppId -split '[,; ]+') -notcontains $Record['ClientId']) { continue }
        $text = 'the application access policy {0} ({1}) is about it, and narrows only what Entra grants' -f
            $policy.Identity, $policy.AccessRight
        Show-Warning -Record $Record -Kind 'access-policy' -Target $policy.Identity -Text $text
    }
}
