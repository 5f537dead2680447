"""Whole bundles: the samples byte for byte, delivery whole or not at all, hostile values that stay values."""

import csv
import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from pytest_snapshot.plugin import Snapshot

from roomscope.generator.bundle.compose import Bundle, compose
from roomscope.generator.cli import render
from roomscope.generator.common.errors import GeneratorError
from roomscope.generator.delivery.intake import take
from roomscope.generator.intent.document import load
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.script.calls import calls
from roomscope.generator.script.script import Script

ROOT = Path(__file__).parents[3]
SAMPLES = sorted(path.parent for path in (ROOT / "samples").glob("*/roomscope.toml"))
CONFIG = """
[bundle]
name = "contoso-rooms"
profile = "exchange-server"
{bundle}
[rooms]
file = "rooms.csv"
domains = ["contoso.com"]
{rooms}
[room-lists]
domain = "contoso.com"
{lists}
[names]
{names}
[service-account]
address = "svc@contoso.com"
{account}
[verify]
controls = ["ceo@contoso.com"]
"""
INVENTORY = "PrimarySmtpAddress,DisplayName,Building\na@contoso.com,A,North\nb@contoso.com,B,South\n"


Case = Callable[..., Path]


@pytest.fixture
def case(tmp_path: Path) -> Case:
    """Writes a configuration and its inventory."""

    def write(inventory: str = INVENTORY, **parts: str) -> Path:
        filled = {key: parts.get(key, "") for key in ("bundle", "rooms", "lists", "names", "account")}
        (tmp_path / "rooms.csv").write_text(inventory, encoding="utf-8")
        (tmp_path / "roomscope.toml").write_text(CONFIG.format(**filled), encoding="utf-8")
        return tmp_path / "roomscope.toml"

    return write


def invoke(*arguments: str | Path) -> Result:
    return CliRunner().invoke(render, [str(argument) for argument in arguments])


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_sample_is_rendered_to_the_same_bytes(sample: Path, snapshot: Snapshot) -> None:
    snapshot.snapshot_dir = sample
    snapshot.assert_match_dir(dict(bundle(sample).files), "bundle")


def test_there_are_samples() -> None:
    assert [sample.name for sample in SAMPLES] == ["article", "campus", "online-ews", "online-graph"]


@cache
def bundle(sample: Path) -> Bundle:
    return compose(sample / "roomscope.toml")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_digests_manifest_and_sums_agree(sample: Path) -> None:
    rendered = bundle(sample)
    manifest = json.loads(rendered.files["manifest.json"])
    sums = {line[66:]: line[:64] for line in rendered.files["SHA256SUMS"].decode().splitlines()}
    for name, data in rendered.files.items():
        digest = hashlib.sha256(data).hexdigest()
        assert name == "SHA256SUMS" or sums[name] == digest
        assert name in {"SHA256SUMS", "manifest.json"} or manifest["files"][name] == digest
    assert set(sums) | {"SHA256SUMS"} == set(rendered.files)
    assert rendered.digest == hashlib.sha256(rendered.files["SHA256SUMS"]).hexdigest()
    assert not any(rendered.digest.encode() in data for data in rendered.files.values())


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_encodings_are_those_that_each_reader_needs(sample: Path) -> None:
    for name, data in bundle(sample).files.items():
        if name.endswith((".ps1", ".csv")):
            assert data.startswith(b"\xef\xbb\xbf")
            assert data.count(b"\n") == data.count(b"\r\n")
        else:
            assert not data.startswith(b"\xef\xbb\xbf")
            assert b"\r" not in data
            assert data.endswith(b"\n")


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.name)
def test_a_script_reaches_exactly_the_commands_of_exchange_that_its_step_declares(sample: Path) -> None:
    files = bundle(sample).files
    product = PRODUCTS[load(sample / "roomscope.toml").kind]
    exchange = {command.name for command in product.commands}
    for step in product.steps:
        script = Script.parse(files[step.file])
        declared = {*step.reads, *step.writes}
        # Read-Now reads the one kind of thing that was just written, and this step writes no other.
        assert reached(script, "Read-Now") & exchange <= declared <= reached(script), step.file
        assert step.writes or reached(script) & exchange == declared, step.file


