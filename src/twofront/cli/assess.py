"""Scenarios: play them, check them, start one, show one solved year."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twofront.cli.base import (
    Device,
    Draws,
    Engine,
    Fresh,
    Language,
    Out,
    Policies,
    ProgressKind,
    RunFolder,
    ScenarioArgument,
    Seed,
    Shard,
    Workers,
    Worlds,
    Yearly,
    app,
    names,
)
from twofront.cli.watch import Watch

if TYPE_CHECKING:
    from twofront.scenario.checks import CheckResult


@app.command()
def assess(
    scenario: ScenarioArgument = "two-fronts",
    worlds: Worlds = 1024,
    seed: Seed = 0,
    draws: Draws = "sobol",
    policies: Policies = None,
    lang: Language = "en",
    out: Out = None,
    structure: Annotated[
        bool, typer.Option("--structure", help="Also play the other structures: how far does each line move?")
    ] = False,
    structure_worlds: Annotated[
        int, typer.Option(min=2, max=2**24, help="At most so many of the worlds for the other structures.")
    ] = 1024,
    fresh: Fresh = False,
    yearly: Yearly = False,
    engine: Engine = "threads",
    workers: Workers = None,
    shard: Shard = None,
    device: Device = "auto",
    progress: ProgressKind = "auto",
) -> None:
    """If A attacks, does it call B; does B move when called, when not; what would change that?"""
    from twofront import flow

    with Watch(progress) as watch:
        done = flow.assess(
            scenario,
            worlds=worlds,
            seed=seed,
            draws=draws,
            policies=names(policies),
            lang=lang,
            out=out,
            structure=structure,
            structure_worlds=structure_worlds,
            how=watch.how(engine, workers, shard, device, yearly, fresh),
            progress=watch.update,
        )
    typer.echo(done.screen)


@app.command()
def report(
    run: RunFolder,
    lang: Language = "en",
    out: Annotated[Path | None, typer.Option(help="The HTML file to write (default: in the run folder).")] = None,
) -> None:
    """Write the report of a run again, in either language, and show its first screen."""
    from twofront import flow
    from twofront.report import first_screen
    from twofront.store import open_run

    opened = open_run(run)
    typer.echo(first_screen(opened, lang, flow.write_report(opened, out=out, lang=lang)))


@app.command()
def check(scenario: ScenarioArgument = "two-fronts") -> None:
    """Check a scenario: every finding with file:line:column, and how many figures have a source."""
    from twofront.scenario import check as examine

    result = examine(scenario)
    for finding in result.findings:
        typer.echo(f"{finding.severity}: {finding}", err=finding.severity == "error")
    errors = sum(finding.severity == "error" for finding in result.findings)
    if result.coverage is not None:
        typer.echo(_coverage(result))
    if errors:
        typer.echo(f"{errors} error{'s' * (errors != 1)} in {scenario}", err=True)
        raise typer.Exit(1)
    typer.echo(f"{scenario}: no errors")


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario: a new folder of this name is made.")],
    folder: Annotated[Path, typer.Option(help="Where to make it.")] = Path(),
) -> None:
    """Write a commented starter scenario."""
    from twofront.scenario.starter import new_scenario

    made = new_scenario(name, folder)
    typer.echo(f"{made}: edit scenario.toml, then: twofront check {made}; twofront assess {made}")


@app.command()
def schema() -> None:
    """Print the JSON Schema of scenario.toml, for editors that complete and underline."""
    from twofront.scenario.checks import json_schema

    typer.echo(json.dumps(json_schema(), indent=2, ensure_ascii=False))


@app.command()
def show(
    scenario: ScenarioArgument = "two-fronts",
    year: Annotated[
        int | None, typer.Option(help="Year of the stage game (default: 2027, or the middle year).")
    ] = None,
    world: Annotated[int, typer.Option(min=0, max=2**24 - 1, help="Number of the world.")] = 0,
    seed: Seed = 0,
    draws: Draws = "sobol",
    worlds: Annotated[int, typer.Option(min=2, max=2**24, help="Worlds of the run, for a Latin hypercube.")] = 1024,
    policy: Annotated[str, typer.Option(help="Policy.")] = "baseline",
    as_json: Annotated[bool, typer.Option("--json", help="Print the tree as JSON.")] = False,
) -> None:
    """Show one solved year of one world as a tree: what each move is worth, and how likely it is."""
    from twofront import flow
    from twofront.ensemble.design import design_of
    from twofront.report.tree import tree_text
    from twofront.scenario import load_scenario

    design, loaded = design_of(draws, worlds), load_scenario(scenario)
    chosen = flow.shown_year(loaded) if year is None else year
    found = flow.solved_tree(loaded, chosen, world=world, seed=seed, policy=policy, design=design)
    typer.echo(json.dumps(found, indent=2) if as_json else tree_text(found))


def _coverage(result: CheckResult) -> str:
    """The table of source coverage as text: one row for each part of the scenario."""
    assert result.coverage is not None
    rows = [("part", "figures", "uncertain", "sourced", "C3 or better", "judgement"), *result.coverage.rows()]
    widths = [max(len(str(row[k])) for row in rows) for k in range(len(rows[0]))]
    return "What the figures rest on\n" + "\n".join(
        "  ".join(
            str(cell).ljust(w) if k == 0 else str(cell).rjust(w)
            for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    )
