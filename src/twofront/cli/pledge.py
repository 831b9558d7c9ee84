"""Money: who keeps the pledge, and who spends what on which price basis."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twofront.cli.base import Language, Seed, app
from twofront.cli.watch import Watch


@app.command()
def pledge(
    ally: Annotated[
        str | None, typer.Option(help="Allies by code or name, separated by commas (default: all).")
    ] = None,
    year: Annotated[int, typer.Option(min=2025, max=2049, help="Year whose published figures count.")] = 2025,
    to: Annotated[int, typer.Option(min=2026, max=2050, help="Last year of the paths.")] = 2035,
    out: Annotated[Path | None, typer.Option(help="Folder for CSV, workbook and HTML report.")] = None,
    run: Annotated[Path | None, typer.Option(help="A finished run: shows what the missing part would buy.")] = None,
    buys: Annotated[int, typer.Option(min=0, max=2**24, help="Worlds to solve for it now (0: do not).")] = 0,
    seed: Seed = 0,
    lang: Language = "en",
) -> None:
    """Are the allies keeping the Hague pledge, on which path, what is missing, and what does it buy?"""
    from twofront import flow

    with Watch() as watch:
        done = flow.pledge(
            ally=ally, year=year, to=to, out=out, run=run, worlds=buys, seed=seed, lang=lang, progress=watch.update
        )
    typer.echo(done.screen)
    for file in done.files:
        typer.echo(str(file))


@app.command()
def balance(
    first: Annotated[str, typer.Argument(help="A power or group: russia, china, europe, nato, DEU …")] = "russia",
    second: Annotated[str, typer.Argument(help="The other one.")] = "europe",
    year: Annotated[int, typer.Option(min=1900, max=2200, help="Year of the spending.")] = 2024,
    lang: Language = "en",
) -> None:
    """Who spends what: two powers or groups on every price basis, like for like."""
    from twofront import flow

    typer.echo(flow.balance(first, second, year=year, lang=lang).screen)
