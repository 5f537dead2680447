"""The inventory: what people really export is read, and what is no room is refused with its row."""

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roomscope.generator.common.errors import ConfigError, InventoryError
from roomscope.generator.common.text import UNSEEN
from roomscope.generator.intent import config, document
from roomscope.generator.intent.inventory import Inventory, Room, check_together, read

HEADER = "PrimarySmtpAddress"
SAMPLES = Path(__file__).parents[3] / "samples"

Reader = Callable[..., Inventory]
Faults = Callable[..., list[str]]


def settings_of(**keys: Any) -> config.RoomsConfig:
    """The [rooms] table with some keys set."""
    given_keys = {key.replace("_", "-"): value for key, value in keys.items()}
    return config.RoomsConfig.model_validate({"file": "rooms.csv", "domains": ["contoso.com"], **given_keys})


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Reads an inventory given as text or bytes."""
    path = tmp_path / "rooms.csv"

    def made(content: str | bytes, **keys: Any) -> Inventory:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read(path, settings_of(**keys))

    return made


@pytest.fixture
def faults(reader: Reader) -> Faults:
    """The faults that are named for an inventory, without the heading."""

    def named(content: str | bytes, **keys: Any) -> list[str]:
        with pytest.raises(InventoryError) as refused:
            reader(content, **keys)
        assert refused.value.exit_code == 2
        heading, *lines = refused.value.message.splitlines()
        assert "rooms.csv" in heading
        return [line.strip() for line in lines] or [heading]

    return named


def addresses(inventory: Inventory) -> list[str]:
    return [room.address for room in inventory.rooms]


def test_one_room_needs_nothing_but_its_address(reader: Reader) -> None:
    inventory = reader(f"{HEADER}\nBoard.Room@Contoso.com\n")
    assert inventory.rooms == (Room("board.room@contoso.com", "", "", 2),)
    assert inventory.notes == ()


def test_rooms_keep_their_order_name_group_and_row(reader: Reader) -> None:
    inventory = reader(
        "Building,City,DisplayName,PrimarySmtpAddress\nB,Köln,Zimmer 2,z@contoso.com\nA,Bonn,,a@contoso.com\n",
        list_column="Building",
    )
    assert inventory.rooms == (
        Room("z@contoso.com", "Zimmer 2", "B", 2),
        Room("a@contoso.com", "", "A", 3),
    )


@pytest.mark.parametrize(
    ("content", "note"),
    [
        pytest.param("Name,Mail\nGröße,a@contoso.com\n".encode(), "", id="UTF-8"),
        pytest.param("Name,Mail\nGröße,a@contoso.com\n".encode("utf-8-sig"), "", id="UTF-8 with mark"),
        pytest.param("Name,Mail\nGröße,a@contoso.com\n".encode("utf-16"), "", id="UTF-16 with mark"),
        pytest.param(b"\xfe\xff" + "Name,Mail\r\nGröße,a@contoso.com".encode("utf-16-be"), "", id="UTF-16 the other way round"),
        pytest.param(
            "Name,Mail\r\nGröße,a@contoso.com\r\n".encode("cp1252"),
            "rooms.csv is neither UTF-8 nor UTF-16 and was read as Windows-1252.",
            id="Windows-1252",
        ),
        pytest.param("Name;Mail\r\nGröße;a@contoso.com\r\n".encode(), "rooms.csv is separated by semicolon.", id="semicolon"),
        pytest.param("Name\tMail\r\nGröße\ta@contoso.com\r\n".encode("utf-16"), "rooms.csv is separated by tab.", id="Excel's Unicode text"),
        pytest.param("sep=;\r\nName;Mail\r\nGröße;a@contoso.com\r\n".encode(), "rooms.csv is separated by semicolon.", id="Excel's sep line"),
        pytest.param(
            '#TYPE Selected.Microsoft.Exchange.Data\r\n"Name","Mail"\r\n"Größe","a@contoso.com"\r\n'.encode(), "", id="Export-Csv of 5.1"
        ),
        pytest.param(
            "#TYPE Deserialized.Mailbox\r\nName;Mail\r\nGröße;a@contoso.com\r\n".encode(),
            "rooms.csv is separated by semicolon.",
            id="Export-Csv with a delimiter",
        ),
        pytest.param("Name,Mail\rGröße,a@contoso.com\r".encode(), "", id="line ends of old Macs"),
        pytest.param("\n\nName,Mail\n\n\nGröße,a@contoso.com\n,\n,,,\n\n".encode(), "", id="blank lines"),
        pytest.param("Name,Mail,,\nGröße,a@contoso.com,,\n".encode(), "", id="trailing delimiters"),
        pytest.param('"No,te",Name,Mail\n"x;y;z",Größe,a@contoso.com\n'.encode(), "", id="delimiters in quotation marks"),
        pytest.param(' Name , "Mail"\nGröße, a@contoso.com \n'.replace(', "Mail"', ",Mail").encode(), "", id="blanks around values"),
        pytest.param('Note,Name,Mail\n"two\r\nlines; ""so""",Größe,a@contoso.com\n'.encode(), "", id="a line break in a cell"),
        pytest.param('Name,Mail,Note\n"\nGröße\u00a0\n",a@contoso.com\n'.encode(), "", id="line breaks around a name"),
        pytest.param("Name,Mail\nGröße,\u00a0a@contoso.com\u2003\n".encode(), "", id="wide blanks around an address"),
    ],
)
def test_what_people_really_export_is_read_and_guesses_are_announced(reader: Reader, content: bytes, note: str) -> None:
    inventory = reader(content)
    assert [(room.address, room.display_name) for room in inventory.rooms] == [("a@contoso.com", "Größe")]
    assert inventory.notes == ((note,) if note else ())


