"""The verb `explain`: what an id means, wherever it was said; needs no network."""

from collections.abc import Iterator

import click


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
def explain(ids: tuple[str, ...]) -> None:
    """Explain rules of the audit (RSA023), causes of a verdict (RS010) and findings in records (RE301).

    Without an ID all of them are listed.
    """
    click.echo("\n".join(map(_page, ids)) if ids else "".join(_contents()), nl=False)


def _page(wanted: str) -> str:
    from roomscope.verify.catalogue import page

    found = page(wanted)
    if found is not None:
        return found
    from roomscope.generator.delivery.rulebook import explain as explained

    return explained(wanted)


def _contents() -> Iterator[str]:
    """Every id with its sentence."""
    from roomscope.generator.delivery.rulebook import RULES
    from roomscope.verify.catalogue import CAUSES, FINDINGS

    rules = [(rule.id, rule.title) for rule in RULES]
    for heading, rows in (("Rules of the audit", rules), ("Causes of a verdict", CAUSES), ("Findings in records", FINDINGS)):
        yield f"{heading}\n"
        yield from (f"  {number:<7} {sentence}\n" for number, sentence in rows)
        yield "\n"
    yield "`roomscope explain ID` says more.\n"
