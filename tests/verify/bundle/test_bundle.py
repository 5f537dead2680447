"""What counts as the bundle of the ticket, and what does not."""

import hashlib
import os
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from roomscope.verify.bundle.bundle import open_bundle, unsigned
from roomscope.verify.common.errors import BundleError

SIGNATURE = (
    b"\r\n# SIG # Begin signature block\r\n# MIIFuQYJKoZIhvcNAQcCoIIFqjCCBaYCAQExDzANBglghkgBZQMEAgEFADB5Bgor\r\n"
    b"# AQAB==\r\n# SIG # End signature block\r\n"
)
SCRIPT = "50-Grant-Access.ps1"


def test_an_untouched_bundle_opens_with_its_rooms_in_lower_case(maker: Any) -> None:
    maker.rooms = ["Room1@Contoso.com", "room2@contoso.com"]
    bundle = open_bundle(maker.write())
    assert [room.address for room in bundle.rooms] == ["room1@contoso.com", "room2@contoso.com"]
    assert not bundle.compared


def test_the_digest_of_the_ticket_is_compared_without_regard_to_case(maker: Any) -> None:
    folder = maker.write()
    bundle = open_bundle(folder, maker.digest().upper())
    assert bundle.compared
    assert bundle.digest == maker.digest()


def test_another_digest_than_the_tickets_is_refused_with_both(maker: Any) -> None:
    folder = maker.write()
    with pytest.raises(BundleError, match=f"got digest {maker.digest()}, expected {'0' * 64}"):
        open_bundle(folder, "0" * 64)


