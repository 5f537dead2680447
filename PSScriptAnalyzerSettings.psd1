# For those who use PSScriptAnalyzer: Invoke-ScriptAnalyzer -Path <bundle> -Settings PSScriptAnalyzerSettings.psd1
@{
    Severity     = @('Error', 'Warning', 'Information')
    ExcludeRules = @(
        # A record in the evidence folder is the only file that a script writes; the directory is behind -Apply instead.
        'PSUseShouldProcessForStateChangingFunctions'
        # Names such as Read-RoomListState read several things at once.
        'PSUseSingularNouns'
    )
    Rules        = @{
        PSUseCompatibleSyntax      = @{ Enable = $true; TargetVersions = @('5.1', '7.4') }
        PSAvoidUsingPositionalParameters = @{ Enable = $true; CommandAllowList = @() }
        PSPlaceOpenBrace           = @{ Enable = $true; OnSameLine = $true; NewLineAfter = $false; IgnoreOneLineBlock = $true }
        PSUseConsistentIndentation = @{ Enable = $false }
        PSUseConsistentWhitespace  = @{ Enable = $false }
    }
}
