# All commands of Exchange are of one module, which Connect-ExchangeOnline makes anew each time; signing in and Graph have others.
function Assert-Module($Found) {
    $others = @($Found | Where-Object -FilterScript { $_.Name -notlike 'Get-Mg*' -and 'Get-ConnectionInformation' -ne $_.Name })
    $sources = @($others | ForEach-Object -Process { [string]$_.Source } | Sort-Object -Unique)
    $text = 'The Exchange commands here are of several modules: {0}. Connect once, not to Security & Compliance, in a new window.'
    if ($sources.Count -gt 1) { throw ($text -f ($sources -join ', ')) }
}
function Assert-Connection($Record) {
    $Record['Reads'] += 1
    $connections = @(Get-ConnectionInformation -ErrorAction Stop | Select-Object -Property ModuleName, ModulePrefix, TenantID,
            TokenStatus, IsEopSession, Organization)
    $source = [string](Get-Command -Name 'Get-OrganizationConfig' -ErrorAction Stop).Source
    $faults = @(
        if ($connections.Count -ne 1) { 'there must be one, and there are {0}' -f $connections.Count }
        foreach ($one in $connections) {
            $module = @([string]$one.ModuleName -split '[\\/]')[-1]
            if ('True' -eq [string]$one.IsEopSession) { 'it is to Security & Compliance, not to Exchange Online' }
            if ('' -ne [string]$one.ModulePrefix) { 'it was made with -Prefix, which gives every command another name' }
            if ($module -ne $source) { 'the Exchange commands here are of {0}, not of its own {1}' -f $source, $module }
            if ($Record['TenantId'] -ne $one.TenantID) { 'it is to tenant {0}, not {1}' -f $one.TenantID, $Record['TenantId'] }
            if ('Active' -ne [string]$one.TokenStatus) { 'its token is not active, but {0}' -f $one.TokenStatus }
            $text = 'an application that signs in with -Organization {0} may write nothing; it takes the initial domain'
            if ($one.Organization -notmatch '^$|\.onmicrosoft\.(com|us)$|\.onmschina\.cn$') { $text -f $one.Organization }
        }
    )
    if ($faults.Count -ne 0) { throw ('The connection of this session: {0}. Open a new one as RUNBOOK.md says.' -f $faults[0]) }
}
function Assert-Place($Record, [switch]$OrWarn, [switch]$OrDehydrated) {
    Assert-Connection -Record $Record
    $Record['OrganizationGuid'] = $Record['TenantId']
    $Record['Reads'] += 1
    $organization = Get-OrganizationConfig -ErrorAction Stop | Select-Object -Property Name, AdminDisplayVersion, IsDehydrated
    $Record['Organization'] = [string]$organization.Name
    $Record['Version'] = [string]$organization.AdminDisplayVersion
    $Record['IsDehydrated'] = 'True' -eq [string]$organization.IsDehydrated
    $Record['Reads'] += 1
    $accepted = @(Get-AcceptedDomain -ErrorAction Stop | ForEach-Object -Process { [string]$_.DomainName })
    $foreign = @($Record['Domains'] | Where-Object -FilterScript { -not (Read-IsIn -Text $_ -Texts $accepted) }) -join ', '
    $text = 'organisation {0} does not accept mail for {1}, as that of this bundle does' -f $Record['Organization'], $foreign
    if ('' -ne $foreign -and -not $OrWarn) { throw ('{0}. Open a session in the right one.' -f $text) }
    if ('' -ne $foreign) { Show-Warning -Record $Record -Kind 'foreign-organization' -Target $Record['Organization'] -Text $text }
    if ($Record['IsDehydrated'] -and -not $OrDehydrated) {
        throw 'This organisation is not enabled for customization yet: run step 20. If that was done, run this again in an hour.'
    }
    Show-Line -Text ('{0} in {1}, tenant {2}' -f $Record['Step'], $Record['Organization'], $Record['OrganizationGuid'])
}
# What an error means, where its own words do not say it.
function Read-Meaning($Failure, [string]$Kind) {
    $text = [string]$Failure.Exception.Message
    if ($text -match 'InDehydratedContext|Enable-OrganizationCustomization') {
        'Not ready for customization: run step 20 if that was not done, or else run this script again in an hour.'
    }
    elseif ($text -match 'delegating role assignment') {
        'Granting needs Organization Management itself, in a new session; up to an hour after step 20 nobody has it.'
    }
    elseif ($text -match 'write permission|insufficient access') {
        'An application that signed in with a tenant id as -Organization may write nothing: give it the initial domain.'
    }
    elseif ('pointer' -eq $Kind) { 'Both ids are on the page of the enterprise application, not of the app registration.' }
}
