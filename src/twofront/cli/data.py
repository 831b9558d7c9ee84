"""Data: the tables of the package, the editions a user has added, and how they revise each other."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twofront.cli.base import app

data = typer.Typer(help="The tables of the package, and the editions you have added.", invoke_without_command=True)
app.add_typer(data, name="data")


@data.callback()
def overview(context: typer.Context) -> None:
    """List tables and editions with hash, date, coverage, and how they revise each other."""
    if context.invoked_subcommand is None:
        from twofront.report.data import data_screen

        typer.echo(data_screen())


@data.command()
def add(file: Annotated[Path, typer.Argument(help="A file as you downloaded it from its publisher.")]) -> None:
    """Register a newer edition: SIPRI, NATO, IMF, World Bank or Kiel, recognised by what stands in it."""
    from twofront.reference import add_edition
    from twofront.report.data import edition_lines

    typer.echo("\n".join(edition_lines(add_edition(file))))
