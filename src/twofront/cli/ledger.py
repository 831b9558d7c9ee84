"""The ledger: what is claimed, by whom, how far it can be relied on, and what it changes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from twofront.cli.base import Language, app

ledger = typer.Typer(
    help="Claims: check, show, add, rate, merge, link to figures, find gaps, weigh.", no_args_is_help=True
)
app.add_typer(ledger, name="ledger")

File = Annotated[Path, typer.Argument(help="A ledger (TOML).")]
Readable = Annotated[Path, typer.Argument(help="A ledger (TOML), a scenario folder, or a bundled scenario.")]
Scenario = Annotated[str, typer.Argument(help="A scenario folder, or the name of a bundled scenario.")]
RunFolder = Annotated[Path, typer.Option("--run", help="A run folder.")]


def _found(given: Path) -> Path:
    """The file itself, or the ledger of a scenario that was given by folder or by name."""
    from twofront.scenario.loaded import LEDGER
    from twofront.scenario.loader import find

    folder = None if given.is_file() else find(given)[0]
    return folder / LEDGER if folder is not None and (folder / LEDGER).is_file() else given


@ledger.command()
def check(file: Readable) -> None:
    """Check a ledger: every error with its place."""
    from twofront.evidence import load_ledger

    file = _found(file)
    found = load_ledger(file)
    roots = found.roots(found.claims)
    typer.echo(f"{file}: no errors; {len(found.claims)} claims, {len(roots)} roots, {len(found.observes)} observations")


@ledger.command()
def show(
    file: Readable,
    name: Annotated[str | None, typer.Argument(help="One claim's id (default: all, one a line).")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON Lines.")] = False,
) -> None:
    """Show claims: rating, audit, chain; and the rating that the rules would propose."""
    from twofront.errors import LedgerError, did_you_mean
    from twofront.evidence import load_ledger
    from twofront.evidence.rating import propose, standing

    file = _found(file)
    found = load_ledger(file).claims
    if name is not None and name not in found:
        raise LedgerError(f'no claim "{name}" in {file}. {did_you_mean(name, found)}'.rstrip())
    for claim in found.values() if name is None else [found[name]]:
        if as_json:
            typer.echo(json.dumps(claim.model_dump(mode="json"), ensure_ascii=False))
        elif name is None:
            rating, proposed = standing(claim, found)
            typer.echo(f"{rating}{'*' if proposed else ' '} {claim.id:36} {claim.audit:18} {claim.text[:80]}")
        else:
            offered = propose(claim, found)
            rated = f"{claim.rating}{' (by no person yet)' if claim.unrated else ''}"
            typer.echo(f"{claim.id}  {rated}  {claim.audit}\n{claim.text}\nchain: {' > '.join(claim.chain)}")
            typer.echo(f"rules propose {offered.rating}: {offered.source_rule}; {offered.credibility_rule}")
            for old in claim.history:
                typer.echo(f"until {old.until}: {old.rating}; replaced: {old.why}")
    if name is None and not as_json and any(claim.unrated for claim in found.values()):
        typer.echo("* proposed by rule: no person has rated it")


@ledger.command()
def add(
    file: File, claim: Annotated[str, typer.Argument(help="The claim as JSON, such as `show --json` prints.")]
) -> None:
    """Add a claim; the rest of the file, comments included, stays as it is."""
    from twofront.errors import LedgerError
    from twofront.evidence import edit

    try:
        record: Any = json.loads(claim)
    except (ValueError, RecursionError) as error:
        raise LedgerError(
            f"the claim is not JSON: {error}. Write it as `twofront ledger show --json` prints one."
        ) from error
    if not isinstance(record, dict):
        raise LedgerError("the claim is not a JSON object. Write it as `twofront ledger show --json` prints one.")
    found = edit.add(file, record)
    typer.echo(f"{file}: {len(found.claims)} claims")


@ledger.command()
def rate(
    file: File,
    name: Annotated[str, typer.Argument(help="The claim's id.")],
    rating: Annotated[str, typer.Argument(help="Source A to F and credibility 1 to 6, such as B2.")],
    why: Annotated[str, typer.Option(help="The reason; kept in the claim's history.")],
) -> None:
    """Give a claim another rating; the earlier one is kept with the reason."""
    from twofront.evidence import edit

    found = edit.rate(file, name, rating, why, datetime.now(UTC).date().isoformat())
    typer.echo(f"{name}: {found.claims[name].rating}, {len(found.claims[name].history)} earlier")


@ledger.command()
def merge(
    file: File,
    kept: Annotated[str, typer.Argument(help="The claim that is the original.")],
    other: Annotated[str, typer.Argument(help="The claim that repeats it.")],
) -> None:
    """Mark one claim as a rendering of another: both then count once."""
    from twofront.evidence import edit

    edit.merge(file, kept, other)
    typer.echo(f"{other} repeats {kept}: both count once")


@ledger.command()
def links(scenario: Scenario = "two-fronts") -> None:
    """Show which figures rest on which claims, and which claims carry no figure."""
    from twofront.scenario import load_scenario

    loaded = load_scenario(scenario)
    carried: dict[str, list[str]] = {name: [] for name in loaded.ledger.claims}
    for path, scalar in loaded.scalars.items():
        for name in scalar.quantity.sources:
            carried.setdefault(name, []).append(path)
        typer.echo(f"{path} <- {', '.join(scalar.quantity.sources) or 'judgement'}")
    for name, paths in carried.items():
        typer.echo(f"{name} -> {', '.join(paths) or 'no figure'}")


@ledger.command()
def gaps(
    scenario: Scenario = "two-fronts",
    run: Annotated[Path | None, typer.Option("--run", help="A run folder: its scenario, ordered by driver.")] = None,
) -> None:
    """Figures that rest on judgement, weak or single-root claims; with a run those first that drive the answer most."""
    from twofront import flow

    if run is None:
        typer.echo("In the scenario's order; --run RUN puts those first that drive the answer most.")
    for gap in flow.gaps(run, scenario):
        measure = "" if gap.measure is None else f"{gap.measure:6.3f}  "
        typer.echo(f"{measure}{gap.path:48} {gap.why}")


@ledger.command()
def weigh(
    file: Readable,
    run: RunFolder,
    hindcast: Annotated[bool, typer.Option(help="Weigh worlds by the quiet of 2015 to 2024.")] = True,
    constrain: Annotated[bool, typer.Option("--constrain", help="Let surveys count as weights.")] = False,
    lang: Language = "en",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    html: Annotated[Path | None, typer.Option(help="HTML file to write.")] = None,
) -> None:
    """What do these claims change in a run? Before, after, and which conclusion falls without which claim."""
    from twofront import flow
    from twofront.evidence.reader.export import write
    from twofront.report.weighing import weighing_json, weighing_page, weighing_text
    from twofront.store import open_run

    flow.check_language(lang)
    asked, file = file.name, _found(file)
    flow.check_outputs({"html": html}, {file: "the ledger itself"})
    opened = open_run(run)
    found = flow.weigh(opened, file, hindcast=hindcast, constrain=constrain)
    labels = opened.manifest["labels"]
    typer.echo(weighing_json(found) if as_json else weighing_text(found, labels, lang))
    if html is not None:
        write(weighing_page(found, labels, lang, name=f"{asked}, {opened.path.name}"), html)
        typer.echo(f"{html}: open it in a browser", err=as_json)
