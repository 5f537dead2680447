"""What stands in the folder of a lab's directory, in a form that can be compared."""

import json
from pathlib import Path
from typing import Any


def lines(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of JSON lines; none if there is no file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def read(folder: Path) -> dict[str, Any]:
    """The directory of a lab with all changes."""
    found: dict[str, Any] = json.loads((folder / "state.json").read_text(encoding="utf-8"))
    for change in lines(folder / "changes.jsonl"):
        _change(found, change)
    return found


def state(folder: Path) -> dict[str, Any]:
    """The directory of a lab without what differs from run to run: GUIDs are addresses, members are sorted."""
    found = read(folder)
    address = {guid: one["primarySmtpAddress"] for guid, one in found["recipients"].items()}
    return {
        "recipients": {one["primarySmtpAddress"]: _plain(one, address) for one in found["recipients"].values()},
        "scopes": {one["name"]: one["recipientFilter"] for one in found["managementScopes"].values()},
        "assignments": {
            one["name"]: (
                one["role"], address.get(one["roleAssignee"], one["roleAssignee"]), one["customRecipientWriteScope"], one["enabled"],
                one.get("customResourceScope", ""), one["recipientWriteScope"],
            )
            for one in found["roleAssignments"].values()
        },
        "pointers": {one["displayName"]: (one["appId"], one["objectId"]) for one in found.get("servicePrincipals", {}).values()},
    }


def ours(found: dict[str, Any]) -> set[tuple[str, str]]:
    """What of the bundle is there, by kind and name: its lists, scopes and the right itself."""
    return {
        *(("recipients", address) for address, one in found["recipients"].items() if one["group"]),
        *((kind, name) for kind in ("scopes", "assignments", "pointers") for name in found[kind] if name.lower().startswith("m-rooms")),
    }


def _change(found: dict[str, Any], change: dict[str, Any]) -> None:
    kind = str(change.get("kind"))
    match change["op"]:
        case "put" if kind in {"session", "organization", "hydration"}:
            found[kind] = change["value"]
        case "put":
            found[kind][change["key"]] = change["value"]
        case "remove":
            found[kind].pop(change["key"], None)
        case "addMember":
            found["recipients"][change["group"]]["group"]["members"].append(change["member"])
        case _:
            found["recipients"][change["group"]]["group"]["members"].remove(change["member"])


def _plain(one: dict[str, Any], address: dict[str, str]) -> dict[str, Any]:
    plain = {key: value for key, value in one.items() if key not in {"guid", "samAccountName"}}
    if one["group"]:
        group = one["group"]
        plain["group"] = group | {key: sorted(address.get(guid, guid) for guid in group[key]) for key in ("managedBy", "members")}
    return plain