@pytest.mark.parametrize(
    "header",
    [
        "PrimarySmtpAddress",
        "Primary SMTP address",
        "primary_smtp_address",
        "SmtpAddress",
        "ResourceAccounts",
        "Resource Accounts",
        "EmailAddress",
        "Email address",
        "E-Mail",
        "E-Mail-Adresse",
        "Primäre SMTP-Adresse",
        "mail",
        "Room email",
        "WindowsEmailAddress",
    ],
)
def test_a_usual_header_needs_no_setting(reader: Reader, header: str) -> None:
    assert addresses(reader(f"Id,{header}\n1,a@contoso.com\n")) == ["a@contoso.com"]


def test_of_several_usual_headers_the_primary_address_is_taken(reader: Reader) -> None:
    inventory = reader("Mail,PrimarySmtpAddress,WindowsEmailAddress\nx@y,a@contoso.com,z@y\n")
    assert addresses(inventory) == ["a@contoso.com"]


def test_a_set_column_is_taken_exactly_or_without_regard_to_case_and_signs(reader: Reader) -> None:
    content = "Mail,raum adresse,Raum-Adresse\nx@y,b@contoso.com,a@contoso.com\n"
    assert addresses(reader(content, column="Raum-Adresse")) == ["a@contoso.com"]
    assert addresses(reader(content, column="RaumAdresse")) == ["b@contoso.com"]


