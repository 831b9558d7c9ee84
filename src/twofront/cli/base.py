"""What the commands share: the application, common arguments and options, the progress bar."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="What if two crises come at once? Sourced scenarios, solved crisis games, honest reports.",
    invoke_without_command=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


def _here(scenario: str) -> str:
    return scenario or "."  # an empty variable in a script: the message then names a place


ScenarioArgument = Annotated[
    str, typer.Argument(help="A scenario folder, or the name of a bundled scenario.", callback=_here)
]
RunFolder = Annotated[Path, typer.Argument(help="A run folder.")]
Out = Annotated[Path | None, typer.Option(help="Run folder (default: runs/<scenario>-seed<seed>).")]
Worlds = Annotated[int, typer.Option(min=2, max=2**24, help="Worlds to draw, rounded up to a power of two.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same run.")]
Draws = Annotated[str, typer.Option(help="How worlds are drawn: sobol, monte-carlo or latin-hypercube.")]
Policies = Annotated[str | None, typer.Option(help="Names of policies, separated by commas (default: all).")]
Language = Annotated[str, typer.Option(help="Language of screen and report: en or de.")]


def names(policies: str | None) -> list[str] | None:
    """The names in a list separated by commas; None where nothing was named."""
    return None if policies is None else [name.strip() for name in policies.split(",") if name.strip()]


# What a command that plays a run asks beside its scenario; Watch.how makes flow's How of it.
Fresh = Annotated[bool, typer.Option("--fresh", help="Start anew where an earlier run lies in the folder.")]
Yearly = Annotated[bool, typer.Option("--yearly", help="Keep the years of every world, not of the first 4,096.")]
Engine = Annotated[
    str, typer.Option(help="threads, dask (a cluster here), tcp://HOST:PORT, tls://HOST:PORT, or a scheduler file.")
]
Workers = Annotated[int | None, typer.Option(min=1, help="Threads or processes (default: all cores).")]
Shard = Annotated[int | None, typer.Option(min=1, help="Worlds in one piece of work (default: by the run's size).")]
Device = Annotated[str, typer.Option(help="auto (a GPU where there is one), cpu or gpu.")]
ProgressKind = Annotated[str, typer.Option("--progress", help="auto (a bar on a terminal), none, or json lines.")]
