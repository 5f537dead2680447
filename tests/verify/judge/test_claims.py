"""What a token grants by itself, and how it is read before it is sent."""

import base64
import json

import pytest

from roomscope.generator.products.permissions import opens_mailboxes
from roomscope.verify.judge.answer import NoToken
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.claims import Claims, Reach, judge_roles, reach
from roomscope.verify.judge.verdict import KEPT, Judgement, Verdict
from roomscope.verify.sign_in.tokens import Granted, Tokens, Wanted, read

TENANT, CLIENT = "8f1c9a3e-6c1d-4a55-9f0e-2b7d5e0c4a11", "2c9d7f04-51aa-4b0e-8a57-f2f1b8d6a3c2"
BODY = {"aud": "https://graph.microsoft.com", "tid": TENANT, "appid": CLIENT, "exp": 2e9}


def token(**claims: object) -> str:
    body = {name: value for name, value in {**BODY, **claims}.items() if value is not None}
    return "e30." + base64.urlsafe_b64encode(json.dumps(body).encode()).decode().rstrip("=") + ".c2ln"


@pytest.mark.parametrize(
    "role",
    ["full_access_as_app", "Calendars.Read", "Calendars.ReadBasic.All", "calendars.readwrite", "Mail.Read", "Mail.ReadBasic.All",
     "Mail.Send", "MailboxItem.Read.All", "MailboxFolder.Read.All", "MailboxSettings.ReadWrite", "Contacts.Read", "Exchange.ManageAsApp",
     "RoleManagement.ReadWrite.Exchange", "RoleManagement.ReadWrite.Directory", "AppRoleAssignment.ReadWrite.All",
     "Application.ReadWrite.All", "Application.ReadWrite.OwnedBy", "Directory.ReadWrite.All", "Group.Read.All", "EWS.AccessAsUser.All",
     "IMAP.AccessAsApp", "POP.AccessAsApp", "SMTP.SendAsApp", "Tasks.Read.All", "Exchange.ManageAsAppV2", "Mail-Advanced.ReadWrite",
     "PrivilegedAccess.ReadWrite.AzureADGroup", "VirtualAppointment.Read.All", "RoleManagement.ReadWrite.All"],
)
def test_these_open_mailboxes_unless_the_bundle_allows_them(role: str) -> None:
    assert reach(role, []) is Reach.OPENS
    assert reach(role, [role.upper()]) is Reach.ALLOWED
    assert judge_roles(["Place.Read.All", role], []) == Judgement(Verdict.BROKEN, Cause.TOKEN_OPENS_MAILBOXES)


@pytest.mark.parametrize(
    "role",
    ["Calendars.Read", "Mail.Send", "Mail-Advanced.ReadWrite.All", "MailboxFolder.ReadWrite.All", "Contacts.ReadWrite", "Tasks.ReadWrite.All",
     "OnlineMeetings.ReadWrite.All", "OnlineMeetingTranscript.Read.All", "VirtualAppointment.ReadWrite.All", "Application.ReadWrite.All",
     "PrivilegedAssignmentSchedule.ReadWrite.AzureADGroup", "Exchange.ManageAsApp", "EWS.AccessAsApp", "Place.Read.All", "User.Read.All",
     "Directory.Read.All", "Organization.Read.All", "Sites.Read.All"],
)
def test_verify_and_the_script_for_entra_agree_on_what_opens_mailboxes(role: str) -> None:
    assert (reach(role, []) is Reach.OPENS) is opens_mailboxes(role)


@pytest.mark.parametrize("role", ["Place.Read.All", "User.Read.All", "Organization.Read.All", "Directory.Read.All"])
def test_these_open_none(role: str) -> None:
    assert reach(role, []) is Reach.HARMLESS
    assert judge_roles([role], []) == KEPT


@pytest.mark.parametrize("role", ["Something.New", "", "Calendars", "User.ReadWrite.All", "Place.Read.All.Calendars"])
def test_what_nobody_knows_is_neither_good_nor_broken(role: str) -> None:
    assert reach(role, []) is Reach.UNKNOWN
    assert judge_roles([role], []) == Judgement(Verdict.UNASKED, Cause.ROLE_UNKNOWN)


def test_without_permissions_the_scope_is_all_there_is() -> None:
    assert judge_roles([], []) == KEPT


def test_a_token_is_read_as_both_versions_write_it() -> None:
    expected = Claims("https://graph.microsoft.com", TENANT, CLIENT, ("A", "B"), ("w",), delegated=False, expires=2e9)
    assert read(token(roles=["A", "B"], wids=["w"])) == expected
    assert read(token(appid=None, azp=CLIENT.upper(), tid=TENANT.upper(), roles=["A", "B"], wids=["w"], idtyp="app")) == expected


@pytest.mark.parametrize(
    "text",
    ["", "opaque", "a.b", "a.b.c.d", "a.!!.c", token(aud=None), token(tid=None), token(appid=None), token(azp=TENANT), token(exp="soon"),
     token(roles="Calendars.Read"), token(roles=[1]), token(aud=["a", "b"]), "e30.W10.c2ln",
     "e30." + base64.urlsafe_b64encode(b'{"aud":"x","aud":"y","tid":"t","appid":"a","exp":1}').decode() + ".x"],
)
def test_a_token_in_any_other_form_is_not_read(text: str) -> None:
    assert read(text) is None


WANTED = Wanted(TENANT, CLIENT, frozenset({"https://graph.microsoft.com", "00000003-0000-0000-c000-000000000000"}))


@pytest.mark.parametrize(
    ("claims", "wrong"),
    [
        ({}, None),
        ({"aud": "https://graph.microsoft.com/"}, None),
        ({"aud": "00000003-0000-0000-c000-000000000000"}, None),
        ({"aud": "https://graph.microsoft.us"}, "other service"),
        ({"aud": "https://graph.microsoft.com.evil.example"}, "other service"),
        ({"tid": CLIENT}, "other tenant"),
        ({"appid": TENANT}, "other application"),
        ({"scp": "Calendars.Read"}, "other application"),
        ({"idtyp": "user"}, "other application"),
    ],
)
def test_only_the_applications_own_token_for_this_service_is_sent(claims: dict[str, object], wrong: str | None) -> None:
    got = Tokens(lambda: Granted(token(**claims), 4e9), WANTED).get()
    assert (got.code if isinstance(got, NoToken) else None) == wrong


def test_a_renewed_token_is_looked_at_too_and_every_permission_is_kept() -> None:
    given = iter([token(), token(roles=["Mail.Read"]), token(tid=CLIENT)])
    tokens = Tokens(lambda: Granted(next(given), 0), WANTED)
    assert [isinstance(tokens.get(), str) for _ in range(3)] == [True, True, False]
    assert [claims.roles for claims in tokens.claims] == [(), ("Mail.Read",)]


def test_a_token_is_used_while_it_is_good() -> None:
    given = iter([token()])
    tokens = Tokens(lambda: Granted(next(given), 4e9), WANTED)
    assert tokens.get() == tokens.get()


def test_a_token_is_not_shown() -> None:
    assert "secret" not in repr(Granted("secret", 1))
