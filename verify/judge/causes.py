"""The catalogue of causes: what a finding means, what to do about it, and who can."""

from enum import StrEnum


class Who(StrEnum):
    """Who can do something about a cause."""

    NOBODY = "nobody needs to"
    OPERATOR = "the operator who runs verify"
    ADMINISTRATOR = "an Exchange administrator"
    OWNER = "an Exchange administrator, with the owner of the mailbox"
    NETWORK = "the operator, with the network or Exchange team"
    AUTHOR = "the author of the bundle"
    MAKERS = "the makers of roomscope"


class Cause(StrEnum):
    """A named cause; its value is its id and never changes its meaning."""

    headline: str
    meaning: str
    action: str
    who: Who

    def __new__(cls, number: str, headline: str, meaning: str, action: str, who: Who) -> "Cause":
        """One row of the catalogue."""
        row = str.__new__(cls, number)
        row._value_ = number
        row.headline, row.meaning, row.action, row.who = headline, meaning, action, who
        return row

    AS_PROMISED = (
        "RS001", "As promised",
        "The server did what the bundle promises for this mailbox.",
        "Nothing.", Who.NOBODY,
    )
    ROOM_OUTSIDE = (
        "RS010", "Room outside the scope",
        ("The account may not act as this room: the room is no direct member of the lists, the scope or the "
        "assignment is missing or different, or a change has not reached this server yet."),
        "Run 60-Confirm-Access.ps1 and compare; after a change, wait for the directory and ask again.",
        Who.ADMINISTRATOR,
    )
    NO_IMPERSONATION = (
        "RS011", "No impersonation at this server",
        "The server lets this account act as nobody at all.",
        "Check the assignment of ApplicationImpersonation and that the right account signed in.",
        Who.ADMINISTRATOR,
    )
    ROOM_SHUT = (
        "RS012", "Room shut from inside",
        ("The request arrived, but the calendar was not opened: the calendar folder is missing, or the "
        "impersonation header was dropped on the way and the account asked as itself."),
        "Check that nothing between here and Exchange rewrites requests, then the folders of the room.",
        Who.NETWORK,
    )
    CONTROL_IMPERSONATED = (
        "RS020", "Over-granted: the account can act as a control",
        ("The account has impersonation beyond the rooms: a second assignment, a child role, a role group, "
        "or the control slipped into a list."),
        ("Run 60-Confirm-Access.ps1 and 10-Test-Readiness.ps1, which list other grants; remove the other one, or "
        "take the mailbox out of the list."),
        Who.ADMINISTRATOR,
    )
    CONTROL_OPEN_TO_ACCOUNT = (
        "RS021", "Over-granted: the account itself can open a control",
        ("The account has a right on this mailbox or its calendar that does not come from impersonation, "
        "for itself or for everybody."),
        "Look at Get-MailboxPermission and Get-MailboxFolderPermission of the control.",
        Who.OWNER,
    )
    CONTROL_OPEN_TO_ROOM = (
        "RS022", "Over-granted: a room can open a control",
        "A room of the scope may open this calendar, so whoever acts as the room may too.",
        "Look at Get-MailboxFolderPermission of the control for the room, its groups and Default.",
        Who.OWNER,
    )
    ROOM_STILL_OPEN = (
        "RS023", "Room still open",
        "The grant should be gone, but the account still acts as this room.",
        ("Run 90-Remove-Access.ps1, look for other grants with 60-Confirm-Access.ps1 and 10-Test-Readiness.ps1, "
        "and ask again after two hours, because a server keeps answers for a while."),
        Who.ADMINISTRATOR,
    )
    ROOM_OPEN_TO_ACCOUNT = (
        "RS024", "Room still open to the account itself",
        "The account opens this calendar without acting as the room: it has a right that the way back does not take away.",
        "Look at Get-MailboxPermission and Get-MailboxFolderPermission of the room.",
        Who.OWNER,
    )
    FRESH_CHANGE = (
        "RS030", "Refused, but the change is fresh",
        ("The administrator's record shows a change less than two hours old; no official figure is published "
        "for Exchange Server, and servers keep the old answer for a while."),
        "Ask again two hours after the change.", Who.OPERATOR,
    )
    WAITS_FOR_ROOM = (
        "RS031", "The third door waits for a room",
        "The control was refused, but not yet asked as a room, because no room answers yet.",
        "Ask again when the rooms answer.", Who.OPERATOR,
    )
    NO_CONTROLS = (
        "RS040", "Scope unproven: no controls",
        "Rooms that answer show access, not its limit; only a mailbox that must be refused shows that.",
        "Name at least one mailbox outside the lists with --control.", Who.OPERATOR,
    )
    CONTROL_ABSENT = (
        "RS041", "Control does not exist",
        "There is no such mailbox, so its refusal proves nothing.",
        "Name an existing mailbox with --control, and have the bundle corrected.", Who.OPERATOR,
    )
    CONTROL_UNCERTAIN = (
        "RS042", "Control may not exist",
        "Every refusal was of the kind that an address which cannot exist gets too.",
        "Make sure that the address is that of a mailbox, or name another with --control.", Who.OPERATOR,
    )
    NO_ROOM_ANSWERED = (
        "RS043", "No room to ask from",
        "The third door is opened as a room that answered, and none did.",
        "See to the rooms first, then ask again.", Who.OPERATOR,
    )
    ROOM_ABSENT = (
        "RS044", "Room does not exist",
        ("The address belongs to no mailbox here: a typing error, not made yet, deleted, or on the other "
        "side of a hybrid."),
        "Check the recipient and correct the inventory.", Who.AUTHOR,
    )
    NOT_PRIMARY = (
        "RS045", "Not the primary address",
        "The mailbox exists under another primary address.",
        "Give the primary address, in the inventory or with --control.", Who.AUTHOR,
    )
    NOTHING_PROVEN = (
        "RS046", "Scope unproven: one side is missing",
        "A proof needs one room that answered and one existing control that was refused.",
        "See to the mailboxes below, then ask again.", Who.OPERATOR,
    )
    NO_MAILBOX = (
        "RS047", "The account has no mailbox to ask from",
        "The server took the request as the account's own and found no mailbox for it.",
        "Check that nothing between here and Exchange drops the impersonation header.", Who.NETWORK,
    )
    CONTROL_UNDENIED = (
        "RS048", "Acting as the control was not denied",
        ("The calendar was not opened, but the acting itself was not denied: the account may act as this "
        "mailbox and its calendar is missing, or the impersonation header was dropped on the way."),
        "Check that nothing between here and Exchange rewrites requests, then run 60-Confirm-Access.ps1.",
        Who.ADMINISTRATOR,
    )
    SIGN_IN = (
        "RS050", "Sign-in refused",
        ("Wrong user, wrong or expired password, or an account that may not sign in. The run was stopped "
        "at once so that the account is not locked out."),
        "Check user and password by hand once, then ask again.", Who.OPERATOR,
    )
    SCHEME = (
        "RS051", "Sign-in method not offered",
        ("The server does not offer this kind of sign-in; Exchange offers NTLM and Negotiate unless "
        "somebody switched Basic on."),
        "Give --auth ntlm where NTLM or Negotiate is offered, --auth basic where only Basic is.", Who.OPERATOR,
    )
    LOCKED = (
        "RS052", "Account locked",
        "The directory has locked the account.",
        "Have it unlocked, check the password by hand, then ask again.", Who.ADMINISTRATOR,
    )
    POLICY = (
        "RS053", "Closed by an EWS policy",
        "EWS is switched off, or this application is not on its list.",
        ("Look at EwsEnabled and EwsApplicationAccessPolicy of organisation and mailbox; roomscope signs "
        "itself 'roomscope'."),
        Who.ADMINISTRATOR,
    )
    FORBIDDEN = (
        "RS054", "Forbidden before EWS",
        "Something in front of EWS turned the request away; that says nothing about the mailbox.",
        "Look at the reverse proxy and the rules of the web server.", Who.NETWORK,
    )
    UNKNOWN_HOST = (
        "RS060", "Unknown host",
        "The name of the endpoint cannot be resolved from here.",
        "Check --endpoint, DNS and the way into the network.", Who.OPERATOR,
    )
    UNTRUSTED = (
        "RS061", "Certificate not trusted",
        "The server did not show a certificate that is valid for this name; the password was not sent.",
        "Check the name, or give the issuing authority with --ca.", Who.OPERATOR,
    )
    REDIRECTED = (
        "RS062", "Redirected",
        "The server points elsewhere; a credential is not taken there.",
        "If the other address is right, give it with --endpoint.", Who.OPERATOR,
    )
    NOT_EWS = (
        "RS063", "Not an EWS answer",
        "What came back is not from EWS: a sign-in page, an error page, or another path.",
        "Check the path of the endpoint, usually /EWS/Exchange.asmx, and what stands in front of it.",
        Who.OPERATOR,
    )
    UNREACHABLE = (
        "RS064", "No connection",
        "The connection could not be made or was cut.",
        "Check the way to the server, then ask again.", Who.NETWORK,
    )
    TIMED_OUT = (
        "RS065", "No answer in time",
        "The server took the connection and did not answer in time. That is not a no.",
        "Ask again with fewer --workers; look at the server.", Who.NETWORK,
    )
    TOO_LARGE = (
        "RS066", "Answer too large",
        "The answer was larger than any answer to this question can be, and was not read.",
        "Check what answers at this address.", Who.NETWORK,
    )
    THROTTLED = (
        "RS067", "Throttled to the end",
        "The server was asked to wait for and still said that it is busy.",
        "Ask again later with fewer --workers.", Who.OPERATOR,
    )
    TEMPORARY = (
        "RS068", "Temporary trouble at the server",
        "The server said that it cannot answer now, each time it was asked.",
        "Ask again later; if it stays, look at the mailbox database and the server.", Who.ADMINISTRATOR,
    )
    SERVER_FAULT = (
        "RS069", "Fault at the server",
        "The server failed for reasons of its own; that says nothing about the right.",
        "Look at the server's event log under the request id.", Who.ADMINISTRATOR,
    )
    UNCLASSIFIED = (
        "RS070", "Answer without a known meaning",
        "The server said something that roomscope has no meaning for, so it counts as not asked.",
        "Keep code and request id and look them up.", Who.ADMINISTRATOR,
    )
    UNEXPECTED = (
        "RS071", "Unexpected fault in the question",
        "Something failed on this side that should not.",
        "Report it with the name of the fault.", Who.MAKERS,
    )
    INTERRUPTED = (
        "RS072", "Interrupted",
        "The run was ended by hand before this was answered.",
        "Ask again.", Who.OPERATOR,
    )
    STOPPED = (
        "RS073", "Not asked, the run was stopped",
        "An earlier cause made further questions useless or harmful.",
        "See to that cause, then ask again.", Who.OPERATOR,
    )
    IN_FRONT = (
        "RS075", "Trouble in front of EWS",
        "The web server or a balancer answered with an error of its own, each time it was asked.",
        "Ask again later; if it stays, look at the web server.", Who.NETWORK,
    )
    CLIENT_FAULT = (
        "RS074", "Question not understood",
        "The server does not take the form or version of this question.",
        "Exchange Server 2016 or later is needed; report it if that is the case.", Who.MAKERS,
    )
