# What the management roles let somebody run online, besides what they do on a server.

$script:RoleEntries['Role Management'] += @(
    'Get-ServicePrincipal', 'New-ServicePrincipal', 'Remove-ServicePrincipal', 'Test-ServicePrincipalAuthorization'
)
$script:RoleEntries['Organization Configuration'] += @('Enable-OrganizationCustomization', 'Get-ApplicationAccessPolicy')
$script:RoleEntries['View-Only Configuration'] += @('Get-ApplicationAccessPolicy', 'Get-ServicePrincipal')
$script:RoleEntries['Mail Recipients'] += @('Get-CASMailbox')
$script:RoleEntries['View-Only Recipients'] += @('Get-CASMailbox')
$script:RoleEntries['Organization Client Access'] = @('Get-CASMailbox')
