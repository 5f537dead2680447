@{
    RootModule        = 'ExchangeOnlineManagement.psm1'
    ModuleVersion     = '3.10.1'
    GUID              = 'c1f0a7be-54c6-4a7f-8d43-0e6a1c1f2b90'
    Description       = 'A session of Exchange Online PowerShell on loopback, over the directory state in EXCHANGE_LAB_STATE.'
    PowerShellVersion = '7.4'
    FunctionsToExport = @('Connect-ExchangeOnline', 'Connect-IPPSSession', 'Disconnect-ExchangeOnline', 'Get-ConnectionInformation')
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
