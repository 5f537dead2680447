"""What a report on Exchange Online says of each kind of access."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

GIVES: Mapping[str, str] = MappingProxyType(
    {
        "calendars-read": (
            "Application Calendars.Read gives reading of the calendars of every room in scope, and nothing else of the mailbox."
        ),
        "calendars-readwrite": (
            "Application Calendars.ReadWrite gives reading and writing of the calendars of every room in scope, "
            "and nothing else of the mailbox."
        ),
        "ews": (
            "Application EWS.AccessAsApp gives the whole mailbox, read and write, of every room in scope: "
            "not only the calendar, and not only reading."
        ),
    }
)


def not_proven(access: str, *, twin: bool, places: bool) -> tuple[str, ...]:
    """What stays open beside a verdict of kept, the weightiest first."""
    return tuple(_not_proven(access, twin=twin, places=places))


def _not_proven(access: str, *, twin: bool, places: bool) -> Iterator[str]:
    if twin:
        yield (
            "scope proven, application not: a twin registration was asked; the vendor's application, its assignment and its "
            "permissions in Entra ID stand in the record of step 60 and 70, or in a report of the vendor"
        )
    if access == "calendars-readwrite":
        yield (
            "writing: a read through a read-write assignment proves scope and presence, not the right to write, which the record "
            "of step 60 states (GrantedPermissions)"
        )
    if access != "ews":
        yield "Graph change notifications (subscriptions): whether a scope alone lets an application subscribe is not documented"
    if not places:
        yield "what room lists show to a booking service: places were not read, for which the application needs Place.Read.All in Entra ID"
    yield "permissions in Entra ID that were granted after the token was issued; ask again after every reconnect of the booking service"