@pytest.mark.parametrize("name", ["manifest.json", "rooms.csv", SCRIPT, "RUNBOOK.md", "SHA256SUMS"])
def test_one_altered_byte_in_any_file_is_noticed(maker: Any, name: str) -> None:
    path = maker.write() / name
    data = path.read_bytes()
    for place in range(0, len(data), max(1, len(data) // 60)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
        with pytest.raises(BundleError):
            open_bundle(path.parent, hashlib.sha256(data).hexdigest() if name == "SHA256SUMS" else None)


def test_a_file_that_is_not_listed_is_refused(maker: Any) -> None:
    folder = maker.write()
    (folder / "60-More.ps1").write_bytes(b"Get-Mailbox")
    with pytest.raises(BundleError, match=r"not its own: 60-More\.ps1"):
        open_bundle(folder)


def test_a_listed_file_that_is_missing_is_refused(maker: Any) -> None:
    folder = maker.write()
    (folder / "RUNBOOK.md").unlink()
    with pytest.raises(BundleError, match=r"RUNBOOK\.md missing"):
        open_bundle(folder)


def test_anything_may_stand_below_evidence(maker: Any) -> None:
    folder = maker.write()
    (folder / "evidence").mkdir()
    (folder / "evidence" / "anything.json").write_text("{}")
    assert open_bundle(folder).rooms


def test_a_file_named_evidence_and_other_folders_are_refused(maker: Any) -> None:
    folder = maker.write()
    (folder / "evidence").write_text("")
    with pytest.raises(BundleError, match="'evidence' is not a plain file"):
        open_bundle(folder)
    (folder / "evidence").unlink()
    (folder / "more").mkdir()
    with pytest.raises(BundleError, match="'more' is not a plain file"):
        open_bundle(folder)


@pytest.mark.parametrize("name", ["rooms.csv", "evidence"])
def test_a_link_is_refused_even_if_it_leads_to_the_right_bytes(maker: Any, tmp_path: Path, name: str) -> None:
    folder = maker.write()
    if name == "evidence":
        (tmp_path / name).mkdir()
    else:
        (folder / name).rename(tmp_path / name)
    (folder / name).symlink_to(tmp_path / name)
    with pytest.raises(BundleError, match="not a plain file"):
        open_bundle(folder)


def test_a_pipe_is_refused_without_waiting_for_it(maker: Any) -> None:
    folder = maker.write()
    (folder / "RUNBOOK.md").unlink()
    os.mkfifo(folder / "RUNBOOK.md")
    with pytest.raises(BundleError, match="not a plain file"):
        open_bundle(folder)


def test_a_signed_script_is_the_listed_one(maker: Any) -> None:
    path = maker.write() / SCRIPT
    path.write_bytes(path.read_bytes() + SIGNATURE)
    assert open_bundle(path.parent).rooms


@pytest.mark.parametrize(
    "added",
    [
        pytest.param(SIGNATURE + SIGNATURE, id="two blocks"),
        pytest.param(SIGNATURE + b"Get-Mailbox\r\n", id="a statement behind the block"),
        pytest.param(b"\r\nGet-Mailbox" + SIGNATURE, id="a statement before the block"),
        pytest.param(SIGNATURE.replace(b"# AQAB", b"AQAB"), id="a line in the block that is no comment"),
        pytest.param(SIGNATURE[2:], id="no line break before it"),
        pytest.param(SIGNATURE.replace(b"# AQAB==", b"# Get-Mailbox; x"), id="text in the block"),
        pytest.param(b"\r\n", id="a line break only"),
    ],
)
def test_what_is_more_than_one_signature_is_an_alteration(maker: Any, added: bytes) -> None:
    path = maker.write() / SCRIPT
    path.write_bytes(path.read_bytes() + added)
    with pytest.raises(BundleError, match="was altered"):
        open_bundle(path.parent)


def test_only_scripts_can_be_signed(maker: Any) -> None:
    path = maker.write() / "RUNBOOK.md"
    path.write_bytes(path.read_bytes() + SIGNATURE)
    with pytest.raises(BundleError, match="was altered"):
        open_bundle(path.parent)


def test_cutting_a_signature_is_the_inverse_of_adding_one() -> None:
    assert unsigned(b"a\r\n" + SIGNATURE) == b"a\r\n"
    assert unsigned(b"a\r\n") == b"a\r\n"


BLOCK = b"\r\n# SIG # Begin signature block\r\n"
HOSTILE = {
    "one block that never ends": BLOCK + b"# A\n" * (16 << 20),
    "blocks that never end": (BLOCK + b"# A\r\n") * ((64 << 20) // 41),
    "block beside block": (BLOCK + b"# A\r\n# SIG # End signature block") * ((64 << 20) // 69),
    "line breaks": b"\r\n" * (32 << 20),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_cutting_a_signature_takes_time_and_room_by_the_length(data: bytes) -> None:
    tracemalloc.start()
    before = time.process_time()
    try:
        cut = unsigned(data)
        assert time.process_time() - before < 20
        assert tracemalloc.get_traced_memory()[1] < 3 * len(data)
    finally:
        tracemalloc.stop()
    assert len(data) - len(cut) < 100


def _line(name: str, digest: str = "0" * 64) -> str:
    return f"{digest}  {name}\n"


@pytest.mark.parametrize(
    "sums",
    [
        pytest.param("", id="empty"),
        pytest.param(_line("../rooms.csv"), id="a way out"),
        pytest.param(_line("/etc/passwd"), id="an absolute path"),
        pytest.param(_line("evidence/x.json"), id="a folder"),
        pytest.param(_line("a\\b"), id="a backslash"),
        pytest.param(_line("SHA256SUMS"), id="itself"),
        pytest.param(_line("rooms.csv") + _line("manifest.json"), id="not sorted"),
        pytest.param(_line("Rooms.csv") + _line("manifest.json") + _line("rooms.csv"), id="twice but for case"),
        pytest.param(_line("rooms.csv").rstrip(), id="no line break at the end"),
        pytest.param(_line("rooms.csv").replace("\n", "\r\n"), id="CRLF"),
        pytest.param(_line("rooms.csv", "A" * 64), id="upper-case digest"),
        pytest.param(_line("rooms.csv").replace("  ", " *"), id="binary marker"),
        pytest.param(_line("rooms.csv"), id="no manifest"),
    ],
)
def test_another_form_of_the_sums_is_refused(maker: Any, sums: str) -> None:
    folder = maker.write()
    (folder / "SHA256SUMS").write_bytes(sums.encode())
    with pytest.raises(BundleError, match="SHA256SUMS"):
        open_bundle(folder)


def test_a_manifest_that_lists_other_digests_than_the_sums_is_refused(maker: Any) -> None:
    folder = maker.write()
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "SHA256SUMS"}
    maker.seal({**files, "RUNBOOK.md": b"# Another\n"})
    with pytest.raises(BundleError, match="list different files or digests"):
        open_bundle(folder)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("format", "roomscope-bundle/1", "format"),
        ("extra", 1, "extra"),
        ("plan_id", "a" * 64 + "\n", "plan_id"),
        ("region", None, "region"),
        ("plan", {}, r"plan\.format"),
        ("files", {"RUNBOOK.md": "A" * 64}, r"files\.RUNBOOK\.md"),
    ],
)
def test_a_manifest_of_another_form_is_refused_by_the_name_of_the_key(
    maker: Any, key: str, value: object, said: str
) -> None:
    maker.manifest[key] = value
    with pytest.raises(BundleError, match=said):
        open_bundle(maker.write())


LIST = {"address": "rooms@contoso.com", "name": "Rooms", "alias": "rooms", "rooms": 3}
GRANT = {"scope": "Scope", "assignment": "Assignment", "lists": ["rooms@contoso.com"]}


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("format", "roomscope-plan/2", r"plan\.format"),
        ("product", "exchange-2010", "product"),
        ("product", "exchange-online", "exchange-online goes with an application"),
        ("application", {}, r"application\.tenant_id"),
        ("extra", 1, "extra"),
        ("rooms", "3", "rooms"),
        ("rooms", 0, "rooms"),
        ("rooms", 4, "4 rooms, but the lists hold 3"),
        ("controls", "ceo@contoso.com", "controls"),
        ("controls", ["no address"], r"controls\.0"),
        ("domains", [], "domains"),
        ("bundle", "Contoso Rooms", "bundle"),
        ("bundle", "../../x", "bundle"),
        ("ticket", "CHG\x1b[2J", "ticket"),
        ("account", {"address": "svc@contoso.com"}, r"account\.user"),
        ("account", {"address": "*", "user": None}, r"account\.address"),
        ("account_may_own_lists", 1, "account_may_own_lists"),
        ("list_size", 0, "list_size"),
        ("list_size", 10**18, "list_size"),
        ("lists_per_scope", 0, "lists_per_scope"),
        ("lists", [], "lists"),
        ("lists", [LIST, LIST], "the list rooms@contoso.com stands twice"),
        ("grants", [], "grants"),
        ("grants", [GRANT | {"lists": []}], r"grants\.0\.lists"),
        ("grants", [GRANT | {"lists": ["other@contoso.com"]}], "do not cover each list once"),
        ("grants", [GRANT | {"lists": ["rooms@contoso.com", "more@contoso.com"]}], "do not cover each list once"),
        ("grants", [GRANT, GRANT], "the scope scope stands twice"),
        ("grants", [GRANT, GRANT | {"scope": "Other"}], "the assignment assignment stands twice"),
    ],
)
def test_a_plan_of_another_form_is_refused_by_the_name_of_the_key(
    maker: Any, key: str, value: object, said: str
) -> None:
    maker.plan[key] = value
    with pytest.raises(BundleError, match=said):
        open_bundle(maker.write())