NO_ADDRESS = "is not an address; give the primary SMTP address"


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param("boardroom", NO_ADDRESS, id="a name"),
        pytest.param("a@contoso.com;b@contoso.com", NO_ADDRESS, id="two addresses"),
        pytest.param("SMTP:a@contoso.com", NO_ADDRESS, id="a proxy address"),
        pytest.param("Room A <a@contoso.com>", NO_ADDRESS, id="a name and an address"),
        pytest.param("a@contoso", "what follows the @ is no domain", id="half a domain"),
        pytest.param("*@contoso.com", "holds a wildcard", id="a wildcard"),
        pytest.param("a@fabrikam.com", "is not in contoso.com; remove it, or add its domain to rooms.domains", id="another domain"),
        pytest.param("a@sub.contoso.com", "is not in contoso.com", id="a domain below"),
        pytest.param("büro@contoso.com", "holds U+00FC LATIN SMALL LETTER U WITH DIAERESIS at character 2, which is not ASCII; type the plain letter", id="an umlaut"),
        pytest.param("\u0430@contoso.com", "holds U+0430 CYRILLIC SMALL LETTER A at character 1, which is not ASCII; type the plain letter, or give the ASCII form", id="a Cyrillic letter"),
        pytest.param("=a@contoso.com", "begins with =, which a spreadsheet would take for a formula", id="a formula"),
        pytest.param("+a@contoso.com", "begins with +", id="a formula with plus"),
        pytest.param("-a@contoso.com", "begins with -", id="a formula with minus"),
        pytest.param("@a", "begins with @", id="a formula with at"),
        pytest.param("a\x1b[2J@contoso.com", "holds U+001B ESCAPE at character 2; remove it", id="a terminal sequence"),
        pytest.param("a\u200b@contoso.com", "holds U+200B ZERO WIDTH SPACE at character 2", id="a zero width space"),
        pytest.param("a\u202e@contoso.com", "holds U+202E RIGHT-TO-LEFT OVERRIDE", id="a right-to-left override"),
        pytest.param("a\tb@contoso.com", "holds U+0009 TAB", id="a tab"),
        pytest.param('"a\nb@contoso.com"', "holds U+000A LINE FEED", id="a line break"),
        pytest.param("a\x85b@contoso.com", "holds U+0085 NEXT LINE", id="U+0085"),
        pytest.param("a\u2028b@contoso.com", "holds U+2028 LINE SEPARATOR", id="U+2028"),
        pytest.param("a|b@contoso.com", "holds |, which no address of a mailbox holds", id="a bar"),
        pytest.param("a`b@contoso.com", "holds `, which no address of a mailbox holds", id="a backtick"),
        pytest.param("a" * 65 + "@contoso.com", NO_ADDRESS, id="65 letters"),
        pytest.param("x" * 5000, NO_ADDRESS, id="a long cell"),
    ],
)
def test_what_is_no_room_is_refused_with_row_column_and_value(faults: Faults, cell: str, reason: str) -> None:
    (fault,) = faults(f"Id,{HEADER},Name\n1,ok@contoso.com,OK\n2,{cell},X\n")
    assert fault.startswith("row 3, PrimarySmtpAddress: '")
    assert reason in fault
    assert fault.isprintable()
    assert len(fault) < 250


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        pytest.param("=HYPERLINK(1)", "begins with =, which a spreadsheet would take for a formula; write it without", id="formula"),
        pytest.param(" +1", "begins with +", id="formula behind a blank"),
        pytest.param("\uff1dA1", "begins with \uff1d", id="formula in wide letters"),
        pytest.param("\u200d=1", "begins with =", id="formula behind what is not shown"),
        pytest.param("\ufe0f +1", "begins with +", id="formula behind what is not shown and a blank"),
        pytest.param("a\x07b", "holds U+0007", id="bell"),
        pytest.param("a\u2066b", "holds U+2066 LEFT-TO-RIGHT ISOLATE", id="isolate"),
        pytest.param("x" * 257, "has 257 characters; at most 256 are possible", id="257 characters"),
    ],
)
def test_a_display_name_that_would_do_harm_is_refused(faults: Faults, cell: str, reason: str) -> None:
    (fault,) = faults(f"Name,{HEADER}\n{cell},a@contoso.com\n")
    assert fault.startswith("row 2, Name: '")
    assert reason in fault


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        pytest.param("O'Brien & Söhne", "O'Brien & Söhne", id="apostrophe, ampersand, umlaut"),
        pytest.param("L\u2019Atelier", "L\u2019Atelier", id="typographic apostrophe"),
        pytest.param("$(x) `y` ; | #> {{ z }} '@", "$(x) `y` ; | #> {{ z }} '@", id="what looks like code"),
        pytest.param('"Saal ""Nord"", links"', 'Saal "Nord", links', id="quotation marks"),
        pytest.param('"two\r\nlines"', "two lines", id="a line break"),
        pytest.param("a \u00a0 b", "a b", id="several blanks"),
        pytest.param("\u2615\ufe0f Bar", "\u2615 Bar", id="an emoji with its selector"),
        pytest.param("x" * 256, "x" * 256, id="256 characters"),
    ],
)
def test_a_display_name_is_kept_as_it_is_seen(reader: Reader, cell: str, expected: str) -> None:
    (room,) = reader(f"Name,{HEADER}\n{cell},a@contoso.com\n").rooms
    assert room.display_name == expected


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        pytest.param("", "is empty; say which list the room belongs to", id="empty"),
        pytest.param('" \n"', "is empty; say which list the room belongs to", id="blank"),
        pytest.param("=A1", "begins with =", id="formula"),
        pytest.param("a*", "holds *, which Exchange takes for any name", id="star"),
        pytest.param("x" * 65, "has 65 characters; at most 64 are possible", id="65 characters"),
        pytest.param("a\u200bb", "holds U+200B", id="zero width space"),
        pytest.param("O\u2019Brien", "holds U+2019, which a filter could take for its own quotation mark; use the plain", id="a quote"),
    ],
)
def test_a_list_column_that_names_no_list_is_refused(faults: Faults, cell: str, reason: str) -> None:
    (fault,) = faults(f"Building,{HEADER}\n{cell},a@contoso.com\n", list_column="Building")
    assert fault.startswith("row 2, Building: '")
    assert reason in fault


