"""A delivery is audited as a whole: folders, zips and loose scripts, honest and hostile."""

import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from roomscope.generator.bundle.content import content_of, facts_of
from roomscope.generator.bundle.manifest import MANIFEST, Manifest
from roomscope.generator.bundle.sums import SUMS, digest, sums
from roomscope.generator.delivery.check import Result, audit_delivery
from roomscope.generator.delivery.intake import take
from roomscope.generator.delivery.rebuild import plan_again
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.statement.files import statement_files
from tests.generator.delivery.zips import zipped

Files = dict[str, bytes]
GRANT = "50-Grant-Access.ps1"
BLOCK = b"\r\n# SIG # Begin signature block\r\n# MIIabc+/=\r\n# MIIabc+/=\r\n# SIG # End signature block\r\n"


@pytest.fixture
def audited(put: Callable[[Mapping[str, bytes]], Path]) -> Callable[..., Result]:
    def audit(files: Mapping[str, bytes], ticket: str | None = None, rendered: Files | None = None) -> Result:
        return audit_delivery(take(put(files)), ticket, rendered)

    return audit


def rules(result: Result) -> set[str]:
    return {finding.rule for finding in result.findings}


def test_every_sample_is_clean(samples: Mapping[str, Files], audited: Callable[..., Result]) -> None:
    for files in samples.values():
        result = audited(files)
        assert result.findings == ()
        assert result.clean
        assert result.digest == digest(files[SUMS])
        assert not result.compared
        assert result.statement is not None
        assert len(result.statement.scripts) == len(PRODUCTS[Manifest.model_validate_json(files[MANIFEST]).plan.kind].steps)


def test_the_digest_of_the_ticket_is_compared(article: Files, audited: Callable[..., Result]) -> None:
    result = audited(article, digest(article[SUMS]).upper())
    assert result.clean
    assert result.compared
    assert rules(audited(article, "0" * 64)) == {"RSA104"}


def test_a_signed_script_is_its_unsigned_self(article: Files, audited: Callable[..., Result]) -> None:
    result = audited({**article, GRANT: article[GRANT] + BLOCK})
    assert result.clean
    assert result.signed == (GRANT,)


@pytest.mark.parametrize(
    "tail",
    [
        BLOCK + BLOCK,
        BLOCK + b"Get-Process\r\n",
        BLOCK + b"# x\r\n",
        BLOCK + b"\x00",
        BLOCK.replace(b"MIIabc", b"MII abc"),
        BLOCK.replace(b"# SIG # End signature block\r\n", b""),
        b"# x\r\n",
    ],
    ids=["two blocks", "code", "a comment", "NUL", "not base64", "no end", "no block"],
)
def test_anything_else_behind_a_script_is_an_altered_bundle(
    article: Files, audited: Callable[..., Result], tail: bytes
) -> None:
    assert "RSA101" in rules(audited({**article, GRANT: article[GRANT] + tail}))


def test_a_signature_block_that_was_rendered_in_is_refused(
    article: Files, seal: Callable[[Mapping[str, bytes]], Files], audited: Callable[..., Result]
) -> None:
    middle = article[GRANT].replace(b"# What this", BLOCK[2:] + b"# What this", 1)
    assert "RSA009" in rules(audited(seal({**article, GRANT: middle})))


def without(files: Files, *names: str) -> Files:
    return {name: data for name, data in files.items() if name not in names}


def resummed(files: Files) -> Files:
    """The digests in SHA256SUMS alone are adjusted."""
    rest = without(files, SUMS)
    return {**rest, SUMS: sums(rest)}


