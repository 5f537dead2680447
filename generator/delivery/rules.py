"""The rules about a delivery as a whole: digests, names, and files that must say the same."""

from roomscope.generator.audit.finding import Finding
from roomscope.generator.audit.rule import Rule

_ASK = "Do not run it; ask the author for the bundle that was approved."

RULES = (
    Rule(
        id="RSA100",
        title="SHA256SUMS is in its one form",
        why="A list of digests that can be read in two ways proves nothing. Each line is 64 hex digits, two spaces and a plain name; the "
        "names are sorted and no two differ only in case.",
        cure=_ASK,
        bad="A line with an absolute path, or two lines for 50-Grant-Access.ps1 and 50-grant-access.ps1.",
        good="64 hex digits, two spaces, 50-Grant-Access.ps1.",
    ),
    Rule(
        id="RSA101",
        title="Every file has its digest",
        why="A changed byte is a changed bundle. A script may have one signature block at its very end; without it, it has its digest.",
        cure=_ASK,
        bad="rooms.csv with a room added after the render.",
        good="rooms.csv as it was rendered.",
    ),
    Rule(
        id="RSA102",
        title="Nothing that is not listed",
        why="An extra script is run by somebody. Links, folders and odd names are not read at all. Evidence of runs lies below evidence/ and "
        "is not part of the bundle.",
        cure="Move the file away. If it is a script, ask who put it there.",
        bad="A file 55-Fix.ps1 that SHA256SUMS does not list.",
        good="The files of SHA256SUMS, and the folder evidence.",
    ),
    Rule(
        id="RSA103",
        title="Nothing is missing",
        why="Without the way back, or without its data, a bundle is another one.",
        cure=_ASK,
        bad="A bundle without 90-Remove-Access.ps1.",
        good="All files of SHA256SUMS.",
    ),
    Rule(
        id="RSA104",
        title="The digest is the one on the ticket",
        why="Whoever can change a bundle can change its digests, too. Only the one on the ticket, which came another way, shows that.",
        cure=_ASK,
        bad="--digest with another value than the bundle's.",
        good="--digest with the value that `roomscope render` printed.",
    ),
    Rule(
        id="RSA105",
        title="The manifest agrees",
        why="The manifest is what the verification believes. It is in its one form and lists the same files with the same digests.",
        cure=_ASK,
        bad="A manifest with a control removed.",
        good="The manifest as it was rendered.",
    ),
    Rule(
        id="RSA106",
        title="The statement is true",
        why="AUDIT.md and audit.json are what a reviewer reads instead of the scripts. They are derived again and are equal, byte for byte.",
        cure=_ASK,
        bad="An AUDIT.md that does not name a command of a script.",
        good="AUDIT.md and audit.json as this release derives them from the scripts.",
    ),
    Rule(
        id="RSA107",
        title="AUDIT.ps1 is ours",
        why="A second opinion that comes with the bundle would be the author's opinion.",
        cure="Use your own copy of AUDIT.ps1. If the bundle came from another release, audit it with that release.",
        bad="An AUDIT.ps1 that always agrees.",
        good="AUDIT.ps1 of this release.",
    ),
    Rule(
        id="RSA108",
        title="It is what the configuration gives",
        why="With --against the bundle is rendered again from the configuration and compared byte for byte.",
        cure=_ASK,
        bad="A script with one more comment than the configuration gives.",
        good="The bytes that `roomscope render` writes for the configuration.",
    ),
    Rule(
        id="RSA109",
        title="The rooms are those of the manifest",
        why="rooms.csv is the only place where rooms stand. Its rows, their lists and their number are those of the manifest, each room once.",
        cure=_ASK,
        bad="A row for ceo@contoso.com in a list that the manifest counts without it.",
        good="rooms.csv as it was rendered.",
    ),
    Rule(
        id="RSA110",
        title="The scripts are those of the product",
        why="A product has certain steps with certain names, the way back among them; another script is nobody's step.",
        cure=_ASK,
        bad="55-Fix.ps1, or no 90-Remove-Access.ps1.",
        good="10-, 30-, 40-, 50-, 60- and 90- of exchange-server; besides these 15-, 20- and 70- of exchange-online.",
    ),
    Rule(
        id="RSA111",
        title="Scripts and manifest say the same",
        why="The verification asks for what the manifest promises, so the scripts must make just that: the same plan, account, lists, scopes, "
        "assignments, controls and rooms.",
        cure=_ASK,
        bad="A script that assigns the role to another account than the manifest names.",
        good="The same account in both.",
    ),
    Rule(
        id="RSA113",
        title="The bundle is what this release makes of its manifest and rooms",
        why="A bundle follows from its plan, and manifest.json with rooms.csv hold the whole plan. So the scripts, rooms.csv and RUNBOOK.md are "
        "rendered again from them and compared byte for byte: a comment, a sentence of the runbook or a text that stands for data cannot "
        "say anything else than the manifest does.",
        cure="If the bundle came from another release, audit it with that release. Otherwise do not run it; ask the author.",
        bad="A sentence added to RUNBOOK.md, with all digests adjusted.",
        good="A bundle as this release renders it.",
    ),
    Rule(
        id="RSA114",
        title="Manifest and rooms say what a configuration may say",
        why="There is one set of rules for what may be asked for, and a bundle that was delivered is held to it, too: a configuration is derived "
        "from manifest.json and rooms.csv and planned anew, with the lists of the bundle as the earlier ones. What no configuration may "
        "say, no bundle may say: no domains, a wildcard in a name, a control that is the service account, a scope over a list of nobody.",
        cure=_ASK,
        bad="A manifest whose domains are empty, so that the scripts run in any organisation.",
        good="A manifest as it was rendered.",
    ),
)

_CURES = {rule.id: rule.cure for rule in RULES}


def about(rule_id: str, path: str, message: str) -> Finding:
    """A finding of one of these rules on a whole file."""
    return Finding(path, 0, 0, rule_id, message, _CURES[rule_id])
