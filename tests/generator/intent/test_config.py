"""The configuration file: what it may say, and what is said when it may not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import ValidationError

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.intent.config import ApplicationConfig, Config
from roomscope.generator.intent.document import load

SERVER = """
[bundle]
name = "contoso-rooms"
profile = "exchange-server"
[rooms]
file = "rooms.csv"
domains = ["contoso.com"]
[room-lists]
domain = "contoso.com"
[service-account]
address = "svc@contoso.com"
"""
ONLINE = SERVER.replace("exchange-server", "exchange-online").replace(
    '[service-account]\naddress = "svc@contoso.com"',
    '[application]\ntenant-id = "6f9619ff-8b86-d011-b42d-00c04fc964ff"\n'
    'client-id = "7F9619FF-8B86-D011-B42D-00C04FC964FF"\nobject-id = "8f9619ff-8b86-d011-b42d-00c04fc964ff"',
)
FULL = """
[bundle]
name = "contoso-rooms"
profile = "exchange-server"
ticket = "CHG0012345; $(x) `y` #> {{ z }} '@"
approver = "Größe & Söhne"
owner = "Rita O\u2019Hanlon"
review-by = "2027-06-30"
[rooms]
file = "data/rooms 1.csv"
domains = ["Contoso.com", "emea.contoso.com"]
column = "Raum-Adresse"
list-column = "Gebäude"
equipment = true
[room-lists]
domain = "CONTOSO.com"
size = 100
owner = "IT.Admin@Contoso.com"
name = "Rooms of O'Brien"
alias = "rooms.obrien"
organizational-unit = "contoso.com/Groups"
[names]
scope = "Scope | of ; it"
assignment = "Assignment {{ x }}"
lists-per-scope = 10
[service-account]
address = "Svc@Contoso.com"
user = 'CONTOSO\\svc-rooms'
[verify]
endpoint = "https://mail.contoso.com/EWS/Exchange.asmx"
controls = ["CEO@contoso.com"]
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Writes a configuration and gives its path."""
    path = tmp_path / "roomscope.toml"

    def written(text: str) -> Path:
        path.write_text(text, encoding="utf-8")
        return path

    return written


@pytest.fixture
def faults(write: Write) -> Callable[[str], list[str]]:
    """The faults that are named for a configuration."""

    def named(text: str) -> list[str]:
        with pytest.raises(ConfigError) as refused:
            load(write(text))
        assert refused.value.exit_code == 2
        heading, *lines = refused.value.message.splitlines()
        assert heading.endswith("roomscope.toml cannot be carried out:")
        return [line.strip() for line in lines]

    return named


def test_the_shortest_configuration_leaves_everything_else_to_the_defaults(write: Write) -> None:
    config = load(write(SERVER))
    assert config.room_lists.size == 75
    assert config.rooms.domains == ("contoso.com",)
    assert (config.rooms.column, config.rooms.list_column, config.rooms.equipment) == (None, None, False)
    assert (config.names.scope, config.names.assignment) == (None, None)
    assert (config.verify.endpoint, config.verify.controls) == (None, ())
    assert config.application is None


def test_a_full_configuration_is_read_as_it_is_with_addresses_in_lower_case(write: Write) -> None:
    config = load(write(FULL))
    assert config.bundle.ticket == "CHG0012345; $(x) `y` #> {{ z }} '@"
    assert config.bundle.owner == "Rita O\u2019Hanlon"
    assert config.rooms.domains == ("contoso.com", "emea.contoso.com")
    assert config.rooms.list_column == "Gebäude"
    assert (config.room_lists.domain, config.room_lists.owner) == ("contoso.com", "it.admin@contoso.com")
    assert (config.names.scope, config.names.assignment) == ("Scope | of ; it", "Assignment {{ x }}")
    assert config.service_account is not None
    assert (config.service_account.address, config.service_account.user) == ("svc@contoso.com", "CONTOSO\\svc-rooms")
    assert config.verify.controls == ("ceo@contoso.com",)


def test_a_configuration_for_exchange_online_is_read_too(write: Write) -> None:
    application = load(write(ONLINE)).application
    assert application == ApplicationConfig.model_validate({
        "tenant-id": "6f9619ff-8b86-d011-b42d-00c04fc964ff",
        "client-id": "7f9619ff-8b86-d011-b42d-00c04fc964ff",
        "object-id": "8f9619ff-8b86-d011-b42d-00c04fc964ff",
        "cloud": "worldwide",
        "access": "calendars-read",
    })


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"# \xc3\xbc\r\n"], ids=["byte order mark", "Windows line ends"])
def test_an_editor_of_windows_does_no_harm(tmp_path: Path, prefix: bytes) -> None:
    path = tmp_path / "roomscope.toml"
    path.write_bytes(prefix + SERVER.replace("\n", "\r\n").encode())
    assert load(path).bundle.name == "contoso-rooms"


def test_a_written_configuration_reads_the_same_again(write: Write) -> None:
    config = load(write(FULL))
    again = Config.model_validate(config.model_dump(by_alias=True))
    assert again == config


def test_a_configuration_cannot_be_changed(write: Write) -> None:
    config = load(write(SERVER))
    with pytest.raises(ValidationError, match="frozen"):
        config.bundle.name = "other"


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"absent\.toml cannot be read: No such file or directory\."):
        load(tmp_path / "absent.toml")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path)


def test_bad_toml_is_named_with_line_and_column(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"roomscope\.toml is not TOML: .*at line 2, column 6"):
        load(write("[bundle]\nname contoso"))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a = " + "[" * 100_000, id="endless nesting"),
        pytest.param("a = " + "9" * 10_000, id="an endless number"),
        pytest.param("a = 1\na = 2", id="a key given twice"),
        pytest.param("[a]\n[a]", id="a table given twice"),
    ],
)
def test_toml_that_cannot_be_read_is_an_error_and_no_crash(write: Write, text: str) -> None:
    with pytest.raises(ConfigError, match="is not TOML"):
        load(write(text))


def test_another_encoding_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "roomscope.toml"
    path.write_bytes(b'[bundle]\nname = "x"\nowner = "M\xfcller"\n')
    with pytest.raises(ConfigError, match=r"is not UTF-8, in line 3\. Save it as UTF-8"):
        load(path)


def test_a_huge_file_is_no_configuration(write: Write) -> None:
    with pytest.raises(ConfigError, match="so it is no configuration"):
        load(write("#" * 1_000_001))


def test_an_empty_file_misses_the_three_tables_that_every_bundle_needs(faults: Callable[[str], list[str]]) -> None:
    assert faults("") == ["bundle is missing.", "rooms is missing.", "room-lists is missing."]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param("[rooms]", "[roms]", ["rooms is missing.", "roms is not known. Did you mean rooms?"], id="table"),
        pytest.param("name =", "nmae =", ["bundle.name is missing.", "bundle.nmae is not known. Did you mean name?"], id="key"),
        pytest.param(
            "[rooms]",
            "[rooms]\nlist_column = 'B'",
            ["rooms.list_column is not known. Did you mean list-column?"],
            id="underscore",
        ),
        pytest.param("[rooms]", "[rooms]\nsize = 3", ["rooms.size is not known. It belongs below [room-lists]."], id="elsewhere"),
        pytest.param(
            "[rooms]",
            "[rooms]\nzzz = 3",
            ["rooms.zzz is not known. Known here: file, domains, column, list-column, equipment."],
            id="nothing near",
        ),
        pytest.param(
            "[rooms]",
            '[rooms]\n"\\u202e" = 3',
            ["rooms.'\\u202e' is not known. Known here: file, domains, column, list-column, equipment."],
            id="unseen",
        ),
    ],
)
def test_an_unknown_key_is_named_with_the_nearest_known_one(
    faults: Callable[[str], list[str]], before: str, after: str, expected: list[str]
) -> None:
    assert faults(SERVER.replace(before, after, 1)) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        pytest.param("bundle.name = 3", "bundle.name is 3, which is not a text; put it in quotes.", id="number for text"),
        pytest.param(
            "bundle.review-by = 2027-06-30",
            "bundle.review-by is 2027-06-30, which is not a text; put it in quotes.",
            id="date for text",
        ),
        pytest.param(
            "room-lists.size = '75'",
            "room-lists.size is '75', which is not a whole number; write it without quotes.",
            id="text for number",
        ),
        pytest.param(
            "room-lists.size = 7.5", "room-lists.size is 7.5, which is not a whole number; write it without quotes.", id="fraction"
        ),
        pytest.param(
            "room-lists.size = true",
            "room-lists.size is true, which is not a whole number; write it without quotes.",
            id="truth for number",
        ),
        pytest.param(
            "rooms.equipment = 'false'",
            "rooms.equipment is 'false', which is neither true nor false; write one of them without quotes.",
            id="text for truth",
        ),
        pytest.param(
            "rooms.domains = 'contoso.com'", 'rooms.domains is \'contoso.com\', which is not a list; write ["…"].', id="text for list"
        ),
        pytest.param("rooms.domains = []", "rooms.domains is []: it is empty; give at least one.", id="empty list"),
        pytest.param("rooms.domains = [4]", "rooms.domains[0] is 4, which is not a text; put it in quotes.", id="number in list"),
        pytest.param(
            "names = 'x'",
            "names is 'x', which is not a table; write [names] on a line of its own and its keys below.",
            id="text for table",
        ),
        pytest.param(
            "bundle.profile = 'exchange'",
            "bundle.profile is 'exchange'; use 'exchange-server' or 'exchange-online'.",
            id="unknown profile",
        ),
    ],
)
def test_a_wrong_type_is_named_with_the_value_and_the_right_form(
    faults: Callable[[str], list[str]], line: str, expected: str
) -> None:
    assert expected in faults(changed(line))


NO_NAME = "it is no bundle name; use small letters, digits and - (not first or last), at most 32 characters"
NO_ADDRESS = "it is not an address; give the primary SMTP address"
NO_EWS = "it is no address of EWS; it looks like https://mail.contoso.com/EWS/Exchange.asmx"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        pytest.param("bundle.name = ''", NO_NAME, id="empty bundle name"),
        pytest.param("bundle.name = 'Contoso'", NO_NAME, id="capital in bundle name"),
        pytest.param("bundle.name = '-a'", NO_NAME, id="dash first"),
        pytest.param("bundle.name = 'a-'", NO_NAME, id="dash last"),
        pytest.param("bundle.name = '../x'", NO_NAME, id="path as bundle name"),
        pytest.param(f"bundle.name = '{'a' * 33}'", NO_NAME, id="bundle name of 33"),
        pytest.param("bundle.name = 'aux'", "it is a device and no folder on Windows; choose another name", id="device"),
        pytest.param("bundle.ticket = ''", "it is empty; give a text, or leave the key out", id="empty ticket"),
        pytest.param("bundle.ticket = ' x'", "it begins or ends with a blank; remove it", id="blank first"),
        pytest.param(f"bundle.ticket = '{'x' * 121}'", "it has 121 characters; at most 120 are possible", id="long ticket"),
        pytest.param('bundle.ticket = "a\\nb"', "it holds U+000A LINE FEED at character 2; remove it", id="line break"),
        pytest.param('bundle.owner = "a\\u202eb"', "it holds U+202E RIGHT-TO-LEFT OVERRIDE at character 2; remove it", id="bidi"),
        pytest.param('bundle.owner = "a\\u0000"', "it holds U+0000 NUL at character 2; remove it", id="NUL"),
        pytest.param("rooms.file = '/etc/x'", "it is no path relative to this file; write it with /, such as data/rooms.csv", id="/"),
        pytest.param("rooms.file = 'C:x'", "it is no path relative to this file; write it with /, such as data/rooms.csv", id="C:"),
        pytest.param("rooms.file = 'a\\b'", "it is no path relative to this file; write it with /, such as data/rooms.csv", id="\\"),
        pytest.param("rooms.domains = ['contoso']", "it is no domain; it looks like contoso.com", id="one label"),
        pytest.param("rooms.domains = ['*.contoso.com']", "it is no domain; it looks like contoso.com", id="wildcard domain"),
        pytest.param("rooms.domains = ['a..com']", "it is no domain; it looks like contoso.com", id="empty label"),
        pytest.param("rooms.domains = ['10.0.0.1']", "it is no domain; it looks like contoso.com", id="number as domain"),
        pytest.param("rooms.domains = ['a.com', 'A.com']", "it names 'a.com' twice; remove one", id="domain twice"),
        pytest.param("rooms.domains = ['nö.de']", "it holds U+00F6 LATIN SMALL LETTER O WITH DIAERESIS at character 2, which is not ASCII; type the plain letter", id="umlaut in domain"),
        pytest.param("room-lists.size = 0", "it is no size of a list; give a number from 1 to 100", id="size 0"),
        pytest.param("room-lists.size = 101", "it is no size of a list; give a number from 1 to 100", id="size 101"),
        pytest.param("room-lists.owner = 'admin'", NO_ADDRESS, id="owner without @"),
        pytest.param("room-lists.owner = '@contoso.com'", NO_ADDRESS, id="owner without local part"),
        pytest.param("room-lists.owner = 'a b@contoso.com'", NO_ADDRESS, id="blank in address"),
        pytest.param("room-lists.owner = 'a..b@contoso.com'", NO_ADDRESS, id="two dots"),
        pytest.param("room-lists.owner = '\"a\"@contoso.com'", NO_ADDRESS, id="quoted local part"),
        pytest.param(f"room-lists.owner = '{'a' * 65}@contoso.com'", NO_ADDRESS, id="local part of 65"),
        pytest.param(f"room-lists.owner = 'a@{'a.' * 130}com'", NO_ADDRESS, id="long address"),
        pytest.param("room-lists.owner = '*@contoso.com'", "it holds a wildcard, which could name many mailboxes", id="wildcard"),
        pytest.param("room-lists.owner = 'a@b@contoso.com'", NO_ADDRESS, id="two @"),
        pytest.param("room-lists.name = 'a*'", "it holds *, which Exchange takes for any name; remove it", id="star in name"),
        pytest.param(f"room-lists.name = '{'x' * 65}'", "it has 65 characters; at most 64 are possible", id="name of 65"),
        pytest.param(
            f"room-lists.name = '{chr(0x1F600) * 33}'", "it has 66 characters; at most 64 are possible", id="33 emoji, as .NET counts"
        ),
        pytest.param(
            "room-lists.name = 'a\u00a0b'", "it holds U+00A0, which only looks like a blank; use a plain one", id="look-alike blank"
        ),
        pytest.param("room-lists.alias = 'a b'", "it is no alias; use ASCII letters, digits, - and _", id="blank in alias"),
        pytest.param("room-lists.alias = 'a.'", "it is no alias; use ASCII letters, digits, - and _", id="dot last"),
        pytest.param("room-lists.alias = \"a'b\"", "it is no alias; use ASCII letters, digits, - and _", id="apostrophe in alias"),
        pytest.param(f"room-lists.alias = '{'a' * 65}'", "it has 65 characters; at most 64 are possible", id="alias of 65"),
        pytest.param(f"room-lists.organizational-unit = '{'a' * 257}'", "it has 257 characters; at most 256", id="long unit"),
        pytest.param(f"names.scope = '{'x' * 65}'", "it has 65 characters; at most 64 are possible", id="scope of 65"),
        pytest.param("names.assignment = ''", "it is empty; give a text, or leave the key out", id="empty assignment"),
        pytest.param("names.lists-per-scope = 0", "it is no number of lists; give a number from 1 to 1000", id="no lists"),
        pytest.param("service-account.user = 'svc'", "it is no sign-in name; give a UPN or DOMAIN\\name", id="user alone"),
        pytest.param("service-account.user = 'A\\B\\C'", "it is no sign-in name; give a UPN or DOMAIN\\name", id="two backslashes"),
        pytest.param(f"service-account.user = 'A\\{'b' * 21}'", "it is no sign-in name; give a UPN or DOMAIN\\name", id="long"),
        pytest.param("service-account.user = 'a@b'", "it is not an address: what follows the @ is no domain", id="bad UPN"),
        pytest.param("verify.endpoint = 'http://mail.contoso.com/EWS/Exchange.asmx'", "it is not https, so passwords could", id="http"),
        pytest.param("verify.endpoint = 'mail.contoso.com'", "it is not https, so passwords could", id="host alone"),
        pytest.param("verify.endpoint = 'https://u:p@x.com/EWS/Exchange.asmx'", "it holds a user or password", id="credentials"),
        pytest.param("verify.endpoint = 'https://x.com\\@evil.com/EWS/Exchange.asmx'", "it holds a user or password", id="@ trick"),
        pytest.param("verify.endpoint = 'https:///EWS/Exchange.asmx'", NO_EWS, id="no host"),
        pytest.param("verify.endpoint = 'https://x y/EWS/Exchange.asmx'", NO_EWS, id="blank in host"),
        pytest.param("verify.endpoint = 'https://x.com/EWS/Exchange.asmx?'", NO_EWS, id="query"),
        pytest.param("verify.endpoint = 'https://x.com/EWS/Exchange.asmx#a'", NO_EWS, id="fragment"),
        pytest.param("verify.endpoint = 'https://x.com:x/EWS/Exchange.asmx'", "it is no address of a service", id="port"),
        pytest.param("verify.endpoint = 'https://[x/EWS/Exchange.asmx'", "it is no address of a service", id="bracket"),
        pytest.param("verify.endpoint = 'https://x.com/'", "it does not lead to EWS; the path is /EWS/Exchange.asmx", id="path"),
        pytest.param("verify.controls = ['a@b.com', 'A@b.com']", "it names 'a@b.com' twice; remove one", id="control twice"),
        pytest.param("verify.endpoint = ' https://x.com/EWS/Exchange.asmx'", "it does not lead to EWS; the path is", id="blank in front"),
        pytest.param("verify.endpoint = 'https://x.com:/EWS/Exchange.asmx'", NO_EWS, id="a colon without a port"),
        pytest.param("verify.endpoint = 'https://x.com:0443/EWS/Exchange.asmx'", NO_EWS, id="a port with a nought in front"),
        pytest.param(f"verify.endpoint = 'https://{'a.' * 130}com/EWS/Exchange.asmx'", NO_EWS, id="a long host"),
        pytest.param("verify.endpoint = 'javascript:alert(1)//@x.com/EWS/Exchange.asmx'", "it is not https, so passwords", id="a script"),
        pytest.param("room-lists.name = '-x'", "it begins with -, which PowerShell could take for a parameter", id="a hyphen in front"),
        pytest.param("room-lists.alias = '-x'", "it is no alias; use ASCII letters, digits, - and _", id="a hyphen in front of an alias"),
        pytest.param("room-lists.owner = '-x@contoso.com'", "it begins with -, which a command could take", id="a hyphen in front of an address"),
        pytest.param("room-lists.organizational-unit = '*'", "it holds *, which Exchange takes for any name", id="any unit"),
        pytest.param("service-account.user = 'A\\b '", "it begins or ends with a blank; remove it", id="blank behind a user"),
    ],
)
def test_an_impossible_value_is_named_with_its_reason(
    faults: Callable[[str], list[str]], line: str, reason: str
) -> None:
    (fault,) = faults(changed(line))
    assert fault.startswith(line.partition(" ")[0])
    assert f": {reason}" in fault
    assert fault.isprintable()


@pytest.mark.parametrize("quote", "\u2018\u2019\u201a\u201b")
@pytest.mark.parametrize(
    "line",
    ["names.scope = 'x{}y'", "names.assignment = '{}'", "room-lists.name = 'O{}Brien'", "room-lists.organizational-unit = 'contoso.com/O{}'",
     "service-account.user = 'CONTOSO\\o{}brien'"],
)  # fmt: skip
def test_a_typographic_quote_is_refused_wherever_a_filter_could_meet_it(faults: Callable[[str], list[str]], line: str, quote: str) -> None:
    (fault,) = faults(changed(line.format(quote)))
    assert f"U+{ord(quote):04X}, which a filter could take for its own quotation mark; use the plain apostrophe." in fault


@pytest.mark.parametrize("quote", "\u2018\u2019\u201a\u201b")
@pytest.mark.parametrize(
    "line", ["room-lists.owner = 'o{}b@contoso.com'", "service-account.address = 'o{}b@x.de'", "verify.controls = ['o{}b@x.de']"]
)
def test_no_address_holds_a_typographic_quote(faults: Callable[[str], list[str]], line: str, quote: str) -> None:
    (fault,) = faults(changed(line.format(quote)))
    assert "which is not ASCII" in fault


@pytest.mark.parametrize("sign", "$`{|}")
def test_no_address_holds_a_sign_that_no_mailbox_has(faults: Callable[[str], list[str]], sign: str) -> None:
    (fault,) = faults(changed(f"verify.controls = ['a{sign}b@contoso.com']"))
    assert f"it holds {sign}, which no address of a mailbox holds; give the primary SMTP address." in fault


@pytest.mark.parametrize(
    "guid",
    [
        pytest.param("", id="empty"),
        pytest.param("00000000-0000-0000-0000-000000000000", id="all zero"),
        pytest.param("7f9619ff8b86d011b42d00c04fc964ff", id="without dashes"),
        pytest.param("{7f9619ff-8b86-d011-b42d-00c04fc964ff}", id="in braces"),
        pytest.param("contoso.onmicrosoft.com", id="a domain"),
    ],
)
def test_what_is_no_guid_is_refused(faults: Callable[[str], list[str]], guid: str) -> None:
    (fault,) = faults(ONLINE.replace("7F9619FF-8B86-D011-B42D-00C04FC964FF", guid))
    assert fault == f"application.client-id is {guid!r}: it is no GUID; it looks like 6f9619ff-8b86-d011-b42d-00c04fc964ff."


@pytest.mark.parametrize(
    "line",
    [
        pytest.param("bundle.name = 'a'", id="bundle name of one letter"),
        pytest.param(f"bundle.name = '{'a' * 32}'", id="bundle name of 32"),
        pytest.param(f"bundle.ticket = '{'x' * 120}'", id="ticket of 120"),
        pytest.param("room-lists.size = 1", id="size 1"),
        pytest.param("room-lists.size = 100", id="size 100"),
        pytest.param(f"room-lists.name = '{'x' * 64}'", id="name of 64"),
        pytest.param(f"room-lists.alias = '{'x' * 64}'", id="alias of 64"),
        pytest.param(f"room-lists.owner = '{'a' * 64}@contoso.com'", id="local part of 64"),
        pytest.param("room-lists.owner = \"o'brien@contoso.com\"", id="apostrophe in address"),
        pytest.param("room-lists.owner = 'a@xn--nchen-3ya.de'", id="punycode"),
        pytest.param("names.scope = \"' ` $(x) ; | #> <# {{ }} '@ \u201c \u3042\"", id="hostile but visible"),
        pytest.param("room-lists.owner = 'a!#%&+/=^_~-b@contoso.com'", id="what mailboxes may have in an address"),
        pytest.param("verify.endpoint = 'https://mail.contoso.com:65535/EWS/Exchange.asmx'", id="a port"),
        pytest.param("rooms.file = '../data/a [1].csv'", id="file in another folder"),
        pytest.param("service-account.user = 'svc@contoso.local'", id="UPN"),
        pytest.param("service-account.user = 'CONTOSO\\müller-svc'", id="umlaut in sign-in name"),
        pytest.param("verify.endpoint = 'https://127.0.0.1:8443/ews/exchange.asmx'", id="a lab"),
        pytest.param("verify.endpoint = 'HTTPS://mail/EWS/Exchange.asmx'", id="host of one label"),
    ],
)
def test_a_value_at_the_limit_is_taken(write: Write, line: str) -> None:
    load(write(changed(line)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(SERVER + '[application]\ntenant-id = "x"\n', "service-account and application are both there.", id="both"),
        pytest.param(
            SERVER.replace("[service-account]", "[names]").replace('address = "svc@contoso.com"', ""),
            "service-account is missing. Profile exchange-server needs",
            id="server without account",
        ),
        pytest.param(
            SERVER.replace("exchange-server", "exchange-online").partition("[service")[0],
            "application is missing. Profile exchange-online needs",
            id="online without application",
        ),
        pytest.param(
            ONLINE + '[verify]\nendpoint = "https://x.com/EWS/Exchange.asmx"', "verify.endpoint is for profile exchange-server only", id="endpoint"
        ),
        pytest.param(
            ONLINE.replace("[room-lists]", '[room-lists]\norganizational-unit = "x"'),
            "room-lists.organizational-unit is for profile exchange-server only",
            id="unit",
        ),
        pytest.param(
            ONLINE.replace("8f9619ff", "7f9619ff"), "application.object-id equals client-id. Give the object id of the service", id="ids"
        ),
        pytest.param(
            SERVER.replace("[room-lists]", "[room-lists]\nowner = 'SVC@contoso.com'"),
            "room-lists.owner is the service account 'svc@contoso.com', which could then add any mailbox",
            id="owner",
        ),
        pytest.param(
            SERVER + "[verify]\ncontrols = ['Svc@contoso.com']",
            "verify.controls names the service account 'svc@contoso.com', which always reaches itself",
            id="control",
        ),
        pytest.param(
            SERVER.replace("[room-lists]", "[room-lists]\nowner = 'upn@contoso.com'") + "user = 'UPN@contoso.com'",
            "room-lists.owner is the service account 'upn@contoso.com', which could then add any mailbox",
            id="owner by the name that it signs in with",
        ),
        pytest.param(
            SERVER + "user = 'UPN@contoso.com'\n[verify]\ncontrols = ['upn@contoso.com']",
            "verify.controls names the service account 'upn@contoso.com', which always reaches itself",
            id="control by the name that it signs in with",
        ),
        pytest.param(
            SERVER.replace("[room-lists]", "[room-lists]\nalias = 'upn'") + "user = 'UPN@contoso.com'",
            "room-lists.alias makes the address 'upn@contoso.com', which is also in service-account.user",
            id="alias of the name that it signs in with",
        ),
        pytest.param(
            SERVER.replace("[rooms]", "[rooms]\ncolumn = 'A'\nlist-column = 'a'"),
            "rooms.column and rooms.list-column are the same",
            id="columns",
        ),
        pytest.param(
            SERVER.replace("[room-lists]", "[room-lists]\nalias = 'SVC'"),
            "room-lists.alias makes the address 'svc@contoso.com', which is also in service-account.address",
            id="alias of the account",
        ),
        pytest.param(
            SERVER.replace("[room-lists]", "[room-lists]\nalias = 'ceo'") + "[verify]\ncontrols = ['ceo@contoso.com']",
            "room-lists.alias makes the address 'ceo@contoso.com', which is also in verify.controls",
            id="alias of a control",
        ),
    ],
)
def test_what_cannot_stand_together_is_refused(faults: Callable[[str], list[str]], text: str, expected: str) -> None:
    assert any(fault.startswith(expected) for fault in faults(text))


def test_the_service_account_may_own_lists_where_somebody_answers_for_it(write: Write) -> None:
    line = "[room-lists]\nowner = 'svc@contoso.com'\nallow-service-account-as-owner = true"
    assert load(write(SERVER.replace("[room-lists]", line))).room_lists.owner == "svc@contoso.com"


def test_a_configuration_made_without_a_file_is_held_to_the_same_combinations(write: Write) -> None:
    data = load(write(SERVER)).model_dump(by_alias=True)
    data["room-lists"]["owner"] = "svc@contoso.com"
    with pytest.raises(ValidationError, match="could then add any mailbox"):
        Config.model_validate(data)


def test_all_faults_of_a_file_are_named_at_once_whatever_their_kind(faults: Callable[[str], list[str]]) -> None:
    found = faults("""
        names = 3
        [bundle]
        name = "A B"
        profile = "exchange-server"
        nmae = "x"
        [rooms]
        file = 3
        domains = ["contoso.com", "x"]
        [room-lists]
        domain = "contoso.com"
        size = 101
        owner = "svc@contoso.com"
        [service-account]
        address = "svc@contoso.com"
        [application]
        [verify]
        controls = ["svc@contoso.com", "y"]
    """)
    keys = ("bundle.name", "bundle.nmae", "rooms.file", "rooms.domains[1]", "room-lists.size", "names", "application.tenant-id")
    assert {fault.split(" ")[0] for fault in found} >= {*keys, "verify.controls[1]"}
    assert sum("svc@contoso.com" in fault for fault in found) == 2
    assert sum("both there" in fault for fault in found) == 1


def test_a_thousand_faults_are_counted_and_not_all_shown(faults: Callable[[str], list[str]]) -> None:
    keys = "\n".join(f"key{number} = 1" for number in range(1000))
    *shown, last = faults(f"{SERVER}\n[names]\n{keys}")
    assert len(shown) == 50
    assert last == "… and 950 more."


@pytest.mark.parametrize("name", ["article", "campus"])
def test_the_samples_can_be_carried_out(name: str) -> None:
    config = load(Path(__file__).parents[3] / "samples" / name / "roomscope.toml")
    assert config.bundle.name.endswith("-rooms")


def changed(line: str) -> str:
    """The shortest configuration with one key set, written as table.key = value."""
    key, _, value = line.partition(" = ")
    table, _, last = key.rpartition(".")
    if not table:
        return f"{line}\n{SERVER}"
    kept = [one for one in SERVER.splitlines() if not belongs(one, SERVER, table, last)]
    text = "\n".join(kept)
    if f"[{table}]" not in text:
        return f"{text}\n[{table}]\n{last} = {value}\n"
    return text.replace(f"[{table}]", f"[{table}]\n{last} = {value}")


def belongs(line: str, text: str, table: str, key: str) -> bool:
    """Whether a line of a configuration sets this key of this table."""
    above = text[: text.index(line)] if line else ""
    return line.startswith(f"{key} =") and above.rpartition("[")[2].startswith(f"{table}]")
