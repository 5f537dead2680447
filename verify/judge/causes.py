"""The catalogue of causes: what a finding means, what to do about it, and who can."""

from enum import StrEnum


class Who(StrEnum):
    """Who can do something about a cause."""

    NOBODY = "nobody needs to"
    OPERATOR = "the operator who runs verify"
    ADMINISTRATOR = "an Exchange administrator"
    OWNER = "an Exchange administrator, with the owner of the mailbox"
    ENTRA = "an administrator of Entra ID"
    NETWORK = "the operator, with the network or Exchange team"
    AUTHOR = "the author of the bundle"
    MAKERS = "the makers of roomscope"


class When(StrEnum):
    """When it is worth asking again."""

    NO_NEED = "there is no need to"
    MENDED = "as soon as that is done"
    SOON = "at once; if it stays, when the way is mended"
    LATER = "in an hour"
    HOUR = "an hour after the change"
    TWO_HOURS = "two hours after the change"
    UNASKED = "two hours after the change, without asking in between"
    DAY = "a day after the change"


class Cause(StrEnum):
    """A named cause; its value is its id and never changes its meaning."""

    headline: str
    meaning: str
    action: str
    who: Who
    when: When

    def __new__(cls, number: str, headline: str, meaning: str, action: str, who: Who, when: When = When.MENDED) -> "Cause":  # noqa: PLR0913, PLR0917 - one for each column
        """One row of the catalogue."""
        row = str.__new__(cls, number)
        row._value_ = number
        row.headline, row.meaning, row.action, row.who, row.when = headline, meaning, action, who, when
        return row

    AS_PROMISED = (
        "RS001", "As promised",
        "The server did what the bundle promises for this mailbox.",
        "Nothing.", Who.NOBODY, When.NO_NEED,
    )
    ROOM_OUTSIDE = (
        "RS010", "Room outside the scope",
        ("The account may not act as this room: the room is no direct member of the lists, the scope or the "
        "assignment is missing or different, or a change has not reached this server yet."),
        "Run 60-Confirm-Access.ps1 and compare; after a change, wait for the directory and ask again.",
        Who.ADMINISTRATOR, When.TWO_HOURS,
    )
    NO_IMPERSONATION = (
        "RS011", "No impersonation at this server",
        "The server lets this account act as nobody at all.",
        "Check the assignment of ApplicationImpersonation and that the right account signed in.",
        Who.ADMINISTRATOR, When.TWO_HOURS,
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
        Who.ADMINISTRATOR, When.TWO_HOURS,
    )
    CONTROL_OPEN_TO_ACCOUNT = (
        "RS021", "Over-granted: the account itself can open a control",
        ("The account has a right on this mailbox or its calendar that does not come from impersonation, "
        "for itself or for everybody."),
        "Look at Get-MailboxPermission and Get-MailboxFolderPermission of the control.",
        Who.OWNER, When.TWO_HOURS,
    )
    CONTROL_OPEN_TO_ROOM = (
        "RS022", "Over-granted: a room can open a control",
        "A room of the scope may open this calendar, so whoever acts as the room may too.",
        "Look at Get-MailboxFolderPermission of the control for the room, its groups and Default.",
        Who.OWNER, When.TWO_HOURS,
    )
    ROOM_STILL_OPEN = (
        "RS023", "Room still open",
        "The grant should be gone, but the account still acts as this room.",
        ("Run 90-Remove-Access.ps1, look for other grants with 60-Confirm-Access.ps1 and 10-Test-Readiness.ps1, "
        "and ask again after two hours, because a server keeps answers for a while."),
        Who.ADMINISTRATOR, When.TWO_HOURS,
    )
    ROOM_OPEN_TO_ACCOUNT = (
        "RS024", "Room still open to the account itself",
        "The account opens this calendar without acting as the room: it has a right that the way back does not take away.",
        "Look at Get-MailboxPermission and Get-MailboxFolderPermission of the room.",
        Who.OWNER, When.TWO_HOURS,
    )
    FRESH_CHANGE = (
        "RS030", "Refused, but the change is fresh",
        ("The administrator's record shows a change less than two hours old; no official figure is published "
        "for Exchange Server, and servers keep the old answer for a while."),
        "Ask again two hours after the change.", Who.OPERATOR, When.TWO_HOURS,
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
        "Every door told an address that cannot exist the same, and no record of this bundle says that this one was found.",
        ("Have 10-Test-Readiness.ps1 run and its record put into the bundle's folder evidence, or name another mailbox with "
        "--control."),
        Who.OPERATOR,
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
        "Check --endpoint, DNS and the way into the network.", Who.OPERATOR, When.SOON,
    )
    UNTRUSTED = (
        "RS061", "Certificate not trusted",
        "The server did not show a certificate that is valid for this name, and nothing was sent over that connection.",
        "Check the name, or give the issuing authority with --ca.", Who.OPERATOR,
    )
    REDIRECTED = (
        "RS062", "Redirected",
        "The server points elsewhere; a credential is not taken there.",
        ("On a server, give the other address with --endpoint if it is right; online there is none, so find out "
        "what stands in between."), Who.OPERATOR,
    )
    NOT_EWS = (
        "RS063", "Not an EWS answer",
        "What came back is not from EWS: a sign-in page, an error page, or another path.",
        "Check the path of the endpoint, usually /EWS/Exchange.asmx, and what stands in front of it.",
        Who.OPERATOR,
    )
    UNREACHABLE = (
        "RS064", "No connection",
        "The connection could not be made, or was cut, in TLS or below it.",
        "Check the way to the server, then ask again.", Who.NETWORK, When.SOON,
    )
    TIMED_OUT = (
        "RS065", "No answer in time",
        "The server took the connection and did not answer in time. That is not a no.",
        "Ask again with fewer --workers; look at the server.", Who.NETWORK, When.SOON,
    )
    TOO_LARGE = (
        "RS066", "Answer too large",
        "The answer was larger than any answer to this question can be, and was not read.",
        "Check what answers at this address.", Who.NETWORK,
    )
    THROTTLED = (
        "RS067", "Throttled to the end",
        "The server was asked to wait for and still said that it is busy.",
        "Ask again later with fewer --workers.", Who.OPERATOR, When.LATER,
    )
    TEMPORARY = (
        "RS068", "Temporary trouble at the server",
        "The server said that it cannot answer now, each time it was asked.",
        "Ask again later; if it stays, look at the mailbox database and the server.", Who.ADMINISTRATOR, When.LATER,
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
        "The run was ended by hand or by a signal before this was answered.",
        "Ask again; with a journal, go on with --resume.", Who.OPERATOR,
    )
    STOPPED = (
        "RS073", "Not asked, the run was stopped",
        "An earlier cause made further questions useless or harmful.",
        "See to that cause, then ask again.", Who.OPERATOR,
    )
    IN_FRONT = (
        "RS075", "Trouble in front of EWS",
        "The web server or a balancer answered with an error of its own, each time it was asked.",
        "Ask again later; if it stays, look at the web server.", Who.NETWORK, When.LATER,
    )
    CLIENT_FAULT = (
        "RS074", "Question not understood",
        "The server does not take the form or version of this question.",
        "Exchange Server 2016 or later is needed; report it if that is the case.", Who.MAKERS,
    )
    SCOPE_ONLY = (
        "RS002", "Scope proven, application not",
        ("The rooms answered and the controls were refused, to a twin registration with the same scope. The vendor's own "
        "application was not asked: its assignment and its permissions in Entra ID are not shown by this run."),
        ("Read the record of 60-Confirm-Access.ps1 for the vendor's application, or have the vendor run verify and hold "
        "its report.json to the bundle with roomscope report."), Who.OPERATOR,
    )
    ON_RECORD = (
        "RS003", "As promised, on the administrator's word that the control exists",
        ("The control was refused by every door, and the server told an address that cannot exist the same. That it is a "
        "mailbox is said by the administrator's record of 10-Test-Readiness.ps1, which found it in the directory."),
        "Nothing, if that record is trusted; otherwise look the control up in the directory.", Who.NOBODY, When.NO_NEED,
    )
    PART = (
        "RS142", "As promised, for the part that was asked",
        "Only some of the rooms were asked for. Those answered and the controls were refused; nothing is said about the other rooms.",
        "For a proof of the bundle ask for all rooms: without --only and --sample.", Who.NOBODY,
    )
    OUTSIDE_APPLICATION = (
        "RS013", "Room outside the application's scope",
        ("The application may not open this calendar: the room is no direct member of the lists, the scope or the "
        "assignment is missing or different, or the change is not known everywhere yet."),
        ("Run 60-Confirm-Access.ps1, which asks Exchange without its cache; after a change wait two hours without "
        "asking, because asking keeps the old answer alive."),
        Who.ADMINISTRATOR, When.UNASKED,
    )
    CONTROL_OPEN_TO_APPLICATION = (
        "RS025", "Over-granted: the application can open a control",
        ("The application reaches a mailbox beyond the rooms: a permission granted in Entra ID, which is for every "
        "mailbox, an assignment without the scope, or the control slipped into a list."),
        ("Look at the roles of the token in this report, run 70-Test-Entra.ps1 and 60-Confirm-Access.ps1, and take "
        "the other grant away."),
        Who.ENTRA, When.TWO_HOURS,
    )
    TOKEN_OPENS_MAILBOXES = (
        "RS026", "Over-granted: the token opens mailboxes by itself",
        ("Entra ID grants this application a permission that opens mailboxes of the whole organisation, or lets it grant "
        "itself one. It adds to the scope, so the scope limits nothing."),
        ("Revoke the permission in Entra ID (Enterprise applications, Permissions), wait, and verify again; after every "
        "reconnect of the booking service look again. What is meant to be there belongs in allowed-entra-permissions."),
        Who.ENTRA, When.TWO_HOURS,
    )
    ROOM_STILL_OPEN_TO_APPLICATION = (
        "RS027", "Room still open to the application",
        "The grant should be gone, but the application still opens this calendar.",
        ("Run 90-Remove-Access.ps1, look for other grants with 60-Confirm-Access.ps1 and 70-Test-Entra.ps1, and ask "
        "again after two hours without asking, because Exchange Online keeps answers for a while."),
        Who.ADMINISTRATOR, When.UNASKED,
    )
    FRESH_CHANGE_ONLINE = (
        "RS032", "Refused, but the change is fresh",
        ("The grant is less than two hours old, and Exchange Online keeps the old answer for 30 minutes, for up to two "
        "hours where the application keeps asking."),
        "Ask again two hours after the change, and not before: asking keeps the old answer alive.", Who.OPERATOR, When.UNASKED,
    )
    EVERYTHING_OPENS = (
        "RS049", "An address that cannot exist was opened",
        "Whoever answers opens a calendar that is not there, so no answer of this run proves anything.",
        "Check what answers at this address, and what stands in between.", Who.NETWORK,
    )
    TOKEN_REFUSED = (
        "RS055", "Token refused",
        "The token was issued, but the service does not take it: wrong audience, revoked, or expired on the way.",
        "Check cloud and tenant, and the clock of this machine, then ask again.", Who.OPERATOR,
    )
    EWS_OFF = (
        "RS056", "EWS is switched off",
        ("EwsEnabled of the organisation or of this mailbox is false. Exchange Online ends EWS for everybody "
        "on 2027-04-01."),
        "Run 15-Test-Gates.ps1 and look at EwsEnabled of organisation and mailbox; a change takes about an hour.",
        Who.ADMINISTRATOR, When.HOUR,
    )
    EWS_BLOCKED = (
        "RS057", "Blocked by an EWS policy",
        ("This application is not in EwsAllowedAppIDs, or the rules for user agents "
        "(EwsApplicationAccessPolicy) keep 'roomscope' out; the answer is the same for both."),
        "Run 15-Test-Gates.ps1; a change of EwsAllowedAppIDs takes up to 24 hours. The list is replaced whole.",
        Who.ADMINISTRATOR, When.DAY,
    )
    EWS_GONE = (
        "RS058", "No EWS here any more",
        ("Every address got the same answer, even one that cannot exist: nobody looked at the mailbox. "
        "Exchange Online ends EWS on 2027-04-01."),
        "Render the bundle anew with access calendars-read or calendars-readwrite, which use Graph.", Who.AUTHOR,
    )
    EWS_BARE = (
        "RS059", "Forbidden without a reason",
        ("EWS turned this mailbox away with HTTP 403 and named no policy: a licence that has no EWS (Kiosk, F1, F3), "
        "conditional access, or the scope. Which of them cannot be told, so it proves nothing."),
        "Check the licence; name controls with a full licence.", Who.ADMINISTRATOR,
    )
    NOT_GRAPH = (
        "RS076", "Not an answer of Graph",
        "What came back is not a whole answer to this question: a page of a proxy, cut, double or contradictory.",
        "Check the way to Graph; a proxy that reads along may replace answers.", Who.NETWORK,
    )
    CUT = (
        "RS077", "Answer not whole",
        "What came back begins as an answer and is not well-formed to its last byte: cut or damaged on the way.",
        "Ask again; if it stays, look at what stands between here and Exchange.", Who.NETWORK, When.SOON,
    )
    NOT_ONE = (
        "RS078", "Not exactly one answer",
        ("What came back is more than one answer, one to another question, or one that contradicts itself; whichever part "
        "is meant, it proves nothing."),
        "Check what answers at this address, and what stands in between; keep the request id.", Who.NETWORK,
    )
    JOURNAL_LOST = (
        "RS135", "Journal could not be written",
        "The disk is full, or the journal's file or folder is gone: what is asked further would be lost, so the run was stopped.",
        "Make room, then go on with --resume, or begin anew with another --journal.", Who.OPERATOR,
    )
    UNCALIBRATED = (
        "RS136", "Refused, but not between two good calibrations",
        ("What the run began with was asked again at the end and was told something else, or was not asked again, or a room that had "
        "been refused answered: the server may have been unable to tell whom the account may act as. Such a refusal proves nothing."),
        "Look at the directory and at the mailbox databases of the time of the run, then ask again.", Who.ADMINISTRATOR,
    )
    INCONSTANT = (
        "RS137", "Refused first, then not",
        "The room was refused, and answered or was unknown when it was asked again at the end: a server that does not know all yet, or one of several.",
        "Wait, then ask again; if it stays, compare the servers behind this address.", Who.ADMINISTRATOR,
    )
    ACCOUNTS_CALENDAR = (
        "RS138", "The calendar is the account's own",
        "What opened as the room is the folder of the account itself: the impersonation was dropped on the way, so nothing is said about the room.",
        "Check that nothing between here and Exchange rewrites requests.", Who.NETWORK,
    )
    SHARED_CALENDAR = (
        "RS139", "One calendar for several rooms",
        "The same folder opened for more than one room, so at least one of the answers is not that room's: an answer kept and given again, or a rewritten request.",
        "Check what stands between here and Exchange; a cache must not answer for it.", Who.NETWORK,
    )
    IDENTITY_UNKNOWN = (
        "RS140", "Folder not identified",
        "The room answered, but did not say which folder its calendar is, so that it could be told from the others.",
        "Ask again; without --identity-check it is asked of two rooms only.", Who.OPERATOR,
    )
    ROOM_STOPPED = (
        "RS141", "The room to ask from answers no more",
        "The control was tried as a room that had answered before, and now the acting as that room was denied: the control was not tried.",
        "Look at the directory of that time, then ask again.", Who.ADMINISTRATOR,
    )
    RECALLED_CHANGED = (
        "RS143", "Answers of the earlier run hold no more",
        "Rooms that had opened in the run that the journal is of were tried once more, and one did not open: what was recalled says nothing about today.",
        "Ask again without --resume.", Who.OPERATOR,
    )
    SECRET_WRONG = (
        "RS080", "Client secret wrong",
        "Entra ID knows the application but not this secret. It was tried once.",
        "Give the secret's value, not its id, of this application.", Who.OPERATOR,
    )
    SECRET_EXPIRED = (
        "RS081", "Client secret expired",
        "The secret is past its end.",
        "Have a new secret made, or better a certificate.", Who.ENTRA,
    )
    UNKNOWN_TENANT = (
        "RS082", "Tenant unknown",
        "There is no such tenant in this cloud.",
        "Check tenant-id and cloud of the configuration and render the bundle anew.", Who.AUTHOR,
    )
    UNKNOWN_APPLICATION = (
        "RS083", "Application unknown in this tenant",
        "The tenant has no application with this client id, or nobody has consented to it there yet.",
        "Compare client-id with Enterprise applications; the object id of the registration is another one.", Who.ENTRA,
    )
    CERTIFICATE_UNKNOWN = (
        "RS084", "Certificate not registered",
        "Entra ID does not have this certificate for the application, or what was signed does not fit it.",
        "Upload the public part of this certificate to the app registration, or use the one that is there.", Who.ENTRA,
    )
    CERTIFICATE_EXPIRED = (
        "RS085", "Certificate expired or revoked",
        "The certificate is past its end, not valid yet, or revoked.",
        "Have a new one made and registered.", Who.ENTRA,
    )
    CLOCK = (
        "RS086", "Clock wrong",
        "What was signed is outside its time: the clock of this machine differs from that of Entra ID.",
        "Set the clock, then ask again.", Who.OPERATOR,
    )
    CONDITIONAL_ACCESS = (
        "RS087", "Stopped by conditional access",
        "A conditional access policy keeps this sign-in out: the place, the device or the risk.",
        "Ask from a place that the policy allows, or have the sign-in log looked at under the trace id.", Who.ENTRA,
    )
    SECOND_FACTOR = (
        "RS088", "A second factor is wanted",
        "This sign-in needs a second factor, which a user name and a password cannot give.",
        "Sign in by device code, or as an application.", Who.OPERATOR,
    )
    CONSENT = (
        "RS089", "Consent missing",
        "Nobody has consented to this application for this resource.",
        "Have an administrator consent to the sign-in only; no permission that opens mailboxes is needed.", Who.ENTRA,
    )
    UNKNOWN_RESOURCE = (
        "RS090", "Resource unknown in this tenant",
        "The tenant does not know the service that the token is for.",
        "Check the cloud of the configuration; on a server, that EWS is registered for modern authentication.",
        Who.ENTRA,
    )
    APPLICATION_DISABLED = (
        "RS091", "Application or account disabled",
        "Entra ID knows who asks, and lets nobody sign in as that.",
        "Have it enabled (Enterprise applications, Enabled for users to sign in), or give up here.", Who.ENTRA,
    )
    FLOW_REFUSED = (
        "RS092", "Kind of sign-in not allowed",
        "Entra ID or AD FS does not take this kind of sign-in from this application.",
        "For device code, 'Allow public client flows' must be on; an application needs a secret or a certificate.",
        Who.ENTRA,
    )
    SIGN_IN_PAGE = (
        "RS093", "Not a sign-in endpoint",
        "What came back is a page, or nothing that a sign-in endpoint says.",
        "Check the way there: a proxy or a portal may answer in its place.", Who.NETWORK,
    )
    SIGN_IN_LIES = (
        "RS094", "Sign-in endpoint points elsewhere",
        "The authority says that the credential belongs on another host, or redirects there. It was not sent.",
        "Check what answers in the authority's place; never give the credential there.", Who.NETWORK,
    )
    SIGN_IN_BUSY = (
        "RS095", "Sign-in service busy",
        "The sign-in endpoint had trouble of its own, each time it was asked.",
        "Ask again later.", Who.OPERATOR, When.LATER,
    )
    SIGN_IN_ODD = (
        "RS096", "Sign-in refused for another reason",
        "The sign-in endpoint gave no token, for a reason that roomscope has no meaning for.",
        "Look the code up at https://login.microsoftonline.com/error and keep the trace id.", Who.ENTRA,
    )
    NOBODY_SIGNED_IN = (
        "RS097", "Nobody signed in",
        "The code for the device was not entered in time, or somebody declined.",
        "Ask again, and enter the code as the service account.", Who.OPERATOR,
    )
    NO_MANAGED_IDENTITY = (
        "RS098", "No managed identity here",
        "This machine gives no token: it has no managed identity, or another one.",
        "Ask from the machine that has the identity, or give a secret or a certificate.", Who.OPERATOR,
    )
    TOKEN_TENANT = (
        "RS100", "Token of another tenant",
        "The token is not from the tenant of the bundle.",
        "Check AZURE_TENANT_ID and the tenant-id of the bundle.", Who.OPERATOR,
    )
    TOKEN_AUDIENCE = (
        "RS101", "Token for another service",
        "The token is not for the service that is to be asked, so it was not sent.",
        "Check the cloud of the bundle; report it otherwise.", Who.OPERATOR,
    )
    TOKEN_APPLICATION = (
        "RS102", "Token of another application",
        "The token is not the own token of the application that is to be proven.",
        "Sign in as the application of the bundle; as its twin only with --as-application.", Who.OPERATOR,
    )
    TOKEN_UNREADABLE = (
        "RS103", "Token not readable",
        "What the token says of itself could not be read, so it was not sent.",
        "Report it with the cloud's name.", Who.MAKERS,
    )
    ROLE_UNKNOWN = (
        "RS104", "Permission of unknown reach",
        ("Entra ID grants the application a permission that roomscope does not know, and that the bundle does not allow. "
        "Whether it opens mailboxes cannot be told."),
        "Revoke it, or name it in allowed-entra-permissions after looking at what it gives.", Who.ENTRA,
    )
    ACCESS_POLICY = (
        "RS110", "Application access policy in the way",
        ("A legacy application access policy cut the answer off. It applies to permissions granted in Entra ID, "
        "so the application has one; a scope of role-based access is not touched by it."),
        "Look at Get-ApplicationAccessPolicy, and revoke the permission in Entra ID.", Who.ADMINISTRATOR,
    )
    USER_AGENT = (
        "RS111", "Closed to this user agent",
        "The rules for user agents (EwsApplicationAccessPolicy), which hold for Graph too, keep 'roomscope' out.",
        "Run 15-Test-Gates.ps1; allow 'roomscope' for the time of the proof, or take it off the block list.",
        Who.ADMINISTRATOR,
    )
    NOT_ONLINE = (
        "RS112", "No mailbox online",
        ("The address is known, but its mailbox is inactive, deleted, without a licence, or on Exchange Server. "
        "That proves nothing about the scope."),
        "Name another control; a room that stays on the server needs a bundle for the server.", Who.AUTHOR,
    )
    DIRECTORY_DENIED = (
        "RS113", "Denied by the directory",
        "Graph wanted a permission for the directory before it looked at the mailbox.",
        "Keep code and request id; nothing is needed for calendars, so find out what rewrites the question.", Who.ENTRA,
    )
    NO_PERMISSIONS = (
        "RS114", "The service sees no permission at all",
        ("The token carries no permission, and the service knows of no assignment for the application: it is missing, for another "
        "object id, or not known there yet."),
        "Run 60-Confirm-Access.ps1; after a change wait two hours without asking.", Who.ADMINISTRATOR, When.UNASKED,
    )
    NOBODY_ASKED = (
        "RS120", "Nobody had to sign in",
        ("A question was answered although nobody had signed in on its connection, so it is not known in whose name. "
        "A gateway that signs in by itself looks just so."),
        "Give the address of Exchange itself with --endpoint, past what signs in in its place.", Who.NETWORK,
    )
    OWN_LIMIT = (
        "RS121", "A limit of this machine",
        "This machine had no more file handles, memory, threads or ports for another connection; the server said nothing.",
        "Ask again with fewer --workers, or raise the limit (ulimit -n, memory) and ask again.", Who.OPERATOR,
    )
    OUT_OF_TIME = (
        "RS122", "Not asked, the time was up",
        "The run was given so much time with --deadline, and it was up before this was answered.",
        "Ask again with more time, or with fewer mailboxes.", Who.OPERATOR,
    )
    PROXY = (
        "RS123", "No way through the proxy",
        "The proxy that the environment names could not be reached, wants a sign-in of its own, or lets nobody through.",
        "Check HTTPS_PROXY and NO_PROXY, and that the proxy lets this machine reach the endpoint.", Who.NETWORK,
    )
    NO_CHALLENGE = (
        "RS124", "The sign-in did not get through",
        ("The server offers NTLM and answered its first message without a challenge, so no password was tried: what stands "
        "in between does not keep the connection, or takes Kerberos only."),
        "Go past the balancer or proxy, or give --auth basic or oauth where that is offered.", Who.NETWORK,
    )
