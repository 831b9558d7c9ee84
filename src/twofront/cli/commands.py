"""All commands in one application: one room for each group of questions."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

import twofront
from twofront.cli import assess, data, export, ledger, pledge, read, runs
from twofront.cli.base import app

__all__ = ["app", "assess", "call", "data", "export", "ledger", "pledge", "read", "runs"]

# Typer moved this class between modules; every version derives BadParameter from it.
USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]


def call() -> int:
    """Does what the command line says and returns the exit code: 2 for a wrong command line, which is explained.

    Errors: those of the command; KeyboardInterrupt.
    """
    try:
        code = app(standalone_mode=False, prog_name="twofront")
    except USAGE_ERROR as error:
        print(_usage(error), file=sys.stderr)
        return 2
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        raise KeyboardInterrupt from None
    if code == 130:  # how Typer hands on a key press
        raise KeyboardInterrupt
    return code if isinstance(code, int) else 0


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
