"""What cannot stand together in one configuration, found even while other values are still wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from roomscope.generator.intent.profiles import identity_of, profiles
from roomscope.generator.products.permissions import opens_mailboxes


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the file says so far, compared without regard to case."""

    data: Mapping[str, object]

    def has(self, table: str) -> bool:
        return self.data.get(table) is not None

    def get(self, table: str, key: str) -> object:
        section = self.data.get(table)
        return section.get(key) if isinstance(section, Mapping) else None

    def text(self, table: str, key: str) -> str:
        value = self.get(table, key)
        return value.lower() if isinstance(value, str) else ""

    def texts(self, table: str, key: str) -> tuple[str, ...]:
        value = self.get(table, key)
        items = value if isinstance(value, list | tuple) else ()
        return tuple(item.lower() for item in items if isinstance(item, str))


def conflicts(data: Mapping[str, object]) -> Iterator[str]:
    """Names each combination that cannot be carried out."""
    asked = _Asked(data)
    yield from _identity(asked)
    yield from _platform(asked)
    yield from _ownership(asked)
    yield from _sameness(asked)


def _identity(asked: _Asked) -> Iterator[str]:
    profile = asked.text("bundle", "profile")
    wanted = identity_of(profile)
    if asked.has("service-account") and asked.has("application"):
        homes = " or ".join(f"[{identity_of(one)}] for profile {one}" for one in profiles())
        yield f"service-account and application are both there. Keep {homes}; two platforms are two bundles."
    elif wanted is not None and not asked.has(wanted):
        yield f"{wanted} is missing. Profile {profile} needs [{wanted}] with its {_NEEDED[wanted]}."


_NEEDED = {
    "service-account": "address",
    "application": (
        "tenant-id, client-id and object-id. A user account gets nothing there: Exchange Online gives ApplicationImpersonation to nobody "
        "any more, and folder rights for a user have no scope that one proof could hold"
    ),
}


def _platform(asked: _Asked) -> Iterator[str]:
    if asked.text("bundle", "profile") != "exchange-online":
        return
    if asked.get("room-lists", "allow-service-account-as-owner") is True:
        yield "room-lists.allow-service-account-as-owner is for profile exchange-server only: an application owns no list. Leave it out."
    if asked.get("room-lists", "organizational-unit") is not None:
        yield "room-lists.organizational-unit is for profile exchange-server only. Leave it out."
    if asked.get("verify", "endpoint") is not None:
        yield "verify.endpoint is for profile exchange-server only; online it follows from application.cloud. Leave it out."
    if (client := asked.text("application", "client-id")) and client == asked.text("application", "object-id"):
        yield (
            "application.object-id equals client-id. Give the object id of the service principal, "
            "from the page of the enterprise application, not of the app registration."
        )
    if (tenant := asked.text("application", "tenant-id")) and tenant in {client, asked.text("application", "object-id")}:
        yield "application.tenant-id equals another id of the application. Give the id of the tenant, from the overview page of Entra."
    opening = [one for one in asked.texts("application", "allowed-entra-permissions") if opens_mailboxes(one)]
    if opening:
        yield (
            f"application.allowed-entra-permissions names {', '.join(opening)}, which opens mailboxes of the whole tenant or gives itself the "
            "right to, so no scope would hold. Leave it out, and have it revoked in Entra."
        )


def _ownership(asked: _Asked) -> Iterator[str]:
    """The account under either of its names: its address, and the UPN it signs in with."""
    names = tuple(dict.fromkeys(filter(None, (asked.text("service-account", key) for key in ("address", "user")))))
    owner, controls = asked.text("room-lists", "owner"), frozenset(asked.texts("verify", "controls"))
    allowed = asked.get("room-lists", "allow-service-account-as-owner") is True
    for name in names:
        if name == owner and not allowed:
            yield (
                f"room-lists.owner is the service account {name!r}, which could then add any mailbox to what it may reach. "
                "Name another owner, or set allow-service-account-as-owner = true and answer for it."
            )
        if name in controls:
            yield f"verify.controls names the service account {name!r}, which always reaches itself. Name mailboxes that must be refused."


def _sameness(asked: _Asked) -> Iterator[str]:
    column = asked.text("rooms", "column")
    if column and column == asked.text("rooms", "list-column"):
        yield "rooms.column and rooms.list-column are the same. Name the column of addresses and the column of groups."
    yield from _made_address(asked)


def _made_address(asked: _Asked) -> Iterator[str]:
    alias = asked.text("room-lists", "alias")
    made = f"{alias}@{asked.text('room-lists', 'domain')}"
    taken = {
        "service-account.address": (asked.text("service-account", "address"),),
        "service-account.user": (asked.text("service-account", "user"),),
        "room-lists.owner": (asked.text("room-lists", "owner"),),
        "verify.controls": asked.texts("verify", "controls"),
    }
    for key, addresses in taken.items():
        if alias and made in addresses:
            yield f"room-lists.alias makes the address {made!r}, which is also in {key}. Choose another alias."
