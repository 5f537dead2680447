@{
    RootModule        = 'Microsoft.Graph.Authentication.psm1'
    ModuleVersion     = '2.30.0'
    GUID              = '8b1d1f5e-2a0c-4b7a-9d55-7f3f6f0c51d2'
    Description       = 'The sign-in of Microsoft Graph PowerShell on loopback, over the directory state in EXCHANGE_LAB_STATE.'
    PowerShellVersion = '7.4'
    FunctionsToExport = @('Connect-MgGraph', 'Disconnect-MgGraph', 'Get-MgContext')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
