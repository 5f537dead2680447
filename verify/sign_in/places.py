"""Where an application signs in and asks: what its cloud says, or a lab on this machine and nowhere else."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from roomscope.verify.bundle.manifest import Access, Application
from roomscope.verify.common.errors import EndpointError
from roomscope.verify.common.text import harmless
from roomscope.verify.sign_in.clouds import CLOUDS, EXCHANGE_ID, GRAPH_ID
from roomscope.verify.sign_in.endpoint import checked

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_EWS = "/EWS/Exchange.asmx"


@dataclass(frozen=True, slots=True)
class Given:
    """What the operator named; for a lab only."""

    authority: str | None = None
    graph_root: str | None = None
    endpoint: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """The addresses of one run."""

    authority: str
    """Root of the sign-in endpoint, without the tenant."""

    authority_names: tuple[str, ...]
    resource: str
    """What the token is for; questions go below it."""

    resource_id: str
    """The same, as the directory numbers it."""

    lab: bool = False

    @property
    def endpoint(self) -> str:
        """Where EWS is asked."""
        return f"{self.resource}{_EWS}"


def settle(application: Application, given: Given) -> Places:
    """The places of this application's cloud, or all of them on loopback."""
    hosts, ews = CLOUDS[application.cloud], application.access is Access.EWS
    other = given.endpoint if ews else given.graph_root
    if (given.graph_root if ews else given.endpoint) is not None:
        wrong, right = ("--graph-root", "--endpoint") if ews else ("--endpoint", "--graph-root")
        raise EndpointError(f"{wrong} is not for an application with access {application.access}. A lab is named with {right}.")
    if (given.authority is None) is not (other is None):
        raise EndpointError("A token of one place must not be taken to another: give --authority together with --graph-root or --endpoint.")
    if given.authority is None or other is None:
        resource = hosts.exchange if ews else hosts.graph
        return Places(hosts.authority, hosts.authority_names, resource, EXCHANGE_ID if ews else GRAPH_ID)
    authority, place = _loopback(given.authority), _loopback(other.removesuffix(_EWS) if ews else other)
    return Places(authority, (), place, EXCHANGE_ID if ews else GRAPH_ID, lab=True)


def _loopback(address: str) -> str:
    """The root of a lab on this machine."""
    root = checked(f"{address}{_EWS}").removesuffix(_EWS)
    if urlsplit(root).hostname not in _LOOPBACK or urlsplit(root).path:
        raise EndpointError(
            f"'{harmless(address)}' is not on this machine. Hosts of Microsoft follow from the cloud of the bundle; "
            "only a lab at https://localhost:… can be named."
        )
    return root
