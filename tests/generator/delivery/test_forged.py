"""Forged manifests and rooms: what no configuration may say, no bundle may say, though the forger adjusts every digest."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from roomscope.generator.bundle.compose import files_of
from roomscope.generator.bundle.manifest import FORMAT, Manifest
from roomscope.generator.bundle.rooms import rooms_csv
from roomscope.generator.common.errors import GeneratorError
from roomscope.generator.delivery.check import audit_delivery
from roomscope.generator.delivery.intake import take
from roomscope.generator.delivery.rebuild import differences, plan_again
from roomscope.generator.plan.plan import FilledPlan, PlacedRoom, Plan
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.render.region import region_of

Said = dict[str, Any]
Rows = list[list[str]]

LONG = "x" * 5000


def judged(plan: Plan, rows: tuple[PlacedRoom, ...]) -> list[str]:
    """What the audit says of manifest and rooms, with the plan id that the forger would compute."""
    said = Manifest(
        format=FORMAT, plan_id=FilledPlan(plan, rows).identity(), region=region_of(EXCHANGE_SERVER).digest, plan=plan, files={}
    )
    rooms = rooms_csv(rows)
    try:
        filled = plan_again(said.plan, rooms, EXCHANGE_SERVER)
    except GeneratorError as error:
        return list(error.reasons)
    return [finding.message for finding in differences(said, rooms, filled, EXCHANGE_SERVER)]


def forge(honest: FilledPlan, change: Callable[[Said, Rows], object]) -> FilledPlan:
    """Changes plan and rooms."""
    plan: Said = honest.plan.model_dump(mode="json")
    rows = [[room.address, room.list_address, room.display_name] for room in honest.rooms]
    before = json.dumps([plan, rows])
    change(plan, rows)
    assert json.dumps([plan, rows]) != before
    return FilledPlan(Plan.model_validate_json(json.dumps(plan)), tuple(PlacedRoom(*row) for row in rows))


def forged(honest: FilledPlan, change: Callable[[Said, Rows], object]) -> list[str]:
    found = forge(honest, change)
    return judged(found.plan, found.rooms)


def setting(*path: str | int, to: object) -> Callable[[Said, Rows], object]:
    """Sets one field of the plan."""

    def change(plan: Said, _: Rows) -> None:
        place: Any = plan
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = to

    return change


def naming(key: str, to: str) -> Callable[[Said, Rows], object]:
    """Renames the first list wherever it is named."""

    def change(plan: Said, rows: Rows) -> None:
        old = plan["lists"][0][key]
        plan["lists"][0][key] = to
        if key == "address":
            for grant in plan["grants"]:
                grant["lists"] = [to if one == old else one for one in grant["lists"]]
            for row in rows:
                row[1] = to if row[1] == old else row[1]

    return change


def cell(column: int, to: str | Callable[[str], str], row: int = 0) -> Callable[[Said, Rows], object]:
    def change(_: Said, rows: Rows) -> None:
        rows[row][column] = to(rows[row][column]) if callable(to) else to

    return change


def both(*changes: Callable[[Said, Rows], object]) -> Callable[[Said, Rows], object]:
    def change(plan: Said, rows: Rows) -> None:
        for one in changes:
            one(plan, rows)

    return change


def one_more(address: str, name: str = "") -> Callable[[Said, Rows], object]:
    """A room more, in the first list, counted wherever rooms are counted."""

    def change(plan: Said, rows: Rows) -> None:
        plan["rooms"] += 1
        plan["lists"][0]["rooms"] += 1
        rows.append([address, plan["lists"][0]["address"], name])

    return change


def every_room(plan: Said, rows: Rows) -> Said:
    """All rooms in the first list."""
    first = plan["lists"][0]
    plan["lists"], plan["grants"] = [first | {"rooms": len(rows)}], [plan["grants"][0] | {"lists": [first["address"]]}]
    for row in rows:
        row[1] = first["address"]
    return plan


def the_owner_in_capitals(plan: Said, _: Rows) -> None:
    plan["list_owner"] = plan["account"]["address"].upper()


def a_grant_more(**parts: object) -> Callable[[Said, Rows], object]:
    return lambda plan, _: plan["grants"].append(plan["grants"][0] | parts)


def in_grant(**parts: object) -> Callable[[Said, Rows], object]:
    return lambda plan, _: plan["grants"][0].update(parts)


PLANS = {
    # What a scope covers.
    "a grant over a list of nobody": (in_grant(lists=["all.staff@contoso.com"]), "plan.grants[0].lists: got 1 of them, expected 13 of them"),
    "a grant over a list of nobody too": (
        lambda plan, _: plan["grants"][0]["lists"].append("all.staff@contoso.com"), "plan.grants[0].lists: got 14 of them, expected 13"),
    "a grant over no list": (in_grant(lists=[]), "plan.grants[0].lists: got 0 of them"),
    "a grant over fewer lists": (lambda plan, _: plan["grants"][0]["lists"].pop(), "plan.grants[0].lists: got 12 of them"),
    "a grant over a list twice": (
        lambda plan, _: plan["grants"][0]["lists"].append(plan["grants"][0]["lists"][0]), "plan.grants[0].lists: got 14 of them"),
    "a grant over lists in another order": (lambda plan, _: plan["grants"][0]["lists"].reverse(), "plan.grants[0].lists[0]: got"),
    "two grants of one name": (a_grant_more(), "plan.grants: got 2 of them, expected 1"),
    "two grants of one scope": (a_grant_more(assignment="other"), "plan.grants: got 2 of them, expected 1"),
    "a grant that needs no other": (a_grant_more(scope="S", assignment="A"), "plan.grants: got 2 of them, expected 1"),
    "no grants": (setting("grants", to=[]), "plan.grants: got 0 of them, expected 1"),
    "more lists in a scope than were said": (setting("lists_per_scope", to=3), "plan.grants: got 1 of them, expected 5"),
    "no lists in a scope": (setting("lists_per_scope", to=0), "names.lists-per-scope is 0: it is no number of lists"),
    "any number of lists in a scope": (setting("lists_per_scope", to=10**18), "it is no number of lists"),
    "a scope of any name": (in_grant(scope="*"), "names.scope is '*': it holds *"),
    "a scope of a name that begins it": (in_grant(scope="x*"), "names.scope is 'x*': it holds *"),
    "a scope without a name": (in_grant(scope=""), "names.scope is '': it is empty"),
    "a scope of a blank": (in_grant(scope=" "), "names.scope is ' ': it is empty"),
    "a scope with a blank in front": (in_grant(scope=" x"), "begins or ends with a blank"),
    "a scope with a wide blank": (in_grant(scope="x\u00a0y"), "holds U+00A0, which only looks like a blank"),
    "a scope of 5,000 characters": (in_grant(scope=LONG), "has 5000 characters; at most 64 are possible"),
    "a scope with a line break": (in_grant(scope="x\ny"), "holds U+000A LINE FEED"),
    "a scope that runs the other way": (in_grant(scope="x\u202ey"), "holds U+202E RIGHT-TO-LEFT OVERRIDE"),
    "a scope like a parameter": (in_grant(scope="-Confirm"), "begins with -, which PowerShell could take"),
    "a scope that ends parsing": (in_grant(scope="--%"), "begins with -, which PowerShell could take"),
    "an assignment of any name": (in_grant(assignment="*"), "names.assignment is '*': it holds *"),
    "an assignment without a name": (in_grant(assignment=""), "names.assignment is '': it is empty"),
    "an assignment of 5,000 characters": (in_grant(assignment=LONG), "has 5000 characters"),
    "an assignment with blanks": (in_grant(assignment="x  "), "begins or ends with a blank"),
    # The guard of the place.
    "no domains": (setting("domains", to=[]), "rooms.domains is []: it is empty; give at least one"),
    "a foreign domain instead": (setting("domains", to=["fabrikam.com"]), "is not in fabrikam.com; remove it, or add its domain"),
    "any domain": (setting("domains", to=["*"]), "rooms.domains[0] is '*': it is no domain"),
    "any domain too": (setting("domains", to=["*", "contoso.com"]), "rooms.domains[0] is '*': it is no domain"),
    "any domain below": (setting("domains", to=["*.com", "contoso.com"]), "it is no domain"),
    "a domain of nothing": (setting("domains", to=["", "contoso.com"]), "it is no domain"),
    "a domain twice": (setting("domains", to=["contoso.com", "contoso.com"]), "it names 'contoso.com' twice"),
    "a domain in capitals": (setting("domains", to=["CONTOSO.com"]), "plan.domains[0]: got 'CONTOSO.com', expected 'contoso.com'"),
    "domains in another order": (setting("domains", to=["fabrikam.com", "contoso.com"]), "plan.domains[0]: got 'fabrikam.com'"),
    "a domain with a Cyrillic letter": (setting("domains", to=["c\u043entoso.com"]), "which is not ASCII"),
    "a domain of 5,000 characters": (setting("domains", to=["contoso.com", f"{LONG}.com"]), "it is no domain"),
    # Who gets access.
    "an account of any name": (setting("account", "address", to="*@contoso.com"), "service-account.address is '*@contoso.com': it holds a wildcard"),
    "an account of nothing": (setting("account", "address", to=""), "service-account.address is '': it is not an address"),
    "an account of a blank": (setting("account", "address", to=" "), "service-account.address is ' ': it is not an address"),
    "an account with a blank": (setting("account", "address", to=" svc.room.reader@contoso.com"), "it is not an address"),
    "an account of 5,000 characters": (setting("account", "address", to=f"{LONG}@contoso.com"), "it is not an address"),
    "an account in capitals": (
        setting("account", "address", to="SVC.room.reader@contoso.com"), "plan.account.address: got 'SVC.room.reader@contoso.com'"),
    "an account with a Cyrillic letter": (setting("account", "address", to="svc.r\u043eom.reader@contoso.com"), "which is not ASCII"),
    "an account that is a room": (setting("account", "address", to="hg.0.001@contoso.com"), "which is the room in row"),
    "an account that is a list": (lambda plan, _: plan["account"].update(address=plan["lists"][0]["address"]), "which is the service account"),
    "an account with a bar": (setting("account", "address", to="a|b@contoso.com"), "holds |, which no address of a mailbox holds"),
    "a user of any name": (setting("account", "user", to="CONTOSO\\*"), "service-account.user is 'CONTOSO\\\\*': it holds *"),
    "a user of nothing": (setting("account", "user", to=""), "service-account.user is '': it is empty"),
    "a user without a domain": (setting("account", "user", to="Administrator"), "it is no sign-in name"),
    "a user with a blank": (setting("account", "user", to="CONTOSO\\svc "), "begins or ends with a blank"),
    "a user of 5,000 characters": (setting("account", "user", to=f"CONTOSO\\{LONG}"), "it is no sign-in name"),
    "a user that is a room": (setting("account", "user", to="hg.0.001@contoso.com"), "service-account.user is 'hg.0.001@contoso.com', which is the room"),
    "a UPN in capitals": (setting("account", "user", to="SVC@contoso.com"), "plan.account.user: got 'SVC@contoso.com', expected 'svc@contoso.com'"),
    # Who could widen it.
    "an owner of any name": (setting("list_owner", to="*@contoso.com"), "room-lists.owner is '*@contoso.com': it holds a wildcard"),
    "an owner of nothing": (setting("list_owner", to=""), "room-lists.owner is '': it is not an address"),
    "an owner of a blank": (setting("list_owner", to=" "), "room-lists.owner is ' ': it is not an address"),
    "an owner with a blank": (setting("list_owner", to="it.admin@contoso.com "), "it is not an address"),
    "an owner of 5,000 characters": (setting("list_owner", to=LONG), "it is not an address"),
    "an owner with a Cyrillic letter": (setting("list_owner", to="it.\u0430dmin@contoso.com"), "which is not ASCII"),
    "an owner that is a room": (setting("list_owner", to="hg.0.001@contoso.com"), "A room must not decide what is in the lists"),
    "an owner that is a list": (lambda plan, _: plan.update(list_owner=plan["lists"][0]["address"]), "which is the owner of the lists"),
    "an owner that is the account": (setting("list_owner", to="svc.room.reader@contoso.com"), "room-lists.owner is the service account"),
    "an owner that is the account in capitals": (the_owner_in_capitals, "room-lists.owner is the service account"),
    "an owner that is the account in capitals, which is allowed": (
        both(the_owner_in_capitals, setting("account_may_own_lists", to=True)), "plan.list_owner: got 'SVC.ROOM.READER@CONTOSO.COM'"),
    "an owner that is the account by its UPN": (
        both(setting("account", "user", to="upn@contoso.com"), setting("list_owner", to="upn@contoso.com")),
        "room-lists.owner is the service account 'upn@contoso.com'"),
    # What must be refused.
    "a control that is the account": (setting("controls", to=["svc.room.reader@contoso.com"]), "verify.controls names the service account"),
    "a control that is the account by its UPN": (
        both(setting("account", "user", to="upn@contoso.com"), setting("controls", to=["upn@contoso.com"])),
        "verify.controls names the service account 'upn@contoso.com'"),
    "a control that is a list": (lambda plan, _: plan["controls"].append(plan["lists"][0]["address"]), "which is a control"),
    "a control that is a room": (setting("controls", to=["hg.0.001@contoso.com"]), "Controls must be refused, and rooms must answer"),
    "a control of nothing": (setting("controls", to=[""]), "verify.controls[0] is '': it is not an address"),
    "a control of a blank": (setting("controls", to=[" "]), "verify.controls[0] is ' ': it is not an address"),
    "a control of any name": (setting("controls", to=["*"]), "it is not an address"),
    "a control twice": (setting("controls", to=["ceo@contoso.com"] * 2), "it names 'ceo@contoso.com' twice"),
    "a control twice in another case": (setting("controls", to=["ceo@contoso.com", "CEO@contoso.com"]), "it names 'ceo@contoso.com' twice"),
    "a control in capitals": (setting("controls", to=["CEO@contoso.com"]), "plan.controls[0]: got 'CEO@contoso.com'"),
    "a control with a Cyrillic letter": (setting("controls", to=["ce\u043e@contoso.com"]), "which is not ASCII"),
    "a control with a bar": (setting("controls", to=["a|b@contoso.com"]), "holds |, which no address of a mailbox holds"),
    "a control with a backtick": (setting("controls", to=["a`b@contoso.com"]), "holds `, which no address of a mailbox holds"),
    "a control of 5,000 characters": (setting("controls", to=[f"{LONG}@contoso.com"]), "it is not an address"),
    # The lists.
    "no lists": (setting("lists", to=[]), "room-lists.domain is '': it is no domain"),
    "a list fewer": (lambda plan, _: plan["lists"].pop(), "is no list of this plan"),
    "a list without rooms": (
        lambda plan, _: plan["lists"].append({"address": "x@contoso.com", "name": "X", "alias": "x", "rooms": 0}),
        "plan.lists: got 14 of them, expected 13"),
    "a list twice": (lambda plan, _: plan["lists"].append(plan["lists"][0]), "plan.lists: got 14 of them, expected 13"),
    "lists in another order": (lambda plan, _: plan["lists"].reverse(), "plan.lists[0].address: got"),
    "more rooms in a list than there are": (setting("lists", 0, "rooms", to=99), "plan.lists[0].rooms: got 99, expected"),
    "fewer rooms than there are": (setting("rooms", to=1), "plan.rooms: got 1, expected 200"),
    "101 rooms in a list": (lambda plan, rows: (rows.__delitem__(slice(101, None)), every_room(plan, rows).update(rooms=101)), "would hold 101 rooms"),
    "lists of size 0": (setting("list_size", to=0), "room-lists.size is 0: it is no size of a list"),
    "lists of any size": (setting("list_size", to=10**18), "it is no size of a list"),
    "lists of size -1": (setting("list_size", to=-1), "it is no size of a list"),
    "lists of 101": (setting("list_size", to=101), "it is no size of a list"),
    "a list of any name": (naming("name", "*"), "the room list '*' holds *"),
    "a list without a name": (naming("name", ""), "the room list '' is empty"),
    "a list of a blank": (naming("name", " "), "the room list ' ' is empty"),
    "a list with a blank behind": (naming("name", "x "), "begins or ends with a blank"),
    "a list of 5,000 characters": (naming("name", LONG), "has 5000 characters; at most 64 are possible"),
    "a list like a parameter": (naming("name", "-RoomList"), "begins with -, which PowerShell could take"),
    "two lists of one name": (lambda plan, _: plan["lists"][0].update(name=plan["lists"][1]["name"].upper()), "would be used 2 times"),
    "two lists of one alias": (lambda plan, _: plan["lists"][0].update(alias=plan["lists"][1]["alias"].upper()), "would be used 2 times"),
    "a list of another alias": (naming("alias", "other"), "does not follow from the alias 'other'"),
    "a list of an alias with blanks": (naming("alias", "a b"), "is no alias"),
    "a list at any address": (naming("address", "*@contoso.com"), "holds a wildcard"),
    "a list at an address in capitals": (
        lambda plan, rows: naming("address", plan["lists"][0]["address"].upper())(plan, rows), "does not follow from the alias"),
    "a list at an address of another domain": (
        lambda plan, rows: naming("address", plan["lists"][0]["address"].replace("contoso", "fabrikam"))(plan, rows),
        "plan.domains: got 1 of them, expected 2"),
    "a list at an address with a Cyrillic letter": (
        lambda plan, rows: naming("address", plan["lists"][0]["address"].replace("o", "\u043e"))(plan, rows), "which is not ASCII"),
    "a list at the address of a control": (both(naming("address", "ceo@contoso.com"), naming("alias", "ceo")), "which is a control"),
    "a list at the address of a room": (both(naming("address", "hg.0.002@contoso.com"), naming("alias", "hg.0.002")), "which is the room in row"),
    # The rest.
    "an endpoint without TLS": (setting("endpoint", to="http://mail.contoso.com/EWS/Exchange.asmx"), "verify.endpoint is 'http://mail"),
    "an endpoint that is a script": (setting("endpoint", to="javascript:alert(1)"), "it is not https"),
    "an endpoint with a user": (setting("endpoint", to="https://u:p@mail.contoso.com/EWS/Exchange.asmx"), "it holds a user or password"),
    "an endpoint with a host in front": (setting("endpoint", to="https://mail.contoso.com@evil.com/EWS/Exchange.asmx"), "it holds a user"),
    "an endpoint with a query": (setting("endpoint", to="https://mail.contoso.com/EWS/Exchange.asmx?x"), "it is no address of EWS"),
    "an endpoint that is somewhere else": (setting("endpoint", to="https://mail.contoso.com/owa"), "it does not lead to EWS"),
    "an endpoint with a blank": (setting("endpoint", to=" https://mail.contoso.com/EWS/Exchange.asmx"), "it does not lead to EWS"),
    "an endpoint with a Cyrillic letter": (setting("endpoint", to="https://m\u0430il.contoso.com/EWS/Exchange.asmx"), "which is not ASCII"),
    "an endpoint of nothing": (setting("endpoint", to=""), "it is not https"),
    "a bundle in another folder": (setting("bundle", to="../../x"), "bundle.name is '../../x': it is no bundle name"),
    "a bundle of nothing": (setting("bundle", to=""), "bundle.name is '': it is no bundle name"),
    "a bundle that is a device": (setting("bundle", to="con"), "is a device and no folder"),
    "a bundle of 5,000 characters": (setting("bundle", to=LONG), "it is no bundle name"),
    "a product that there is not": (setting("product", to="nowhere"), "bundle.profile is 'nowhere'; use 'exchange-server'"),
    "a product of another platform": (setting("product", to="exchange-online"), "application is missing"),
    "a ticket of nothing": (setting("ticket", to=""), "bundle.ticket is '': it is empty"),
    "a ticket with a line break": (setting("ticket", to="CHG\n# Approved"), "holds U+000A LINE FEED"),
    "a ticket of 5,000 characters": (setting("ticket", to=LONG), "has 5000 characters; at most 120 are possible"),
    "an approver who runs the other way": (setting("approver", to="\u202eeve"), "holds U+202E"),
    "an owner of the bundle who is a blank": (setting("owner", to=" "), "bundle.owner is ' ': it is empty"),
    "a day of review with a NUL": (setting("review_by", to="2027\0"), "holds U+0000 NUL"),
    "any unit": (setting("organizational_unit", to="*"), "room-lists.organizational-unit is '*': it holds *"),
    "a unit of nothing": (setting("organizational_unit", to=""), "room-lists.organizational-unit is '': it is empty"),
    "a unit of 5,000 characters": (setting("organizational_unit", to=LONG), "has 5000 characters; at most 256 are possible"),
}  # fmt: skip

NAMED: Mapping[str, Callable[[str], Callable[[Said, Rows], object]]] = {
    "a scope": lambda text: in_grant(scope=text),
    "an assignment": lambda text: in_grant(assignment=text),
    "a list": lambda text: naming("name", text),
    "a unit": lambda text: setting("organizational_unit", to=text),
    "a user": lambda text: setting("account", "user", to=f"CONTOSO\\{text[:2]}"),
}
QUOTED = {
    f"{kind} with U+{ord(quote):04X}": (change(f"x{quote}) -or (Name -like {quote}"), f"holds U+{ord(quote):04X}, which a filter could take")
    for quote in "\u2018\u2019\u201a\u201b"
    for kind, change in NAMED.items()
}

ROOMS = {
    "no rooms": (lambda plan, rows: (rows.clear(), plan.update(rooms=0)), "it holds no rooms"),
    "a room fewer": (lambda _, rows: rows.pop(), "plan.rooms: got 200, expected 199"),
    "a room that nobody counts": (lambda _, rows: rows.append(["x@contoso.com", rows[0][1], "X"]), "plan.rooms: got 200, expected 201"),
    "a room twice": (lambda _, rows: rows.append(rows[0]), "is already in row 2. Remove one"),
    "a room twice in another case": (one_more("HG.0.001@contoso.com"), "is already in row"),
    "a room twice behind a blank": (one_more(" hg.0.001@contoso.com"), "is already in row"),
    "a room with a blank in front": (cell(0, lambda text: f" {text}"), "row 2: got ' "),
    "a room with a wide blank behind": (cell(0, lambda text: f"{text}\u00a0"), "row 2: got '"),
    "a control behind a blank": (one_more(" ceo@contoso.com"), "Controls must be refused, and rooms must answer"),
    "a control in capitals": (one_more("CEO@contoso.com"), "Controls must be refused, and rooms must answer"),
    "the account": (one_more("svc.room.reader@contoso.com"), "Name an account that is no room"),
    "the owner": (one_more("it.admin@contoso.com"), "A room must not decide what is in the lists"),
    "a list": (lambda plan, rows: one_more(plan["lists"][1]["address"])(plan, rows), "which is the room in row"),
    "a room in capitals": (cell(0, str.upper), "row 2: got '"),
    "any room": (cell(0, "*@contoso.com"), "row 2, PrimarySmtpAddress: '*@contoso.com' holds a wildcard"),
    "a room of nothing": (cell(0, ""), "row 2, PrimarySmtpAddress: '' is empty"),
    "a room that is no address": (cell(0, "boardroom"), "is not an address"),
    "a room of another domain": (cell(0, "a@fabrikam.com"), "is not in contoso.com"),
    "a room of a domain below": (cell(0, "a@x.contoso.com"), "is not in contoso.com"),
    "a room with a Cyrillic letter": (cell(0, lambda text: text.replace("o", "\u043e")), "which is not ASCII"),
    "a room with an unseen letter": (cell(0, lambda text: f"\u200b{text}"), "holds U+200B ZERO WIDTH SPACE"),
    "a room with a bar": (cell(0, "a|b@contoso.com"), "holds |, which no address of a mailbox holds"),
    "a room that is a formula": (cell(0, lambda text: f"={text}"), "begins with =, which a spreadsheet would take for a formula"),
    "a room of 5,000 characters": (cell(0, f"{LONG}@contoso.com"), "is not an address"),
    "a row of blanks": (lambda _, rows: rows.append(["", "", ""]), "row 202, PrimarySmtpAddress: '' is empty"),
    "a row of blanks in a list": (one_more(""), "row 202, PrimarySmtpAddress: '' is empty"),
    "a room in a list of nobody": (cell(1, "all.staff@contoso.com"), "row 2: 'all.staff@contoso.com' is no list of this plan"),
    "a room in a list of nothing": (cell(1, ""), "row 2: '' is no list of this plan"),
    "a room in a list in capitals": (cell(1, str.upper), "is no list of this plan"),
    "a room in a list behind a blank": (cell(1, lambda text: f" {text}"), "is no list of this plan"),
    "a room in another list than is counted": (
        lambda plan, rows: cell(1, plan["lists"][1]["address"])(plan, rows), "plan.lists[0].rooms: got 75"),
    "a display name that is a formula": (cell(2, "=HYPERLINK(1)"), "row 2, DisplayName: '=HYPERLINK(1)' begins with ="),
    "a display name that is a wide formula": (cell(2, "\uff1dA1"), "begins with \uff1d"),
    "a display name that is a hidden formula": (cell(2, "\u200d=A1"), "begins with ="),
    "a display name with a blank in front": (cell(2, " x"), "row 2: got '"),
    "a display name with two blanks": (cell(2, "x  y"), "row 2: got '"),
    "a display name with a wide blank": (cell(2, "x\u00a0y"), "row 2: got '"),
    "a display name with a line break": (cell(2, "x\r\ny"), "row 2: got '"),
    "a display name that runs the other way": (cell(2, "x\u202ey"), "holds U+202E"),
    "a display name that rings": (cell(2, "x\a"), "holds U+0007"),
    "a display name of 5,000 characters": (cell(2, LONG), "has 5000 characters; at most 256 are possible"),
}  # fmt: skip

FORGED = {**{f"{name} (plan)": one for name, one in (PLANS | QUOTED).items()}, **{f"{name} (rooms)": one for name, one in ROOMS.items()}}


@pytest.mark.parametrize(("change", "reason"), FORGED.values(), ids=FORGED)
def test_what_no_configuration_may_say_no_bundle_may_say(
    campus_plan: FilledPlan, change: Callable[[Said, Rows], object], reason: str
) -> None:
    found = forged(campus_plan, change)
    assert any(reason in one for one in found), found[:5]
    assert all(len(one) < 400 and one.replace("\n", "").isprintable() for one in found)


def test_there_are_as_many_forgeries_as_were_tried() -> None:
    assert len(PLANS) >= 81
    assert len(ROOMS) >= 27


@pytest.fixture(params=["article_plan", "campus_plan"])
def honest(request: pytest.FixtureRequest) -> FilledPlan:
    found: FilledPlan = request.getfixturevalue(request.param)
    return found


def test_an_honest_plan_is_accepted(honest: FilledPlan) -> None:
    assert judged(honest.plan, honest.rooms) == []


@pytest.mark.parametrize(
    "change",
    [
        setting("domains", to=["contoso.com", "fabrikam.com"]),
        setting("account", "user", to=None),
        setting("endpoint", to=None),
        setting("controls", to=[]),
        setting("list_owner", to=None),
        setting("list_size", to=100),
        setting("account_may_own_lists", to=True),
        both(setting("list_owner", to="svc.room.reader@contoso.com"), setting("account_may_own_lists", to=True)),
        setting("organizational_unit", to="contoso.com/Groups"),
        in_grant(scope="S", assignment="A"),
        naming("name", "O'Brien"),
        cell(2, "L\u2019Atelier"),
        cell(2, ""),
        one_more("x@contoso.com", "X"),
    ],
)  # fmt: skip
def test_what_a_configuration_may_say_is_accepted(campus_plan: FilledPlan, change: Callable[[Said, Rows], object]) -> None:
    assert forged(campus_plan, change) == []


WHOLE = (
    "a grant over a list of nobody (plan)",
    "no domains (plan)",
    "an owner that is the account in capitals, which is allowed (plan)",
    "a control behind a blank (rooms)",
)


@pytest.mark.parametrize("name", WHOLE)
def test_a_whole_bundle_that_our_own_tools_made_of_a_forged_plan_is_refused(
    campus_plan: FilledPlan, put: Callable[[Mapping[str, bytes]], Path], name: str
) -> None:
    files = files_of(forge(campus_plan, FORGED[name][0]), EXCHANGE_SERVER)
    found = {finding.rule for finding in audit_delivery(take(put(files))).findings}
    assert found & {"RSA113", "RSA114"}
    assert not found & {"RSA100", "RSA101", "RSA102", "RSA103"}
