"""Small scripts in the frame of every script, and the release that would write them."""

from roomscope.generator.audit.check import RULES, audit_script
from roomscope.generator.audit.finding import Finding
from roomscope.generator.audit.release import OwnPart, Release
from roomscope.generator.common.region import Region
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.script.characters import encode

STEP = 50
EXAMPLE = next(rule.good for rule in RULES if rule.id == "RSA050")
"""A whole script."""

DATA = "    $planId = 'x'\n"
CODE = "    Show-Text -Text $planId\n"
REGION = Region("function Show-Text {\n    param([string]$Text)\n    $Text\n}\n")


def whole(data: str = DATA, code: str = CODE, region: str = REGION.text) -> str:
    """A script with other parts; its region has the digest that it should have."""
    return EXAMPLE.replace(DATA, data, 1).replace(CODE, code, 1).replace(REGION.whole, Region(region).whole, 1)


def releasing(data: str = DATA, code: str = CODE, region: str = REGION.text) -> Release:
    """The release that writes such a script."""
    return Release(EXCHANGE_SERVER, Region(region), {STEP: OwnPart.of(whole(one, code, region) for one in (data, data.replace("'x'", "'y'")))})


def findings(text: str, release: Release) -> tuple[Finding, ...]:
    return audit_script("50-x.ps1", encode(text), release, STEP)


def broken(text: str, release: Release) -> set[str]:
    """The rules that a script breaks."""
    return {finding.rule for finding in findings(text, release)}
