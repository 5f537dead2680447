"""What a bundle promises, mailbox by mailbox."""

from collections.abc import Iterable

from roomscope.verify.bundle.bundle import Bundle
from roomscope.verify.bundle.manifest import is_address
from roomscope.verify.bundle.rooms import Room
from roomscope.verify.common.errors import BundleError, VerifyError
from roomscope.verify.common.text import harmless
from roomscope.verify.judge.promise import Expected, Promise, Role


def make_promises(bundle: Bundle, chosen: Iterable[Room], added: Iterable[str], *, expect_none: bool) -> tuple[Promise, ...]:
    """The chosen rooms, then the controls of the bundle and of the operator, each once."""
    plan = bundle.manifest.plan
    rooms = {room.address for room in bundle.rooms}
    controls = dict.fromkeys(map(_control, [*plan.controls, *added]))
    for address in controls:
        if address in rooms:
            raise BundleError(f"{address} is a room of the bundle, so it cannot be a control.")
        if plan.account is not None and address == plan.account.address.lower():
            raise BundleError(f"{address} is the service account, which may open its own mailbox. Take another.")
    expected = Expected.REFUSAL if expect_none else Expected.ANSWER
    return (
        *(Promise(room.address, Role.ROOM, expected, room.room_list) for room in chosen),
        *(Promise(address, Role.CONTROL, Expected.REFUSAL) for address in controls),
    )


def _control(address: str) -> str:
    if not is_address(address):
        raise VerifyError(f"--control '{harmless(address)}' is not an address. Give the primary SMTP address.")
    return address.lower()
