"""Whether the names that follow from a configuration, or were kept from an earlier bundle, are ones that Exchange takes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from roomscope.generator.common.errors import ConfigError
from roomscope.generator.common.text import shown
from roomscope.generator.intent import addresses, values
from roomscope.generator.intent.config import Config
from roomscope.generator.plan.filling import FilledList
from roomscope.generator.plan.plan import Grant

_LIST_CURE = "Change room-lists.name, bundle.name or the list column"


def check_names(lists: tuple[FilledList, ...], grants: tuple[Grant, ...]) -> None:
    """Holds every name to the rule of its kind, and all of them to being different.

    Raises:
        ConfigError: Exchange would not take one of them.
    """
    reasons = (
        *(reason for one in lists for reason in _about(one)),
        *_wrong("management scope", (one.scope for one in grants), values.object_name, "Change names.scope"),
        *_wrong("role assignment", (one.assignment for one in grants), values.object_name, "Change names.assignment"),
        *_twice("room list", (one.named.name for one in lists)),
        *_twice("alias", (one.named.alias for one in lists)),
    )
    if reasons:
        raise ConfigError.of("Some names cannot be used:", reasons)


def check_addresses(config: Config, lists: tuple[FilledList, ...]) -> None:
    """A list's address follows from its group, so only here it is known whether somebody else has it.

    Raises:
        ConfigError: Somebody has it.
    """
    taken = {room.address: f"the room in row {room.row}" for one in lists for room in one.rooms} | dict(_people(config))
    reasons = tuple(
        f"the room list {one.named.name!r} would have the address {one.named.address}, which is {taken[one.named.address]}"
        for one in lists
        if one.named.address in taken
    )
    if reasons:
        raise ConfigError.of("Choose another room-lists.alias or bundle.name:", reasons)


def _people(config: Config) -> Iterator[tuple[str, str]]:
    yield from ((control, "a control") for control in config.verify.controls)
    if config.room_lists.owner:
        yield config.room_lists.owner, "the owner of the lists"
    if config.service_account:
        yield config.service_account.address, "the service account"
    if config.service_account and config.service_account.user:
        yield config.service_account.user, "the service account"


def _about(one: FilledList) -> Iterator[str]:
    named = one.named
    yield from _wrong("room list", [named.name], values.object_name, _LIST_CURE)
    yield from _wrong("alias", [named.alias], addresses.alias, "Change room-lists.alias, bundle.name or the list column")
    yield from _wrong("room list's address", [named.address], _address_of(named.alias), "Change room-lists.domain")
    if len(one.rooms) > values.LIST_LIMIT:
        yield f"the room list {shown(named.name)} would hold {len(one.rooms)} rooms; a client is told of {values.LIST_LIMIT} only. Take some out."


def _address_of(alias: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if addresses.address(text) != text or text.rpartition("@")[0] != alias.lower():
            message = f"does not follow from the alias {shown(alias)}"
            raise ValueError(message)
        return text

    return check


def _wrong(kind: str, names: Iterable[str], check: Callable[[str], str], cure: str) -> Iterator[str]:
    for name in names:
        try:
            check(name)
        except ValueError as error:
            yield f"the {kind} {shown(name)} {error}. {cure}."


def _twice(kind: str, names: Iterable[str]) -> Iterator[str]:
    count = Counter(name.casefold() for name in names)
    yield from (f"the {kind} name {shown(name)} would be used {times} times." for name, times in count.items() if times > 1)
