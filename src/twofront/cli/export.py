"""Taking data out of a run."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from twofront.cli.base import RunFolder, app
from twofront.cli.runs import runs
from twofront.errors import TwofrontError


@runs.command()
@app.command()
def export(
    run: RunFolder,
    csv: Annotated[bool, typer.Option("--csv", help="CSV files in a folder.")] = False,
    xlsx: Annotated[bool, typer.Option("--xlsx", help="One Excel workbook.")] = False,
    parquet: Annotated[bool, typer.Option("--parquet", help="Parquet files in a folder.")] = False,
    ema: Annotated[bool, typer.Option("--ema", help="The archive that the EMA Workbench loads.")] = False,
    out: Annotated[Path | None, typer.Option(help="Where to write (default: beside the run).")] = None,
) -> None:
    """Take the data out, with a dictionary of the columns and the sources of every figure."""
    from twofront.store import open_run
    from twofront.store.export import export as write
    from twofront.store.places import beside

    chosen = [form for form, wanted in (("csv", csv), ("xlsx", xlsx), ("parquet", parquet), ("ema", ema)) if wanted]
    if len(chosen) != 1:
        raise TwofrontError("say in which form: one of --csv, --xlsx, --parquet, --ema.")
    opened = open_run(run)
    ends = {"csv": "-csv", "xlsx": ".xlsx", "parquet": "-parquet", "ema": "-ema.tar.gz"}
    target = out or beside(opened, ends[chosen[0]])
    typer.echo(
        f"{write(opened, chosen[0], target)}: the run's tables, its columns explained, the sources of its figures"
    )
