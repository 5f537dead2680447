function Read-Owner($Record) {
    $owner = $Record['ListOwner']
    $holders = @(if ($null -ne $owner) { Read-Holder -Record $Record -Address $owner })
    # An owner is told by one of these, and it is not known which.
    $Record['Owners'] = @(
        $holders | ForEach-Object -Process { $_.Identity, $_.Name, $_.DistinguishedName, $_.Guid, $_.ExternalDirectoryObjectId }
    )
    $Record['OwnerFault'] = @(if ($null -ne $owner -and $holders.Count -eq 0) { 'owners: {0} does not exist' -f $owner })
}
# What Exchange keeps of the application: its client id, and the object id of its service principal, which belong together.
function Read-PointerState($Record) {
    $Record['Reads'] += 1
    $object = $Record['ObjectId']
    $ids = @($Record['ClientId'], $object)
    $all = @(Get-ServicePrincipal -ErrorAction Stop)
    $near = @($all | Where-Object -FilterScript { $ids -contains $_.AppId -or $ids -contains $_.ObjectId })
    $ours = @($near | Where-Object -FilterScript { $ids[0] -eq $_.AppId -and $object -eq $_.ObjectId })
    $Record['Names'] = @($ours | ForEach-Object -Process { [string]$_.DistinguishedName })
    $differences = @(
        foreach ($one in @($near | Where-Object -FilterScript { $ours -notcontains $_ })) {
            $why = 'one object id is of the app registration, or the application was made anew'
            if ($object -eq $one.ObjectId) { $why = 'that object id is of another application' }
            if ($object -eq $one.AppId -or $ids[0] -eq $one.ObjectId) { $why = 'the two are swapped, or one stands for both' }
            'client id {0} with object id {1} is there: {2}' -f $one.AppId, $one.ObjectId, $why
        }
        if ($ours.Count -gt 1) { 'there are {0} of them' -f $ours.Count }
    )
    $state = [ordered]@{ Kind = 'pointer'; Name = $Record['PointerName']; State = 'absent'; Differences = $differences }
    if ($differences.Count -ne 0) { $state['State'] = 'conflict' }
    elseif ($ours.Count -ne 0) { $state['State'] = 'kept' }
    if ($near.Count -ne 0) { $state['Guid'] = $object }
    $state
}