WHOLE = {
    "a byte of rooms.csv": ("RSA101", lambda files: {**files, "rooms.csv": files["rooms.csv"][:-3] + b"x\r\n"}),
    "a byte of the runbook": ("RSA101", lambda files: {**files, "RUNBOOK.md": files["RUNBOOK.md"] + b" "}),
    "an extra script": ("RSA102", lambda files: {**files, "55-Fix.ps1": b"Get-Process"}),
    "an extra script that is listed": ("RSA110", lambda files: resummed({**files, "55-Fix.ps1": files[GRANT]})),
    "a script in capitals that is listed": ("RSA102", lambda files: resummed({**files, "55-Fix.PS1": b"Get-Process"})),
    "a module that is listed": ("RSA102", lambda files: resummed({**files, "Exchange.psm1": b"Get-Process"})),
    "a program that is listed": ("RSA102", lambda files: resummed({**files, "setup.cmd": b"x"})),
    "an extra text": ("RSA102", lambda files: {**files, "README.txt": b"x"}),
    "a file that is missing": ("RSA103", lambda files: without(files, "90-Remove-Access.ps1")),
    "the way back is gone from the list too": ("RSA110", lambda files: resummed(without(files, "90-Remove-Access.ps1"))),
    "no list of digests": ("RSA100", lambda files: without(files, SUMS)),
    "no manifest": ("RSA105", lambda files: without(files, MANIFEST)),
    "no statement": ("RSA106", lambda files: resummed(without(files, "audit.json"))),
    "no second opinion": ("RSA107", lambda files: resummed(without(files, "AUDIT.ps1"))),
    "a name that differs in case only": ("RSA102", lambda files: {**files, "50-grant-access.ps1": b"Get-Process"}),
    "a listed name that differs in case only": ("RSA100", lambda files: resummed({**files, "50-grant-access.ps1": files[GRANT]})),
    "a list with CR LF": ("RSA100", lambda files: {**files, SUMS: files[SUMS].replace(b"\n", b"\r\n")}),
    "a list without a last line end": ("RSA100", lambda files: {**files, SUMS: files[SUMS][:-1]}),
    "a list in another order": ("RSA100", lambda files: {**files, SUMS: b"".join(reversed(files[SUMS].splitlines(keepends=True)))}),
    "a list with a path": ("RSA100", lambda files: {**files, SUMS: files[SUMS] + b"0" * 64 + b"  ../x\n"}),
    "a list with a name twice": ("RSA100", lambda files: {**files, SUMS: files[SUMS] + files[SUMS].splitlines(keepends=True)[-1]}),
    "an empty list": ("RSA100", lambda files: {**files, SUMS: b""}),
    "a manifest that is no JSON": ("RSA105", lambda files: resummed({**files, MANIFEST: b"{"})),
    "a manifest with another key": ("RSA105", lambda files: resummed({**files, MANIFEST: files[MANIFEST].replace(b"{", b'{"x": 1,', 1)})),
    "a manifest with a key twice": ("RSA105", lambda files: resummed({**files, MANIFEST: files[MANIFEST].replace(b"{", b'{"bundle": "x",', 1)})),
    "a manifest in another form": ("RSA105", lambda files: resummed({**files, MANIFEST: files[MANIFEST].replace(b"  ", b" ")})),
    "a manifest with other digests": ("RSA105", lambda files: resummed({**files, "RUNBOOK.md": b"x"})),
    "a statement that lies": ("RSA106", lambda files: {**files, "audit.json": files["audit.json"].replace(b'"Get-User"', b'"Get-Group"')}),
    "a page that lies": ("RSA106", lambda files: {**files, "AUDIT.md": files["AUDIT.md"].replace(b"whole mailbox", b"calendar")}),
    "a second opinion that always agrees": ("RSA107", lambda files: {**files, "AUDIT.ps1": b"'agrees'"}),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "change"), WHOLE.values(), ids=WHOLE)
def test_an_altered_bundle_is_a_finding(
    article: Files, audited: Callable[..., Result], rule: str, change: Callable[[Files], Files]
) -> None:
    files = change(article)
    assert files != article
    assert rule in rules(audited(files))


def planning(files: Files, **changes: object) -> Files:
    """Changes the plan that the manifest holds, and adjusts the digests."""
    manifest = Manifest.model_validate_json(files[MANIFEST])
    plan = manifest.plan.model_copy(update=changes)
    return resummed({**files, MANIFEST: manifest.model_copy(update={"plan": plan}).text().encode()})


