# The frame around every cmdlet: faults, the view it reads, errors by class, the record of the call.

$script:Categories = @{
    ADObjectAlreadyExistsException        = 'ResourceExists'
    MemberAlreadyExistsException          = 'ResourceExists'
    MemberNotFoundException               = 'ObjectNotFound'
    OperationRequiresGroupManagerException = 'PermissionDenied'
    UnauthorizedAccessException           = 'PermissionDenied'
    OverBudgetException                   = 'LimitsExceeded'
    ADTransientException                  = 'ResourceUnavailable'
    SuitabilityDirectoryException         = 'ResourceUnavailable'
    PSRemotingTransportException          = 'OpenError'
    InvalidOperationException             = 'InvalidOperation'
}

function Stop-Call {
    param([string]$Reason, [string]$Message, [object[]]$With)

    $exception = [Management.Automation.RemoteException]::new((Get-Sentence -Key $Message -With $With))
    $exception.Data['Reason'] = $Reason
    throw $exception
}

# Runs a cmdlet's body. A refusal of Exchange's is written as a non-terminating error; a fault of the lab's own
# ends the script.
function Invoke-Call {
    param([Management.Automation.PSCmdlet]$Cmdlet, [Collections.IDictionary]$Bound, [scriptblock]$Body)

    $call = New-Call -Cmdlet $Cmdlet -Bound $Bound
    try {
        $results = Invoke-Body -Call $call -Body $Body
    }
    catch {
        if (-not $_.Exception.Data.Contains('Reason')) {
            Complete-Call -Call $call -Outcome $_.Exception.GetBaseException().GetType().Name
            $Cmdlet.ThrowTerminatingError($_)
        }
        $refusal = $_.Exception
        # The signal caught here is the lab's own; only the record written below belongs in the session's $Error.
        if ($global:Error.Count -and $global:Error[0].Exception -eq $refusal) { $global:Error.RemoveAt(0) }
        Complete-Call -Call $call -Outcome $refusal.Data['Reason']
        $Cmdlet.WriteError((New-ErrorRecord -Call $call -Refusal $refusal))
        return
    }
    Complete-Call -Call $call -Outcome 'ok'
    foreach ($warning in $call.Warnings) { $Cmdlet.WriteWarning($warning) }
    $results
}

function New-Call {
    param([Management.Automation.PSCmdlet]$Cmdlet, [Collections.IDictionary]$Bound)

    $name = $Cmdlet.MyInvocation.MyCommand.Name
    $copy = @{}
    foreach ($key in $Bound.Keys) { $copy[$key] = $Bound[$key] }
    return @{
        Cmdlet = $Cmdlet; Name = $name; Bound = $copy; Warnings = [Collections.Generic.List[string]]::new()
        Writes = $name -notmatch '^(Get|Test)-|^Set-ADServerSettings$' -and -not ($copy['WhatIf'] -eq $true)
        Fault = $null; Server = ''; View = $null; Main = $null
    }
}

function Invoke-Body {
    param([hashtable]$Call, [scriptblock]$Body)

    $ErrorActionPreference = 'Stop'
    $Call.Main = Get-MainView
    $Call.Server = $Call.Main['domainControllers'][0]['fqdn']
    $Call.Fault = Get-Fault -Name $Call.Name -Writes $Call.Writes
    Invoke-EarlyFault -Call $Call
    Set-CallView -Call $Call
    $results = Get-Answer -Call $Call -Body $Body
    Invoke-LateFault -Call $Call
    if ($Call.Fault -eq 'cut1000') { return @($results | Select-Object -First 1000) }
    return $results
}

function Get-Answer {
    param([hashtable]$Call, [scriptblock]$Body)

    return & $Body $Call
}

# What the call reads: the state as the controller knows it that was asked.
function Set-CallView {
    param([hashtable]$Call)

    $controller = Find-Controller -Controllers $Call.Main['domainControllers'] -Name $Call.Bound['DomainController']
    $Call.Server = $controller['fqdn']
    $Call.View = if ($controller['lag'] -eq 0) { $Call.Main } else { Get-View -Lag $controller['lag'] }
}

function Find-Controller {
    param([object]$Controllers, [string]$Name)

    if (-not $Name) { return $Controllers[0] }
    foreach ($controller in $Controllers) {
        if ($Name -in $controller['fqdn'], $controller['fqdn'].Split('.')[0]) { return $controller }
    }
    Stop-Call -Reason 'SuitabilityDirectoryException' -Message 'Unsuitable' -With $Name
}

