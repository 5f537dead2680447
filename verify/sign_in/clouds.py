"""The clouds of Microsoft 365: where each signs in and where it answers; nothing else names such a host."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from roomscope.verify.bundle.manifest import Cloud

GRAPH_ID = "00000003-0000-0000-c000-000000000000"
EXCHANGE_ID = "00000002-0000-0ff1-ce00-000000000000"
"""As which the services stand in every directory; a token may name them so."""


@dataclass(frozen=True, slots=True)
class Hosts:
    """The addresses of one cloud."""

    authority: str
    graph: str
    exchange: str
    authority_names: tuple[str, ...] = ()
    """Other hosts of the same authority, which its metadata may name."""


CLOUDS: Mapping[Cloud, Hosts] = MappingProxyType(
    {
        Cloud.WORLDWIDE: Hosts(
            "https://login.microsoftonline.com", "https://graph.microsoft.com", "https://outlook.office365.com"
        ),
        Cloud.GCC_HIGH: Hosts(
            "https://login.microsoftonline.us", "https://graph.microsoft.us", "https://outlook.office365.us"
        ),
        Cloud.DOD: Hosts(
            "https://login.microsoftonline.us", "https://dod-graph.microsoft.us", "https://outlook-dod.office365.us"
        ),
        Cloud.CHINA: Hosts(
            "https://login.partner.microsoftonline.cn", "https://microsoftgraph.chinacloudapi.cn",
            "https://partner.outlook.cn", ("login.chinacloudapi.cn",),
        ),
    }
)