def test_spellings_of_one_group_become_the_first_one_and_that_is_announced_once(reader: Reader) -> None:
    rows = "Gebäude,a@contoso.com\nGEBÄUDE,b@contoso.com\nGEBÄUDE,c@contoso.com\nGeba\u0308ude,d@contoso.com\n"
    inventory = reader(f"Building,{HEADER}\n{rows}", list_column="Building")
    assert {room.group for room in inventory.rooms} == {"Gebäude"}
    assert inventory.notes == (
        "Row 3 writes 'GEBÄUDE'; that was taken for 'Gebäude' everywhere.",
        "Row 5 writes 'Geba\u0308ude'; that was taken for 'Gebäude' everywhere.",
    )


def test_a_room_named_twice_is_refused_without_regard_to_case(faults: Faults) -> None:
    assert faults(f"{HEADER}\na@contoso.com\nb@contoso.com\nA@Contoso.com\na@contoso.com\n") == [
        "row 4, PrimarySmtpAddress: 'a@contoso.com' is already in row 2. Remove one.",
        "row 5, PrimarySmtpAddress: 'a@contoso.com' is already in row 2. Remove one.",
    ]


def test_several_faults_are_named_together_in_order_with_the_rows_of_a_spreadsheet(faults: Faults) -> None:
    content = f'Name,{HEADER},B\n"a\nb",a@contoso.com,X\n\n=1,x,\n,A@contoso.com,Y\nc,c@b.com,"Z'
    found = faults(content, list_column="B")
    assert [fault.split(":")[0] for fault in found[:-1]] == [
        "row 4, PrimarySmtpAddress",
        "row 4, Name",
        "row 4, B",
        "row 5, PrimarySmtpAddress",
    ]
    assert "row 6 cannot be read: a quotation mark opens there and is never closed." in found[-1]


