"""Every rule is broken by its bad example and kept by its good one; rendered scripts keep all."""

from collections.abc import Mapping

import pytest

from roomscope.generator.audit.check import RULES, audit_named, audit_text, explain
from roomscope.generator.common.errors import AuditError, GeneratorError
from roomscope.generator.products.allow import allowed, steps
from roomscope.generator.statement.derive import step_of

TEXTUAL = [rule for rule in RULES if rule.id < "RSA100" and rule.id != "RSA001"]


def rules_broken(text: str) -> set[str]:
    return {finding.rule for finding in audit_text("50-x.ps1", f"{text}\n", allowed("exchange-server", 50))}


@pytest.mark.parametrize("rule", TEXTUAL, ids=lambda rule: rule.id)
def test_the_bad_example_breaks_its_rule(rule) -> None:  # type: ignore[no-untyped-def]
    assert rule.id in rules_broken(rule.bad)


@pytest.mark.parametrize("rule", TEXTUAL, ids=lambda rule: rule.id)
def test_the_good_example_keeps_its_rule(rule) -> None:  # type: ignore[no-untyped-def]
    assert rule.id not in rules_broken(rule.good)


def test_rule_ids_are_unique_and_sorted() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_explained_with_both_examples(rule) -> None:  # type: ignore[no-untyped-def]
    text = explain(rule.id.lower())
    assert all(part in text for part in (rule.id, rule.title, rule.bad.split("\n")[0], rule.good.split("\n")[0]))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(GeneratorError, match="RSA999"):
        explain("RSA999")


def test_a_step_without_a_list_is_refused() -> None:
    with pytest.raises(AuditError):
        allowed("exchange-server", 20)
    with pytest.raises(AuditError):
        allowed("nowhere", 10)


def test_rendered_scripts_keep_every_rule(samples: Mapping[str, dict[str, bytes]]) -> None:
    seen = 0
    for files in samples.values():
        for name, data in files.items():
            if name[:1].isdigit():
                assert audit_named(name, data, "exchange-server", step_of(name)) == ()
                seen += 1
    assert seen == len(samples) * len(steps("exchange-server"))


def test_a_script_is_refused_in_another_step(article: dict[str, bytes]) -> None:
    found = audit_named("60-x.ps1", article["50-Grant-Access.ps1"], "exchange-server", 60)
    assert "RSA020" in {finding.rule for finding in found}


def test_findings_name_line_column_and_cure() -> None:
    found = audit_text("10-x.ps1", "\n  Set-Mailbox\n", allowed("exchange-server", 10))
    (finding,) = (one for one in found if one.rule == "RSA020")
    assert (finding.rule, finding.path, finding.line, finding.column) == ("RSA020", "10-x.ps1", 2, 3)
    assert finding.cure
