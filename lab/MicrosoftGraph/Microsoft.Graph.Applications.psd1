@{
    RootModule        = 'Microsoft.Graph.Applications.psm1'
    ModuleVersion     = '2.30.0'
    GUID              = '0f0a2a3b-61b1-4b0a-8a58-3f6c1f9f4e77'
    Description       = 'The applications of Microsoft Graph PowerShell on loopback; loads the sign-in too.'
    PowerShellVersion = '7.4'
    FunctionsToExport = @('Get-MgServicePrincipal', 'Get-MgServicePrincipalAppRoleAssignment')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
