"""Scripts in the frame of a rendered one, made by hand."""

from roomscope.generator.common.region import Region
from roomscope.generator.script.characters import encode

HEAD = """#Requires -Version 5.1

<#
.SYNOPSIS
    Made by hand.
#>
[CmdletBinding()]
param(
    [switch]$Apply,
    [ValidateNotNullOrEmpty()]
    [string]$EvidencePath = "$PSScriptRoot\\evidence",
    [string]$DomainController = ''
)

end {
"""
REGION = """function Read-Account {
    param($Record, [string]$Name, [string]$DomainController)
    $Record['Reads'] += 1
    Get-User -Identity $Name -DomainController $DomainController -ErrorAction Stop
}

function Read-All {
    param($Record, [string]$Name, [string]$DomainController)
    Read-Account -Record $Record -Name $Name -DomainController $DomainController
}
"""


def framed(code: str, data: str = "$planId = 'x'", region: str = REGION, head: str = HEAD) -> str:
    """The text of a script."""
    return (
        f"{head}    # What this bundle stands for.\n{_indented(data)}\n\n"
        f"    # The step itself: the same in every bundle of this release.\n{_indented(code)}\n}}\n\n"
        f"begin {{\n{Region(region).whole}}}\n"
    )


def delivered(code: str, data: str = "$planId = 'x'", region: str = REGION) -> bytes:
    """The bytes of a script."""
    return encode(framed(code, data, region))


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.splitlines())