def reached(script: Script, *unread: str) -> set[str]:
    """What a script calls, directly and through the functions that it calls, some functions not looked into."""
    functions = {
        name.text: range(node.start, node.end)
        for node, _ in script.walk()
        if node.kind == "function_statement" and (name := node.first("function_name"))
    }
    homes = [(call.name, next((name for name, place in functions.items() if call.node.start in place), "")) for call in calls(script)]
    found, waiting = set[str](), [""]
    while waiting:
        here = waiting.pop()
        new = {called for called, home in homes if home == here} - found
        found |= new
        waiting += [name for name in new if name in functions and name not in unread]
    return found


def test_the_same_input_gives_the_same_bytes_in_any_process_order_and_time_zone(tmp_path: Path) -> None:
    digests = set()
    for seed, zone in (("0", "UTC"), ("1", "Asia/Kolkata"), ("2", "America/St_Johns")):
        done = subprocess.run(
            [sys.executable, "-m", "roomscope", "render", str(SAMPLES[1] / "roomscope.toml"), "--output", str(tmp_path / seed), "--zip"],
            env=os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": "C"}, capture_output=True, text=True, check=True,
        )
        digests.add((done.stdout, hashlib.sha256((tmp_path / f"{seed}.zip").read_bytes()).hexdigest()))
    assert len(digests) == 1


def test_the_zip_holds_the_same_files_under_the_name_of_the_bundle(case: Case, tmp_path: Path) -> None:
    assert invoke(case(), "--output", tmp_path / "out", "--zip").exit_code == 0
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"contoso-rooms/{name}": data for name, data in contents(tmp_path / "out").items()
        }
    assert take(tmp_path / "out.zip").files == contents(tmp_path / "out")


def test_the_well_known_recipe_is_reproduced_exactly() -> None:
    files = bundle(ROOT / "samples" / "article").files
    lists, grant = files["30-New-RoomLists.ps1"].decode("utf-8-sig"), files["50-Grant-Access.ps1"].decode("utf-8-sig")
    assert "@{ Address = 'cronofy.resource.list@example.com'; Alias = 'cronofy.resource.list'; Name = 'Cronofy Room List' }" in lists
    assert "@{ Scope = 'CronofyImpersonationScope'; Assignment = 'CronofyImpersonationAssignment'\r\n" in grant


def test_rooms_csv_has_every_room_once_in_inventory_order_with_its_list(case: Case) -> None:
    files = compose(case(rooms='list-column = "Building"')).files
    rows = list(csv.reader(io.StringIO(files["rooms.csv"].decode("utf-8-sig"))))
    assert rows == [
        ["PrimarySmtpAddress", "RoomListAddress", "DisplayName"],
        ["a@contoso.com", "contoso-rooms.north@contoso.com", "A"],
        ["b@contoso.com", "contoso-rooms.south@contoso.com", "B"],
    ]


def test_an_account_that_owns_the_lists_is_warned_of_in_console_script_and_runbook(case: Case, tmp_path: Path) -> None:
    config = case(lists='owner = "svc@contoso.com"\nallow-service-account-as-owner = true')
    result = invoke(config, "--output", tmp_path / "out")
    files = contents(tmp_path / "out")
    assert "WARNING: the service account owns the room lists" in result.stderr
    assert b"WARNING: the service account will own the lists" in files["30-New-RoomLists.ps1"]
    assert b"The service account will **own the room lists**" in files["RUNBOOK.md"]


def test_rendering_again_replaces_the_same_bundle_and_leaves_nothing_beside_it(case: Case, tmp_path: Path) -> None:
    out = tmp_path / "place" / "out"
    assert invoke(case(), "--output", out).exit_code == 0
    first = contents(out)
    assert invoke(case(bundle='ticket = "CHG1"'), "--output", out).exit_code == 0
    assert contents(out) != first
    assert [path.name for path in out.parent.iterdir()] == ["out"]


def another_bundle(case: Case, out: Path) -> None:
    invoke(case(), "--output", out)
    manifest = json.loads((out / "manifest.json").read_text())
    (out / "manifest.json").write_text(json.dumps(manifest | {"plan": manifest["plan"] | {"bundle": "others"}}))


def evidence(case: Case, out: Path) -> None:
    invoke(case(), "--output", out)
    (out / "evidence").mkdir()


