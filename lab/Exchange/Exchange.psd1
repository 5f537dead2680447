@{
    RootModule        = 'Exchange.psm1'
    ModuleVersion     = '15.2.2562.17'
    GUID              = '5f2e7c1a-6d0b-4b53-9a2c-3f8d0b1e7a64'
    Description       = 'An Exchange Management Shell on loopback, over the directory state in EXCHANGE_LAB_STATE.'
    PowerShellVersion = '7.4'
    FunctionsToExport = '*'
    CmdletsToExport   = @()
    VariablesToExport = @()
    AliasesToExport   = @()
}
