"""The rules about a delivery as a whole: digests, names, and files that must say the same."""

from roomscope.generator.audit.finding import Finding
from roomscope.generator.audit.rule import Rule

_ASK = "Do not run it; ask the author for the bundle that was approved."

RULES = (
    Rule(
        "RSA100",
        "SHA256SUMS is in its one form",
        "A list of digests that can be read in two ways proves nothing. Each line is 64 hex digits, two spaces and a plain name; the "
        "names are sorted and no two differ only in case.",
        _ASK,
        "A line with an absolute path, or two lines for 50-Grant-Access.ps1 and 50-grant-access.ps1.",
        "64 hex digits, two spaces, 50-Grant-Access.ps1.",
    ),
    Rule(
        "RSA101",
        "Every file has its digest",
        "A changed byte is a changed bundle. A script may have one signature block at its very end; without it, it has its digest.",
        _ASK,
        "rooms.csv with a room added after the render.",
        "rooms.csv as it was rendered.",
    ),
    Rule(
        "RSA102",
        "Nothing that is not listed",
        "An extra script is run by somebody. Links, folders and odd names are not read at all. Evidence of runs lies below evidence/ and "
        "is not part of the bundle.",
        "Move the file away. If it is a script, ask who put it there.",
        "A file 55-Fix.ps1 that SHA256SUMS does not list.",
        "The files of SHA256SUMS, and the folder evidence.",
    ),
    Rule(
        "RSA103",
        "Nothing is missing",
        "Without the way back, or without its data, a bundle is another one.",
        _ASK,
        "A bundle without 90-Remove-Access.ps1.",
        "All files of SHA256SUMS.",
    ),
    Rule(
        "RSA104",
        "The digest is the one on the ticket",
        "Whoever can change a bundle can change its digests, too. Only the one on the ticket, which came another way, shows that.",
        _ASK,
        "--digest with another value than the bundle's.",
        "--digest with the value that `roomscope render` printed.",
    ),
    Rule(
        "RSA105",
        "The manifest agrees",
        "The manifest is what the verification believes. It is in its one form and lists the same files with the same digests.",
        _ASK,
        "A manifest with a control removed.",
        "The manifest as it was rendered.",
    ),
    Rule(
        "RSA106",
        "The statement is true",
        "AUDIT.md and audit.json are what a reviewer reads instead of the scripts. They are derived again and are equal, byte for byte.",
        _ASK,
        "An AUDIT.md that does not name a command of a script.",
        "AUDIT.md and audit.json as this release derives them from the scripts.",
    ),
    Rule(
        "RSA107",
        "AUDIT.ps1 is ours",
        "A second opinion that comes with the bundle would be the author's opinion.",
        "Use your own copy of AUDIT.ps1. If the bundle came from another release, audit it with that release.",
        "An AUDIT.ps1 that always agrees.",
        "AUDIT.ps1 of this release.",
    ),
    Rule(
        "RSA108",
        "It is what the configuration gives",
        "With --against the bundle is rendered again from the configuration and compared byte for byte.",
        _ASK,
        "A script with one more comment than the configuration gives.",
        "The bytes that `roomscope render` writes for the configuration.",
    ),
    Rule(
        "RSA109",
        "The rooms are those of the manifest",
        "rooms.csv is the only place where rooms stand. Its rows, their lists and their number are those of the manifest, each room once.",
        _ASK,
        "A row for ceo@contoso.com in a list that the manifest counts without it.",
        "rooms.csv as it was rendered.",
    ),
    Rule(
        "RSA110",
        "The scripts are those of the profile",
        "A profile has certain steps with certain names, the way back among them; another script is nobody's step.",
        _ASK,
        "55-Fix.ps1, or no 90-Remove-Access.ps1.",
        "10-, 30-, 40-, 50-, 60- and 90- of exchange-server.",
    ),
    Rule(
        "RSA111",
        "Scripts and manifest say the same",
        "The verification asks for what the manifest promises, so the scripts must make just that: the same plan, account, lists, scopes, "
        "assignments, controls and rooms.",
        _ASK,
        "A script that assigns the role to another account than the manifest names.",
        "The same account in both.",
    ),
    Rule(
        "RSA112",
        "The script is the template of this release",
        "Conditions, order and messages are not calls, and still decide what happens. So a script is compared, token by token, with the "
        "template of this release; only texts that stand for data may differ, and rows of data may be more or fewer.",
        "If the bundle came from another release, audit it with that release. Otherwise do not run it; ask the author.",
        "A comparison -ne turned into -eq.",
        "A script as this release renders it, with any names and addresses.",
    ),
    Rule(
        "RSA113",
        "The bundle is what this release makes of its manifest and rooms",
        "A bundle follows from its plan, and manifest.json with rooms.csv hold the whole plan. So the scripts, rooms.csv and RUNBOOK.md are "
        "rendered again from them and compared byte for byte: a comment, a sentence of the runbook or a text that stands for data cannot "
        "say anything else than the manifest does.",
        "If the bundle came from another release, audit it with that release. Otherwise do not run it; ask the author.",
        "A sentence added to RUNBOOK.md, with all digests adjusted.",
        "A bundle as this release renders it.",
    ),
    Rule(
        "RSA114",
        "Manifest and rooms say what a configuration may say",
        "There is one set of rules for what may be asked for, and a bundle that was delivered is held to it, too: a configuration is derived "
        "from manifest.json and rooms.csv and planned anew, with the lists of the bundle as the earlier ones. What no configuration may "
        "say, no bundle may say: no domains, a wildcard in a name, a control that is the service account, a scope over a list of nobody.",
        _ASK,
        "A manifest whose domains are empty, so that the scripts run in any organisation.",
        "A manifest as it was rendered.",
    ),
)

_CURES = {rule.id: rule.cure for rule in RULES}


def about(rule_id: str, path: str, message: str) -> Finding:
    """A finding of one of these rules on a whole file."""
    return Finding(path, 0, 0, rule_id, message, _CURES[rule_id])