def a_stranger(case: Case, out: Path) -> None:
    invoke(case(), "--output", out)
    (out / "notes.txt").write_text("mine")


def no_bundle(_: Case, out: Path) -> None:
    out.mkdir()
    (out / "thesis.docx").write_text("mine")


def a_file(_: Case, out: Path) -> None:
    out.write_text("mine")


@pytest.mark.parametrize(
    ("there", "reason"),
    [
        (another_bundle, "holds something else than bundle contoso-rooms"),
        (evidence, "holds evidence: this bundle has been run"),
        (a_stranger, "notes.txt"),
        (no_bundle, "holds something else"),
        (a_file, "is no folder"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_what_is_there_already_is_left_as_it_is(
    there: Callable[[Case, Path], None], reason: str, case: Case, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    there(case, out)
    before = contents(out) if out.is_dir() and not (out / "evidence").exists() else None
    result = invoke(case(bundle='ticket = "CHG2"'), "--output", out)
    assert result.exit_code == 2
    assert reason in result.stderr
    assert before is None or contents(out) == before


def test_a_folder_that_cannot_be_written_is_a_clear_refusal(case: Case, tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file where a folder should be")
    result = invoke(case(), "--output", tmp_path / "blocked" / "out")
    assert result.exit_code == 2
    assert "Nothing was written" in result.stderr


def test_an_output_name_that_no_disk_takes_is_a_clear_refusal(case: Case, tmp_path: Path) -> None:
    result = invoke(case(), "--output", tmp_path / ("x" * 300))
    assert result.exit_code == 2
    assert "Nothing was written" in result.stderr


def test_an_output_name_with_a_line_break_is_shown_quoted(case: Case, tmp_path: Path) -> None:
    result = invoke(case(), "--output", tmp_path / "a\nb")
    assert result.exit_code == 0
    assert "a\\nb" in result.stderr


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs pipes with a name")
def test_an_inventory_that_is_a_pipe_is_refused_and_not_waited_for(case: Case, tmp_path: Path) -> None:
    config = case()
    (tmp_path / "rooms.csv").unlink()
    os.mkfifo(tmp_path / "rooms.csv")
    result = invoke(config, "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "it is no regular file" in result.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_failure_half_way_leaves_nothing(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write, written = Path.write_bytes, []

    def full(self: Path, data: bytes) -> int:
        written.append(self)
        if len(written) == 5:
            raise OSError(28, "No space left on device")
        return write(self, data)

    config = case()
    monkeypatch.setattr(Path, "write_bytes", full)
    result = invoke(config, "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "No space left on device. Nothing was written." in result.stderr
    assert {path.name for path in tmp_path.iterdir()} == {"rooms.csv", "roomscope.toml"}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")}


STREAMS = {"full": ">/dev/full", "closed": ">&-", "a pipe that nobody reads": "| :"}


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize("bent", STREAMS.values(), ids=STREAMS)
@pytest.mark.parametrize("again", [False, True], ids=["for the first time", "again"])
def test_a_digest_that_nobody_saw_leaves_all_as_it_was_and_exits_2(case: Case, tmp_path: Path, bent: str, again: bool) -> None:  # noqa: FBT001
    out = tmp_path / "new" / "out"
    if again:
        assert invoke(case(), "--output", out, "--zip").exit_code == 0
    config = case(bundle='ticket = "CHG2"', rooms="column = 'PrimarySmtpAddress'")
    before = tree(tmp_path)
    words = [sys.executable, "-m", "roomscope", "render", str(config), "--output", str(out), "--zip"]
    command = ["/bin/bash", "-c", f'set -o pipefail; "$@" {bent}', "bash", *words]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "Nothing was written." in ended.stderr
    assert "Replaced" not in ended.stderr
    assert tree(tmp_path) == before


@pytest.mark.parametrize("error", [KeyboardInterrupt(), OSError(5, "Input/output error")], ids=["interrupted", "failed"])
@pytest.mark.parametrize("move", range(1, 5))
def test_a_failing_move_leaves_folder_and_zip_as_they_were(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, move: int, error: BaseException
) -> None:
    out = tmp_path / "out"
    assert invoke(case(), "--output", out, "--zip").exit_code == 0
    config = case(bundle='ticket = "CHG2"')
    before = tree(tmp_path)
    rename, moves = Path.rename, []

    def fails(self: Path, target: Path) -> Path:
        moves.append(self)
        if len(moves) == move:
            raise error
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fails)
        result = invoke(config, "--output", out, "--zip")
    assert result.exit_code == 2
    assert "Nothing was written." in result.stderr
    assert tree(tmp_path) == before


@pytest.mark.parametrize("place", ["out", "out.zip"])
def test_a_bundle_that_cannot_be_put_back_is_kept_and_its_place_told(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    assert invoke(case(), "--output", tmp_path / "out", "--zip").exit_code == 0
    config = case(bundle='ticket = "CHG2"')
    before = tree(tmp_path / place) or (tmp_path / place).read_bytes()
    rename = Path.rename

    def fails(self: Path, target: Path) -> Path:
        if target == tmp_path / place:
            raise OSError(13, "Permission denied")
        return rename(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "rename", fails)
        result = invoke(config, "--output", tmp_path / "out", "--zip")
    assert result.exit_code == 2
    assert "Nothing was written" not in result.stderr
    (kept,) = tmp_path.glob(".*/old")
    assert str(kept.parent) in result.stderr.replace("\n", "")
    assert (tree(kept) or kept.read_bytes()) == before


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_ctrl_c_between_the_moves_comes_too_late(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert invoke(case(), "--output", tmp_path / "out").exit_code == 0
    rename = Path.rename

    def interrupted(self: Path, target: Path) -> Path:
        os.kill(os.getpid(), signal.SIGINT)
        return rename(self, target)

    config = case(bundle='ticket = "CHG2"')
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", interrupted)
            result = invoke(config, "--output", tmp_path / "out")
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)
    assert result.exit_code == 0
    assert hashlib.sha256((tmp_path / "out" / "SHA256SUMS").read_bytes()).hexdigest() in result.stdout


def test_an_interrupted_render_exits_2_and_says_that_nothing_was_written(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    config = case()
    monkeypatch.setattr(Path, "write_bytes", interrupt)
    result = invoke(config, "--output", tmp_path / "new" / "out")
    assert (result.exit_code, result.stderr.splitlines()[-1]) == (2, "Error: Interrupted. Nothing was written.")
    assert {path.name for path in tmp_path.iterdir()} == {"rooms.csv", "roomscope.toml"}


def test_a_zip_takes_the_place_of_a_zip_of_this_bundle_only(case: Case, tmp_path: Path) -> None:
    config, packed = case(), tmp_path / "out.zip"
    packed.mkdir()
    result = invoke(config, "--output", tmp_path / "out", "--zip")
    assert (result.exit_code, (tmp_path / "out").exists(), packed.is_dir()) == (2, False, True)
    packed.rmdir()
    packed.write_bytes(b"mine")
    result = invoke(config, "--output", tmp_path / "out", "--zip")
    assert (result.exit_code, (tmp_path / "out").exists(), packed.read_bytes()) == (2, False, b"mine")
    assert "holds something else than bundle contoso-rooms" in result.stderr


def test_an_old_zip_beside_a_new_folder_is_told(case: Case, tmp_path: Path) -> None:
    assert "WARNING" not in invoke(case(), "--output", tmp_path / "out", "--zip").stderr
    alone = invoke(case(bundle='ticket = "CHG2"'), "--output", tmp_path / "out")
    assert f"WARNING: {tmp_path / 'out.zip'} was not written anew" in alone.stderr


def test_what_is_replaced_is_told(case: Case, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = invoke(case(), "--output", out, "--zip")
    assert "Replaced" not in first.stderr + invoke(case(), "--output", out, "--zip").stderr
    second = invoke(case(bundle='ticket = "CHG2"'), "--output", out, "--zip")
    old, new = (one.stdout.removeprefix("bundle digest: ").strip() for one in (first, second))
    assert old != new
    for place in (out, tmp_path / "out.zip"):
        assert f"{place}, and is gone: bundle digest {old} -> {new}." in second.stderr
    (out / "rooms.csv").write_bytes(b"altered")
    third = invoke(case(bundle='ticket = "CHG2"'), "--output", out)
    assert f"{out}, and is gone: files in it were not those of this bundle digest." in third.stderr


def test_nothing_is_written_when_the_input_is_wrong(case: Case, tmp_path: Path) -> None:
    config = case(inventory="PrimarySmtpAddress\na@contoso.com\nA@contoso.com\nb@elsewhere.org\n=c@contoso.com\n")
    result = invoke(config, "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert all(f"row {row}" in result.stderr for row in (3, 4, 5))
    assert not (tmp_path / "out").exists()


def test_a_missing_configuration_is_named(tmp_path: Path) -> None:
    result = invoke(tmp_path / "no.toml", "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "no.toml" in result.stderr


def test_what_is_of_the_server_is_refused_online_with_the_reason(tmp_path: Path, case: Case) -> None:
    text = case().read_text().replace('"exchange-server"', '"exchange-online"')
    guid = "11111111-2222-4333-8444-555555555555"
    text = text[: text.index("[service-account]")] + (
        f'[application]\ntenant-id = "{guid}"\nclient-id = "{guid[:-1]}4"\nobject-id = "{guid[:-1]}6"\n'
        '[verify]\nendpoint = "https://mail.contoso.com/EWS/Exchange.asmx"\n'
    )
    (tmp_path / "online.toml").write_text(text)
    result = invoke(tmp_path / "online.toml", "--output", tmp_path / "out")
    assert result.exit_code == 2
    assert "exchange-server only" in result.stderr


def test_a_room_stays_in_its_list_with_previous(case: Case, tmp_path: Path) -> None:
    header = "PrimarySmtpAddress\n"
    assert invoke(case(header + "b@contoso.com\nc@contoso.com\n", lists="size = 1"), "--output", tmp_path / "one").exit_code == 0
    config = case(header + "a@contoso.com\nb@contoso.com\nc@contoso.com\n", lists="size = 1")
    assert invoke(config, "--output", tmp_path / "two", "--previous", tmp_path / "one").exit_code == 0
    def lists(name: str) -> dict[str, str]:
        text = (tmp_path / name / "rooms.csv").read_text(encoding="utf-8-sig")
        return {row["PrimarySmtpAddress"]: row["RoomListAddress"] for row in csv.DictReader(io.StringIO(text))}

    assert lists("one").items() <= lists("two").items()


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("name", "x\u2019) -or (Name -like \u2019", "which a filter could take for its own quotation mark"),
        ("name", "*", "which Exchange takes for any name"),
        ("address", "ceo@contoso.com", "which is a control"),
        ("address", "all.staff@contoso.com", "is no list of this plan"),
    ],
)
def test_a_previous_bundle_is_held_to_the_rules_of_a_configuration(case: Case, tmp_path: Path, name: str, value: str, reason: str) -> None:
    config = case()
    assert invoke(config, "--output", tmp_path / "one").exit_code == 0
    path, rooms = tmp_path / "one" / "manifest.json", tmp_path / "one" / "rooms.csv"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    old = manifest["plan"]["lists"][0][name]
    manifest["plan"]["lists"][0][name] = value
    if value == "ceo@contoso.com":
        manifest["plan"]["lists"][0]["alias"] = "ceo"
        rooms.write_bytes(rooms.read_bytes().replace(old.encode(), value.encode()))
        manifest["files"]["rooms.csv"] = hashlib.sha256(rooms.read_bytes()).hexdigest()
    path.write_text(json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    result = invoke(config, "--output", tmp_path / "two", "--previous", tmp_path / "one")
    assert result.exit_code == 2
    assert reason in result.stderr


def test_a_previous_bundle_that_was_altered_is_refused(case: Case, tmp_path: Path) -> None:
    config = case()
    assert invoke(config, "--output", tmp_path / "one").exit_code == 0
    with (tmp_path / "one" / "rooms.csv").open("ab") as file:
        file.write(b"x@contoso.com,y@contoso.com,Z\r\n")
    result = invoke(config, "--output", tmp_path / "two", "--previous", tmp_path / "one")
    assert result.exit_code == 2
    assert "is not what its manifest says" in result.stderr


HOSTILE = (
    "O'Brien", "''", "\u201c\u201d", '"', "`", "$(Get-Date)", "$env:X", "a;b", "a|b", "#>", "<#", "<# #>",
    "{{ 7+7 }}", "{% x %}", "'@", "@'", "a&b", "@(1)", "--%x", "%s{0}", "Größe", "\U0001f600", "\\", "x" * 40, "] -or ($true", "//", "-->",
)


SHOWN_ONLY = ("\u2018\u2019", "\u201a\u201b'", "\u2019")
"""What may stand where no filter meets it."""


def hostile(case: Case, values: tuple[str, ...], shown_only: tuple[str, ...]) -> Path:
    """A configuration and an inventory with a value wherever text may stand."""
    cells = ['"' + f"B{number} {value}".replace('"', '""') + '"' for number, value in enumerate(values)]
    rows = [f"r{number}@contoso.com,{cell},{cell}" for number, cell in enumerate(cells)]
    rows += [f"s{number}@contoso.com,{value},{cells[0]}" for number, value in enumerate(shown_only)]
    text, note = (json.dumps(" ".join(one)[:60].strip(), ensure_ascii=False) for one in (values, shown_only + values))
    return case(
        "\n".join(("PrimarySmtpAddress,DisplayName,Building", *rows)),
        bundle=f"ticket = {note}\napprover = {note}\nowner = {note}",
        rooms='list-column = "Building"',
        names=f"scope = {text}\nassignment = {text}",
    )


def test_hostile_values_everywhere_come_back_as_constants_and_change_no_command(
    case: Case, pwsh: str, tmp_path: Path
) -> None:
    plain = compose(hostile(case, tuple("x" for _ in HOSTILE), tuple("x" for _ in SHOWN_ONLY))).files
    files = compose(hostile(case, HOSTILE, SHOWN_ONLY)).files
    for step in EXCHANGE_SERVER.steps:
        (tmp_path / step.file).write_bytes(files[step.file])
        (tmp_path / f"plain-{step.file}").write_bytes(plain[step.file])
        assert shape(files[step.file]) == shape(plain[step.file])
    seen = parsed(pwsh, tmp_path)
    for step in EXCHANGE_SERVER.steps:
        assert seen[step.file]["errors"] == 0
        assert seen[step.file]["commands"] == seen[f"plain-{step.file}"]["commands"] != []
    constants = set(seen["30-New-RoomLists.ps1"]["constants"])
    assert {f"contoso-rooms B{number} {value}" for number, value in enumerate(HOSTILE)} <= constants


PARSE = """
$seen = @{}
foreach ($file in Get-ChildItem -LiteralPath . -Filter *.ps1) {
    $errors = $null; $tokens = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($file.FullName, [ref]$tokens, [ref]$errors)
    $commands = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true) | % { $_.GetCommandName() })
    $constants = @($tree.FindAll({ $args[0] -is [System.Management.Automation.Language.StringConstantExpressionAst] }, $true) | % { $_.Value })
    $seen[$file.Name] = @{ errors = $errors.Count; commands = $commands; constants = $constants }
}
ConvertTo-Json -InputObject $seen -Depth 4 -Compress
"""


def parsed(pwsh: str, folder: Path) -> dict[str, dict[str, Any]]:
    """What PowerShell's own parser finds in each script of a folder."""
    done = subprocess.run(
        [pwsh, "-NoProfile", "-NonInteractive", "-Command", PARSE], cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True
    )
    seen: dict[str, dict[str, Any]] = json.loads(done.stdout)
    return seen


@pytest.mark.parametrize("quote", "\u2018\u2019\u201a\u201b")
def test_a_typographic_quote_in_the_name_of_a_list_is_refused_with_its_row_and_the_cure(case: Case, quote: str) -> None:
    config = case(f"PrimarySmtpAddress,Building\na@contoso.com,O{quote}Brien\n", rooms='list-column = "Building"')
    with pytest.raises(GeneratorError, match=r"row 2, Building: .* use the plain apostrophe"):
        compose(config)


@pytest.mark.parametrize(
    "value", ["a\nb", "a\rb", "a\x85b", "a\u2028b", "a\x00b", "a\u202eb", "a\u200fb", "x" * 65], ids=ascii
)
def test_a_value_that_no_script_may_hold_is_refused(value: str, case: Case) -> None:
    config = case(names=f"scope = {json.dumps(value)}")
    with pytest.raises(GeneratorError, match=r"names\.scope") as refused:
        compose(config)
    assert refused.value.exit_code == 2


def shape(data: bytes) -> list[str]:
    """Every command of a script, in order."""


    return [call.name for call in calls(Script.parse(data))]
