"""Reads a run folder: tables, files and queries. What is damaged is refused, never analysed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from twofront.errors import RunError, did_you_mean
from twofront.store import journal
from twofront.store.columns import TABLES
from twofront.store.disk import digest
from twofront.store.sums import mean
from twofront.store.writer import FORMAT, MANIFEST, checksum

if TYPE_CHECKING:
    import duckdb
    import pandas as pd
    import pyarrow as pa
    import xarray as xr

READS = (1, 2, FORMAT)  # 1 held one file for each policy, 2 no sums over all worlds
_NEEDED = ("format", "state", "files", "labels", "worlds", "start", "end", "seed", "scenario_name")


@dataclass(frozen=True, eq=False)
class Run:
    """A finished run folder, open for reading.

    `path` is the folder, `manifest` its table of contents. Every file is compared with its checksum when it
    is first read.
    """

    path: Path
    manifest: Mapping[str, Any]
    _sound: set[str] = field(default_factory=set, repr=False)

    @property
    def policies(self) -> list[str]:
        """Names of the policies, the baseline first."""
        return list(self.manifest["labels"]["policies"])

    @cached_property
    def columns(self) -> dict[str, dict[str, dict[str, str]]]:
        """The column dictionary: table -> column -> name, table, unit, meaning, meaning_de."""
        found: dict[str, dict[str, dict[str, str]]] = {table: {} for table in TABLES}
        for row in self.json("columns.json"):
            found.setdefault(row["table"], {})[row["name"]] = row
        return found

    def names(self, table: str) -> list[str]:
        """Names of a table's columns, in order."""
        return list(self._schema(table).names)

    def table(self, name: str, columns: Sequence[str] | None = None, policy: str | None = None) -> pa.Table:
        """Reads a table.

        Arguments: `name` "draws" [world], "worlds" [policy × world], "years" [policy × world × year] or "sums" (what
        `means` is made of); `columns` (default: all); `policy` one policy (default: all).
        Errors: RunError for an unknown name and for a damaged file.
        """
        import pyarrow as pa

        return pa.concat_tables(self.pieces(name, columns, policy)).unify_dictionaries()

    def pieces(self, name: str, columns: Sequence[str] | None = None, policy: str | None = None) -> Iterator[pa.Table]:
        """The same table shard by shard (see `table`): a run may be larger than the memory."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        files = self._files(name, policy)
        if columns is not None:
            known = self.names(name)
            for column in columns:
                if column not in known:
                    raise RunError(_unknown(f"column of {name}", column, known))
        for relative in files:
            path = self._checked(relative)
            try:
                # Closed at once: Windows moves no folder in which a file is open.
                with pq.ParquetFile(path) as file:
                    piece = file.read(columns=None if columns is None else list(columns))
            except (pa.ArrowException, OSError) as error:
                raise _damaged(path, str(error)) from error
            yield piece

    @property
    def has_sums(self) -> bool:
        """Whether the run has summed its years over all worlds; runs of an earlier format have not."""
        return int(self.manifest["format"]) >= FORMAT

    def means(self, policy: str | None = None) -> pd.DataFrame:
        """Means of the yearly outcomes over all sound worlds of a policy, whether their years were kept or not.

        Columns: policy, year, and every outcome of "years" in its unit; the mean is over the worlds in which it is
        defined, and the same to the last bit whatever the shards and workers. Errors: RunError for an unknown policy, a
        damaged file, and a run of an earlier format.
        """
        import pandas as pd

        if not self.has_sums:
            raise RunError(f"{self.path} keeps no sums over all worlds: it is of an earlier format. Run it again.")
        rows = self.table("sums", policy=policy).to_pandas().astype({"policy": str, "output": str})
        summed: dict[tuple[str, int, str], list[int]] = {}
        for name, year, output, *parts in rows.itertuples(index=False):
            total = summed.setdefault((name, int(year), output), [0, 0, 0])
            total[:] = [a + int(b) for a, b in zip(total, parts, strict=True)]
        found: dict[tuple[str, int], dict[str, Any]] = {}
        for (name, year, output), total in summed.items():
            found.setdefault((name, year), {"policy": name, "year": year})[output] = mean(*total)
        return pd.DataFrame(list(found.values()))

    def to_pandas(self, name: str, columns: Sequence[str] | None = None, policy: str | None = None) -> pd.DataFrame:
        """Reads a table as a pandas DataFrame (see `table`)."""
        frame: pd.DataFrame = self.table(name, columns, policy).to_pandas()
        return frame

    def to_xarray(self, name: str = "worlds", columns: Sequence[str] | None = None) -> xr.Dataset:
        """A table with labelled dimensions: "worlds" policy × world, "years" policy × world × year, "draws" world.

        Needs xarray (`pip install 'twofront[xarray]'`); where a policy keeps no years of a world the figure is NaN.
        Errors: RunError where xarray is absent, and those of `table`.
        """
        try:
            import xarray  # noqa: F401
        except ImportError as error:
            raise RunError("to_xarray needs xarray, which is not installed: pip install 'twofront[xarray]'.") from error
        keys = {"draws": ["world"], "worlds": ["policy", "world"], "years": ["policy", "world", "year"]}.get(name)
        if keys is None:
            raise RunError(_unknown("table with labelled dimensions", name, ["draws", "worlds", "years"]))
        frame = self.to_pandas(name, None if columns is None else [*keys, *columns])
        data: xr.Dataset = frame.set_index(keys).to_xarray()
        for column in data.data_vars:
            words = self.columns.get(name, {}).get(str(column), {})
            data[column].attrs |= {"units": words.get("unit", ""), "long_name": words.get("meaning", "")}
        ordered: xr.Dataset = data.reindex(policy=self.policies) if "policy" in keys else data
        return ordered

    def json(self, name: str) -> Any:
        """Reads one of the run's JSON files, such as "quantities.json"."""
        path = self._checked(name)
        try:
            return json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError) as error:
            raise _damaged(path, str(error)) from error

    @cached_property
    def quantities(self) -> dict[str, dict[str, Any]]:
        """The scenario's figures: path -> unit, form, sources, rating, judgement, low, central, high."""
        return {row["path"]: row for row in self.json("quantities.json")}

    def sql(self, query: str) -> pa.Table:
        """Answers one SQL question (DuckDB) over the views draws, worlds, years and means.

        A query can only read these views: no files, no network, no settings. A column with a dot is written
        in double quotes: select "opened.strait" from worlds.
        Errors: RunError with what is wrong.
        """
        import duckdb

        try:
            statements = duckdb.extract_statements(query)
            if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
                raise RunError("A query is one SELECT over draws, worlds, years and means; nothing else is allowed.")
            with self._database(query) as database:
                answer: pa.Table = database.sql(query).to_arrow_table()
        except duckdb.Error as error:
            raise RunError(_query_error(error)) from error
        return answer

    def verify(self) -> int:
        """Compares every file with the manifest's SHA-256; returns how many there are.

        Errors: RunError naming every file that is missing or was changed.
        """
        wrong = []
        for relative in self.manifest["files"]:
            self._sound.discard(relative)
            try:
                self._checked(relative)
            except RunError as error:
                wrong.append(str(error))
        journalled = self.manifest["format"] > 1 or (self.path / journal.NAME).exists()
        if journalled and (damage := self._journal_damage()):
            wrong.append(str(_damaged(self.path / journal.NAME, damage)))
        if wrong:
            raise RunError("\n".join(wrong))
        return len(self.manifest["files"])

    def _journal_damage(self) -> str:
        """What is wrong with the journal; "" where it is whole and records the manifest and every shard of it."""
        entries, damage = journal.read(self.path / journal.NAME, torn=True)
        recorded = {row["at"] for entry in entries if entry["what"] == "shard" for row in entry["parts"]}
        lost = [at for at, row in self.manifest["files"].items() if "first" in row and at not in recorded]
        sealed = [entry["checksum"] for entry in entries if entry["what"] == "complete"]
        if not lost and self.manifest.get("checksum") not in sealed:
            lost = [f"this {MANIFEST}, which was changed, or its own last line was cut"]
        return damage or (f"it does not record {lost[0]}" if lost else "")

    def _database(self, query: str) -> duckdb.DuckDBPyConnection:
        """A database in memory that knows the views and can reach nothing else."""
        import duckdb
        import pyarrow.dataset as ds

        database = duckdb.connect(":memory:")
        for table in TABLES:
            if table != "sums" and re.search(rf"\b{table}\b", query, flags=re.IGNORECASE):
                paths = [str(self._checked(relative)) for relative in self._files(table, None)]
                database.register(table, ds.dataset(paths, format="parquet"))
        if re.search(r"\bmeans\b", query, flags=re.IGNORECASE):
            database.register("means", self.means())
        for setting in (
            "python_enable_replacements=false",
            "autoinstall_known_extensions=false",
            "autoload_known_extensions=false",
            "enable_external_access=false",
            "lock_configuration=true",
        ):
            database.execute(f"SET {setting}")
        return database

    def _files(self, table: str, policy: str | None) -> list[str]:
        if table not in TABLES:
            raise RunError(_unknown("table", table, TABLES))
        if policy is not None and policy not in self.policies:
            raise RunError(_unknown("policy", policy, self.policies))
        if table == "draws":
            if policy not in (None, self.policies[0]):
                raise RunError(
                    "draws holds the baseline's figures only; what a policy changes stands in policies.toml."
                )
            return self._shards("draws")
        return [at for name in ([policy] if policy else self.policies) for at in self._shards(f"{table}/{name}")]

    def _shards(self, stem: str) -> list[str]:
        """The files of one table under one policy, by their first world."""
        files = self.manifest["files"]
        found = [at for at in files if at == f"{stem}.parquet" or at.rpartition("/")[0] == stem]
        if not found:
            raise _damaged(self.path / MANIFEST, f"it names no file of {stem}")
        return sorted(found, key=lambda at: files[at].get("first", 0))

    def _schema(self, table: str) -> pa.Schema:
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self._checked(self._files(table, None)[0])
        try:
            return pq.read_schema(path)
        except (pa.ArrowException, OSError) as error:
            raise _damaged(path, str(error)) from error

    def _checked(self, relative: str) -> Path:
        """The path of one of the run's files, once its content has the manifest's checksum."""
        entry = self.manifest["files"].get(relative)
        if entry is None:
            raise RunError(f"{self.path} holds no {relative}. " + did_you_mean(relative, self.manifest["files"]))
        path = self.path / str(entry.get("at", relative))
        if relative in self._sound:
            return path
        try:
            found = digest(path)
        except OSError as error:
            raise _damaged(path, error.strerror or str(error)) from error
        if found != entry["sha256"]:
            raise _damaged(path, "its content is not what the manifest says")
        self._sound.add(relative)
        return path


