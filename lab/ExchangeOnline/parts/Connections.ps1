# The connections of this session, and the module that each of them makes.

$script:Connections = [Collections.Generic.List[hashtable]]::new()
$script:SharedCmdlets = @(
    'Get-AcceptedDomain', 'Get-Mailbox', 'Get-Recipient', 'Get-Group', 'Get-DistributionGroup', 'New-DistributionGroup',
    'Remove-DistributionGroup', 'Get-DistributionGroupMember', 'Add-DistributionGroupMember', 'Update-DistributionGroupMember',
    'Remove-DistributionGroupMember', 'Get-ManagementScope', 'New-ManagementScope', 'Remove-ManagementScope', 'Get-ManagementRole'
)
$script:OnlineCmdlets = @(
    'Get-OrganizationConfig', 'Enable-OrganizationCustomization', 'Get-ServicePrincipal', 'New-ServicePrincipal',
    'Remove-ServicePrincipal', 'Get-ManagementRoleAssignment', 'New-ManagementRoleAssignment', 'Remove-ManagementRoleAssignment',
    'Get-ApplicationAccessPolicy', 'Test-ServicePrincipalAuthorization', 'Get-CASMailbox'
)
$script:EopCmdlets = @(
    'Get-Recipient', 'Get-Group', 'Get-ManagementRole', 'Get-ManagementRoleAssignment', 'Get-ServicePrincipal', 'New-ServicePrincipal',
    'Remove-ServicePrincipal'
)
$script:OnServersOnly = @('DomainController', 'SamAccountName')

# The module of a connection: proxies that hand every call over to this module.
$script:Proxies = {
    param([Management.Automation.PSModuleInfo]$Lab, [hashtable]$Connection, [scriptblock[]]$Definitions)

    Set-StrictMode -Version 3.0
    $script:Lab = $Lab
    $script:Connection = $Connection
    function Invoke-Call {
        param($Cmdlet, $Bound, $Body)
        & $script:Lab { param($a, $b, $c, $d) Invoke-RestCall -Connection $a -Cmdlet $b -Bound $c -Body $d } $script:Connection $Cmdlet $Bound $Body
    }
    foreach ($definition in $Definitions) { . $definition }
    Export-ModuleMember -Function $Connection['Cmdlets']
}

function New-Connection {
    param([string]$User, [string]$AppId, [string]$Organization, [string]$Prefix, [string[]]$CommandName, [switch]$Certificate, [switch]$IsEopSession)

    $session = (Get-MainView)['session']
    $cmdlets = if ($IsEopSession) { $script:EopCmdlets } else { $script:SharedCmdlets + $script:OnlineCmdlets }
    $cmdlets = @($cmdlets | Where-Object -FilterScript { $_ -notin $session['absentCmdlets'] -and (-not $CommandName -or $_ -in $CommandName) })
    $text = [guid]::NewGuid().ToString('n')
    $connection = @{
        Name = 'tmpEXO_{0}.{1}' -f $text.Substring(0, 8), $text.Substring(8, 3); Number = $script:Connections.Count + 1
        User = $User; AppId = $AppId; Organization = $Organization; Prefix = $Prefix; Cmdlets = $cmdlets
        HasCertificate = [bool]$Certificate; IsEopSession = [bool]$IsEopSession; Id = [guid]::NewGuid()
    }
    $definitions = @(foreach ($name in $cmdlets) { Get-NarrowedFunction -Name $name -Absent (Get-Absent -Name $name -Session $session) -Ast $script:Cmdlets[$name] })
    $arguments = $script:Own, $connection, [scriptblock[]]$definitions
    $module = New-Module -Name $connection['Name'] -ScriptBlock $script:Proxies -ArgumentList $arguments
    Import-Module -ModuleInfo $module -Global -Prefix $Prefix -DisableNameChecking
    $connection['Module'] = $module
    $script:Connections.Add($connection)
}

# The functions of a file, which are not run here: the module of a connection gets them.
function Read-Cmdlet {
    param([string]$Path)

    $tokens, $errors = $null, $null
    $file = [Management.Automation.Language.Parser]::ParseFile($Path, [ref]$tokens, [ref]$errors)
    if ($errors) { throw $errors[0].Message }
    foreach ($function in $file.EndBlock.Statements) { $script:Cmdlets[$function.Name] = $function }
}

function Get-KnownParameter {
    param([string]$Name)

    return $script:Cmdlets[$Name].Body.ParamBlock.Parameters | ForEach-Object -Process { $_.Name.VariablePath.UserPath }
}

function Get-Absent {
    param([string]$Name, [Collections.IDictionary]$Session)

    $known = @(Get-KnownParameter -Name $Name)
    $script:OnServersOnly | Where-Object -FilterScript { $_ -in $known }
    if ($Session['absentParameters'].Contains($Name)) { $Session['absentParameters'][$Name] }
}

function Remove-Connection {
    param([object[]]$Connections = $script:Connections.ToArray())

    foreach ($one in $Connections) {
        Remove-Module -ModuleInfo $one['Module'] -Force
        # A command that this module took from another one would stay behind.
        & (New-Module -ScriptBlock { }) {
            param($Connection)
            foreach ($name in $Connection['Cmdlets']) {
                $left = Get-Command -Name $name -CommandType Function -ErrorAction Ignore
                if ($null -ne $left -and $left.Source -eq $Connection['Name']) { Remove-Item -LiteralPath "function:$name" }
            }
        } $one
        $null = $script:Connections.Remove($one)
    }
}

function ConvertTo-ConnectionResult {
    param([hashtable]$Connection, [Collections.IDictionary]$Tenant, [switch]$IsExpired)

    $now = [datetimeoffset]::UtcNow
    $hosts = @{ $true = 'https://ps.compliance.protection.outlook.com'; $false = 'https://outlook.office365.com' }
    [pscustomobject]@{
        ConnectionId                      = $Connection['Id']
        State                             = 'Connected'
        Id                                = $Connection['Number']
        Name                              = 'ExchangeOnline_{0}' -f $Connection['Number']
        UserPrincipalName                 = $Connection['User']
        ConnectionUri                     = $hosts[$Connection['IsEopSession']]
        AzureAdAuthorizationEndpointUri   = 'https://login.microsoftonline.com/' + $Tenant['id']
        TokenExpiryTimeUTC                = if ($IsExpired) { $now.AddMinutes(-5) } else { $now.AddMinutes(55) }
        CertificateAuthentication         = $Connection['HasCertificate']
        ModuleName                        = [IO.Path]::Combine([IO.Path]::GetTempPath(), $Connection['Name'])
        ModulePrefix                      = $Connection['Prefix']
        Organization                      = $Connection['Organization']
        DelegatedOrganization             = ''
        AppId                             = $Connection['AppId']
        PageSize                          = 1000
        TenantID                          = $Tenant['id']
        TokenStatus                       = if ($IsExpired) { 'Expired' } else { 'Active' }
        ConnectionUsedForInbuiltCmdlets   = $true
        IsEopSession                      = $Connection['IsEopSession']
    }
}
