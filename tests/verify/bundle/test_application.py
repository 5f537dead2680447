"""The plan of a bundle for Exchange Online, and the places that follow from its cloud."""

import json
from pathlib import Path
from typing import Any

import pytest

from roomscope.verify.bundle.bundle import open_bundle
from roomscope.verify.bundle.manifest import Access, Application, Cloud
from roomscope.verify.common.errors import BundleError, EndpointError
from roomscope.verify.sign_in.places import Given, settle

PLAN: dict[str, Any] = {
    "tenant_id": "8f1c9a3e-6c1d-4a55-9f0e-2b7d5e0c4a11", "client_id": "2c9d7f04-51aa-4b0e-8a57-f2f1b8d6a3c2",
    "object_id": "b7a1e2d3-9c44-4f6b-8e15-0a9b8c7d6e5f", "display_name": "contoso-rooms", "cloud": "worldwide",
    "access": "calendars-read", "allowed_entra_permissions": ["Place.Read.All"], "owner": None,
}


def write(maker: Any, **values: Any) -> Path:
    maker.plan |= {"product": "exchange-online", "account": None, "endpoint": None, "application": {**PLAN, **values}}
    folder: Path = maker.write()
    return folder


def test_a_plan_online_is_read(maker: Any) -> None:
    plan = open_bundle(write(maker)).manifest.plan
    assert plan.account is None
    assert plan.application == Application.model_validate_json(json.dumps(PLAN))


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"tenant_id": PLAN["tenant_id"].upper()}, r"application\.tenant_id"),
        ({"client_id": "me"}, r"application\.client_id"),
        ({"object_id": None}, r"application\.object_id"),
        ({"cloud": "moon"}, r"application\.cloud"),
        ({"access": "mail-read"}, r"application\.access"),
        ({"owner": "me"}, r"application\.owner"),
        ({"allowed_entra_permissions": "Place.Read.All"}, "allowed_entra_permissions"),
        ({"allowed_entra_permissions": ["a b"]}, "allowed_entra_permissions"),
        ({"display_name": "a\nb"}, "display_name"),
        ({"more": 1}, "more"),
    ],
)
def test_an_application_in_any_other_form_is_refused(maker: Any, values: dict[str, Any], said: str) -> None:
    with pytest.raises(BundleError, match=said):
        open_bundle(write(maker, **values))


@pytest.mark.parametrize(
    ("plan", "said"),
    [
        ({"application": None}, "exchange-online goes with an application"),
        ({"account": {"address": "svc@contoso.com", "user": None}}, "exchange-online goes with an application"),
        ({"endpoint": "https://mail.contoso.com/EWS/Exchange.asmx"}, "endpoint and organizational_unit belong to a server"),
        ({"organizational_unit": "contoso.com/Groups"}, "endpoint and organizational_unit belong to a server"),
    ],
)
def test_what_belongs_to_a_server_is_refused_online(maker: Any, plan: dict[str, Any], said: str) -> None:
    write(maker)
    maker.plan |= plan
    with pytest.raises(BundleError, match=said):
        open_bundle(maker.write())


@pytest.mark.parametrize(
    ("cloud", "authority", "graph", "ews"),
    [
        (Cloud.WORLDWIDE, "https://login.microsoftonline.com", "https://graph.microsoft.com", "https://outlook.office365.com"),
        (Cloud.GCC_HIGH, "https://login.microsoftonline.us", "https://graph.microsoft.us", "https://outlook.office365.us"),
        (Cloud.DOD, "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", "https://outlook-dod.office365.us"),
        (Cloud.CHINA, "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn", "https://partner.outlook.cn"),
    ],
)
def test_every_cloud_has_its_own_places(cloud: Cloud, authority: str, graph: str, ews: str) -> None:
    for access, resource in ((Access.READ, graph), (Access.READ_WRITE, graph), (Access.EWS, ews)):
        places = settle(Application(**{**PLAN, "allowed_entra_permissions": (), "cloud": cloud, "access": access}), Given())
        assert (places.authority, places.resource, places.lab) == (authority, resource, False)
        assert places.endpoint == f"{resource}/EWS/Exchange.asmx"


@pytest.mark.parametrize(
    "place",
    ["http://localhost:1", "https://localhost.evil.example", "https://evil.example", "https://user@localhost:1", "https://localhost:1/path",
     "https://localhost:1?x", "https://localhost:0", "https://LOCALHOST.example", "https://127.0.0.2", "localhost", ""],
)
def test_only_this_machine_can_be_a_lab(place: str) -> None:
    application = Application(**{**PLAN, "allowed_entra_permissions": ()})
    assert settle(application, Given("https://localhost:1", "https://127.0.0.1:2")).lab
    for given in (Given(place, "https://localhost:1"), Given("https://localhost:1", place)):
        with pytest.raises(EndpointError):
            settle(application, given)