def open_run(path: str | Path) -> Run:
    """Opens a run folder.

    Errors: RunError where the folder is missing, is not a run, is unfinished, of another format, or where
    files are missing or cut short.
    """
    folder = Path(path)
    if not folder.exists():
        raise RunError(f"{folder} does not exist. A run folder is made by `twofront assess` or `twofront run`.")
    if not (folder / MANIFEST).is_file():
        if journal.is_journal(folder / journal.NAME):
            raise RunError(_unfinished(folder))
        raise RunError(f"{folder} is not a run: it holds no {MANIFEST}. Name the folder that `twofront assess` wrote.")
    manifest = _manifest(folder / MANIFEST)
    for relative, entry in manifest["files"].items():
        file = folder / str(entry.get("at", relative))
        if not file.is_file():
            raise _damaged(file, "it is missing")
        if file.stat().st_size != entry["bytes"]:
            raise _damaged(file, f"it has {file.stat().st_size} bytes instead of {entry['bytes']}")
    return Run(folder, manifest)


def _manifest(path: Path) -> dict[str, Any]:
    """Reads a manifest and refuses what is not a whole one of this format."""
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _damaged(path, str(error)) from error
    if not isinstance(manifest, dict):
        raise _damaged(path, "it is not a table of contents")
    if manifest.get("format", FORMAT) not in READS:
        raise RunError(
            f"{path}: format {manifest['format']!r}, but this version of twofront reads formats 1 to {FORMAT}. "
            "Use another version."
        )
    missing = [key for key in _NEEDED if key not in manifest]
    if missing:
        raise _damaged(path, f"it lacks {', '.join(missing)}")
    if manifest["state"] != "complete":
        raise RunError(f"{path.parent} is unfinished (state {manifest['state']!r}). Run it again.")
    # Format 1, which had no journal, is the only one that may lack it.
    sealed = manifest["format"] > 1 or (path.parent / journal.NAME).exists()
    if sealed and "checksum" not in manifest:
        raise _damaged(path, "it lacks its checksum")
    if "checksum" in manifest and manifest["checksum"] != checksum(manifest):
        raise _damaged(path, "its content is not what its checksum says")
    if not _well_formed(manifest):
        raise _damaged(path, "its list of files or policies, its years or worlds are not what they should be")
    return manifest


