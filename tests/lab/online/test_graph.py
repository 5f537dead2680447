"""Graph, spoken to by requests: who may open which calendar, batches, refusals."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests

from lab.entra.tokens import TokenError, Tokens, lifetime
from lab.state import folder as state
from lab.state.changes import Remove, RemoveMember
from lab.state.tenant import GRAPH
from tests.lab.conftest import PATIENCE
from tests.lab.online.conftest import AGENT, CLIENT, WINDOW, Cloud, view

GOOD = (200, "")
DENIED = (403, "ErrorAccessDenied")


def message(answer: requests.Response, part: int = 0) -> str:
    found = {one["id"]: one for one in answer.json()["responses"]}[str(part)]
    text: str = found["body"]["error"]["message"]
    return text


def test_before_anything_is_granted_every_calendar_is_refused(cloud: Cloud) -> None:
    assert cloud.calendars("aspen", "ceo") == {"aspen": DENIED, "ceo": DENIED}
    assert message(cloud.batch(view("aspen"))) == "Access is denied. Check credentials and try again."


def test_the_rooms_of_the_list_answer_and_nobody_else(granted_cloud: Cloud) -> None:
    assert granted_cloud.calendars("aspen", "birch", "cedar", "ceo", "jane") == {
        "aspen": GOOD,
        "birch": GOOD,
        "cedar": DENIED,
        "ceo": DENIED,
        "jane": DENIED,
    }


def test_a_mailbox_of_a_person_in_the_list_is_outside_the_scope(granted_cloud: Cloud) -> None:
    from lab.state.changes import AddMember

    directory = state.read(granted_cloud.folder)
    trees, boss = (directory.by_address(f"{name}@contoso.com") for name in ("trees", "ceo"))
    assert trees is not None
    assert boss is not None
    change = AddMember(n=directory.version + 1, op="addMember", group=trees.guid, member=boss.guid)
    state.append(granted_cloud.folder, [change])
    assert granted_cloud.calendars("ceo", "aspen") == {"ceo": DENIED, "aspen": GOOD}


def test_what_entra_granted_opens_the_whole_tenant(granted_cloud: Cloud) -> None:
    granted_cloud.alter("--entra-role", "Calendars.Read")
    assert granted_cloud.calendars("aspen", "ceo") == {"aspen": GOOD, "ceo": GOOD}
    granted_cloud.alter("--no-entra-roles", "--entra-role", "Mail.Read")
    assert granted_cloud.calendars("aspen", "ceo") == {"aspen": GOOD, "ceo": DENIED}


def test_an_access_policy_narrows_what_entra_granted_and_not_what_exchange_did(granted_cloud: Cloud) -> None:
    granted_cloud.alter(
        "--entra-role", "Calendars.Read",
        "--security-group", "reach@contoso.com=cedar@contoso.com",
        "--access-policy", "RestrictAccess=reach@contoso.com",
    )  # fmt: skip
    assert granted_cloud.calendars("aspen", "cedar", "ceo") == {"aspen": GOOD, "cedar": GOOD, "ceo": DENIED}
    assert "[RAOP] : Blocked by tenant configured AppOnly" in message(granted_cloud.batch(view("ceo")))
    granted_cloud.alter("--access-policy", "DenyAccess=cedar@contoso.com")
    assert granted_cloud.calendars("aspen", "cedar") == {"aspen": GOOD, "cedar": DENIED}


@pytest.mark.parametrize(
    ("rules", "passes"),
    [
        pytest.param(("EnforceAllowList", "--allow-agent", "Other/*"), False, id="not allowed"),
        pytest.param(("EnforceAllowList", "--allow-agent", "TESTS/*"), True, id="allowed"),
        pytest.param(("EnforceBlockList", "--block-agent", "tests*"), False, id="blocked"),
        pytest.param(("EnforceBlockList", "--block-agent", "Other*"), True, id="not blocked"),
    ],
)
def test_the_rules_for_user_agents_cut_graph_too(granted_cloud: Cloud, rules: tuple[str, ...], *, passes: bool) -> None:
    granted_cloud.alter("--user-agents", *rules)
    assert granted_cloud.calendars("aspen") == {"aspen": GOOD if passes else DENIED}
    if not passes:
        assert message(granted_cloud.batch(view("aspen"))) == "Access to OData is disabled."


@pytest.mark.parametrize("gone", ["roleAssignments", "servicePrincipals"])
def test_without_assignment_or_pointer_nothing_is_open(granted_cloud: Cloud, gone: Any) -> None:
    directory = state.read(granted_cloud.folder)
    keys = {"roleAssignments": "Trees", "servicePrincipals": next(iter(directory.service_principals))}
    state.append(granted_cloud.folder, [Remove(n=directory.version + 1, op="remove", kind=gone, key=keys[gone])])
    assert granted_cloud.calendars("aspen") == {"aspen": DENIED}


@pytest.mark.parametrize("name", ["objectId", "appId"])
def test_a_pointer_with_another_identifier_opens_nothing(granted_cloud: Cloud, name: str) -> None:
    path = granted_cloud.folder / "changes.jsonl"
    text = path.read_text("utf-8")
    pointer = f'"{name}":"'
    start = text.index(pointer, text.index('"servicePrincipals"')) + len(pointer)
    path.write_text(text[:start] + "0" * 8 + text[start + 8 :], "utf-8")
    (granted_cloud.folder / "state.json").touch()
    assert granted_cloud.calendars("aspen") == {"aspen": DENIED}


def test_a_group_as_scope_holds_its_direct_members(granted_cloud: Cloud) -> None:
    path = granted_cloud.folder / "changes.jsonl"
    text = path.read_text("utf-8").replace('"customResourceScope":"Trees"', '"customResourceScope":"Trees d\'été"')
    path.write_text(text.replace('"CustomRecipientScope"', '"Group"'), "utf-8")
    (granted_cloud.folder / "state.json").touch()
    assert granted_cloud.calendars("aspen", "cedar") == {"aspen": GOOD, "cedar": DENIED}


def age(cloud: Cloud) -> None:
    """Makes the changes so far an hour and more old."""
    then = time.time() - 4000
    os.utime(cloud.folder / "changes.jsonl", (then, then))
    (cloud.folder / "state.json").touch()


def test_a_change_of_permissions_counts_after_the_delay_only(granted_cloud: Cloud) -> None:
    granted_cloud.alter("--permission-delay", "3600")
    assert granted_cloud.calendars("aspen") == {"aspen": DENIED}
    age(granted_cloud)
    assert granted_cloud.calendars("aspen", "cedar") == {"aspen": GOOD, "cedar": DENIED}
    directory = state.read(granted_cloud.folder)
    trees, room = (directory.by_address(f"{name}@contoso.com") for name in ("trees", "aspen"))
    assert trees is not None
    assert room is not None
    change = RemoveMember(n=directory.version + 1, op="removeMember", group=trees.guid, member=room.guid)
    state.append(granted_cloud.folder, [change])
    assert granted_cloud.calendars("aspen", "birch") == {"aspen": GOOD, "birch": GOOD}
    age(granted_cloud)
    assert granted_cloud.calendars("aspen", "birch") == {"aspen": DENIED, "birch": GOOD}


def test_addresses_without_a_mailbox_are_not_found_in_classes(granted_cloud: Cloud) -> None:
    granted_cloud.alter("--mailbox-state", "aspen@contoso.com=soft-deleted", "--mailbox-state", "birch@contoso.com=on-premises", "--mailbox-state", "jane@contoso.com=unlicensed")
    assert granted_cloud.calendars("aspen", "birch", "jane", "trees", "nobody") == {
        "aspen": (404, "MailboxNotEnabledForRESTAPI"),
        "birch": (404, "MailboxNotEnabledForRESTAPI"),
        "jane": DENIED,
        "trees": (404, "ErrorNonExistentMailbox"),
        "nobody": (404, "ErrorInvalidUser"),
    }
    granted_cloud.alter("--mailbox-state", "aspen@contoso.com=none")
    assert granted_cloud.calendars("aspen") == {"aspen": GOOD}


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        pytest.param("/users/aspen@contoso.com/calendarView", 400, "requires a time window", id="no dates"),
        pytest.param("/users/aspen@contoso.com/calendarView?startDateTime=2026-11-23", 400, "requires a time window", id="one date"),
        pytest.param(f"/users/aspen@contoso.com/calendarView?{WINDOW}&$filter=x", 400, "does not know", id="an option"),
        pytest.param(f"/users/aspen@contoso.com/calendarView?{WINDOW}&$select=mood", 400, "does not know", id="a property"),
        pytest.param(f"/users/aspen@contoso.com/calendarView?{WINDOW}&$top=0", 400, "Invalid value", id="none"),
        pytest.param("/users/aspen@contoso.com/messages", 400, "does not know", id="a path"),
        pytest.param("/users/aspen@contoso.com/calendarView?startDateTime=x&endDateTime=y", 400, "not a valid date", id="no date"),
    ],
)  # fmt: skip
def test_a_request_that_is_not_whole_is_refused(granted_cloud: Cloud, path: str, status: int, said: str) -> None:
    answer = granted_cloud.get(path)
    assert (answer.status_code, said in answer.json()["error"]["message"]) == (status, True)


def test_a_view_has_pages(granted_cloud: Cloud) -> None:
    whole, path = [], f"/users/birch@contoso.com/calendarView?{WINDOW.replace('11-24', '12-04')}&$top=3"
    while path:
        answer = granted_cloud.get(path).json()
        whole += [one["id"] for one in answer["value"]]
        assert len(answer["value"]) <= 3
        path = answer.get("@odata.nextLink", "").partition("/v1.0")[2]
    assert len(whole) == len(set(whole)) > 3


def test_only_what_was_chosen_comes_back(granted_cloud: Cloud) -> None:
    week = WINDOW.replace("11-24", "11-30")
    answer = granted_cloud.get(f"/users/birch@contoso.com/calendarView?{week}&$select=id").json()
    assert {frozenset(one) for one in answer["value"]} == {frozenset(("@odata.etag", "id"))}


@pytest.mark.parametrize(
    ("header", "said"),
    [("", "empty"), ("Basic eDp5", "empty"), ("Bearer x", "not well formed"), ("Bearer a.b.c", "not well formed")],
)
def test_without_a_token_nothing_is_answered(cloud: Cloud, header: str, said: str) -> None:
    answer = requests.get(f"{cloud.root}/v1.0{view('aspen')}", headers={"Authorization": header}, verify=cloud.ca, timeout=PATIENCE)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "InvalidAuthenticationToken")
    assert said in answer.json()["error"]["message"]


@pytest.mark.parametrize(
    ("lie", "said"),
    [
        ({"token": {"aud": "https://outlook.office365.com"}}, "Invalid audience"),
        ({"token": {"tid": CLIENT}}, "Invalid tenant"),
        ({"lifetime": 0}, "expired"),
    ],
)
def test_a_token_for_something_else_is_refused(granted_cloud: Cloud, lie: dict[str, Any], said: str) -> None:
    good = granted_cloud.token()
    granted_cloud.tell(signIn=lie)
    answer = granted_cloud.batch(view("aspen"), token=granted_cloud.token())
    assert (answer.status_code, said in answer.json()["error"]["message"]) == (401, True)
    body, _, signature = good.rpartition(".")
    forged = f"{body}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"
    assert "signature" in granted_cloud.get(view("aspen"), forged).json()["error"]["message"]


def test_places_need_a_permission_of_their_own(granted_cloud: Cloud) -> None:
    answer = granted_cloud.get("/places/microsoft.graph.roomlist")
    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "UnknownError")
    assert "invalid_permissions" in answer.json()["error"]["message"]
    granted_cloud.alter("--entra-role", "Place.Read.All")
    token = granted_cloud.token()
    lists = granted_cloud.get("/places/microsoft.graph.roomlist", token).json()["value"]
    assert [one["emailAddress"] for one in lists] == ["trees@contoso.com"]
    rooms = granted_cloud.get("/places/trees@contoso.com/microsoft.graph.roomlist/rooms", token).json()
    assert [one["emailAddress"] for one in rooms["value"]] == ["aspen@contoso.com", "birch@contoso.com"]
    first = granted_cloud.get("/places/microsoft.graph.room?$top=1", token).json()
    assert (len(first["value"]), "@odata.nextLink" in first) == (1, True)


def test_a_batch_has_an_answer_for_each_part_in_another_order(granted_cloud: Cloud) -> None:
    answer = granted_cloud.batch(*(view("aspen") for _ in range(20))).json()["responses"]
    assert [one["id"] for one in answer] == [str(n) for n in reversed(range(20))]
    assert {one["status"] for one in answer} == {200}


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        pytest.param([{"id": str(n), "method": "GET", "url": view("aspen")} for n in range(21)], "exceeds the maximum value of 20", id="too many"),
        pytest.param([], "exceeds", id="none"),
        pytest.param([{"id": "a", "method": "GET", "url": "/x"}, {"id": "A", "method": "GET", "url": "/y"}], "not unique", id="the same identifier"),
        pytest.param([{"id": "a", "method": "GET", "url": "https://graph.microsoft.com/v1.0/x"}], "Invalid request URL", id="absolute"),
        pytest.param([{"id": "a", "method": "GET", "url": "/x", "dependsOn": ["b"]}], "does not know the key dependsOn", id="unknown"),
        pytest.param([{"method": "GET", "url": "/x"}], "Invalid batch payload", id="no identifier"),
        pytest.param("x", "Invalid batch payload", id="no list"),
    ],
)  # fmt: skip
def test_a_batch_that_is_not_one_is_refused_whole(cloud: Cloud, parts: Any, said: str) -> None:
    headers = {"Authorization": f"Bearer {cloud.token()}"}
    answer = requests.post(f"{cloud.root}/v1.0/$batch", json={"requests": parts}, headers=headers, verify=cloud.ca, timeout=PATIENCE)
    assert (answer.status_code, said in answer.json()["error"]["message"]) == (400, True)


def test_four_parts_are_in_work_at_a_time(granted_cloud: Cloud) -> None:
    token = granted_cloud.token()
    granted_cloud.tell(graph={"partDelayMs": 100})
    start = time.monotonic()
    granted_cloud.batch(*(view(f"r{n}") for n in range(9)), token=token)
    assert time.monotonic() - start >= 0.3


def test_one_application_may_ask_one_mailbox_for_so_much_only(granted_cloud: Cloud) -> None:
    # No other test reads this calendar, and the count outlives a test.
    granted_cloud.alter("--entra-role", "Calendars.Read")
    token = granted_cloud.token()
    granted_cloud.tell(graph={"mailboxLimit": 2})
    for _ in range(2):
        assert granted_cloud.get(view("reception"), token).status_code == 200
    answer = granted_cloud.get(view("reception"), token)
    assert (answer.status_code, answer.json()["error"]["code"]) == (429, "ApplicationThrottled")
    assert 0 < int(answer.headers["Retry-After"]) <= 600


def test_a_throttled_part_says_how_long_to_wait(granted_cloud: Cloud) -> None:
    token = granted_cloud.token()
    granted_cloud.tell(graph={"throttle": {"every": 2, "retryAfter": 7}})
    answer = granted_cloud.batch(view("aspen"), view("birch"), token=token).json()["responses"]
    found = {one["id"]: (one["status"], one["headers"].get("Retry-After")) for one in answer}
    assert found == {"0": (200, None), "1": (429, "7")}


def test_a_mailbox_may_be_troubled_for_a_while(granted_cloud: Cloud) -> None:
    token = granted_cloud.token()
    trouble = {"status": 503, "code": "ServiceUnavailable", "retryAfter": 1, "times": 1}
    granted_cloud.tell(graph={"mailboxes": {"aspen@contoso.com": trouble}})
    assert granted_cloud.calendars("aspen", "birch", token=token) == {"aspen": (503, "ServiceUnavailable"), "birch": GOOD}
    assert granted_cloud.calendars("aspen", token=token) == {"aspen": GOOD}


@pytest.mark.parametrize(
    ("faults", "found"),
    [
        ({"lostPart": 0}, ["1", "0"]),
        ({"doubledPart": 0}, ["2", "1", "0", "2"]),
        ({"strangePart": True}, ["2", "1", "0", "nobody-asked"]),
    ],
)
def test_parts_get_lost_and_doubled(granted_cloud: Cloud, faults: dict[str, Any], found: list[str]) -> None:
    token = granted_cloud.token()
    granted_cloud.tell(graph=faults)
    answer = granted_cloud.batch(view("aspen"), view("birch"), view("ceo"), token=token)
    assert [one["id"] for one in answer.json()["responses"]] == found


def test_answers_get_swapped(granted_cloud: Cloud) -> None:
    token = granted_cloud.token()
    granted_cloud.tell(graph={"swappedParts": True})
    assert granted_cloud.calendars("aspen", "ceo", token=token) == {"aspen": DENIED, "ceo": GOOD}


def test_a_server_that_lies_opens_everything(cloud: Cloud) -> None:
    token = cloud.token()
    cloud.tell(graph={"allowAll": True})
    assert cloud.calendars("ceo", token=token) == {"ceo": GOOD}


def test_graph_misbehaves_whole(granted_cloud: Cloud) -> None:
    token = granted_cloud.token()
    granted_cloud.tell(graph={"status": 429, "retryAfter": 3})
    answer = granted_cloud.batch(view("aspen"), token=token)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "3")
    granted_cloud.tell(graph={"html": True})
    assert "<html>" in granted_cloud.batch(view("aspen"), token=token).text
    granted_cloud.tell(graph={"cut": {"every": 1}})
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        granted_cloud.batch(view("aspen"), token=token)


def test_the_log_has_a_line_for_the_batch_and_one_for_each_part(granted_cloud: Cloud) -> None:
    granted_cloud.calendars("aspen", "ceo", token=granted_cloud.token())
    lines = [one for one in granted_cloud.lines() if one["operation"] not in {"metadata", "token"}]
    assert lines == [
        {"operation": "$batch", "user": CLIENT, "status": 200, "code": "NoError", "parts": 2, "agent": AGENT},
        {"operation": "calendarView", "user": CLIENT, "status": 200, "code": "NoError", "mailbox": "aspen@contoso.com"},
        {"operation": "calendarView", "user": CLIENT, "status": 403, "code": "ErrorAccessDenied", "mailbox": "ceo@contoso.com"},
    ]


def test_a_twin_reaches_the_same_mailboxes(cloud: Cloud, bundle_online: Path) -> None:
    twin = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    cloud.alter("--client-id", twin, "--secret-env", "LAB_SECRET")
    done = cloud.command("seed", str(bundle_online), str(cloud.folder), "--twin", twin)
    assert "6 changes" in done.stdout, done.stderr
    token = cloud.token(client_id=twin)
    assert cloud.calendars("aspen", "ceo", token=token) == {"aspen": GOOD, "ceo": DENIED}


def test_a_bundle_for_a_server_is_not_seeded_in_a_tenant(cloud: Cloud, bundle: Path) -> None:
    done = cloud.command("seed", str(bundle), str(cloud.folder))
    assert done.returncode == 2
    assert "the lab plays exchange-online" in done.stderr


def test_an_assignment_that_is_switched_off_opens_nothing(granted_cloud: Cloud) -> None:
    path = granted_cloud.folder / "changes.jsonl"
    path.write_text(path.read_text("utf-8").replace('"enabled":true', '"enabled":false'), "utf-8")
    (granted_cloud.folder / "state.json").touch()
    assert granted_cloud.calendars("aspen") == {"aspen": DENIED}


def test_a_policy_for_another_application_does_not_count(granted_cloud: Cloud) -> None:
    granted_cloud.alter("--entra-role", "Calendars.Read")
    granted_cloud.alter("--client-id", "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", "--access-policy", "DenyAccess=ceo@contoso.com")
    assert granted_cloud.calendars("ceo") == {"ceo": GOOD}


def test_five_requests_for_one_mailbox_are_one_too_many(granted_cloud: Cloud) -> None:
    token = granted_cloud.token()
    granted_cloud.tell(graph={"partDelayMs": 1000})
    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: granted_cloud.get(view("aspen"), token), range(5)))
    assert sorted(one.status_code for one in answers) == [200, 200, 200, 200, 429]
    refused = next(one for one in answers if one.status_code == 429)
    assert refused.json()["error"]["message"] == "Application is over its MailboxConcurrency limit."
    assert refused.headers["Retry-After"] == "1"


def test_a_token_that_was_good_is_refused_when_its_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens()
    text = tokens.signed({**lifetime(100), "aud": "https://graph.microsoft.com", "appid": "a", "tid": "t"})
    assert tokens.claims(f"Bearer {text}", GRAPH)["appid"] == "a"
    monkeypatch.setattr("lab.entra.tokens.time.time", lambda: 9_000_000_000.0)
    with pytest.raises(TokenError, match="expired"):
        tokens.claims(f"Bearer {text}", GRAPH)
