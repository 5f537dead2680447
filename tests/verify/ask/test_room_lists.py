"""What a server shows of its room lists, read strictly."""

from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner, Result

from roomscope.verify.cli import verify

ROOMS = ["room1@contoso.com", "room2@contoso.com", "room3@contoso.com"]
M = '<m:{0}Response ResponseClass="{1}"><m:ResponseCode>{2}</m:ResponseCode>{3}</m:{0}Response>'

Speak = Callable[..., Result]


def entry(tag: str, address: str) -> str:
    return f"<t:{tag}><t:Name>x</t:Name><t:EmailAddress>{address}</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:{tag}>"


LISTS = M.format("GetRoomLists", "Success", "NoError", f"<m:RoomLists>{entry('Address', 'Rooms@contoso.com')}</m:RoomLists>")


def rooms(*addresses: str) -> str:
    inside = "".join(f"<t:Room>{entry('Id', address)}</t:Room>" for address in addresses)
    return M.format("GetRooms", "Success", "NoError", f"<m:Rooms>{inside}</m:Rooms>")


@pytest.fixture
def known(password: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ROOM_PASSWORD", password)


@pytest.fixture
def places(maker: Any, server: Any, says: Any, reply: Any, known: None) -> Callable[..., str]:
    """The line about the one list, where the server says this."""
    folder, usual = maker.write(), says.exchange(set(ROOMS), {"ceo@contoso.com", "svc@contoso.com"})
    envelope = says.items().body.partition("<m:FindItemResponse>")[0] + "{}</s:Body></s:Envelope>"

    def run(lists: str, shown: str) -> str:
        def answer(call: Any) -> Any:
            for name, body in (("GetRoomLists", lists), ("GetRooms", shown)):
                if f"m:{name}" in call.body:
                    return reply(body=envelope.format(body))
            return usual(call)

        server.answer = answer
        words = ("--endpoint", server.endpoint, "--ca", str(server.ca), "--auth", "basic", "--password-env", "ROOM_PASSWORD", "--room-lists")
        result = CliRunner().invoke(verify, [str(folder), *words])
        assert (result.exit_code, "KEPT" in result.stdout) == (0, True), result.output
        (line,) = (line for line in result.stdout.splitlines() if line.startswith("Places: "))
        return line.removeprefix("Places: rooms@contoso.com: ")

    return run


@pytest.mark.parametrize(
    ("lists", "shown", "said"),
    [
        (LISTS, rooms(*ROOMS), "exactly the rooms of the bundle"),
        (LISTS, rooms("Room1@contoso.com", "room2@contoso.com"), "missing: room3@contoso.com"),
        (LISTS, rooms(*ROOMS, "other@contoso.com"), "more than the bundle: other@contoso.com"),
        (LISTS.replace("Rooms@", "Others@"), rooms(*ROOMS), "not read: it is not among the room lists that the server shows to the account"),
        (LISTS, M.format("GetRooms", "Error", "ErrorNameResolutionNoResults", ""), "not read: ErrorNameResolutionNoResults"),
        (M.format("GetRoomLists", "Error", "ErrorAccessDenied", ""), rooms(*ROOMS), "not read: ErrorAccessDenied"),
        (LISTS, LISTS, "not read: not exactly one answer: not one answer to GetRooms"),
        (LISTS, rooms(*ROOMS) * 2, "not read: not exactly one answer: 2 answers in the body"),
        (LISTS, rooms(""), "not read: not exactly one answer: a room or a list without exactly one address"),
        (LISTS, M.format("GetRooms", "Success", "ErrorAccessDenied", "<m:Rooms/>"), "not read: not exactly one answer: Success with the code ErrorAccessDenied"),
        (LISTS, M.format("GetRooms", "Success", "NoError", ""), "not read: not exactly one answer: Success with the code NoError"),
    ],
)
def test_what_lists_show_is_said_and_is_no_part_of_the_verdict(places: Callable[..., str], lists: str, shown: str, said: str) -> None:
    assert places(lists, shown) == said