def _well_formed(manifest: Mapping[str, Any]) -> bool:
    files, labels = manifest["files"], manifest["labels"]
    if not isinstance(files, dict) or not isinstance(labels, dict) or not isinstance(labels.get("policies"), dict):
        return False
    if not all(type(manifest[key]) is int for key in ("format", "worlds", "start", "end", "seed")):
        return False
    return bool(labels["policies"]) and all(
        isinstance(entry, dict)
        and isinstance(entry.get("sha256"), str)
        and type(entry.get("bytes")) is int
        and type(entry.get("first", 0)) is int
        and _inside(name, str(entry.get("at", name)))
        for name, entry in files.items()
    )


def _inside(*names: str) -> bool:
    """Whether relative paths stay inside the run folder, on every system."""
    return not any(
        PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts or "\\" in name or ":" in name
        for name in names
    )


def _unfinished(folder: Path) -> str:
    """How far an unfinished run is, and how to continue it."""
    entries, damage = journal.read(folder / journal.NAME)
    plan = next((entry for entry in reversed(entries) if entry["what"] == "plan"), None)
    if plan is None:
        return f"{folder} is unfinished: nothing was played yet{f' ({damage})' if damage else ''}. Run it again."
    again = plan["command"] or "give the same command again"
    return f"{folder} is unfinished: {done(entries):.0%} of {plan['worlds']} worlds are there. To continue: {again}"


