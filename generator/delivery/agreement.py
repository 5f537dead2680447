"""Whether scripts, rooms and manifest say the same, so that what is verified is what was made."""

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from roomscope.generator.audit.finding import Finding
from roomscope.generator.bundle.content import ROOMS
from roomscope.generator.bundle.manifest import Manifest
from roomscope.generator.bundle.sums import digest
from roomscope.generator.common.text import UNSEEN
from roomscope.generator.delivery.rules import RULES
from roomscope.generator.script.constants import is_set, tables_of, text_of, texts_of
from roomscope.generator.script.script import Script, ScriptError

_HEADER = ["PrimarySmtpAddress", "RoomListAddress", "DisplayName"]
_CURES = {rule.id: rule.cure for rule in RULES}


def read_manifest(data: bytes | None) -> tuple[Manifest | None, str]:
    """The manifest, or why there is none."""
    if data is None:
        return None, "It is missing."
    try:
        manifest = Manifest.model_validate_json(data)
    except ValidationError as error:
        first = error.errors()[0]
        return None, f"It is not a manifest: {'.'.join(map(str, first['loc']))} {first['msg']}."
    return (manifest, "") if manifest.text().encode() == data else (None, "It is not in the form that is rendered.")


def check_promises(
    manifest: Manifest, files: Mapping[str, bytes], scripts: Mapping[str, bytes]
) -> Iterator[Finding]:
    """Compares the data that scripts and rooms.csv hold with the manifest."""
    rooms = files.get(ROOMS, b"")
    yield from (_about("RSA109", ROOMS, fault) for fault in _rooms(manifest, rooms))
    for name, data in sorted(scripts.items()):
        try:
            script = Script.parse(data)
        except ScriptError:
            continue
        for variable in _different(manifest, rooms, script):
            yield _about("RSA111", name, f"{variable} is not what the manifest says.")


def _different(manifest: Manifest, rooms: bytes, script: Script) -> Iterator[str]:
    """The variables whose data is not that of the manifest."""
    for variable, expected in _texts(manifest, rooms):
        if is_set(script, variable) and text_of(script, variable) != expected:
            yield variable
    if is_set(script, "$controls") and texts_of(script, "$controls") != manifest.controls:
        yield "$controls"
    if is_set(script, "$lists"):
        lists = [(one.text("Address"), one.text("Name"), one.text("Alias")) for one in tables_of(script, "$lists")]
        if lists != [(one.address, one.name, one.alias) for one in manifest.lists]:
            yield "$lists"
    if is_set(script, "$grants"):
        tables = tables_of(script, "$grants")
        grants = [(one.text("Scope"), one.text("Assignment"), one.texts("Lists")) for one in tables]
        if grants != [(one.scope, one.assignment, one.lists) for one in manifest.grants]:
            yield "$grants"


def _texts(manifest: Manifest, rooms: bytes) -> Iterator[tuple[str, str]]:
    yield "$planId", manifest.plan_id
    yield "$roomsDigest", digest(rooms)
    yield "$accountName", manifest.identity.user or manifest.identity.address


def _rooms(manifest: Manifest, data: bytes) -> Iterator[str]:
    """What is wrong with rooms.csv."""
    try:
        text = data.decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        yield f"It cannot be read: {error}."
        return
    if not data.startswith(b"\xef\xbb\xbf") or text.count("\n") != text.count("\r\n") or not text.endswith("\r\n"):
        yield "It is not UTF-8 with a mark and lines that end with CR LF."
    if not rows or rows[0] != _HEADER or any(len(row) != len(_HEADER) for row in rows):
        yield f"Its columns are not {', '.join(_HEADER)}."
        return
    yield from _rows(manifest, rows[1:])


def _rows(manifest: Manifest, rows: list[list[str]]) -> Iterator[str]:
    if not rows or len(rows) != manifest.rooms:
        yield f"It holds {len(rows)} rooms, the manifest says {manifest.rooms}."
    if len({address.lower() for address, _, _ in rows}) != len(rows):
        yield "A room stands there twice."
    if Counter(address for _, address, _ in rows) != Counter({one.address: one.rooms for one in manifest.lists}):
        yield "The lists and their numbers of rooms are not those of the manifest."
    if any(UNSEEN.search(cell) for row in rows for cell in row):
        yield "A cell holds a character that cannot be seen."
    controls = {control.lower() for control in manifest.controls} | {manifest.identity.address.lower()}
    if controls & {address.lower() for address, _, _ in rows}:
        yield "A control or the service account is among the rooms."


def _about(rule_id: str, path: str, message: str) -> Finding:
    return Finding(path, 0, 0, rule_id, message, _CURES[rule_id])
