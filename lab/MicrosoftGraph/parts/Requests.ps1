# Requests to Graph: who may make them, and how their errors look.

$script:Own = $ExecutionContext.SessionState.Module
$script:GraphMessages = @{
    RequestDenied    = 'Insufficient privileges to complete the operation.'
    ResourceNotFound = "Resource '{0}' does not exist or one of its queried reference-property objects are not present."
    TooManyRequests  = 'Too many requests. Please try again in {0} seconds.'
    Unavailable      = 'The service is temporarily unavailable.'
    NotSignedIn      = 'Authentication needed. Please call Connect-MgGraph.'
}
foreach ($language in @($script:Messages.Keys)) {
    foreach ($key in $script:GraphMessages.Keys) { $script:Messages[$language][$key] = $script:GraphMessages[$key] }
}
$script:FaultErrors['accessDenied'] = @('Authorization_RequestDenied', 'RequestDenied')
$script:FaultErrors['throttled'] = @('TooManyRequests', 'TooManyRequests')
$script:FaultErrors['transient'] = @('ServiceUnavailable', 'Unavailable')

function Invoke-Request {
    param([Management.Automation.PSCmdlet]$Cmdlet, [Collections.IDictionary]$Bound, [scriptblock]$Body)

    Invoke-Call -Cmdlet $Cmdlet -Bound $Bound -Body $script:Own.NewBoundScriptBlock($Body)
}

function Set-CallView {
    param([hashtable]$Call)

    $Call.View = $Call.Main
    if ($null -eq $script:Context -and $Call.Name -ne 'Get-MgContext') { Stop-Call -Reason 'AuthenticationException' -Message 'NotSignedIn' }
}

function New-ErrorRecord {
    param([hashtable]$Call, [Exception]$Refusal)

    $code = $Refusal.Data['Reason']
    $isOwn = $code -like '*Exception'
    $text = if ($isOwn) { $Refusal.Message } else { "[$code] : $($Refusal.Message)" }
    $id = '{0},Microsoft.Graph.PowerShell.Cmdlets.{1}_List' -f $code, $Call.Name.Replace('-', '')
    $category = if ($code -eq 'AuthenticationException') { 'AuthenticationError' } else { 'InvalidOperation' }
    return [Management.Automation.ErrorRecord]::new([Exception]::new($text), $id, $category, $null)
}