def done(entries: Sequence[Mapping[str, Any]]) -> float:
    """The share of what was planned last that a journal records, by worlds of all policies."""
    plan: Mapping[str, Any] = {"worlds": 0, "policies": []}
    counted: dict[str, int] = {}
    for entry in entries:
        if entry["what"] == "begin":
            counted = {}
        elif entry["what"] == "plan":
            plan = entry
        elif entry["what"] == "shard":
            counted |= {row["at"]: row["count"] for row in entry["parts"] if row["table"] == "worlds"}
        elif entry["what"] == "drop":
            counted.pop(entry["at"], None)
    planned = plan["worlds"] * len(plan["policies"])
    return min(1.0, sum(counted.values()) / planned) if planned else 0.0


def _damaged(path: Path, why: str) -> RunError:
    return RunError(f"{path} is damaged: {why.rstrip('.')}. Copy the run again from where it came, or run it again.")


def _unknown(kind: str, name: str, known: Sequence[str]) -> str:
    hint = did_you_mean(name, known)
    listed = ", ".join(known[:12]) + (", …" if len(known) > 12 else "")
    return f'no {kind} "{name}". ' + (f"{hint} " if hint else "") + f"Known: {listed}."


def _query_error(error: Exception) -> str:
    """What DuckDB says, with what a query may do."""
    if "disabled by configuration" in str(error) or "has been locked" in str(error):
        return "A query can only read draws, worlds, years and means: no files, no network, no settings."
    return (
        f"This query cannot be answered: {str(error).strip()}\n"
        'Views: draws, worlds, years, means. A column with a dot needs double quotes, such as "opened.strait".'
    )
