"""The commands of PowerShell that scripts may call: they read, compute, show, and write the record."""

from roomscope.generator.products.product import Command, Parameter

_ERROR_ACTION = Parameter("ErrorAction", values=("Stop",))


def plain(name: str, *parameters: Parameter) -> Command:
    """A command of PowerShell with what may be given to it."""
    return Command(name, (*parameters, _ERROR_ACTION), plain=True)


def free(*names: str) -> tuple[Parameter, ...]:
    """Parameters that may be given anything."""
    return tuple(map(Parameter, names))


def must(name: str, *values: str, origins: tuple[str, ...] = ()) -> Parameter:
    """A parameter that must be given; if values are named, one of these."""
    return Parameter(name, values=values, origins=origins, required=True)


def switches(*names: str) -> tuple[Parameter, ...]:
    """Parameters that stand alone."""
    return tuple(Parameter(name, switch=True) for name in names)


EVIDENCE_FOLDER = ("-EvidencePath", "Get-Item")
EVIDENCE_FILES = ("Get-ChildItem", *EVIDENCE_FOLDER)
BESIDE = ("$psscriptroot", "literal")
"""Beside the script."""

PLAIN = (
    plain("Compare-Object", must("ReferenceObject"), must("DifferenceObject"), *free("Property", "SyncWindow"), *switches("PassThru", "IncludeEqual")),
    plain("ConvertFrom-Json", *free("InputObject")),
    plain("ConvertTo-Json", *free("InputObject"), must("Depth"), *switches("Compress")),
    plain("ForEach-Object", must("Process")),
    plain("Get-ChildItem", must("LiteralPath", origins=(*EVIDENCE_FOLDER, "$psscriptroot")), *switches("File")),
    plain("Get-Command", must("Name", origins=("literal",)), *switches("ListImported")),
    plain("Get-Content", must("LiteralPath", origins=(*EVIDENCE_FILES, *BESIDE)), must("Encoding", "utf8"), *switches("Raw")),
    plain("Get-Date"),
    plain("Get-FileHash", must("LiteralPath", origins=(*EVIDENCE_FILES, *BESIDE)), must("Algorithm", "SHA256")),
    plain("Get-Item", must("LiteralPath", origins=("-EvidencePath",))),
    plain("Group-Object", must("Property"), *switches("NoElement")),
    plain("Import-Csv", must("LiteralPath", origins=BESIDE), must("Encoding", "utf8")),
    plain("Join-Path", must("Path", origins=("$psscriptroot", *EVIDENCE_FOLDER)), must("ChildPath")),
    plain("Measure-Object", *free("Property"), *switches("Sum", "Maximum", "Minimum")),
    plain("New-Item", must("ItemType", "Directory"), must("Path", origins=("-EvidencePath",))),
    plain("Out-Null"),
    plain("Out-String", *free("Width")),
    plain("Select-Object", *free("Property", "First", "Last", "Skip", "ExpandProperty"), *switches("Unique")),
    plain("Set-Content", must("LiteralPath"), must("Encoding", "utf8")),
    plain("Set-StrictMode", must("Version", "3.0")),
    plain("Sort-Object", *free("Property"), *switches("Unique", "Descending")),
    plain("Start-Sleep", *free("Milliseconds", "Seconds")),
    plain("Test-Path", must("LiteralPath", origins=("-EvidencePath",)), Parameter("PathType", values=("Leaf", "Container"))),
    plain("Where-Object", must("FilterScript")),
    plain("Write-Error", must("Message")),
    plain("Write-Information", must("MessageData"), must("InformationAction", "Continue")),
    plain("Write-Output", must("InputObject"), *switches("NoEnumerate")),
    plain("Write-Progress", must("Activity"), *free("Status", "PercentComplete", "Id"), *switches("Completed")),
    plain("Write-Warning", must("Message")),
)
