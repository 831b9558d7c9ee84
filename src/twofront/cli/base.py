"""What the commands share: the application, common arguments and options, the progress bar."""

from __future__ import annotations

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
Worlds = Annotated[int, typer.Option(min=2, max=2**24, help="Worlds to draw, rounded up to a power of two.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the draws; the same seed gives the same run.")]
Draws = Annotated[str, typer.Option(help="How worlds are drawn: sobol, monte-carlo or latin-hypercube.")]
Policies = Annotated[str | None, typer.Option(help="Names of policies, separated by commas (default: all).")]
Language = Annotated[str, typer.Option(help="Language of screen and report: en or de.")]


def names(policies: str | None) -> list[str] | None:
    """The names in a list separated by commas; None where nothing was named."""
    return None if policies is None else [name.strip() for name in policies.split(",") if name.strip()]


class Bar:
    """A progress bar with rate and time left on a terminal; silent in a pipe."""

    def __enter__(self) -> Bar:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        console = Console(stderr=True)
        columns = (
            TextColumn("{task.description:28}"),
            BarColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
        )
        self.progress = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self.progress.start()
        self.task = self.progress.add_task("compiling", total=None, rate="")
        return self

    def update(self, policy: str, done: int, total: int) -> None:
        """Shows how far one policy is."""
        speed = self.progress.tasks[0].speed or 0
        self.progress.update(self.task, description=policy, completed=done, total=total, rate=f"{speed:,.0f} worlds/s")

    def __exit__(self, *_: object) -> None:
        self.progress.stop()
