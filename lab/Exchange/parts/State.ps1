# The state's files: a snapshot, and changes appended to it one flushed line each.

$script:SnapshotKeys = @(
    'format', 'organization', 'domains', 'domainControllers', 'acceptedDomains', 'session', 'recipients',
    'managementScopes', 'roleAssignments', 'roles', 'roleGroups', 'folderPermissions'
)

# What the state of an organisation online adds; a server's may lack them.
$script:OnlineKeys = @(
    'product', 'tenant', 'applications', 'servicePrincipals', 'gates', 'accessPolicies', 'mailboxStates',
    'permissionDelay', 'hydration'
)

$script:JsonOptions = [Text.Json.JsonSerializerOptions]::new()
$script:JsonOptions.Encoder = [Text.Encodings.Web.JavaScriptEncoder]::UnsafeRelaxedJsonEscaping

function Open-Lab {
    param([string]$Folder)

    if ([string]::IsNullOrWhiteSpace($Folder)) {
        throw 'EXCHANGE_LAB_STATE does not name a folder. Set it to a folder that "python -m lab new" has made.'
    }
    $script:Folder = [IO.Path]::GetFullPath($Folder)
    $script:SnapshotText = [IO.File]::ReadAllText([IO.Path]::Combine($script:Folder, 'state.json'))
    $script:ChangesPath = [IO.Path]::Combine($script:Folder, 'changes.jsonl')
    $script:Lines = [Collections.Generic.List[string]]::new()
    $script:ReadLength = [long]0
    $script:ChangesStream = $null
    $script:CallsStream = $null
    $script:Views = @{}
    $script:ForestView = $null
    Read-Faults -Path ([IO.Path]::Combine($script:Folder, 'faults.json'))
}

function Read-Snapshot {
    $snapshot = ConvertFrom-Json -InputObject $script:SnapshotText -AsHashtable
    Assert-Key -Found $snapshot.Keys -Known $script:SnapshotKeys -Optional $script:OnlineKeys -What 'state.json'
    if ($snapshot['format'] -ne 1) {
        throw "state.json has format $($snapshot['format']); this lab reads format 1."
    }
    return $snapshot
}

function Assert-Key {
    param([object[]]$Found, [string[]]$Known, [string]$What, [string[]]$Optional = @())

    foreach ($key in $Found) {
        if ($key -cnotin $Known -and $key -cnotin $Optional) { throw "$What has an unknown key '$key'." }
    }
    foreach ($key in $Known) {
        if ($key -cnotin $Found) { throw "$What lacks the key '$key'." }
    }
}

function Open-Append {
    param([string]$Path)

    return [IO.FileStream]::new($Path, 'OpenOrCreate', 'ReadWrite', [IO.FileShare]'ReadWrite, Delete')
}

# Takes in what was appended since; a last line without its newline is not there yet.
function Sync-Change {
    $file = [IO.FileInfo]::new($script:ChangesPath)
    if (-not $file.Exists -or $file.Length -eq $script:ReadLength) { return }
    if ($file.Length -lt $script:ReadLength) { throw 'changes.jsonl became shorter while the session was open.' }
    $stream = [IO.FileStream]::new($script:ChangesPath, 'Open', 'Read', [IO.FileShare]'ReadWrite, Delete')
    try {
        $null = $stream.Seek($script:ReadLength, 'Begin')
        $bytes = [byte[]]::new($stream.Length - $script:ReadLength)
        $null = $stream.ReadAtLeast($bytes, $bytes.Length)
    }
    finally {
        $stream.Dispose()
    }
    $end = [Array]::LastIndexOf($bytes, [byte]10) + 1
    if ($end -eq 0) { return }
    $text = [Text.Encoding]::UTF8.GetString($bytes, 0, $end - 1)
    $script:Lines.AddRange([string[]]$text.Split("`n"))
    $script:ReadLength += $end
}

# The one way in which the directory changes: a line on disk first, then the same line read back.
function Write-Change {
    param([Collections.IDictionary]$Change)

    Sync-Change
    $Change['n'] = $script:Lines.Count + 1
    $line = ConvertTo-Json -InputObject $Change -Depth 8 -Compress
    if ($null -eq $script:ChangesStream) { $script:ChangesStream = Open-Append -Path $script:ChangesPath }
    $stream = $script:ChangesStream
    if ($stream.Length -gt $script:ReadLength) { $stream.SetLength($script:ReadLength) }
    $null = $stream.Seek($script:ReadLength, 'Begin')
    $bytes = [Text.Encoding]::UTF8.GetBytes($line + "`n")
    $stream.Write($bytes, 0, $bytes.Length)
    $stream.Flush()
    $script:ReadLength += $bytes.Length
    $script:Lines.Add($line)
}

function Write-CallLine {
    param([string]$Line)

    if ($null -eq $script:CallsStream) {
        $script:CallsStream = Open-Append -Path ([IO.Path]::Combine($script:Folder, 'calls.jsonl'))
    }
    $bytes = [Text.Encoding]::UTF8.GetBytes($Line + "`n")
    $null = $script:CallsStream.Seek(0, 'End')
    $script:CallsStream.Write($bytes, 0, $bytes.Length)
    $script:CallsStream.Flush()
}
