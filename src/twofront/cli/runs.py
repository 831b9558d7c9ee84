"""Runs: play one, list them, check every byte."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from twofront.cli.base import (
    Device,
    Draws,
    Engine,
    Fresh,
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


class _Runs(TyperGroup):
    """`twofront run SCENARIO` is `twofront run play SCENARIO`; the other words are commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = ["play", *args]
        return list(super().parse_args(ctx, args))


runs = typer.Typer(cls=_Runs, help="Play a scenario: twofront run SCENARIO. Or look after runs: list, verify …")
app.add_typer(runs, name="run")


@runs.command()
def play(
    scenario: ScenarioArgument = "two-fronts",
    worlds: Worlds = 1024,
    seed: Seed = 0,
    draws: Draws = "sobol",
    policies: Policies = None,
    out: Out = None,
    fresh: Fresh = False,
    yearly: Yearly = False,
    engine: Engine = "threads",
    workers: Workers = None,
    shard: Shard = None,
    device: Device = "auto",
    progress: ProgressKind = "auto",
) -> None:
    """Play a scenario and leave the run folder, without report; an earlier run there is continued."""
    from twofront import flow

    with Watch(progress) as watch:
        done = flow.run(
            scenario,
            worlds=worlds,
            seed=seed,
            draws=draws,
            policies=names(policies),
            out=out,
            how=watch.how(engine, workers, shard, device, yearly, fresh),
            progress=watch.update,
        )
    rate = done.manifest["worlds_per_second"]
    typer.echo(
        f"{done.path}: {done.manifest['worlds']} worlds, {rate:,.0f} worlds a second. Next: twofront report {done.path}"
    )


@runs.command("list")
def list_(folder: Annotated[Path, typer.Argument(help="Where to look.")] = Path("runs")) -> None:
    """List runs with state, worlds, policies, size, date and scenario."""
    from twofront.store import list_runs

    found = list_runs(folder)
    if not found:
        typer.echo(f"{folder}: no runs there. To make one: twofront run two-fronts")
        return
    rows = [("run", "state", "worlds", "policies", "size", "date", "scenario")]
    rows += [
        (str(r.path), r.state, f"{r.worlds:,}", str(r.policies), f"{r.size / 1e6:,.1f} MB", r.date, r.scenario)
        for r in found
    ]
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    for row in rows:
        cells = [
            cell.rjust(w) if 2 <= k <= 4 else cell.ljust(w) for k, (cell, w) in enumerate(zip(row, widths, strict=True))
        ]
        typer.echo("  ".join(cells).rstrip())


@runs.command()
def verify(run: RunFolder) -> None:
    """Compare every file of a run with its checksum, byte by byte."""
    from twofront.store import open_run

    typer.echo(f"{run}: {open_run(run).verify()} files are what they were")


@runs.command()
def bundle(
    run: RunFolder,
    out: Annotated[Path | None, typer.Option(help="The zip to write (default: beside the run folder).")] = None,
) -> None:
    """Make one zip with all that is needed to redo a run: scenario, ledger, editions, versions, digests, report."""
    from twofront import flow

    made = flow.bundle(run, out)
    typer.echo(f"{made}: to do it again: twofront run reproduce {made}")


@runs.command()
def reproduce(
    file: Annotated[Path, typer.Argument(help="A bundle, as `twofront run bundle` makes it.")],
    out: Annotated[Path | None, typer.Option(help="Folder of the new run (default: reproduced/<bundle>).")] = None,
    fresh: Fresh = False,
    engine: Engine = "threads",
    workers: Workers = None,
    shard: Shard = None,
    device: Device = "auto",
    progress: ProgressKind = "auto",
) -> None:
    """Do a bundled run again and compare: the same bytes, or within the tolerance on another kind of machine."""
    from twofront import flow

    with Watch(progress) as watch:
        how = watch.how(engine, workers, shard, device, False, fresh)
        found = flow.reproduce(file, out=out, how=how, progress=watch.update)
    for line in found.differs:
        typer.echo(line)
    if found.same and found.held:
        typer.echo(f"{file}: reproduced, every byte of every table is the same ({found.run.path})")
        return
    distance = f"{found.furthest:.1e} of a column's range ({found.column}); tolerated: {found.tolerance:.0e}"
    if found.held:
        typer.echo(f"{file}: reproduced within the tolerance: at most {distance}")
        return
    typer.echo(f"error: {file}: not reproduced: {distance}", err=True)
    raise typer.Exit(1)