def test_a_thousand_faults_are_counted_and_not_all_shown(faults: Faults) -> None:
    *shown, last = faults(HEADER + "\nx" * 1000)
    assert (len(shown), last) == (50, "… and 950 more.")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("", "is empty. Give a header line and a row for each room.", id="an empty file"),
        pytest.param("\n\n ,\n", "is empty. Give a header line", id="blank lines only"),
        pytest.param(f"{HEADER}\n\n,,\n", "has a header but no rooms. Give a row for each room.", id="a header only"),
        pytest.param("a@contoso.com\nb@contoso.com\n", "its first row is a room. Put a header such as", id="no header"),
        pytest.param("A,B\n1,2\n", "no column has a usual name such as PrimarySmtpAddress; there are 'A', 'B'.", id="odd headers"),
        pytest.param("Mail,Mail\na,b\n", "the column 'Mail' is there 2 times. Rename all but one.", id="a header twice"),
        pytest.param(b"Mail\na\0@contoso.com\n", "holds NUL bytes. Save it as CSV in UTF-8.", id="NUL"),
        pytest.param("Mail\na@contoso.com\n".encode("utf-16-le"), "holds NUL bytes. Save it as CSV", id="UTF-16 without mark"),
        pytest.param(b"Mail\n\x81\n", "is neither UTF-8 nor Windows-1252, but broken. Save it as", id="no known encoding"),
        pytest.param(b"\xef\xbb\xbfMail\n\xff\n", "is utf-8-sig, but broken. Save it", id="broken UTF-8"),
        pytest.param(b"\xff\xfea", "is utf-16, but broken. Save it as CSV in UTF-8.", id="half a UTF-16"),
        pytest.param('Mail\n"a" b\n', "row 2 cannot be read: the text after a closing quotation mark", id="text after a quote"),
        pytest.param('Mail\n"' + "x" * 140_000, "row 2 cannot be read: a cell has more than 131072 characters", id="a huge cell"),
        pytest.param('Mail\n"a@contoso.com\n', "row 2 cannot be read: a quotation mark opens there and is never", id="open quote"),
        pytest.param("Mail,A\na@contoso.com,Saal 1, links\n", "row 2 has 3 cells, the header 2. Put a cell that holds", id="a bare comma"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(faults: Faults, content: str | bytes, expected: str) -> None:
    assert expected in "\n".join(faults(content))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        pytest.param({"column": "Mial"}, "rooms.column is 'Mial', which is not there. Did you mean 'Mail'?", id="near"),
        pytest.param({"column": "X"}, "rooms.column is 'X', which is not there. There are 'Mail', 'Name'.", id="far"),
        pytest.param({"list_column": "X"}, "rooms.list-column is 'X', which is not there. There are", id="list column"),
        pytest.param({"equipment": True}, "rooms.equipment needs a column RecipientTypeDetails", id="equipment"),
    ],
)
def test_a_column_that_is_not_there_is_refused(faults: Faults, keys: dict[str, Any], expected: str) -> None:
    (fault,) = faults("Mail,Name\na@contoso.com,A\n", **keys)
    assert fault.startswith(expected)


def test_all_missing_columns_are_named_at_once(faults: Faults) -> None:
    assert len(faults("A,B\n1,2\n", column="C", list_column="D", equipment=True)) == 3


def test_a_mailbox_that_is_no_room_is_refused_where_the_export_says_so(faults: Faults) -> None:
    rows = "a@contoso.com,RoomMailbox\nb@contoso.com,UserMailbox\nc@contoso.com,EquipmentMailbox\nd@contoso.com,\n"
    assert faults(f"Mail,RecipientTypeDetails\n{rows}") == [
        "row 3, RecipientTypeDetails: 'UserMailbox' is no room; only RoomMailbox can be in a room list.",
        "row 4, RecipientTypeDetails: 'EquipmentMailbox' is no room; remove it, or set rooms.equipment = true.",
    ]


