# Calls over REST: which connection they come from, what they are refused, how their errors look.

$script:Own = $ExecutionContext.SessionState.Module
$script:Connection = $null
$script:OfRoles = @('New-ManagementScope', 'Remove-ManagementScope', 'New-ManagementRoleAssignment', 'Remove-ManagementRoleAssignment')
$script:InEntra = @('Get-Mailbox', 'Get-Recipient', 'Get-DistributionGroup', 'New-DistributionGroup', 'Get-DistributionGroupMember', 'Get-CASMailbox')

# What the commands of a connection's module come to.
function Invoke-RestCall {
    param([hashtable]$Connection, [Management.Automation.PSCmdlet]$Cmdlet, [Collections.IDictionary]$Bound, [scriptblock]$Body)

    $script:Connection = $Connection
    Invoke-Call -Cmdlet $Cmdlet -Bound $Bound -Body $script:Own.NewBoundScriptBlock($Body)
}

function Set-CallView {
    param([hashtable]$Call)

    $Call.View = if ($Call.Writes) { $Call.Main } else { Get-LaggingView -Call $Call }
    if (-not $Call.Writes) { return }
    Assert-Writable -Call $Call
    if ($Call.Name -in $script:OfRoles) { Assert-Hydrated -Call $Call }
}

function Get-Answer {
    param([hashtable]$Call, [scriptblock]$Body)

    if ($null -ne $script:Connection -and $script:Connection['IsEopSession']) { return Get-EopAnswer -Call $Call }
    if ($Call.Fault -eq 'noRows') { return }
    $results = & $Body $Call
    if (Test-Emptied -Call $Call) { return }
    if ($Call.Name -notin $script:InEntra) { return $results }
    foreach ($one in $results) {
        $id = Get-EntraId -Guid $one.Guid
        $one.PSObject.Properties.Add([Management.Automation.PSNoteProperty]::new('ExternalDirectoryObjectId', $id))
        $one
    }
}

# Security & Compliance has commands of the same names, and knows nothing of the tenant's recipients and roles.
function Get-EopAnswer {
    param([hashtable]$Call)

    $Call.Server = 'FfoRecipientSession'
    $asked = $Call.Bound['Identity'] ?? $Call.Bound['RoleAssignee']
    if ($asked) { Stop-NotFound -Call $Call -Identity $asked }
}

# An application that signed in to anything but the initial domain reads, and changes nothing.
function Assert-Writable {
    param([hashtable]$Call)

    $one = $script:Connection
    if ($one['AppId'] -and $one['Organization'] -notmatch '\.onmicrosoft\.(com|us)$|\.onmschina\.cn$') {
        Stop-Call -Reason 'InsufficientPermissionsException' -Message 'NotWritable' -With $Call.Server
    }
}

# After the organisation was enabled, so many changes of roles are still refused.
function Assert-Hydrated {
    param([hashtable]$Call)

    $hydration = $Call.Main['hydration']
    $left = if ($null -eq $hydration) { 0 } else { $hydration['lagWrites'] }
    $isDehydrated = $Call.Main['organization']['isDehydrated']
    if (-not $isDehydrated -and $left -eq 0) { return }
    if (-not $isDehydrated) {
        $value = [ordered]@{ enabledAt = $hydration['enabledAt']; lagWrites = $left - 1 }
        Write-Change -Change ([ordered]@{ op = 'put'; kind = 'hydration'; key = 'hydration'; value = $value })
        Update-View -View $Call.Main
    }
    Stop-Call -Reason 'InvalidOperationInDehydratedContextException' -Message 'Dehydrated'
}

function New-ErrorRecord {
    param([hashtable]$Call, [Exception]$Refusal)

    $reason = $Refusal.Data['Reason']
    $class = ($script:Namespaces[$reason] ?? 'Microsoft.Exchange.Configuration.Tasks') + '.' + $reason
    $code = [Convert]::ToHexString([Security.Cryptography.MD5]::HashData([Text.Encoding]::UTF8.GetBytes($class))).Substring(0, 6)
    $text = $Refusal.Message
    # What the network does to a request is told without a code.
    if ($reason -ne 'HttpRequestException') { $text = 'Ex{0}|{1}|{2}' -f $code, $class, $text }
    $id = '[Server={0},RequestId={1},TimeStamp={2}],Write-ErrorMessage'
    $id = $id -f $Call.Server.Split('.')[0].ToUpperInvariant(), [guid]::NewGuid(), [datetime]::UtcNow.ToString('r')
    $target = $Call.Bound['Identity'] ?? $Call.Bound['Name']
    $category = $script:Categories[$reason] ?? 'NotSpecified'
    $record = [Management.Automation.ErrorRecord]::new([Exception]::new($text), $id, $category, $target)
    $record.CategoryInfo.Reason = $reason
    return $record
}
