"""A product is one module: a third one with two steps of its own is rendered, audited and stated without a change elsewhere."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from roomscope.generator.bundle.compose import compose
from roomscope.generator.bundle.manifest import MANIFEST, read_manifest
from roomscope.generator.bundle.sums import SUMS, digest
from roomscope.generator.delivery.check import Result, audit_delivery
from roomscope.generator.delivery.intake import take
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.products.powershell import PLAIN, must
from roomscope.generator.products.product import Command, Product, Step
from roomscope.generator.render.region import region_of

Files = Mapping[str, bytes]

CONFIG = """
[bundle]
name = "tiny-doors"
profile = "tiny"
ticket = "CHG1"
[rooms]
file = "rooms.csv"
domains = ["contoso.com"]
[room-lists]
domain = "contoso.com"
[service-account]
address = "svc@contoso.com"
[verify]
controls = ["ceo@contoso.com"]
"""
INVENTORY = "PrimarySmtpAddress,DisplayName\na@contoso.com,A\nb@contoso.com,B\n"

SHARED = """\
function Assert-Module($Found) { if ($Found.Count -eq 0) { throw 'There are no doors.' } }
# The doors of one name.
function Read-Door($Record, [string]$Name) {
    $Record['Reads'] += 1
    Get-Door -ErrorAction Stop | Where-Object -FilterScript { $Name -eq [string]$_.Name }
}
"""
HEAD = """\
{{% extends 'script.ps1.j2' %}}
{{% block synopsis %}}{synopsis}{{% endblock %}}
{{% block description %}}
    A door for {{{{ plan.account.name | comment }}}}.
{{% endblock %}}
{{% block data %}}
    $doorName = {{{{ plan.account.name }}}}
{{% endblock %}}
{{% block code %}}
    $record = [ordered]@{{
        Product = 'tiny'; Step = '{stem}'; Bundle = $bundle; PlanId = $planId; Next = $next; Roles = $roles
        Commands = $exchangeCommands; Domains = $domains; Reads = 0; Writes = 0; Plan = @(); Outcomes = @(); Before = @()
        After = @(); Warnings = @(); Error = ''
    }}
    try {{
        Save-Start -Record $record -IsApply $Apply -EvidencePath $EvidencePath
        $doors = @(Read-Door -Record $record -Name $doorName)
"""
TAIL = """\
        Show-Done -Record $record
    }
    catch {
        Save-Stop -Record $record -Failure $_
        Write-Error -Message $record['Error'] -ErrorAction Stop
        throw
    }
    finally { Save-End -Record $record }
{% endblock %}
"""
LOOK = (
    HEAD.format(synopsis="Looks for the door.", stem="10-Find-Door")
    + """\
        $record['Result'] = 'unchanged'
        Show-Line -Text (Read-Count -Number $doors.Count -One 'door')
"""
    + TAIL
)
OPEN = (
    HEAD.format(synopsis="Makes the door.", stem="20-New-Door")
    + """\
        $plan = @(
            if ($doors.Count -eq 0) { [ordered]@{ Kind = 'make-door'; Target = $doorName; Details = @(); Text = 'make the door' } }
        )
        Show-Plan -Record $record -Plan $plan
        if ($Apply -and $plan.Count -ne 0) {
            Save-Action -Record $record
            New-Door -Name $doorName -ErrorAction Stop | Out-Null
            $record['Outcomes'] += @('done')
        }
"""
    + TAIL
)
RUNBOOK = """\
# Runbook of {{ plan.bundle | code }}

| Step | What |
|---|---|
{% for step in product.steps %}
| {{ step.file | cell }} | {{ step.summary }} |
{% endfor %}
"""


def step(number: int, title: str, summary: str, roles: str, *writes: str) -> Step:
    return Step(
        number=number, title=title, summary=summary, roles=roles, waits="Nothing.", next="Done.", reads=("Get-Door",), writes=writes
    )


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Product:
    """A product that is in the catalogue for one test."""
    templates = tmp_path / "templates"
    for name, text in {
        "shared/10-door.ps1": SHARED,
        "steps/10-Find-Door.ps1.j2": LOOK,
        "steps/20-New-Door.ps1.j2": OPEN,
        "RUNBOOK.md.j2": RUNBOOK,
    }.items():
        (templates / name).parent.mkdir(parents=True, exist_ok=True)
        (templates / name).write_text(text, encoding="utf-8")
    door = must("ErrorAction", "Stop")
    product = Product(
        name="tiny",
        title="Tiny",
        identity="service-account",
        templates=templates,
        grants="A door gives nothing but itself.",
        role="Doorkeeper",
        roles="Doors",
        plain=PLAIN,
        on_every_call=frozenset({"ErrorAction"}),
        commands=(
            Command("Get-Door", (door,), "View Doors"),
            Command("New-Door", (must("Name", origins=("literal",)), door), "Doors", writes=True),
        ),
        steps=(
            step(10, "Find-Door", "Looks for the door.", "View Doors"),
            step(20, "New-Door", "Makes the door.", "Doors", "New-Door"),
        ),
    )
    monkeypatch.setitem(dict_of(PRODUCTS), product.name, product)
    return product


def dict_of(products: Mapping[str, Product]) -> dict[str, Product]:
    assert isinstance(products, dict)
    return products


@pytest.fixture
def bundle(tiny: Product, tmp_path: Path) -> Files:
    assert tiny.name in PRODUCTS
    (tmp_path / "roomscope.toml").write_text(CONFIG, encoding="utf-8")
    (tmp_path / "rooms.csv").write_text(INVENTORY, encoding="utf-8")
    return compose(tmp_path / "roomscope.toml").files


@pytest.fixture
def audited(put: Callable[[Files], Path]) -> Callable[[Files], Result]:
    return lambda files: audit_delivery(take(put(files)), digest(files[SUMS]))


def test_a_third_product_is_rendered(tiny: Product, bundle: Files) -> None:
    manifest = read_manifest(bundle[MANIFEST])
    assert (manifest.plan.product, manifest.region) == ("tiny", region_of(tiny).digest)
    assert manifest.region != region_of(EXCHANGE_SERVER).digest
    assert {name for name in bundle if name[0].isdigit()} == {"10-Find-Door.ps1", "20-New-Door.ps1"}
    text = bundle["20-New-Door.ps1"].decode("utf-8-sig").replace("\r\n", "\n")
    assert region_of(tiny).whole in text
    assert "function Read-Door" in text
    assert "    $doorName = 'svc@contoso.com'\n" in text
    assert "| `20-New-Door.ps1` | Makes the door. |" in bundle["RUNBOOK.md"].decode()


def test_a_third_product_is_audited(bundle: Files, audited: Callable[[Files], Result]) -> None:
    assert audited(bundle).findings == ()


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("RSA060", (b"if ($Apply -and $plan.Count -ne 0) {", b"if ($plan.Count -ne 0) {")),
        ("RSA112", (b"New-Door -Name $doorName -ErrorAction Stop", b"New-Door -Name $bundle -ErrorAction Stop")),
        ("RSA052", (b"Get-Door -ErrorAction Stop |", b"Get-Window -ErrorAction Stop |")),
        ("RSA020", (b"New-Door -Name $doorName", b"New-ManagementScope -Name $doorName")),
        ("RSA113", (b"$doorName = 'svc@contoso.com'", b"$doorName = 'eve@contoso.com'")),
    ],
)
def test_an_altered_script_of_a_third_product_is_found(
    bundle: Files, audited: Callable[[Files], Result], seal: Callable[[Files], Files], rule: str, change: tuple[bytes, bytes]
) -> None:
    assert change[0] in bundle["20-New-Door.ps1"]
    altered = {**bundle, "20-New-Door.ps1": bundle["20-New-Door.ps1"].replace(*change)}
    assert rule in {finding.rule for finding in audited(seal(altered)).findings}


def test_a_third_product_is_stated(bundle: Files) -> None:
    page = bundle["AUDIT.md"].decode()
    assert "A door gives nothing but itself." in page
    assert "New-Door" in page
    assert "View Doors" in page
    assert b'"product": "tiny"' in bundle["audit.json"]
    assert "ApplicationImpersonation" not in page


def test_a_script_of_one_product_is_none_of_another(bundle: Files, article: Files, audited: Callable[[Files], Result]) -> None:
    foreign = {**article, "20-New-Door.ps1": bundle["20-New-Door.ps1"]}
    assert {"RSA102"} <= {finding.rule for finding in audited(foreign).findings}
