# All management scopes; waits for those that must show, by name, and for those that must be gone, by GUID.
function Read-Scope {
    param($Record, [string]$DomainController, $Present, $Gone)
    $tries = 0
    do {
        $tries += 1
        $Record['Reads'] += 1
        $scopes = @(Get-ManagementScope -DomainController $DomainController -ErrorAction Stop)
        $names = @($scopes | ForEach-Object -Process { @([string]$_.Name, [string]$_.Guid) })
    } while (Wait-Shown -Tries $tries -Found $names -Present $Present -Gone $Gone)
    $scopes
}

# All role assignments, likewise.
function Read-Assignment {
    param($Record, [string]$DomainController, $Present, $Gone)
    $tries = 0
    do {
        $tries += 1
        $Record['Reads'] += 1
        $assignments = @(Get-ManagementRoleAssignment -DomainController $DomainController -ErrorAction Stop)
        $names = @($assignments | ForEach-Object -Process { @([string]$_.Name, [string]$_.Guid) })
    } while (Wait-Shown -Tries $tries -Found $names -Present $Present -Gone $Gone)
    $assignments
}

# The shape of a stored filter: M for a list, T for the room type; G is what it must come down to.
function Read-FilterShape {
    param([string]$Filter)
    $shape = $Filter -replace 'MemberOfGroup\s+-eq\s+''(?:[^'']|'''')*''', '<M>' -replace 'RecipientTypeDetails\s+-eq\s+''?RoomMailbox''?', '<T>' -replace '\s', ''
    do {
        $before = $shape
        $shape = $shape -replace '\((<[MT]>)\)', '$1' -replace '\(<M>(?:-or<M>)+\)', '<M>' -replace '\((?:<T>-and<M>|<M>-and<T>)\)', '<G>' -replace '\(<G>\)', '<G>'
    } while ($shape -ne $before)
    $shape -replace '^(?:<T>-and<M>|<M>-and<T>)$', '<G>'
}

