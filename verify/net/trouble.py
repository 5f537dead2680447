"""Tells layers apart: what an exception of a library says about name, machine, proxy, certificate, TLS or time."""

import errno
import socket
import ssl
from collections.abc import Iterator

from requests.exceptions import ProxyError, Timeout
from urllib3.exceptions import NameResolutionError
from urllib3.exceptions import ProxyError as PoolProxyError

from roomscope.verify.judge.answer import Trouble

_LIMITS = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EADDRNOTAVAIL})
"""What the system says when this machine has no more of something."""


def trouble_of(error: BaseException) -> tuple[Trouble, str]:
    """Which layer failed, and what is known of it; only a failed verification is an untrusted certificate."""
    chain = list(_chain(error))
    systems = [cause for cause in chain if isinstance(cause, OSError)]
    if limit := _limit(chain):
        return Trouble.OURS, limit
    for untrusted in (cause for cause in systems if isinstance(cause, ssl.SSLCertVerificationError)):
        return Trouble.UNTRUSTED, untrusted.verify_message
    if any(isinstance(cause, ProxyError | PoolProxyError) for cause in chain):
        return Trouble.PROXY, _text(systems)
    if any(isinstance(cause, NameResolutionError | socket.gaierror) for cause in chain):
        return Trouble.UNKNOWN_HOST, ""
    for broken in (cause for cause in systems if isinstance(cause, ssl.SSLError)):
        return Trouble.NO_CONNECTION, f"TLS: {(broken.reason or 'cut').lower().replace('_', ' ')}"
    return (Trouble.TIMED_OUT, "") if isinstance(error, Timeout) else (Trouble.NO_CONNECTION, _text(systems))


def _limit(chain: list[BaseException]) -> str:
    for cause in chain:
        if isinstance(cause, MemoryError):
            return "no memory is left"
        if isinstance(cause, RuntimeError) and "thread" in str(cause):
            return "no thread is left"
        if isinstance(cause, OSError) and not isinstance(cause, socket.gaierror | ssl.SSLError) and cause.errno in _LIMITS:
            return cause.strerror or ""
    return ""


def _text(systems: list[OSError]) -> str:
    named = [cause.strerror for cause in systems if cause.strerror]
    plain = [str(cause) for cause in systems if type(cause) is OSError and not cause.strerror]
    return next(reversed(named or plain), "")


def _chain(error: BaseException) -> Iterator[BaseException]:
    """The error, what it was raised from, and what urllib3 carries in `reason`."""
    waiting: list[object] = [error]
    known: set[int] = set()
    while waiting:
        found = waiting.pop()
        if isinstance(found, BaseException) and id(found) not in known:
            known.add(id(found))
            yield found
            waiting += [*found.args, getattr(found, "reason", None), found.__cause__, found.__context__]
