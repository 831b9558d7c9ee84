"""Articles: what they claim, who said it, and whether the figures hold."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from twofront.cli.base import app

if TYPE_CHECKING:
    from twofront.evidence.reader import Reading


@app.command()
def read(
    articles: Annotated[list[str], typer.Argument(help="Files: text, Markdown or HTML; - reads standard input.")],
    date: Annotated[str | None, typer.Option(help="Date of publication: 2025, 2025-07 or 2025-07-05.")] = None,
    outlet: Annotated[str | None, typer.Option(help="Where it was published.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language: de or en (default: by the words).")] = None,
    into: Annotated[Path | None, typer.Option(help="Ledger (TOML) to add the claims to, unrated.")] = None,
    html: Annotated[Path | None, typer.Option(help="HTML file: the text with claims, chains and audit.")] = None,
    jsonl: Annotated[Path | None, typer.Option(help="File for JSON Lines, one claim a line; - prints them.")] = None,
    table: Annotated[Path | None, typer.Option("--csv", help="File for a CSV table of the claims.")] = None,
    ledger: Annotated[
        str, typer.Option(help="Older claims that an article may echo: a ledger file, or a bundled scenario.")
    ] = "two-fronts",
    run: Annotated[Path | None, typer.Option(help="Run folder: what do these claims change in it?")] = None,
    hindcast: Annotated[
        bool, typer.Option("--hindcast", help="With --run: beside the quiet of 2015 to 2024 (solved once, minutes).")
    ] = False,
    page_lang: Annotated[str, typer.Option(help="Language of the page and of what changes: en or de.")] = "en",
) -> None:
    """What does this article really claim, who said it, and do the figures hold?"""
    from twofront import flow
    from twofront.report.weighing import weighing_text
    from twofront.store import open_run

    opened = open_run(run) if run is not None else None
    done = flow.read(
        articles,
        date=date,
        outlet=outlet,
        lang=lang,
        into=into,
        html=html,
        jsonl=jsonl,
        csv=table,
        ledger=ledger,
        run=opened,
        hindcast=hindcast,
        page_lang=page_lang,
    )
    if jsonl is not None and str(jsonl) == "-":
        from twofront.evidence.reader.export import jsonl as lines

        typer.echo(lines(done.reading), nl=False)
        return
    _show(done.reading)
    if done.weighing is not None and opened is not None:
        typer.echo(weighing_text(done.weighing, opened.manifest["labels"], page_lang, done.unmapped))
    for line in done.written:
        typer.echo(line)


def _show(reading: Reading) -> None:
    """The table on the terminal, then what is the same, what may be an echo, and the audit."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from twofront.report.reading_table import lines

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=140)
    for title, columns, rows in lines(reading):
        shown = Table(title=Text(title), title_justify="left", show_lines=False, expand=True)
        for name, ratio in columns:
            shown.add_column(name, ratio=ratio, overflow="fold")
        for row in rows:
            shown.add_row(*(Text(cell) for cell in row))  # Text: brackets in an article are no markup
        console.print(shown)
