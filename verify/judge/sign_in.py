"""What it means that there is no token: the numbers of Entra ID, and what was found before or after it spoke."""

from collections.abc import Mapping
from types import MappingProxyType

from roomscope.verify.judge.answer import NoToken
from roomscope.verify.judge.causes import Cause
from roomscope.verify.judge.learnt import Again, Unlearnt

_NUMBERS: Mapping[Cause, tuple[int, ...]] = MappingProxyType(
    {
        Cause.SECRET_WRONG: (7000215,),
        Cause.SECRET_EXPIRED: (7000222,),
        Cause.UNKNOWN_TENANT: (90002, 900021, 900023, 50059),
        Cause.UNKNOWN_APPLICATION: (700016, 700038, 7000229),
        Cause.CERTIFICATE_UNKNOWN: (700027, 700021, 700023),
        Cause.CERTIFICATE_EXPIRED: (7000214, 1000502),
        Cause.CLOCK: (700024, 500133),
        Cause.CONDITIONAL_ACCESS: (53000, 53001, 53002, 53003, 53004, 53009, 53011, 530003, 530032, 50005, 50097),
        Cause.SECOND_FACTOR: (50072, 50074, 50076, 50078, 50079, 50158),
        Cause.CONSENT: (65001, 65004, 650051, 650057, 90094),
        Cause.UNKNOWN_RESOURCE: (500011, 500014, 50001, 650052, 70011, 1002012),
        Cause.APPLICATION_DISABLED: (7000112, 50057, 50105, 501051),
        Cause.FLOW_REFUSED: (7000218, 70002, 700025, 50020),
        Cause.SIGN_IN: (50126, 50034, 50055, 50056, 50128, 50064, 50144),
        Cause.LOCKED: (50053,),
        Cause.NOBODY_SIGNED_IN: (70000, 70016, 70018, 70019, 70020, 50089),
    }
)

_WORDS: Mapping[str, Unlearnt] = MappingProxyType(
    {
        "page": Unlearnt(Cause.SIGN_IN_PAGE, stops=True),
        "elsewhere": Unlearnt(Cause.SIGN_IN_LIES, stops=True),
        "expired certificate": Unlearnt(Cause.CERTIFICATE_EXPIRED, stops=True),
        "no managed identity": Unlearnt(Cause.NO_MANAGED_IDENTITY, stops=True),
        "other tenant": Unlearnt(Cause.TOKEN_TENANT, stops=True),
        "other service": Unlearnt(Cause.TOKEN_AUDIENCE, stops=True),
        "other application": Unlearnt(Cause.TOKEN_APPLICATION, stops=True),
        "unreadable token": Unlearnt(Cause.TOKEN_UNREADABLE, stops=True),
        "busy": Unlearnt(Cause.SIGN_IN_BUSY, Again.EVERYBODY),
        "expired_token": Unlearnt(Cause.NOBODY_SIGNED_IN, stops=True),
        "authorization_declined": Unlearnt(Cause.NOBODY_SIGNED_IN, stops=True),
        "access_denied": Unlearnt(Cause.NOBODY_SIGNED_IN, stops=True),
        "invalid_grant": Unlearnt(Cause.SIGN_IN, stops=True),
        "unauthorized_client": Unlearnt(Cause.FLOW_REFUSED, stops=True),
        "unsupported_grant_type": Unlearnt(Cause.FLOW_REFUSED, stops=True),
        "invalid_tenant": Unlearnt(Cause.UNKNOWN_TENANT, stops=True),
    }
)
"""Our own words, and those of OAuth that come without a number, as from AD FS."""

_BUSY = {"90033", "90006", "90055"}
_EXPIRED = ("key used is expired", "certificate has expired", "is expired")

CODES: Mapping[str, Cause] = MappingProxyType({str(number): cause for cause, numbers in _NUMBERS.items() for number in numbers})


def learn_no_token(answer: NoToken) -> Unlearnt:
    """Why there is none; a refused sign-in ends the run, because it is tried once."""
    if answer.code in _BUSY:
        return _WORDS["busy"]
    if answer.code in _WORDS:
        return _WORDS[answer.code]
    cause = CODES.get(answer.code, Cause.SIGN_IN_ODD)
    if cause is Cause.CERTIFICATE_UNKNOWN and any(word in answer.text.lower() for word in _EXPIRED):
        cause = Cause.CERTIFICATE_EXPIRED
    return Unlearnt(cause, stops=True)
