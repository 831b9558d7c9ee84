"""The commands: thin, one for each question; everything they do can be done from Python (see flow)."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import Annotated, Any

import typer

import twofront
from twofront.cli import assess, data, export, ledger, pledge, read, runs
from twofront.cli.base import app
from twofront.errors import Interrupted, ScenarioError, TwofrontError

__all__ = ["app", "assess", "data", "export", "ledger", "main", "pledge", "read", "runs"]

# Typer moved this class between modules; every version derives BadParameter from it.
USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]


NO_MEMORY = 3  # inside only: the process ends with 1


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
    except Interrupted as error:
        print(f"interrupted: {error}", file=sys.stderr)
        return 130
    except TwofrontError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted: nothing half written was left behind", file=sys.stderr)
        return 130
    except MemoryError:
        print(
            "error: out of memory. What was recorded is kept; try fewer --workers or a smaller --shard.",
            file=sys.stderr,
        )
        return NO_MEMORY
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
        if code == [130]:  # how Typer hands on a key press
            raise KeyboardInterrupt
        sys.stdout.flush()

    failed = _guard(call)
    if failed in (130, NO_MEMORY):
        # Threads may be in the middle of a compilation, which nothing can stop, or have found no memory where nobody
        # expects it: the process ends without them.
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(130 if failed == 130 else 1)
    sys.exit(failed or (code[0] if code and isinstance(code[0], int) else 0))
