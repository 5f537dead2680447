"""Every rule is broken by its bad example and kept by its good one; rendered scripts keep all."""

from collections.abc import Mapping

import pytest

from roomscope.generator.audit.check import RULES as ON_SCRIPTS
from roomscope.generator.audit.check import audit_script
from roomscope.generator.audit.rule import Rule
from roomscope.generator.bundle.manifest import MANIFEST, Manifest
from roomscope.generator.bundle.release import release_of
from roomscope.generator.common.errors import AuditError, GeneratorError
from roomscope.generator.delivery.rulebook import RULES, explain
from roomscope.generator.products.catalogue import PRODUCTS
from roomscope.generator.products.exchange_server import EXCHANGE_SERVER
from roomscope.generator.statement.derive import step_of
from tests.generator.audit.frames import broken, findings, releasing, whole

Files = Mapping[str, bytes]
PLACES = {"RSA112": "code", "RSA052": "region", "RSA053": "data"}
"""The part of a script of which the examples of a rule are a piece."""

TEXTUAL = [rule for rule in ON_SCRIPTS if rule.id != "RSA001" and rule.id not in PLACES]
PARTIAL = [rule for rule in ON_SCRIPTS if rule.id in PLACES]


@pytest.mark.parametrize("rule", TEXTUAL, ids=lambda rule: rule.id)
def test_the_bad_example_breaks_its_rule(rule: Rule) -> None:
    assert rule.id in broken(f"{rule.bad}\n", releasing())


@pytest.mark.parametrize("rule", TEXTUAL, ids=lambda rule: rule.id)
def test_the_good_example_keeps_its_rule(rule: Rule) -> None:
    assert rule.id not in broken(rule.good.removesuffix("\n") + "\n", releasing())


@pytest.mark.parametrize("rule", PARTIAL, ids=lambda rule: rule.id)
def test_an_example_in_its_place_breaks_or_keeps_its_rule(rule: Rule) -> None:
    place = PLACES[rule.id]
    good, bad = (f"{example}\n" if place == "region" else f"    {example}\n" for example in (rule.good, rule.bad))
    release = releasing(**{place: good})
    assert broken(whole(**{place: bad}), release) & {*PLACES} == {rule.id}
    assert broken(whole(**{place: good}), release) & {*PLACES} == set()


def test_a_script_in_the_frame_of_its_release_has_no_finding_but_what_its_step_lacks() -> None:
    assert broken(whole(), releasing()) == {"RSA064"}


def test_rule_ids_are_unique_and_sorted() -> None:
    ids = [rule.id for rule in RULES]
    assert ids == sorted(set(ids))
    assert {rule.id for rule in ON_SCRIPTS} <= {*ids}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_is_explained_with_both_examples(rule: Rule) -> None:
    text = explain(rule.id.lower())
    assert all(part in text for part in (rule.id, rule.title, rule.bad.split("\n")[0], rule.good.split("\n")[0]))


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(GeneratorError, match="RSA999"):
        explain("RSA999")


def test_a_step_without_a_list_is_refused() -> None:
    with pytest.raises(AuditError):
        EXCHANGE_SERVER.allowed(20)
    with pytest.raises(AuditError):
        audit_script("20-x.ps1", b"", releasing(), 20)


def test_rendered_scripts_keep_every_rule(samples: Mapping[str, Files]) -> None:
    for files in samples.values():
        product = PRODUCTS[Manifest.model_validate_json(files[MANIFEST]).plan.kind]
        names = [name for name in files if name[0].isdigit()]
        assert len(names) == len(product.steps)
        for name in names:
            assert audit_script(name, files[name], release_of(product), step_of(name)) == ()


def test_a_script_is_refused_in_another_step(article: Files) -> None:
    found = audit_script("60-x.ps1", article["50-Grant-Access.ps1"], release_of(EXCHANGE_SERVER), 60)
    assert {"RSA020", "RSA112"} <= {finding.rule for finding in found}


def test_findings_name_line_column_and_cure() -> None:
    (finding,) = (one for one in findings("\n  Set-Mailbox\n", releasing()) if one.rule == "RSA020")
    assert (finding.rule, finding.path, finding.line, finding.column) == ("RSA020", "50-x.ps1", 2, 3)
    assert finding.cure
