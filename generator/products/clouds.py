"""The clouds of Microsoft that a configuration may name: how an administrator connects there."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Cloud:
    """What is given to the commands that connect, besides who signs in."""

    exchange: str
    """To Connect-ExchangeOnline."""

    graph: str
    """To Connect-MgGraph."""

    domain: str
    """How an initial domain ends."""

    ews: str
    """The address of EWS."""


CLOUDS: Mapping[str, Cloud] = MappingProxyType(
    {
        "worldwide": Cloud("", "", ".onmicrosoft.com", "https://outlook.office365.com/EWS/Exchange.asmx"),
        "gcc-high": Cloud(
            " -ExchangeEnvironmentName O365USGovGCCHigh",
            " -Environment USGov",
            ".onmicrosoft.us",
            "https://outlook.office365.us/EWS/Exchange.asmx",
        ),
        "dod": Cloud(
            " -ExchangeEnvironmentName O365USGovDoD",
            " -Environment USGovDoD",
            ".onmicrosoft.us",
            "https://outlook-dod.office365.us/EWS/Exchange.asmx",
        ),
        "china": Cloud(
            " -ExchangeEnvironmentName O365China",
            " -Environment China",
            ".partner.onmschina.cn",
            "https://partner.outlook.cn/EWS/Exchange.asmx",
        ),
    }
)
"""Each has calendars in Graph."""