def identified(files: Files, plan_id: str) -> Files:
    manifest = Manifest.model_validate_json(files[MANIFEST]).model_copy(update={"plan_id": plan_id})
    return resummed({**files, MANIFEST: manifest.text().encode()})


def roomed(files: Files, rooms: bytes) -> Files:
    """Changes the rooms, and adjusts every digest, also those in the scripts."""
    old, new = digest(files["rooms.csv"]).encode(), digest(rooms).encode()
    scripts = {name: data.replace(old, new) for name, data in files.items() if name[0].isdigit()}
    assert scripts[GRANT] != files[GRANT]
    return {**files, **scripts, "rooms.csv": rooms}


DISAGREEING = {
    "another plan": ("RSA111", lambda files: identified(files, "0" * 64)),
    "no controls": ("RSA111", lambda files: planning(files, controls=())),
    "other scopes": ("RSA111", lambda files: planning(files, grants=())),
    "other lists": ("RSA111", lambda files: planning(files, lists=())),
    "fewer rooms": ("RSA109", lambda files: planning(files, rooms=1)),
    "another product": ("RSA105", lambda files: planning(files, product="nowhere")),
    "another account": (
        "RSA111",
        lambda files: {**files, GRANT: files[GRANT].replace(b"$accountName = 'cronofy", b"$accountName = 'evil")},
    ),
    "the scripts know other rooms": ("RSA111", lambda files: {**files, "rooms.csv": files["rooms.csv"] + files["rooms.csv"].splitlines(keepends=True)[1]}),
    "a room twice": ("RSA109", lambda files: roomed(files, files["rooms.csv"] + files["rooms.csv"].splitlines(keepends=True)[1])),
    "a room in an unknown list": ("RSA109", lambda files: roomed(files, files["rooms.csv"].replace(b"cronofy.resource.list", b"evil", 1))),
    "rooms without a mark": ("RSA109", lambda files: roomed(files, files["rooms.csv"][3:])),
    "rooms with plain line feeds": ("RSA109", lambda files: roomed(files, files["rooms.csv"].replace(b"\r\n", b"\n"))),
    "rooms with other columns": ("RSA109", lambda files: roomed(files, files["rooms.csv"].replace(b"DisplayName", b"Name", 1))),
    "no rooms": ("RSA109", lambda files: roomed(files, b"".join(files["rooms.csv"].splitlines(keepends=True)[:1]))),
    "rooms that are no text": ("RSA109", lambda files: roomed(files, b"\xff")),
    "a control among the rooms": (
        "RSA109",
        lambda files: roomed(files, files["rooms.csv"].replace(
            files["rooms.csv"].splitlines()[1].split(b",")[0],
            Manifest.model_validate_json(files[MANIFEST]).plan.controls[0].encode(),
        )),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("rule", "change"), DISAGREEING.values(), ids=DISAGREEING)
def test_scripts_rooms_and_manifest_must_say_the_same_though_all_digests_fit(
    article: Files,
    seal: Callable[[Mapping[str, bytes]], Files],
    audited: Callable[..., Result],
    rule: str,
    change: Callable[[Files], Files],
) -> None:
    files = seal(change(article))
    found = rules(audited(files))
    assert rule in found
    assert not found & {"RSA100", "RSA101", "RSA102", "RSA103"}


def test_other_rooms_with_everything_adjusted_need_the_ticket_or_the_configuration(
    article: Files, seal: Callable[[Mapping[str, bytes]], Files], audited: Callable[..., Result]
) -> None:
    first = article["rooms.csv"].splitlines()[1].split(b",")[0]
    edited = roomed(article, article["rooms.csv"].replace(first, b"director@example.com"))
    assert rules(audited(seal(edited))) == {"RSA113"}
    manifest = Manifest.model_validate_json(article[MANIFEST])
    made = content_of(plan_again(manifest.plan, edited["rooms.csv"], EXCHANGE_SERVER), EXCHANGE_SERVER)
    known = manifest.model_copy(update={"plan_id": made.plan_id}).text().encode()
    files = seal({**article, **made.scripts, **made.others, MANIFEST: known})
    assert audited(files).clean
    assert rules(audited(files, digest(article[SUMS]))) == {"RSA104"}
    assert rules(audited(files, None, article)) == {"RSA108"}


def test_the_configuration_gives_the_same_bytes(article: Files, audited: Callable[..., Result]) -> None:
    assert audited(article, None, article).clean
    assert rules(audited({**article, GRANT: article[GRANT] + BLOCK}, None, article)) == set()


def test_evidence_is_not_part_of_the_bundle(article: Files, put: Callable[[Files], Path]) -> None:
    folder = put(article)
    (folder / "evidence").mkdir()
    (folder / "evidence" / "50-Grant-Access.plan.20261122T000000Z.json").write_text("{}")
    assert audit_delivery(take(folder)).clean
    (folder / "evidence" / "50-Grant-Access.ps1").write_text("x")
    assert rules(audit_delivery(take(folder))) == {"RSA102"}


def test_links_and_folders_are_not_followed(article: Files, put: Callable[[Files], Path]) -> None:
    folder = put(article)
    (folder / "scripts").mkdir()
    (folder / "55-Fix.ps1").symlink_to("/etc/passwd")
    os.mkfifo(folder / "56-Fix.ps1")
    (folder / "a b.ps1").write_text("x")
    found = [finding.path for finding in audit_delivery(take(folder)).findings if finding.rule == "RSA102"]
    assert found == ["55-Fix.ps1", "56-Fix.ps1", "a b.ps1", "scripts"]


def test_a_link_to_evidence_is_no_evidence(article: Files, put: Callable[[Files], Path], tmp_path: Path) -> None:
    folder = put(article)
    (folder / "evidence").symlink_to(tmp_path)
    assert rules(audit_delivery(take(folder))) == {"RSA102"}


def test_a_loose_script_is_held_to_its_step(article: Files, tmp_path: Path) -> None:
    (tmp_path / GRANT).write_bytes(article[GRANT] + BLOCK)
    result = audit_delivery(take(tmp_path / GRANT))
    assert (result.clean, result.kind, result.digest, result.signed) == (True, "scripts", "", (GRANT,))
    (tmp_path / "60-x.ps1").write_bytes(article[GRANT])
    assert "RSA020" in rules(audit_delivery(take(tmp_path / "60-x.ps1")))
    (tmp_path / "x.ps1").write_bytes(article[GRANT])
    assert rules(audit_delivery(take(tmp_path / "x.ps1"))) == {"RSA110"}


@pytest.mark.parametrize("prefix", ["", "cronofy-rooms/"])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_a_zip_is_its_content(article: Files, tmp_path: Path, prefix: str, method: int) -> None:
    (tmp_path / "b.zip").write_bytes(zipped({prefix + name: data for name, data in article.items()}, method))
    result = audit_delivery(take(tmp_path / "b.zip"))
    assert result.clean
    assert result.digest == digest(article[SUMS])


def test_an_extra_file_in_a_zip_is_a_finding(article: Files, tmp_path: Path) -> None:
    (tmp_path / "b.zip").write_bytes(zipped({**article, "55-Fix.ps1": b"x", "deep/er/x.ps1": b"x"}))
    assert [one.path for one in audit_delivery(take(tmp_path / "b.zip")).findings if one.rule == "RSA102"] == [
        "55-Fix.ps1",
        "deep/er/x.ps1",
    ]


def test_the_statement_files_are_the_same_bytes_every_time(article: Files) -> None:
    scripts = {name: data for name, data in article.items() if name[0].isdigit()}
    facts = facts_of(Manifest.model_validate_json(article[MANIFEST]).plan)
    made = statement_files(scripts, EXCHANGE_SERVER, facts)
    assert made == {name: article[name] for name in ("AUDIT.md", "audit.json", "AUDIT.ps1")}
    assert made == statement_files(dict(reversed(scripts.items())), EXCHANGE_SERVER, facts)
