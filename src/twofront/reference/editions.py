"""Editions of published data that a user has added: kept in the user's data folder, found again by hash.

The folder is `TWOFRONT_DATA`, or twofront/editions under the usual place for data of programs. Each edition is a
folder with `edition.json` (what it is) and `figures.csv` (what it says); the publisher's own file is not copied.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import shutil
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from twofront.errors import DataError

FORMAT = 1
FIELDS = ("code", "year", "measure", "value", "mark")


@dataclass(frozen=True)
class Edition:
    """One edition of a publisher's data: what it is, what it covers, where our reading of it lies.

    `hash` is the SHA-256 of the publisher's file; `measures` maps each measure to its unit, first and last year,
    number of countries, and how many figures are estimates, uncertain or projections.
    """

    publisher: str
    edition: str
    date: str
    file: str
    hash: str
    added: str
    measures: Mapping[str, Mapping[str, Any]]
    folder: str = ""

    @property
    def name(self) -> str:
        """Publisher and edition, as tables and manifests show them."""
        return f"{self.publisher} {self.edition}"


def data_folder() -> Path:
    """Where editions are kept; TWOFRONT_DATA overrides the usual place."""
    named = os.environ.get("TWOFRONT_DATA")
    if named:
        return Path(named)
    if sys.platform == "win32" and os.environ.get("LOCALAPPDATA"):
        return Path(os.environ["LOCALAPPDATA"]) / "twofront" / "editions"
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "twofront" / "editions"


def add_edition(path: Path | str) -> Edition:
    """Reads a publisher's file and registers it; the same file twice is one edition.

    Errors: DataError for a file that no reader knows or whose layout changed; OSError where nothing can be written.
    """
    from twofront.reference.readers import read_file

    file = Path(path)
    content = read_file(file)
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    measures = {}
    for measure, unit in content.units.items():
        rows = [p for p in content.points if p.measure == measure]
        if rows:
            measures[measure] = {
                "unit": unit,
                "first": min(p.year for p in rows),
                "last": max(p.year for p in rows),
                "countries": len({p.code for p in rows}),
                "figures": len(rows),
                "marked": sum(bool(p.mark) for p in rows),
            }
    stem = re.sub(r"[^a-z0-9]+", "-", f"{content.publisher} {content.edition}".lower()).strip("-")
    target = data_folder() / f"{stem}-{digest[:8]}"
    now = datetime.now(UTC).isoformat(timespec="seconds")
    made = Edition(content.publisher, content.edition, content.date, file.name, digest, now, measures, str(target))
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    with (part / "figures.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(FIELDS)
        points = (*content.points, *content.totals)  # the publisher's own sums stand under their own names
        writer.writerows((p.code, p.year, p.measure, repr(p.value), p.mark) for p in points)
    record = asdict(made) | {"format": FORMAT}
    del record["folder"]
    (part / "edition.json").write_text(json.dumps(record, indent=1, ensure_ascii=False), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)  # the same file, read again: our reading may have improved
    os.replace(part, target)  # an edition is whole or absent
    return made


def editions() -> list[Edition]:
    """The editions that were added, by publisher and date, oldest first.

    Errors: DataError for a damaged edition, naming the folder to delete.
    """
    records = [r for r in sorted(data_folder().glob("*/edition.json")) if r.parent.suffix != ".part"]
    return list(_read(tuple((str(record), record.stat().st_mtime_ns) for record in records)))


@lru_cache(maxsize=4)
def _read(records: tuple[tuple[str, int], ...]) -> tuple[Edition, ...]:
    """The editions of these records; a changed record is read again."""
    found = []
    for name, _ in records:
        record = Path(name)
        try:
            given = json.loads(record.read_text(encoding="utf-8"))
            if given.pop("format") != FORMAT:
                raise ValueError("another format")
            found.append(Edition(**given, folder=str(record.parent)))
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise DataError(
                f"{record}: a damaged edition ({error}). Delete the folder {record.parent} and add the file again."
            ) from error
    return tuple(sorted(found, key=lambda e: (e.publisher, e.date, e.added)))


def newest(publisher: str) -> Edition | None:
    """The newest edition of a publisher that was added."""
    return next((e for e in reversed(editions()) if e.publisher == publisher), None)


def series(edition: Edition, measure: str) -> Mapping[str, Mapping[int, tuple[float, str]]]:
    """Figures of one measure: country -> year -> (value, mark)."""
    return _figures(edition.folder, edition.hash).get(measure, {})


@lru_cache(maxsize=16)
def _figures(folder: str, _hash: str) -> dict[str, dict[str, dict[int, tuple[float, str]]]]:
    found: dict[str, dict[str, dict[int, tuple[float, str]]]] = {}
    file = Path(folder) / "figures.csv"
    try:
        with file.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle):
                country = found.setdefault(row["measure"], {}).setdefault(row["code"], {})
                country[int(row["year"])] = float(row["value"]), row["mark"]
    except (OSError, ValueError, KeyError) as error:
        raise DataError(f"{file}: damaged ({error}). Delete the folder {folder} and add the file again.") from error
    return found
