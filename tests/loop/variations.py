"""Starting points that no cmdlet makes: a controller that lags, another organisation, a thousand other lists."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any


def _changed(path: Path, change: Callable[[dict[str, Any]], None]) -> None:
    found = json.loads(path.read_text(encoding="utf-8"))
    change(found)
    path.write_text(json.dumps(found), encoding="utf-8")


def _lag(found: dict[str, Any]) -> None:
    found["domainControllers"][0]["lag"] = 2


def _move(found: dict[str, Any]) -> None:
    found["acceptedDomains"] = ["fabrikam.com"]


def _crowd(found: dict[str, Any]) -> None:
    found["recipients"] = {one["guid"]: one for one in map(_other_list, range(1000))} | found["recipients"]


def _other_list(number: int) -> dict[str, Any]:
    address = f"other{number}@contoso.com"
    group = {"managedBy": [], "memberJoinRestriction": "Closed", "memberDepartRestriction": "Closed", "notes": "", "members": []}
    return {
        "guid": f"00000000-0000-0000-0000-{number:012}", "name": f"Other {number}", "displayName": f"Other {number}", "alias": f"other{number}",
        "primarySmtpAddress": address, "emailAddresses": [f"SMTP:{address}"], "distinguishedName": f"CN=Other {number},OU=Groups,DC=contoso,DC=com",
        "recipientTypeDetails": "RoomList", "userPrincipalName": "", "samAccountName": f"other{number}", "domain": "contoso.com",
        "accountDisabled": False, "hiddenFromAddressLists": False, "isDirSynced": False, "group": group,
    }


VARIATIONS: dict[str, Callable[[Path], None]] = {
    "lagging ": lambda path: _changed(path, _lag),
    "foreign ": lambda path: _changed(path, _move),
    "crowded ": lambda path: _changed(path, _crowd),
}
"""By the word that stands before the name of the starting point that is varied."""