def test_equipment_is_taken_where_it_is_asked_for(reader: Reader) -> None:
    rows = "a@contoso.com,RoomMailbox\nb@contoso.com,EquipmentMailbox\n"
    inventory = reader(f"Mail,RecipientTypeDetails\n{rows}", equipment=True)
    assert [room.equipment for room in inventory.rooms] == [False, True]


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InventoryError, match=r"absent\.csv cannot be read: No such file or directory\."):
        read(tmp_path / "absent.csv", settings_of())


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param("[service-account]\naddress = 'a@contoso.com'", "service-account.address is 'a@contoso.com'", id="account"),
        pytest.param(
            "[service-account]\naddress = 'x@y.com'\nuser = 'B@contoso.com'", "service-account.user is 'b@contoso.com'", id="user"
        ),
        pytest.param("[verify]\ncontrols = ['x@y.com', 'B@contoso.com']", "verify.controls[1] is 'b@contoso.com'", id="control"),
        pytest.param("[room-lists]\nowner = 'a@contoso.com'", "room-lists.owner is 'a@contoso.com'", id="owner"),
        pytest.param("[room-lists]\nalias = 'B'", "room-lists.alias is 'b@contoso.com'", id="list"),
    ],
)
def test_what_must_not_be_a_room_is_held_against_the_inventory(
    reader: Reader, tmp_path: Path, named: str, expected: str
) -> None:
    text = {
        "[bundle]": "name = 'x'\nprofile = 'exchange-server'",
        "[rooms]": "file = 'rooms.csv'\ndomains = ['contoso.com']",
        "[room-lists]": "domain = 'contoso.com'",
        "[service-account]": "address = 'svc@contoso.com'",
        "[verify]": "",
    }
    table, _, line = named.partition("\n")
    text[table] = line if table == "[service-account]" else f"{text[table]}\n{line}"
    path = tmp_path / "roomscope.toml"
    path.write_text("\n".join(f"{key}\n{value}" for key, value in text.items()), encoding="utf-8")
    inventory = reader("Mail\na@contoso.com\nb@contoso.com\n")
    with pytest.raises(ConfigError) as refused:
        check_together(document.load(path), inventory)
    (fault,) = refused.value.message.splitlines()[1:]
    assert fault.strip().startswith(f"{expected}, which is the room in row")


@pytest.mark.parametrize(("name", "rooms", "groups"), [("article", 12, 1), ("campus", 200, 12)])
def test_the_samples_fit_their_configurations(name: str, rooms: int, groups: int) -> None:
    path = SAMPLES / name / "roomscope.toml"
    loaded = document.load(path)
    inventory = read(path.parent / loaded.rooms.file, loaded.rooms)
    check_together(loaded, inventory)
    assert len(inventory.rooms) == rooms
    assert len({room.group for room in inventory.rooms}) == groups


def test_a_campus_is_read(campus: bytes, tmp_path: Path) -> None:
    (tmp_path / "campus-rooms.csv").write_bytes(campus)
    inventory = read(tmp_path / "campus-rooms.csv", settings_of(list_column="Building"))
    assert len(inventory.rooms) == 518
    assert len({room.group for room in inventory.rooms}) == 57
    assert inventory.notes == ()


NAMES = st.text(
    st.one_of(st.sampled_from("',;\"\t\n \u2019=Ä"), st.characters(exclude_categories=["C", "Zl", "Zp"])), max_size=20
)


@given(
    names=st.lists(NAMES, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
def test_whatever_a_spreadsheet_writes_is_read_back_or_refused_by_row(
    tmp_path: Path, names: list[str], delimiter: str, encoding: str, quoting: Literal[0, 1]
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting)
    writer.writerows([("Name", "Mail"), *((name, f"r{index}@contoso.com") for index, name in enumerate(names))])
    path = tmp_path / "rooms.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    try:
        inventory = read(path, settings_of())
    except InventoryError as error:
        assert not names or "row " in error.message  # noqa: PT017 - either outcome is right
    else:
        assert addresses(inventory) == [f"r{index}@contoso.com" for index in range(len(names))]
        assert not any(UNSEEN.search(room.display_name) for room in inventory.rooms)


@given(st.binary(max_size=200))
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_bytes_at_all_make_it_crash(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "rooms.csv"
    path.write_bytes(b"Mail,Name\n" + data)
    try:
        assert read(path, settings_of()).rooms
    except InventoryError as error:
        assert error.message  # noqa: PT017 - either outcome is right


def test_a_hundred_thousand_rooms_are_read(reader: Reader) -> None:
    rows = "".join(f"Meeting Room {number},room.{number:06d}@contoso.com\n" for number in range(100_000))
    content = f"Name,{HEADER}\n{rows}"
    assert len(reader(content).rooms) == 100_000