@pytest.mark.parametrize("key", ["approver", "application", "endpoint", "account_may_own_lists", "lists_per_scope"])
def test_a_field_of_the_plan_that_is_missing_is_refused(maker: Any, key: str) -> None:
    del maker.plan[key]
    with pytest.raises(BundleError, match=rf"plan\.{key}: Field required"):
        open_bundle(maker.write())


@pytest.mark.parametrize("text", ["", "[", '{"format": 1, "format": 1}', "null", "\ufeff{}", "[" * 100_000])
def test_a_manifest_that_is_no_object_is_refused(maker: Any, text: str) -> None:
    folder = maker.write()
    files = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "SHA256SUMS"}
    maker.seal({**files, "manifest.json": text.encode()})
    with pytest.raises(BundleError, match=r"manifest\.json"):
        open_bundle(folder)


def test_a_bundle_without_rooms_is_refused(maker: Any) -> None:
    maker.files["rooms.csv"] = b"\xef\xbb\xbfPrimarySmtpAddress,RoomListAddress,DisplayName\r\n"
    with pytest.raises(BundleError, match="holds no room"):
        open_bundle(maker.write())


HEADER = "\ufeffPrimarySmtpAddress,RoomListAddress,DisplayName\r\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("", "byte order mark", id="empty"),
        pytest.param(HEADER, "holds no room", id="a header only"),
        pytest.param(HEADER[1:] + "a@b.c,rooms@contoso.com,x\r\n", "byte order mark", id="no byte order mark"),
        pytest.param("\ufeffAddress\r\na@b.c\r\n", "other columns", id="other columns"),
        pytest.param(HEADER + "a@b.c,rooms@contoso.com\r\n", "got 2 columns", id="a column less"),
        pytest.param(HEADER + "\r\n", "got 0 columns", id="a blank line"),
        pytest.param(HEADER + "=1+1,rooms@contoso.com,x\r\n", "is not an address", id="a formula"),
        pytest.param(HEADER + "a@b.c,other@contoso.com,x\r\n", "differ", id="a list that is not the manifest's"),
        pytest.param(HEADER + "a@b.c,rooms@contoso.com,x\r\n", "differ", id="a room less than the manifest counts"),
        pytest.param(HEADER + "a@b.c,rooms@contoso.com,x\r\n" * 3, "names a@b.c 3 times", id="a room thrice"),
        pytest.param(HEADER + 'a@b.c,rooms@contoso.com,"x\r\n', "cannot be read", id="a quote left open"),
    ],
)
def test_rooms_of_another_form_are_refused(maker: Any, text: str, said: str) -> None:
    maker.files["rooms.csv"] = text.encode()
    with pytest.raises(BundleError, match=said):
        open_bundle(maker.write())


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match="Name the folder of a bundle"):
        open_bundle(tmp_path / "nothing")
    with pytest.raises(BundleError, match=r"SHA256SUMS: No such file.*Is this the folder of a bundle"):
        open_bundle(tmp_path)


def test_every_sample_of_the_project_opens() -> None:
    samples = [path for path in (Path(__file__).parents[3] / "samples").glob("*/bundle") if path.is_dir()]
    assert all(open_bundle(path).rooms for path in samples)
