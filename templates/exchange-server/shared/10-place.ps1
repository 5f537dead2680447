# All commands of Exchange are of one module.
function Assert-Module($Found) {
    $sources = @($Found | ForEach-Object -Process { [string]$_.Source } | Select-Object -Unique)
    if ($sources.Count -ne 1) { throw ('The Exchange commands here are of several modules: {0}.' -f ($sources -join ', ')) }
}
function Assert-Place($Record, [string]$DomainController, [switch]$OrWarn) {
    $Record['Reads'] += 1
    $settings = Get-ADServerSettings -ErrorAction Stop
    if ('True' -ne [string]$settings.ViewEntireForest) {
        throw 'This session sees one domain only, so rooms may look absent. Run Set-ADServerSettings -ViewEntireForest $true.'
    }
    if ([string]::IsNullOrWhiteSpace($DomainController)) { $DomainController = [string]$settings.DefaultGlobalCatalog }
    if ('' -eq $DomainController) { throw 'This session has no global catalog: name one with -DomainController.' }
    $Record['DomainController'] = $DomainController
    $Record['Reads'] += 1
    $organization = Get-OrganizationConfig -DomainController $DomainController -ErrorAction Stop
    $Record['Organization'] = [string]$organization.Name
    $Record['OrganizationGuid'] = [string]$organization.Guid
    $Record['Version'] = [string]$organization.AdminDisplayVersion
    if ('True' -eq [string]$organization.IsDehydrated -or $Record['Version'] -match '\b15\.20\b') {
        throw 'This is Exchange Online, and the bundle is for Exchange Server. Open the Exchange Management Shell.'
    }
    $Record['Reads'] += 1
    $accepted = Get-AcceptedDomain -DomainController $DomainController -ErrorAction Stop
    $accepted = @($accepted | ForEach-Object -Process { [string]$_.DomainName })
    $foreign = @($Record['Domains'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_ -Texts $accepted) }) -join ', '
    $text = 'organisation {0} does not accept mail for {1}, as that of this bundle does' -f $Record['Organization'], $foreign
    if ('' -ne $foreign -and -not $OrWarn) { throw ('{0}. Open a session in the right one.' -f $text) }
    if ('' -ne $foreign) { Show-Warning -Record $Record -Kind 'foreign-organization' -Target $Record['Organization'] -Text $text }
    Show-Line -Text ('{0} in {1}, domain controller {2}' -f $Record['Step'], $Record['Organization'], $DomainController)
}
