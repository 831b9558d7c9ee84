"""Takes a run's data out: CSV, Excel, Parquet, or the archive that the EMA Workbench loads.

Every export brings two tables more: what each column means, with its unit, and the sources of every figure.
"""

from __future__ import annotations

import csv
import io
import json
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twofront.errors import RunError, did_you_mean
from twofront.store.cells import neutral
from twofront.store.columns import TABLES
from twofront.store.places import check_place, staged
from twofront.store.run import Run

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

SHEET_ROWS = 1_048_575  # rows of a sheet below its header
QUOTED = csv.QUOTE_NONNUMERIC  # a lone carriage return in a text would else begin a row
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # what a workbook cannot hold
Write = Callable[[Run, Path], None]


def export(run: Run, form: str, out: str | Path) -> Path:
    """Writes a run's tables and returns the path.

    Arguments: `form` "csv" or "parquet" (`out` a folder), "xlsx" or "ema" (`out` a file). What stood at `out` is
    replaced once the new export is whole. Errors: RunError for another form, a damaged run, a run too large for a
    workbook, a place that holds something else (see `check_place`), and a full disk.
    """
    if form not in FORMS:
        hint = did_you_mean(form, FORMS)
        raise RunError(f'no export "{form}". {hint + " " if hint else ""}Choose {", ".join(FORMS)}.')
    target = Path(out).absolute()
    check_place(run, target, *ENDS[form])
    with staged(target) as staging:
        FORMS[form](run, staging)
    return target


def tables(run: Run) -> dict[str, Iterator[pa.Table]]:
    """The run's tables shard by shard, and the two that explain them."""
    import pyarrow as pa

    held = {name.partition("/")[0].partition(".")[0] for name in run.manifest["files"]}
    found = {table: run.pieces(table) for table in TABLES if table in held and table != "sums"}
    if "sums" in held:
        found["means"] = iter([pa.Table.from_pandas(run.means(), preserve_index=False)])
    words = [dict(row) for rows in words_of(run).values() for row in rows.values()]
    sources = [_source(row) for row in run.quantities.values()]
    return found | {"columns": iter([pa.Table.from_pylist(words)]), "sources": iter([pa.Table.from_pylist(sources)])}


def words_of(run: Run) -> dict[str, dict[str, dict[str, str]]]:
    """The column dictionary of an export: that of the run, and the means in the words of the years."""
    told = {name: rows for name, rows in run.columns.items() if name != "sums"}
    if not run.columns.get("sums"):
        return told
    means = {name: row | {"table": "means"} for name, row in told["years"].items() if name != "world"}
    for name in set(means) - {"policy", "year"}:
        means[name]["meaning"] = f"mean over all sound worlds: {means[name]['meaning']}"
        means[name]["meaning_de"] = f"Mittel über alle fehlerfreien Welten: {means[name]['meaning_de']}"
    return told | {"means": means}


def _source(row: dict[str, Any]) -> dict[str, Any]:
    """A figure on one line: lists as words."""
    return {
        key: "; ".join(map(str, value)) if isinstance(value, list) else value if value is not None else ""
        for key, value in row.items()
    }


def _texts(table: pa.Table, change: Callable[[str], str]) -> pa.Table:
    """The table with every text changed; numbers stay as they are."""
    import pyarrow as pa

    for place, field in enumerate(table.schema):
        kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if pa.types.is_string(kind):
            words = [None if word is None else change(word) for word in table.column(place).to_pylist()]
            table = table.set_column(place, field.name, pa.array(words, pa.string()))
    return table.rename_columns([change(name) for name in table.column_names])


def _csv(run: Run, folder: Path) -> None:
    import pyarrow.csv as pc

    folder.mkdir()
    for name, pieces in tables(run).items():
        writer = None
        with (folder / f"{name}.csv").open("wb") as file:
            for piece in pieces:
                plain = _texts(piece, neutral)
                writer = writer or pc.CSVWriter(file, plain.schema)
                writer.write_table(plain)
            if writer:
                writer.close()


