"""How the identity platform says no."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import uuid4


@dataclass(frozen=True, slots=True)
class Kind:
    """What goes with a code."""

    error: str
    text: str
    status: int = 400
    suberror: str = ""


KINDS: Mapping[int, Kind] = {
    50034: Kind("invalid_grant", "The user account {user} does not exist in the {tenant} directory. To sign into this application, the account must be added to the directory."),
    50076: Kind("invalid_grant", "Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication to access '{resource}'.", suberror="basic_action"),
    50126: Kind("invalid_grant", "Error validating credentials due to invalid username or password."),
    53003: Kind("invalid_grant", "Access has been blocked by Conditional Access policies. The access policy does not allow token issuance.", suberror="message_only"),
    65001: Kind("invalid_grant", "The user or administrator has not consented to use the application with ID '{client}' named '{name}'. Send an interactive authorization request for this user and resource.", suberror="consent_required"),
    70003: Kind("unsupported_grant_type", "The app requested an unsupported grant type '{grant}'."),
    70011: Kind("invalid_scope", "The provided request must include a 'scope' input parameter. The provided value for the input parameter 'scope' is not valid. The scope {scope} is not valid."),
    70016: Kind("authorization_pending", "OAuth 2.0 device flow error. Authorization is pending. Continue polling."),
    70019: Kind("expired_token", "Verification code expired. Have the user attempt sign-in again."),
    70043: Kind("invalid_grant", "The refresh token has expired or is invalid due to sign-in frequency checks by conditional access."),
    90002: Kind("invalid_request", "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant."),
    90014: Kind("invalid_request", "The required field '{field}' is missing from the credential. Ensure that you have all the necessary parameters for the login request."),
    90033: Kind("temporarily_unavailable", "A transient error has occurred. Please try again.", 503),
    500011: Kind("invalid_resource", "The resource principal named {resource} was not found in the tenant named {tenant}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant."),
    700016: Kind("unauthorized_client", "Application with identifier '{client}' was not found in the directory '{tenant}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant."),
    700023: Kind("invalid_client", "Client assertion audience claim does not match Realm issuer.", 401),
    700024: Kind("invalid_client", "Client assertion is not within its valid time range. Review the documentation at https://docs.microsoft.com/azure/active-directory/develop/active-directory-certificate-credentials .", 401),
    700027: Kind("invalid_client", "The certificate with identifier used to sign the client assertion is not registered on application. [Reason - {reason}, Thumbprint of key used by client: '{thumbprint}', Please visit the Azure Portal, Graph Explorer or directly use MS Graph to see configured keys for app Id '{client}'.]", 401),
    900023: Kind("invalid_request", "Specified tenant identifier '{tenant}' is neither a valid DNS name, nor a valid external domain."),
    1002012: Kind("invalid_scope", "The provided value for scope {scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI)."),
    7000215: Kind("invalid_client", "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'.", 401),
    7000218: Kind("invalid_client", "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.", 401),
    7000222: Kind("invalid_client", "The provided client secret keys for app '{client}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.", 401),
    7000112: Kind("unauthorized_client", "Application '{client}'({name}) is disabled."),
}  # fmt: skip


class Unknown(dict[str, str]):
    """Leaves a name that has no value empty."""

    def __missing__(self, key: str) -> str:
        return ""


class SignInRefusal(Exception):  # noqa: N818 - it is an answer, not an accident
    """The identity platform's refusal, by its code."""

    def __init__(self, code: int, **values: str) -> None:
        super().__init__(f"AADSTS{code}")
        self.code, self.values = code, values
        self.kind = KINDS.get(code, Kind("invalid_request", "The request could not be processed."))

    def body(self) -> dict[str, object]:
        """The answer as JSON."""
        trace, correlation = str(uuid4()), str(uuid4())
        now = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
        text = self.kind.text.format_map(Unknown(self.values))
        more = {"suberror": self.kind.suberror} if self.kind.suberror else {}
        return {
            "error": self.kind.error,
            "error_description": f"AADSTS{self.code}: {text} Trace ID: {trace} Correlation ID: {correlation} Timestamp: {now}",
            "error_codes": [self.code],
            "timestamp": now,
            "trace_id": trace,
            "correlation_id": correlation,
            "error_uri": f"https://login.microsoftonline.com/error?code={self.code}",
            **more,
        }


class FederationRefusal(SignInRefusal):
    """The refusal of an AD FS, whose texts have other numbers."""

    def body(self) -> dict[str, object]:
        """The answer as JSON, without what only Entra tells."""
        wrong = self.code in {50126, 50034}
        text = (
            "MSIS9659: Invalid 'username' or 'password'."
            if wrong
            else f"MSIS9605: The client is not allowed to access the requested resource. ({self.code})"
        )
        return {"error": self.kind.error, "error_description": text}
