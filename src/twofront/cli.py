"""The commands: thin, one for each question; everything they do can be done from Python (see flow.py)."""

from __future__ import annotations

import io
import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import twofront
from twofront.errors import ScenarioError, TwofrontError

if TYPE_CHECKING:
    from twofront.scenario.checks import CheckResult

# Typer moved this class between modules; every version derives BadParameter from it.
USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]

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
Policies = Annotated[str | None, typer.Option(help="Names of policies, separated by commas (default: all).")]
Language = Annotated[str, typer.Option(help="Language of screen and report: en or de.")]


@app.command()
def assess(
    scenario: ScenarioArgument = "two-fronts",
    worlds: Worlds = 8192,
    seed: Seed = 0,
    policies: Policies = None,
    lang: Language = "en",
    out: Annotated[Path | None, typer.Option(help="Run folder (default: runs/<scenario>-seed<seed>).")] = None,
) -> None:
    """If A attacks, does it call B; does B move when called, when not; what would change that?"""
    from twofront import flow

    with _Bar() as bar:
        done = flow.assess(
            scenario,
            worlds=worlds,
            seed=seed,
            policies=_names(policies),
            lang=lang,
            out=out,
            progress=bar.update,
        )
    typer.echo(done.screen)


@app.command()
def run(
    scenario: ScenarioArgument = "two-fronts",
    worlds: Worlds = 8192,
    seed: Seed = 0,
    policies: Policies = None,
    out: Annotated[Path | None, typer.Option(help="Run folder (default: runs/<scenario>-seed<seed>).")] = None,
) -> None:
    """Play a scenario and leave the run folder, without report."""
    from twofront import flow

    with _Bar() as bar:
        done = flow.run(scenario, worlds=worlds, seed=seed, policies=_names(policies), out=out, progress=bar.update)
    rate = done.manifest["worlds_per_second"]
    typer.echo(
        f"{done.path}: {done.manifest['worlds']} worlds, {rate:,.0f} worlds a second. Next: twofront report {done.path}"
    )


@app.command()
def report(
    run: Annotated[Path, typer.Argument(help="A run folder.")],
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
    policy: Annotated[str, typer.Option(help="Policy.")] = "baseline",
    as_json: Annotated[bool, typer.Option("--json", help="Print the tree as JSON.")] = False,
) -> None:
    """Show one solved year of one world as a tree: what each move is worth, and how likely it is."""
    from twofront import flow
    from twofront.report.tree import tree_text
    from twofront.scenario import load_scenario

    loaded = load_scenario(scenario)
    found = flow.solved_tree(
        loaded, flow.shown_year(loaded) if year is None else year, world=world, seed=seed, policy=policy
    )
    typer.echo(json.dumps(found, indent=2) if as_json else tree_text(found))


def _names(policies: str | None) -> list[str] | None:
    return None if policies is None else [name.strip() for name in policies.split(",") if name.strip()]


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


class _Bar:
    """A progress bar with rate and time left on a terminal; silent in a pipe."""

    def __enter__(self) -> _Bar:
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


def _guard(work: Callable[[], object]) -> int:
    """Turns errors into messages and exit codes: 1 what the user can mend, 2 a wrong command line, 130 interrupted."""
    try:
        work()
    except USAGE_ERROR as error:
        print(_usage(error), file=sys.stderr)
        return 2
    except ScenarioError as error:
        for finding in error.findings:
            print(f"{finding.severity}: {finding}", file=sys.stderr)
        return 1
    except TwofrontError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing half written was left behind", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read us has had enough (`twofront schema | head`): say nothing, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except OSError as error:
        print(f"error: {error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
        return 1
    return 0


def _usage(error: Any) -> str:
    """A wrong command line as a message: what is wrong, what was probably meant, where help is."""
    message = str(error.format_message()).rstrip(".")
    command = error.ctx.command_path if error.ctx is not None else "twofront"
    return f"error: {message}{'' if message.endswith('?') else '.'} Try: {command} --help"


def _version(value: bool) -> None:
    if value:
        typer.echo(f"twofront {twofront.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What if two crises come at once? Sourced scenarios, solved crisis games, honest reports."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


def main() -> None:
    """Entry point of the command `twofront`."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without the letter prints ? and goes on
    code: list[int] = []

    def call() -> None:
        try:
            code.append(app(standalone_mode=False, prog_name="twofront") or 0)
        except typer.Exit as done:
            code.append(done.exit_code)
        except typer.Abort:
            raise KeyboardInterrupt from None
        sys.stdout.flush()

    failed = _guard(call)
    sys.exit(failed or (code[0] if code and isinstance(code[0], int) else 0))