# One change, if the operator lets it happen: -WhatIf and a refused prompt end here.
function Submit-Change {
    param([hashtable]$Call, [string]$Target, [Collections.IDictionary[]]$Changes)

    if ($Call.Fault -ne 'ignoresWhatIf' -and -not $Call.Cmdlet.ShouldProcess($Target)) { return $false }
    $isHalf = $Call.Fault -like '*Half'
    if ($isHalf) { $Changes = @($Changes | Select-Object -First ([Math]::Floor($Changes.Count / 2))) }
    foreach ($change in $Changes) { Write-Change -Change $change }
    # Members come by the thousand: such a change needs no second reading if nobody else wrote in between.
    $alone = $Changes.Count -eq 1 -and $Call.Main['applied'] -eq $script:Lines.Count - 1
    if ($alone -and $Changes[0]['op'] -like '*Member') {
        Invoke-Change -View $Call.Main -Change $Changes[0]
        $Call.Main['applied']++
    }
    Update-View -View $Call.Main
    if ($isHalf) { Invoke-HalfFault -Call $Call }
    return $true
}

function New-ErrorRecord {
    param([hashtable]$Call, [Exception]$Refusal)

    $reason = $Refusal.Data['Reason']
    if ($reason -eq 'PSRemotingTransportException') {
        $raised = [Management.Automation.Remoting.PSRemotingTransportException]::new($Refusal.Message)
        $id = 'PSRemotingTransportException,PSSessionStateBroken'
    }
    else {
        $raised = [Management.Automation.RemoteException]::new($Refusal.Message)
        $origin = "Server=ex01,RequestId=$([guid]::NewGuid()),TimeStamp=$([datetime]::UtcNow.ToString('u'))"
        $task = 'Microsoft.Exchange.Management.' + $Call.Name.Replace('-', '')
        $id = "[$origin] [FailureCategory=Cmdlet-$reason] $('{0:X8}' -f $reason.GetHashCode()),$task"
    }
    $target = $Call.Bound['Identity'] ?? $Call.Bound['Name']
    $category = $script:Categories[$reason] ?? 'NotSpecified'
    $record = [Management.Automation.ErrorRecord]::new($raised, $id, $category, $target)
    $record.CategoryInfo.Reason = $reason
    return $record
}

function Complete-Call {
    param([hashtable]$Call, [string]$Outcome)

    $parameters = [Collections.Generic.SortedDictionary[string, string]]::new()
    foreach ($name in $Call.Bound.Keys) { $parameters[$name] = @($Call.Bound[$name]) -join ',' }
    $texts = foreach ($part in $Call.Name, $parameters, $Call.Writes, $Outcome) {
        [Text.Json.JsonSerializer]::Serialize($part, $part.GetType(), $script:JsonOptions)
    }
    Write-CallLine -Line ('{{"cmdlet":{0},"parameters":{1},"writes":{2},"outcome":{3}}}' -f $texts)
}

# A function without the parameters that the operator's roles do not give; dot-source the answer.
function Get-NarrowedFunction {
    param([string]$Name, [string[]]$Absent, [Management.Automation.Language.FunctionDefinitionAst]$Ast)

    if ($null -eq $Ast) { $ast = (Get-Command -Name $Name -CommandType Function).ScriptBlock.Ast }
    $parameters = @($ast.Body.ParamBlock.Parameters)
    $known = @($parameters | ForEach-Object -Process { $_.Name.VariablePath.UserPath })
    foreach ($one in $Absent) {
        if ($one -notin $known) {
            throw "state.json: absentParameters names '$one', which $Name does not have here."
        }
    }
    $kept = @(
        $parameters |
            Where-Object -FilterScript { $_.Name.VariablePath.UserPath -notin $Absent } |
            ForEach-Object -Process { $_.Extent.Text }
    )
    $block = $ast.Body.ParamBlock.Extent
    $attributes = @($ast.Body.ParamBlock.Attributes | ForEach-Object -Process { $_.Extent.Text }) -join "`n"
    $text = $ast.Extent.Text
    $rest = $text.Substring($block.EndOffset - $ast.Extent.StartOffset)
    return [scriptblock]::Create("function $Name {`n$attributes`nparam(`n$($kept -join ",`n"))" + $rest)
}
