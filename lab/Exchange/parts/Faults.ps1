# How the shell is told to misbehave, from faults.json: which call, and what happens to it.

$script:FaultErrors = @{
    accessDenied = @('UnauthorizedAccessException', 'AccessDenied')
    throttled    = @('OverBudgetException', 'Throttled')
    transient    = @('ADTransientException', 'Transient')
    sessionGone  = @('PSRemotingTransportException', 'SessionGone')
}
$script:FaultKinds = @($script:FaultErrors.Keys) + @(
    'kill', 'killHalf', 'killAfter', 'transientHalf', 'transientAfter', 'sessionGoneAfter', 'cut1000', 'alreadyThere', 'meanwhile', 'namingPolicy'
)
# Kinds that meet no single call, but hold from the beginning: how often, or with which text.
$script:StandingKinds = @()


function Read-Faults {
    param([string]$Path)

    $script:Faults = @()
    $script:Standing = @{}
    $script:Met = @{}
    $script:CallCount = 0
    $script:WriteCount = 0
    $script:IsGone = $false
    if (-not [IO.File]::Exists($Path)) { return }
    $read = ConvertFrom-Json -InputObject ([IO.File]::ReadAllText($Path)) -AsHashtable
    if (-not $read.Contains('shell')) { return }
    foreach ($fault in $read['shell']) {
        Assert-Fault -Fault $fault
        if ($fault['kind'] -cin $script:StandingKinds) { $script:Standing[$fault['kind']] = $fault['times'] } else { $script:Faults += $fault }
    }
}

function Assert-Fault {
    param([Collections.IDictionary]$Fault)

    foreach ($key in $Fault.Keys) {
        if ($key -cnotin 'cmdlet', 'nth', 'call', 'write', 'kind', 'joins', 'prefix', 'suffix', 'times') {
            throw "faults.json: a shell fault has the unknown key '$key'."
        }
    }
    if ($Fault['kind'] -cnotin $script:FaultKinds + $script:StandingKinds) {
        throw "faults.json: '$($Fault['kind'])' is no kind of shell fault."
    }
    $Fault['seen'] = 0
}

# The fault that this call meets, counted among all calls, all writes and the calls of its name.
function Get-Fault {
    param([string]$Name, [bool]$Writes)

    $script:CallCount++
    if ($Writes) { $script:WriteCount++ }
    $met = $null
    foreach ($fault in $script:Faults) {
        if ($fault.Contains('cmdlet') -and $fault['cmdlet'] -notin '*', $Name) { continue }
        $fault['seen']++
        if ($fault.Contains('nth') -and $fault['nth'] -ne $fault['seen']) { continue }
        if ($fault.Contains('call') -and $fault['call'] -ne $script:CallCount) { continue }
        if ($fault.Contains('write') -and -not ($Writes -and $fault['write'] -eq $script:WriteCount)) { continue }
        if ($null -eq $met) {
            $met = $fault['kind']
            $script:Met = $fault
        }
    }
    return $met
}

# What goes wrong before the cmdlet has done anything.
function Invoke-EarlyFault {
    param([hashtable]$Call)

    if ($Call.Fault -eq 'sessionGone') { $script:IsGone = $true }
    if ($script:IsGone) { $Call.Fault = 'sessionGone' }
    if ($Call.Fault -eq 'kill') { Stop-Session -Call $Call }
    if ($Call.Fault -eq 'meanwhile') { Add-Meanwhile -Call $Call -Joins $script:Met['joins'] }
    if ($Call.Fault -eq 'namingPolicy' -and $Call.Name -ne 'New-DistributionGroup') {
        throw "faults.json: a naming policy cannot meet $($Call.Name)."
    }
    if ($null -ne $Call.Fault -and $script:FaultErrors.ContainsKey($Call.Fault)) {
        $reason, $message = $script:FaultErrors[$Call.Fault]
        $detail = if ($Call.Fault -eq 'throttled') { '30' } else { $Call.Server }
        Stop-Call -Reason $reason -Message $message -With $detail
    }
}

# Somebody else puts a member into a group, both named by their addresses, right before this call.
function Add-Meanwhile {
    param([hashtable]$Call, [Collections.IDictionary]$Joins)

    $all = $Call.Main['recipients'].Values
    $guids = foreach ($address in $Joins['group'], $Joins['member']) {
        ($all | Where-Object -FilterScript { $_['primarySmtpAddress'] -eq $address })['guid']
    }
    Write-Change -Change ([ordered]@{ op = 'addMember'; group = $guids[0]; member = $guids[1] })
    Update-View -View $Call.Main
}

# What goes wrong when half of the change has been made.
function Invoke-HalfFault {
    param([hashtable]$Call)

    if ($Call.Fault -eq 'killHalf') { Stop-Session -Call $Call }
    $reason, $message = $script:FaultErrors['transient']
    Stop-Call -Reason $reason -Message $message -With $Call.Server
}

# What goes wrong after the change has been made.
function Invoke-LateFault {
    param([hashtable]$Call)

    if ($Call.Fault -eq 'killAfter') { Stop-Session -Call $Call }
    if ($Call.Fault -like '*After') {
        $kind = $Call.Fault -replace 'After$', ''
        if ($kind -eq 'sessionGone') { $script:IsGone = $true }
        $reason, $message = $script:FaultErrors[$kind]
        Stop-Call -Reason $reason -Message $message -With $Call.Server
    }
    if ($Call.Fault -ne 'alreadyThere') { return }
    $target = [string]($Call.Bound['Name'] ?? $Call.Bound['Identity'])
    $object = @{ With = $target, $Call.Server }
    $member = @{ With = $Call.Bound['Member'], $target }
    switch -Wildcard ($Call.Name) {
        'New-*' { Stop-Call -Reason 'ADObjectAlreadyExistsException' -Message 'AlreadyExists' @object }
        'Add-*Member' { Stop-Call -Reason 'MemberAlreadyExistsException' -Message 'MemberExists' @member }
        'Remove-*Member' { Stop-Call -Reason 'MemberNotFoundException' -Message 'MemberNotFound' @member }
        'Remove-*' { Stop-Call -Reason 'ManagementObjectNotFoundException' -Message 'NotFound' @object }
        'Enable-*' { Stop-Call -Reason 'InvalidOperationException' -Message 'AlreadyHydrated' }
        default { throw "faults.json: 'alreadyThere' cannot meet $($Call.Name)." }
    }
}

# The shell's process dies at once, as by a lost power supply.
function Stop-Session {
    param([hashtable]$Call)

    Complete-Call -Call $Call -Outcome $Call.Fault
    [Diagnostics.Process]::GetCurrentProcess().Kill()
    [Threading.Thread]::Sleep([Threading.Timeout]::Infinite)
}