# What there is of each management scope: absent, kept or conflict, with the differences.
function Read-ScopeState {
    param($Scopes, $Grants, $ListNames)
    foreach ($grant in $Grants) {
        $expected = @{}
        foreach ($address in $grant['Lists']) { $expected[[string]$ListNames[$address]] = $true }
        $found = @($Scopes | Where-Object -FilterScript { $grant['Scope'] -eq [string]$_.Name })
        if ($found.Count -eq 0) { [ordered]@{ Kind = 'scope'; Name = $grant['Scope']; State = 'absent'; Differences = @() } }
        foreach ($scope in $found) {
            $filter = [string]$scope.RecipientFilter
            $names = @{}
            foreach ($part in @($filter -split 'MemberOfGroup\s+-eq\s+''' | Select-Object -Skip 1)) {
                $names[($part -replace '(?s)^((?:[^'']|'''')*)''.*$', '$1').Replace('''''', '''')] = $true
            }
            $lacking = @($expected.Keys | Where-Object -FilterScript { -not $names.ContainsKey($_) })
            $surplus = @($names.Keys | Where-Object -FilterScript { -not $expected.ContainsKey($_) })
            $differences = @(
                if ($grant['Scope'] -cne [string]$scope.Name) {
                    'name: expected {0}, found {1}, which differs in upper and lower case' -f $grant['Scope'], [string]$scope.Name
                }
                if ($lacking.Count -ne 0) { 'filter: expected all lists, found it without {0}' -f ($lacking -join '; ') }
                if ($surplus.Count -ne 0) { 'filter: expected these lists only, found it with {0} too' -f ($surplus -join '; ') }
                if ($filter -match '[\u2018-\u201b]') { 'filter: it holds a typographic quote, which Exchange may take for an end of a name: {0}' -f $filter }
                if ('<G>' -ne (Read-FilterShape -Filter $filter)) { 'filter: expected room mailboxes of these lists, found {0}' -f $filter }
                if ('' -ne [string]$scope.RecipientRoot) { 'root: expected none, found {0}' -f [string]$scope.RecipientRoot }
                if ('True' -eq [string]$scope.Exclusive) { 'exclusive: expected no, found yes' }
            )
            if ($differences.Count -eq 0) { $stateName = 'kept' } else { $stateName = 'conflict' }
            [ordered]@{
                Kind = 'scope'; Name = $grant['Scope']; State = $stateName; Differences = $differences; Guid = [string]$scope.Guid
                Filter = $filter; Root = [string]$scope.RecipientRoot
            }
        }
    }
}

# What there is of each role assignment: absent, kept or conflict, with the differences.
function Read-AssignmentState {
    param($Assignments, $Grants, $Account)
    $names = @(Read-AccountName -Account $Account)
    $expected = 'the service account'
    if ($names.Count -ne 0) { $expected = $names[0] }
    foreach ($grant in $Grants) {
        $found = @($Assignments | Where-Object -FilterScript { $grant['Assignment'] -eq [string]$_.Name })
        if ($found.Count -eq 0) { [ordered]@{ Kind = 'assignment'; Name = $grant['Assignment']; State = 'absent'; Differences = @() } }
        foreach ($assignment in $found) {
            $scope = [string]$assignment.CustomRecipientWriteScope
            if ('' -eq $scope) { $scope = 'none' }
            $differences = @(
                if ($grant['Assignment'] -cne [string]$assignment.Name) {
                    'name: expected {0}, found {1}, which differs in upper and lower case' -f $grant['Assignment'], [string]$assignment.Name
                }
                if ('ApplicationImpersonation' -ne [string]$assignment.Role) { 'role: expected ApplicationImpersonation, found {0}' -f [string]$assignment.Role }
                if ($names -notcontains [string]$assignment.RoleAssignee) { 'assignee: expected {0}, found {1}' -f $expected, [string]$assignment.RoleAssignee }
                if ($grant['Scope'] -ne $scope) { 'scope: expected {0}, found {1}' -f $grant['Scope'], $scope }
                if ('False' -eq [string]$assignment.Enabled) { 'enabled: expected yes, found no' }
                if ('Regular' -ne [string]$assignment.RoleAssignmentDelegationType) {
                    'delegation: expected Regular, found {0}' -f [string]$assignment.RoleAssignmentDelegationType
                }
            )
            if ($differences.Count -eq 0) { $stateName = 'kept' } else { $stateName = 'conflict' }
            [ordered]@{
                Kind = 'assignment'; Name = $grant['Assignment']; State = $stateName; Differences = $differences
                Guid = [string]$assignment.Guid; Role = [string]$assignment.Role; Assignee = [string]$assignment.RoleAssignee
                Scope = [string]$assignment.CustomRecipientWriteScope
            }
        }
    }
}

# What there is of the grants; -Present are assignments that are waited for.
function Read-GrantState {
    param($Record, [string]$DomainController, $Expected, $Present)
    $scopes = @(Read-Scope -Record $Record -DomainController $DomainController)
    Read-ScopeState -Scopes $scopes -Grants $Expected['Grants'] -ListNames $Expected['ListNames']
    $assignments = @(Read-Assignment -Record $Record -DomainController $DomainController -Present $Present)
    Read-AssignmentState -Assignments $assignments -Grants $Expected['Grants'] -Account $Expected['Account']
}

# The impersonation that an account holds, directly or through a group: by the role itself or a child of it.
function Read-HeldGrant {
    param($Record, [string]$DomainController, [string]$Holder)
    $Record['Reads'] += 2
    $roles = @('ApplicationImpersonation') + @(
        Get-ManagementRole -Identity ApplicationImpersonation -Recurse -DomainController $DomainController -ErrorAction Stop |
            ForEach-Object -Process { [string]$_.Name }
    )
    Get-ManagementRoleAssignment -RoleAssignee $Holder -DomainController $DomainController -ErrorAction Stop |
        Where-Object -FilterScript { $roles -contains [string]$_.Role }
}

# Warns of what lets the account impersonate beside this bundle.
function Show-OtherGrant {
    param($Record, $Held, $Grants, [string]$Text, [string]$Outcome)
    $ours = @($Grants | ForEach-Object -Process { $_['Assignment'] })
    foreach ($grant in @($Held | Where-Object -FilterScript { $ours -notcontains [string]$_.Name })) {
        $scope = ('{0} {1}' -f [string]$grant.RecipientWriteScope, [string]$grant.CustomRecipientWriteScope).Trim()
        $line = '{0} (role {1}, scope {2})' -f [string]$grant.Name, [string]$grant.Role, $scope
        Show-Warning -Record $Record -Kind 'other-grant' -Target ([string]$grant.Name) -Text ($Text -f $line) -Outcome $Outcome
        $line
    }
}

# What a failed change came to, by what is there now: an error is no proof that nothing was written.
function Read-Outcome {
    param($Record, [string]$DomainController, $Expected, $Failure, $Item)
    $class = [string]$Failure.FullyQualifiedErrorId + [string]$Failure.CategoryInfo.Reason + [string]$Failure.Exception.Message
    $isGoing = $Item['Kind'] -like 'remove-*'
    if ($isGoing) { $isOthers = $class.Contains('ManagementObjectNotFoundException') }
    else { $isOthers = $class.Contains('AlreadyExistsException') }
    $now = Read-Now -Record $Record -DomainController $DomainController -Expected $Expected -Item $Item -IsGoing $isGoing
    $isThere = ($isGoing -and 'absent' -eq $now) -or (-not $isGoing -and 'kept' -eq $now)
    if ('unread' -eq $now) { 'unknown' }
    elseif ($isThere -and $isOthers) { 'already there' }
    elseif ($isThere) { 'done' }
    elseif ($isOthers -or (-not $isGoing -and 'conflict' -eq $now)) { 'unknown' }
    else { 'not done' }
}

# What there is of one object now.
function Read-Now {
    param($Record, [string]$DomainController, $Expected, $Item, $IsGoing)
    $present = @()
    $gone = @()
    if ($IsGoing) { $gone = @($Item['Details'][0]) } else { $present = @($Item['Target']) }
    try {
        if ($Item['Kind'] -like '*-list' -and 'fill-list' -ne $Item['Kind']) {
            $states = @(Read-ListState -Record $Record -DomainController $DomainController -Expected $Expected -Present $present -Gone $gone)
        }
        elseif ($Item['Kind'] -like '*-scope') {
            $scopes = @(Read-Scope -Record $Record -DomainController $DomainController -Present $present -Gone $gone)
            $states = @(Read-ScopeState -Scopes $scopes -Grants $Expected['Grants'] -ListNames $Expected['ListNames'])
        }
        elseif ($Item['Kind'] -like '*-assignment') {
            $assignments = @(Read-Assignment -Record $Record -DomainController $DomainController -Present $present -Gone $gone)
            $states = @(Read-AssignmentState -Assignments $assignments -Grants $Expected['Grants'] -Account $Expected['Account'])
        }
        else {
            $list = $Item['Details'][0]
            $wanted = @($Item['Target'])
            if ('fill-list' -eq $Item['Kind']) {
                $list = $Item['Target']
                $wanted = $Item['Details']
            }
            $tries = 0
            do {
                $tries += 1
                $members = @(Read-Member -Record $Record -DomainController $DomainController -Guid $Expected['Guids'][$list])
                $found = @($members | ForEach-Object -Process { [string]$_.PrimarySmtpAddress })
            } while (Wait-Shown -Tries $tries -Found $found -Present $wanted)
            $held = @($wanted | Where-Object -FilterScript { $found -contains $_ })
            $state = 'conflict'
            if ($held.Count -eq 0) { $state = 'absent' }
            elseif ($held.Count -eq $wanted.Count) { $state = 'kept' }
            if ('fill-list' -eq $Item['Kind'] -and $found.Count -ne $held.Count) { $state = 'conflict' }
            $states = @([ordered]@{ Name = $Item['Target']; State = $state })
        }
        $shown = @($states | Where-Object -FilterScript { $Item['Target'] -eq $_['Name'] -or $Item['Target'] -eq $_['Address'] })
        if ($IsGoing -and $gone[0] -ne $shown[0]['Guid']) { 'absent' } else { $shown[0]['State'] }
    }
    catch { 'unread' }
}
