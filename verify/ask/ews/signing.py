"""How a probe signs in, and what becomes of a sign-in that something refuses before EWS."""

import re
import threading
from http import HTTPStatus
from typing import Any

from exchangelib.protocol import FailFast
from requests import PreparedRequest, Response
from requests.auth import HTTPBasicAuth
from requests_ntlm import HttpNtlmAuth

from roomscope.verify.judge.answer import Answer, Http, Trouble
from roomscope.verify.net.sign_ins import WithheldError, proves
from roomscope.verify.net.wire import WireError, seconds
from roomscope.verify.sign_in.password import Scheme
from roomscope.verify.sign_in.tokens import Tokens

_ACCEPTED = {Scheme.BASIC: {"basic"}, Scheme.NTLM: {"ntlm", "negotiate"}, Scheme.OAUTH: {"bearer"}}
_OFFER = re.compile(r"(?:^|,)\s*(basic|bearer|digest|kerberos|negotiate|ntlm)\b", re.IGNORECASE)


class HttpRefusalError(Exception):
    """Something answered before EWS; no exception of exchangelib, which would swallow it."""

    def __init__(self, answer: Http) -> None:
        super().__init__(f"HTTP {answer.status}")
        self.answer = answer


class Policy(FailFast):  # type: ignore[misc]  # exchangelib ships no types
    """Surfaces what the library would turn into text, and remembers the request id."""

    def __init__(self, scheme: Scheme) -> None:
        self._scheme = scheme
        self._last = threading.local()

    @property
    def request_id(self) -> str:
        """The server's name for the last answer that this thread got."""
        return getattr(self._last, "request_id", "")

    def forget(self) -> None:
        """The last answer is not that to the next question."""
        self._last.request_id = ""

    def raise_response_errors(self, response: Response) -> None:
        """Lets answers of EWS pass, and nothing else."""
        # The library looks at `connection: close` before 401 and 403, so nothing is left to it.
        self._last.request_id = response.headers.get("request-id", "")
        if response.status_code not in {200, 500} or "X-CasErrorCode" in response.headers:
            raise HttpRefusalError(self._refusal(response))
        # EWS sends a valid SOAP answer with HTTP 500, so the body decides.
        if b"Envelope" not in response.content[:1000]:
            if response.status_code == HTTPStatus.OK:
                raise WireError(Trouble.NOT_EWS, _kind(response))
            raise HttpRefusalError(self._refusal(response))

    def _refusal(self, response: Response) -> Http:
        header = response.headers.get
        offers = tuple(sorted({o.lower() for o in _OFFER.findall(header("www-authenticate", ""))}))
        # On a line that was signed in, as by NTLM, nothing is sent any more that proves it.
        proved = proves(response.request.headers) or getattr(response, "signed_in", False)
        return Http(
            status=response.status_code,
            policy=header("X-EWS-Policy-Reason", ""),
            diagnostics=header("x-ms-diagnostics", "") or header("X-CasErrorCode", ""),
            offers=offers,
            scheme_offered=_is_offered(self._scheme, offers, proved=proved),
            proved=proved,
            bearer=self._scheme is Scheme.OAUTH,
            locked=b"The referenced account is currently locked out" in response.content,
            location=header("location", ""),
            back_off=seconds(header("Retry-After", "")),
            request_id=self.request_id,
        )


class Bare(threading.local):
    """Whether this thread asks without a credential."""

    on = False


class Basic(HTTPBasicAuth):
    """The password with each request, but for the one that is to be refused."""

    def __init__(self, user: str, password: str, bare: Bare) -> None:
        # Given as text, a password outside Latin-1 ends up in the text of an exception.
        super().__init__(user.encode(), password.encode())
        self._bare = bare

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Signs it."""
        signed: PreparedRequest = request if self._bare.on else super().__call__(request)  # type: ignore[no-untyped-call]
        return signed


class Bearer:
    """Puts the token of this thread on its requests."""

    def __init__(self, tokens: Tokens, bare: Bare) -> None:
        self._tokens = tokens
        self._bare = bare
        self._own = threading.local()

    def fetch(self) -> Answer | None:
        """A good token for the next request, or why there is none."""
        got = self._tokens.get()
        if not isinstance(got, str):
            return got
        self._own.token = got
        return None

    def __call__(self, request: PreparedRequest) -> PreparedRequest:
        """Signs it."""
        if not self._bare.on:
            request.headers["Authorization"] = f"Bearer {self._own.token}"
        return request


class Ntlm(HttpNtlmAuth):
    """NTLM whose handshake fails as an answer of the server, and never as a fault of ours."""

    def response_hook(self, r: Response, **more: Any) -> Response:
        """Goes through the handshake where one is asked for."""
        if r.status_code == HTTPStatus.PROXY_AUTHENTICATION_REQUIRED:
            # The library would send the credential once more, in a header for a proxy.
            return r
        try:
            return super().response_hook(r, **more)
        except (KeyError, PermissionError):
            # No challenge came; the first answer says what is offered instead.
            return r
        except (WireError, WithheldError):
            raise
        except Exception as error:
            raise WireError(Trouble.NOT_EWS, f"an NTLM challenge that is none ({type(error).__name__})") from error


def _is_offered(scheme: Scheme, offers: tuple[str, ...], *, proved: bool) -> bool:
    """Whether this way of signing in is; where it came to a proof, whatever is named is."""
    if scheme is Scheme.NTLM and not proved:
        # Under the name of Negotiate NTLM is taken by many, and then they answer with a challenge.
        return "ntlm" in offers
    return not offers or bool(_ACCEPTED[scheme] & set(offers))


def _kind(response: Response) -> str:
    return response.headers.get("content-type", "").partition(";")[0]
