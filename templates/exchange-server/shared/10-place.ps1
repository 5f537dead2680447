# One domain controller for every call: the one that was named, or the global catalog of this session.
function Read-DomainController {
    param($Record, [string]$DomainController)
    $Record['Reads'] += 1
    $settings = Get-ADServerSettings -ErrorAction Stop
    if ('True' -ne [string]$settings.ViewEntireForest) {
        throw ('This session sees one domain only, so a room elsewhere would look absent. {0} Nothing was changed.' -f
            'Run Set-ADServerSettings -ViewEntireForest $true, then this script again.')
    }
    if ([string]::IsNullOrWhiteSpace($DomainController)) { $DomainController = [string]$settings.DefaultGlobalCatalog }
    if ([string]::IsNullOrWhiteSpace($DomainController)) {
        throw ('This session names no global catalog. {0} Nothing was changed.' -f
            'Run this script again with -DomainController and the full name of one.')
    }
    $Record['DomainController'] = $DomainController
    $DomainController
}

# The right place: an organisation of Exchange Server that accepts mail for the domains of the bundle.
function Assert-Place {
    param($Record, [string]$DomainController, $Domains, [switch]$OrWarn)
    $Record['Reads'] += 1
    $organization = Get-OrganizationConfig -DomainController $DomainController -ErrorAction Stop |
        Select-Object -Property Name, Guid, IsDehydrated, AdminDisplayVersion
    $Record['Organization'] = [string]$organization.Name
    $Record['OrganizationGuid'] = [string]$organization.Guid
    $Record['Version'] = [string]$organization.AdminDisplayVersion
    if ('True' -eq [string]$organization.IsDehydrated -or $Record['Version'] -match '\b15\.20\b') {
        throw ('This is Exchange Online ({0}), and the bundle is for Exchange Server. {1} Nothing was changed.' -f
            $Record['Version'], 'Open the Exchange Management Shell.')
    }
    $Record['Reads'] += 1
    $accepted = @(
        Get-AcceptedDomain -DomainController $DomainController -ErrorAction Stop | ForEach-Object -Process { [string]$_.DomainName }
    )
    $foreign = @($Domains | Where-Object -FilterScript { $accepted -notcontains $_ })
    if ($foreign.Count -ne 0) {
        $text = 'this is organisation {0}, which does not accept mail for {1}' -f $Record['Organization'], ($foreign -join ', ')
        if (-not $OrWarn) {
            throw ('T{0}: not the one that this bundle was made for. Open a session in the right one. Nothing was changed.' -f
                ($text -replace '^t', ''))
        }
        $text += '; what the bundle made there is looked for all the same'
        Show-Warning -Record $Record -Kind 'foreign-organization' -Target $Record['Organization'] -Text $text
    }
    Show-Line -Text ('{0} in organisation {1}, domain controller {2}' -f $Record['Step'], $Record['Organization'], $DomainController)
}

# A command or a parameter that is not there usually means a role that this account does not hold.
function Assert-Command {
    param($Record, $Needed, [string]$Roles)
    $lacking = @(
        foreach ($need in $Needed) {
            $parts = @($need -split ' -')
            $name = $parts[0]
            $command = $null
            try { $command = Get-Command -Name $name -ErrorAction Stop }
            catch { $name }
            if ($null -ne $command -and $Record['Module'] -ne [string]$command.Source) { '{0}, which is a function or an alias here' -f $name }
            elseif ($null -ne $command) {
                $keys = @($command.Parameters.Keys)
                foreach ($parameter in @($parts | Select-Object -Skip 1)) { if ($keys -notcontains $parameter) { '{0} -{1}' -f $name, $parameter } }
            }
        }
    )
    if ($lacking.Count -ne 0) {
        throw ('A later step needs what this session does not have: {0}. Open it with an account that holds: {1}. Nothing was changed.' -f
            ($lacking -join ', '), $Roles)
    }
}