def _parquet(run: Run, folder: Path) -> None:
    import pyarrow.parquet as pq

    folder.mkdir()
    words = {n: {c: f"{row['meaning']} [{row['unit']}]" for c, row in t.items()} for n, t in words_of(run).items()}
    for name, pieces in tables(run).items():
        writer = None
        for piece in pieces:
            plain = _texts(piece, str)
            told = {b"twofront.columns": json.dumps(words.get(name, {}), ensure_ascii=False).encode()}
            plain = plain.replace_schema_metadata(told)
            writer = writer or pq.ParquetWriter(folder / f"{name}.parquet", plain.schema, compression="zstd")
            writer.write_table(plain)
        if writer:
            writer.close()


def _xlsx(run: Run, file: Path) -> None:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    for table in TABLES:
        mine = [entry for name, entry in run.manifest["files"].items() if name.startswith((f"{table}/", f"{table}."))]
        if sum(entry["rows"] or 0 for entry in mine) > SHEET_ROWS:
            raise RunError(f"{table} has more rows than a sheet can hold ({SHEET_ROWS:,}). Use --csv or --parquet.")
    book = Workbook(write_only=True)
    for name, pieces in tables(run).items():
        sheet, begun = book.create_sheet(name), False
        sheet.freeze_panes = "A2"

        def cell(value: Any, sheet: Any = sheet) -> Any:
            if isinstance(value, float) and not np.isfinite(value):
                return None
            if not isinstance(value, str):
                return value
            made = WriteOnlyCell(sheet, _UNPRINTABLE.sub("", neutral(value)))
            made.data_type = "s"  # a text, whatever it begins with
            return made

        for piece in pieces:
            if not begun:
                sheet.append([cell(column) for column in piece.column_names])
            begun = True
            for values in zip(*(column.to_pylist() for column in piece.columns), strict=True):
                sheet.append([cell(value) for value in values])
    book.save(file)


def _ema(run: Run, file: Path) -> None:
    """Experiments (drawn figures, policy) and outcomes as `ema_workbench.load_results` reads them."""

    def experiments() -> Iterator[pd.DataFrame]:
        for policy in run.policies:
            for piece in run.pieces("draws"):
                draws = piece.to_pandas()
                made = draws.drop(columns="world").rename(columns=neutral)
                made = made.assign(policy=neutral(policy), scenario=draws["world"].to_numpy())
                yield made.assign(model=neutral(str(run.manifest["scenario_name"])))

    def outcome(name: str) -> Iterator[pd.DataFrame]:
        for piece in run.pieces("worlds", [name]):
            yield piece.to_pandas().astype("float64")

    names = [name for name in run.names("worlds") if name not in ("policy", "world")]
    kinds = {key: kind.name for key, kind in next(experiments()).dtypes.items()}
    with tarfile.open(file, "w:gz") as archive:
        _stream(archive, "experiments.csv", experiments(), header=True)
        for name in names:
            _stream(archive, f"{name}.csv", outcome(name), header=False)
        metadata = {
            "version": 0.1,
            "outcomes": [("ScalarOutcome", name, f"{name}.csv") for name in names],
            "experiments": kinds,
        }
        _add(archive, "metadata.json", json.dumps(metadata))
        for name in ("columns", "sources"):
            (piece,) = tables(run)[name]
            _add(archive, f"{name}.csv", _texts(piece, neutral).to_pandas().to_csv(index=False, quoting=QUOTED))


def _stream(archive: tarfile.TarFile, name: str, frames: Iterator[pd.DataFrame], *, header: bool) -> None:
    """Adds a table piece by piece, by way of a file: an archive wants to know the size first."""
    with tempfile.TemporaryFile("w+b") as held:
        for place, frame in enumerate(frames):
            frame.to_csv(held, index=False, header=header and place == 0, quoting=QUOTED)
        entry = tarfile.TarInfo(name)
        entry.size = held.tell()
        held.seek(0)
        archive.addfile(entry, held)


def _add(archive: tarfile.TarFile, name: str, text: str) -> None:
    content = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    archive.addfile(entry, io.BytesIO(content))


FORMS: dict[str, Write] = {"csv": _csv, "xlsx": _xlsx, "parquet": _parquet, "ema": _ema}
ENDS = {"csv": (), "xlsx": (".xlsx",), "parquet": (), "ema": (".tar.gz", ".tgz")}  # none: a folder
