"""As whom a request acts, and which mailbox it may open."""

from dataclasses import dataclass

from lab.ews.access import Access
from lab.ews.folders import KINDS, Folder, folder_of
from lab.ews.soap import PREFIXES, Call, Element, Refusal, local
from lab.state.model import Recipient
from lab.web.misbehaviour import Misbehaviour

SMTP_KINDS = frozenset({"PrimarySmtpAddress", "SmtpAddress"})


@dataclass(slots=True)
class Acting:
    """One request on behalf of a user."""

    access: Access
    misbehaviour: Misbehaviour
    account: Recipient
    """Who signed in."""

    user: Recipient
    """Who acts: the account, or the mailbox that it impersonates."""

    def folder(self, element: Element) -> Folder:
        """The folder that an element of the body names, if the user may open it."""
        match local(element):
            case "DistinguishedFolderId":
                mailbox = self.named(element)
                if element.get("Id") not in KINDS:
                    raise Refusal("ErrorFolderNotFound")
                found = Folder(mailbox.guid.lower(), KINDS[element.get("Id", "")])
            case "FolderId":
                found = folder_of(element.get("Id", ""))
                self.open(self.by_guid(found.mailbox))
            case other:
                raise unknown(other)
        return found

    def named(self, element: Element) -> Recipient:
        """The mailbox that a distinguished folder belongs to, if the user may open it."""
        address = (element.findtext("t:Mailbox/t:EmailAddress", None, PREFIXES) or "").strip()
        if not address and not has_mailbox(self.user):
            raise Refusal("ErrorMissingEmailAddress")
        if not address:
            self.open(self.user)
            return self.user
        mailbox = self.access.by_proxy(address)
        if mailbox is None or not has_mailbox(mailbox):
            faults = self.misbehaviour.faults
            denied = faults.unknown_is == "denied" or faults.manners == "gromox"
            raise Refusal("ErrorAccessDenied" if denied else "ErrorNonExistentMailbox")
        self.open(mailbox)
        return mailbox

    def by_guid(self, guid: str) -> Recipient:
        """The mailbox that an identifier belongs to."""
        found = self.access.directory.recipients.get(guid)
        if found is None:
            raise Refusal("ErrorItemNotFound")
        return found

    def open(self, mailbox: Recipient) -> None:
        """Refuses a mailbox that the user may not open."""
        trouble = self.misbehaviour.trouble(mailbox.primary_smtp_address)
        if trouble and trouble.code != "NoError":
            raise trouble.refusal()
        allowed = self.access.may_read(self.user.guid.lower(), mailbox.guid.lower())
        if not allowed and not trouble:
            raise Refusal(self.misbehaviour.faults.delegate_is)


def has_mailbox(recipient: Recipient) -> bool:
    """Whether the recipient has a mailbox in this organisation."""
    kind = recipient.recipient_type_details
    return kind.endswith("Mailbox") and not kind.startswith("Remote")


def unknown(*path: str) -> Refusal:
    """The loud answer to what the lab does not play."""
    what = "/".join(path)
    return Refusal("ErrorInvalidRequest", f"The lab does not know {what}.", fault=True)


def impersonated(
    call: Call, access: Access, misbehaviour: Misbehaviour, account: Recipient
) -> Recipient:
    """Who acts in a request of this account; refuses whom it may not impersonate."""
    if call.impersonation is None or misbehaviour.faults.ignore_impersonation:
        return account
    user = target(call.impersonation, access, misbehaviour)
    allow(user, access, misbehaviour, account)
    return user


def target(
    impersonation: tuple[tuple[str, str], ...], access: Access, misbehaviour: Misbehaviour
) -> Recipient:
    """The mailbox that a request wants to act as."""
    if len(impersonation) > 1:
        raise Refusal("ErrorMoreThanOneAccessModeSpecified", fault=True)
    if not impersonation or not impersonation[0][1]:
        raise Refusal("ErrorInvalidExchangeImpersonationHeaderData", fault=True)
    user = connecting(*impersonation[0], access)
    missing = user is None or not has_mailbox(user)
    denied = missing and misbehaviour.faults.unknown_is == "denied"
    if user is None or (missing and not denied):
        gromox = misbehaviour.faults.manners == "gromox"
        missing_is = "ErrorCannotFindUser" if gromox else "ErrorNonExistentMailbox"
        raise Refusal("ErrorImpersonateUserDenied" if denied else missing_is, fault=True)
    return user


def connecting(kind: str, value: str, access: Access) -> Recipient | None:
    """The recipient that a ConnectingSID names."""
    if kind == "PrincipalName":
        found = access.by_principal(value)
        if found is None:
            raise Refusal("ErrorInvalidUserPrincipalName", fault=True)
        return found
    if kind not in SMTP_KINDS:
        raise Refusal("ErrorInvalidSid", fault=True) if kind == "SID" else unknown(kind)
    found = access.by_proxy(value)
    primary = found.primary_smtp_address if found else value
    if kind == "PrimarySmtpAddress" and primary.lower() != value.lower():
        raise Refusal("ErrorNonPrimarySmtpAddress", fault=True, Primary=primary)
    return found


def allow(user: Recipient, access: Access, misbehaviour: Misbehaviour, account: Recipient) -> None:
    """Refuses a mailbox that the account may not impersonate."""
    if told(user, misbehaviour):
        return
    if not access.may_impersonate(account.guid.lower(), user.guid.lower()):
        raise Refusal("ErrorImpersonateUserDenied", fault=True)


def told(user: Recipient, misbehaviour: Misbehaviour) -> bool:
    """Meets what was asked for of a mailbox; whether it was to be open to everybody."""
    trouble = misbehaviour.faults.mailboxes.get(user.primary_smtp_address.lower())
    if trouble and trouble.code != "NoError" and trouble.refusal().fault:
        met = misbehaviour.trouble(user.primary_smtp_address)
        if met:
            raise met.refusal()
    return trouble is not None and trouble.code == "NoError"
