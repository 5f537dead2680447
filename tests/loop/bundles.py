"""The configuration of the matrix's bundle, and what somebody may have done to its folder."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

MATRIX = """
[bundle]
name = "m-rooms"
profile = "exchange-server"
[rooms]
file = "rooms.csv"
domains = ["contoso.com", "emea.contoso.com"]
list-column = "Building"
[room-lists]
domain = "contoso.com"
name = "Rooms"
owner = "it.admin@contoso.com"
[names]
lists-per-scope = 2
[service-account]
address = "svc-rooms@contoso.com"
[verify]
controls = ["ceo@contoso.com", "jane@contoso.com"]
"""
ONE_SCOPE = MATRIX.replace('list-column = "Building"\n', "").replace("lists-per-scope = 2", "")
ROOMS = """PrimarySmtpAddress,DisplayName,Building
a1@contoso.com,A1,Salle d'Attente
a2@contoso.com,A2,Salle d'Attente
b1@contoso.com,B1,O'Brien
b2@contoso.com,B2,O'Brien
c1@contoso.com,C1,Haus C
d1@emea.contoso.com,D1,Haus C
"""


def many_rooms(number: int) -> str:
    """An inventory of so many rooms without a building."""
    return "PrimarySmtpAddress\n" + "".join(f"r{one}@contoso.com\n" for one in range(number))


def append(path: Path, text: str = "#\r\n") -> None:
    """Adds a line to a file."""
    path.write_bytes(path.read_bytes() + text.encode())


def relist(folder: Path, name: str) -> None:
    """Puts the digest that a file has now into the list of digests."""
    path = folder / "SHA256SUMS"
    rows = [row for row in path.read_text(encoding="utf-8").splitlines() if not row.endswith(f"  {name}")]
    rows.append(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}")
    path.write_text("\n".join(sorted(rows, key=lambda row: row[66:])) + "\n", encoding="utf-8", newline="\n")


def _listed_rooms(folder: Path) -> None:
    append(folder / "rooms.csv", "x@contoso.com,m-rooms.haus-c@contoso.com,X\r\n")
    relist(folder, "rooms.csv")


def _unlisted_back(folder: Path) -> None:
    path = folder / "SHA256SUMS"
    rows = [row for row in path.read_text(encoding="utf-8").splitlines(keepends=True) if "90-Remove-Access" not in row]
    path.write_text("".join(rows), encoding="utf-8", newline="\n")


def _other_module(folder: Path) -> None:
    (folder / "Microsoft.PowerShell.Utility").mkdir()


SIGNATURE = "\r\n# SIG # Begin signature block\r\n# AAAA\r\n# SIG # End signature block\r\n"


def _sign(path: Path) -> None:
    append(path, SIGNATURE)


def _all_signed(folder: Path) -> None:
    for path in folder.glob("[0-9]*.ps1"):
        _sign(path)


ALTERED: dict[str, tuple[Callable[[Path], object], tuple[str, ...]]] = {
    "altered rooms": (lambda at: append(at / "rooms.csv", "x@contoso.com,m-rooms.haus-c@contoso.com,X\r\n"), ("rooms.csv",)),
    "altered script": (lambda at: append(at / "50-Grant-Access.ps1"), ("50-Grant-Access.ps1",)),
    "altered way back": (lambda at: append(at / "90-Remove-Access.ps1"), ("90-Remove-Access.ps1",)),
    "altered runbook": (lambda at: append(at / "RUNBOOK.md"), ("RUNBOOK.md",)),
    "altered manifest": (lambda at: append(at / "manifest.json"), ("manifest.json",)),
    "missing page": (lambda at: (at / "AUDIT.md").unlink(), ("AUDIT.md",)),
    "missing sums": (lambda at: (at / "SHA256SUMS").unlink(), ("SHA256SUMS",)),
    "empty sums": (lambda at: (at / "SHA256SUMS").write_bytes(b""), ("SHA256SUMS",)),
    "sums without the way back": (_unlisted_back, ("90-Remove-Access.ps1 is not listed",)),
    "odd sums": (lambda at: append(at / "SHA256SUMS", "no digest\n"), ("SHA256SUMS",)),
    "unlisted script": (lambda at: (at / "55-Fix.ps1").write_text("'x'"), ("55-Fix.ps1",)),
    "unlisted folder": (_other_module, ("Microsoft.PowerShell.Utility",)),
    "signed twice": (lambda at: [_sign(at / "30-New-RoomLists.ps1") for _ in range(2)], ("30-New-RoomLists.ps1",)),
    "signed and added to": (
        lambda at: (_sign(at / "30-New-RoomLists.ps1"), append(at / "30-New-RoomLists.ps1", "# more\r\n")), ("30-New-RoomLists.ps1",),
    ),
    "no signature": (lambda at: append(at / "30-New-RoomLists.ps1", SIGNATURE.replace("AAAA", "{ }")), ("30-New-RoomLists.ps1",)),
    "a page with a signature": (lambda at: append(at / "RUNBOOK.md", SIGNATURE), ("RUNBOOK.md",)),
    "two at once": (
        lambda at: (append(at / "rooms.csv"), shutil.copy(at / "rooms.csv", at / "rooms.old")), ("rooms.csv", "rooms.old"),
    ),
}
"""What was done to a copy of the bundle, and the names that a script has to say."""

ACCEPTED: dict[str, Callable[[Path], object]] = {"listed rooms": _listed_rooms, "signed": _all_signed}
"""What the comparison with the list of digests does not find: other rooms that it lists, and scripts that are signed."""
