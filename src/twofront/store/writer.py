"""Writes a run folder, shard by shard. What is recorded in its journal survives anything; the rest is done again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from twofront.errors import RunError
from twofront.store import journal as journals
from twofront.store.columns import TABLES, column_dictionary, find_column
from twofront.store.disk import PART, digest, put, told
from twofront.store.journal import Journal
from twofront.store.shards import (
    DRAWS,
    KEPT,
    Part,
    encode,
    facts_in,
    file_name,
    gaps,
    halves_in,
    name,
    plain,
    shards_in,
    told_by,
)
from twofront.store.sums import Sums, sums

FORMAT = 3
MANIFEST = "manifest.json"
PAGES = ("report.html", "bericht.html")
REPORTS = (*PAGES, "hindcast.npz")  # made from the run they lie in: not kept when it grows


class RunWriter:
    """One run folder, open for writing: new, empty, or an earlier run of the same identity, which is continued.

    Arguments: `folder`; `identity` what makes two runs the same (scenario, seed, versions …), plain JSON; `fresh`
    starts anew where an earlier run lies; `all_years` keeps the years of every world, not of the first KEPT.
    `notes` says what was found and is done again. Errors: RunError where the folder holds anything else, another
    run (with the difference), is written by another process, or cannot be written.
    """

    def __init__(
        self, folder: str | Path, identity: Mapping[str, Any], *, fresh: bool = False, all_years: bool = False
    ) -> None:
        import pyarrow.parquet  # noqa: F401  (now, and not when the memory may be full)

        self.folder = Path(folder).absolute()
        self.identity = plain({**identity, "years": "all" if all_years else f"first {KEPT}"})
        self.notes: list[str] = []
        self._whose = hashlib.sha256(json.dumps(self.identity, sort_keys=True).encode()).hexdigest()
        self._parts: dict[Part, dict[str, Any]] = {}  # with "at", its path
        self._json: dict[str, Any] = {}
        self._facts: dict[str, dict[str, Any]] = {}
        self._changed = False
        refuse_foreign(self.folder)
        with told(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
        self._journal = Journal(self.folder / journals.NAME)
        try:
            self._open(fresh)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Lets others write. What is recorded stays."""
        self._journal.close()

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # --- what lies there ---------------------------------------------------------------------------------------

    def _open(self, fresh: bool) -> None:
        entries = self._journal.entries
        begun = next((entry["identity"] for entry in reversed(entries) if entry["what"] == "begin"), None)
        if fresh:
            with told(self.folder):
                _clear(self.folder)
            begun = None
        elif begun is None and self._foreign():
            raise RunError(
                f"{self.folder} holds another run, and its journal is damaged. Choose another folder with --out, or "
                "start anew with --fresh (the run there is then removed)."
            )
        elif begun is not None and begun != self.identity:
            raise RunError(_difference(self.folder, begun, self.identity))
        if self._journal.damage:
            self.notes.append(f"{journals.NAME}: {self._journal.damage}; whole shards behind it are taken up again")
        if begun is None:
            self._journal.append({"what": "begin", "identity": self.identity})
        self._load()
        self.notes += [f"{at}: {why}; it is written anew" for at, why in self._lost_facts(self._manifest()).items()]
        self._sweep()

    def _foreign(self) -> bool:
        """Whether shards of another run lie there."""
        found = (told_by(path) for path in shards_in(self.folder))
        return any(one is not None and one[0] != self._whose for one in found) or (
            (self.folder / MANIFEST).exists() and not shards_in(self.folder)
        )

    def _manifest(self) -> dict[str, Any]:
        """The manifest that lies there, if it is whole and the last that was recorded; else nothing."""
        sealed = next((e["checksum"] for e in reversed(self._since_begin()) if e["what"] == "complete"), None)
        try:
            found = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
            whole = found["checksum"] == sealed == checksum(found)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return {}
        return dict(found) if whole else {}

    def _lost_facts(self, manifest: Mapping[str, Any]) -> dict[str, str]:
        """What is wrong with the files under facts/ and scenario/ that a manifest names: path -> why."""
        rows = [row | {"at": row.get("at", name)} for name, row in manifest.get("files", {}).items()]
        found = {row["at"]: _wrong(self.folder / row["at"], row) for row in rows if "first" not in row}
        return {at: why for at, why in found.items() if why}

    def _load(self) -> None:
        """Takes the recorded parts that are whole, and says which are not."""
        recorded: dict[str, tuple[Part, dict[str, Any]]] = {}
        for entry in self._since_begin():
            if entry["what"] == "shard":
                for row in entry["parts"]:
                    recorded[row["at"]] = (Part(row["table"], row["policy"], row["first"], row["count"]), row)
            elif entry["what"] == "drop":
                recorded.pop(entry["at"], None)
        for at, (part, row) in recorded.items():
            why = _wrong(self.folder / at, row)
            if not why:
                self._parts[part] = row
                continue
            self._journal.append({"what": "drop", "at": at, "why": why})
            self.notes.append(f"{at}: {why}; worlds {part.first} to {part.first + part.count - 1} are played again")
            self._changed = True

    def _sweep(self) -> None:
        """Removes what a kill left; a whole shard that only lacks its line in the journal is taken up."""
        known = {row["at"] for row in self._parts.values()}
        half = 0
        tops = (self.folder / (file + PART) for file in (MANIFEST, journals.NAME, *REPORTS))
        for path in (*halves_in(self.folder), *(path for path in tops if path.is_file())):
            half += 1
            path.unlink(missing_ok=True)
        taken: list[dict[str, Any]] = []
        for path in shards_in(self.folder):
            at = path.relative_to(self.folder).as_posix()
            if at in known:
                continue
            told_of = told_by(path)
            if told_of is None or told_of[0] != self._whose or any(map(told_of[1].overlaps, self._parts)):
                half += 1
                path.unlink()
                continue
            part = told_of[1]
            taken.append(_row(part, at, {"sha256": digest(path), "bytes": path.stat().st_size}, _rows(path)))
        if taken:
            self._record(taken)
            self.notes.append(f"{len(taken)} whole files without a line in the journal were taken up")
        self._drop_halves()
        if half:
            self.notes.append(f"{half} files that a stop left behind were swept")

    def _drop_halves(self) -> None:
        """Drops the tables of a shard of which one is missing: all are written again."""

        def shard(part: Part) -> tuple[str, int, int]:
            return part.policy, part.first, part.count

        pairs = {(*shard(part), part.table) for part in self._parts}
        for part, row in list(self._parts.items()):
            together = ("worlds", "sums", "years") if self.years_of(part) else ("worlds", "sums")
            lost = [] if part.table == DRAWS else [t for t in together if (*shard(part), t) not in pairs]
            if lost:
                self._journal.append({"what": "drop", "at": row["at"], "why": f"its {' and '.join(lost)} are missing"})
                del self._parts[part]
                (self.folder / row["at"]).unlink(missing_ok=True)

    # --- what is missing, and putting it there -------------------------------------------------------------------

    def missing(self, policy: str, worlds: int) -> list[tuple[int, int]]:
        """The ranges (first, end) below `worlds` that are not there yet under a policy ("" for the draws)."""
        table = "worlds" if policy else DRAWS
        return gaps([(p.first, p.count) for p in self._parts if (p.table, p.policy) == (table, policy)], worlds)

    def years_of(self, part: Part) -> int:
        """How many worlds of a shard keep their years, from its first on."""
        return part.count if self.identity["years"] == "all" else max(0, min(part.count, KEPT - part.first))

    @property
    def planned(self) -> tuple[int, list[str]]:
        """Worlds and policies that were planned last; none in a new folder."""
        plans = [e for e in self._since_begin() if e["what"] == "plan"]
        return (plans[-1]["worlds"], plans[-1]["policies"]) if plans else (0, [])

    @property
    def whole(self) -> bool:
        """Whether a finished manifest lies there and nothing was changed since."""
        manifest = self._manifest()
        return bool(manifest) and self._journal.entries[-1]["what"] == "complete" and not self._lost_facts(manifest)

    def column(self, policy: str, column: str) -> np.ndarray:
        """One outcome of one policy in all worlds that lie there, [world]."""
        import pyarrow.parquet as pq

        parts = sorted(
            (p.first, row["at"]) for p, row in self._parts.items() if (p.table, p.policy) == ("worlds", policy)
        )
        read = [pq.read_table(self.folder / at, columns=[column])[column].to_numpy() for _, at in parts]
        return np.concatenate(read)

    def _since_begin(self) -> list[dict[str, Any]]:
        entries = self._journal.entries
        begun = max((k for k, entry in enumerate(entries) if entry["what"] == "begin"), default=0)
        return entries[begun:]

    @property
    def policies(self) -> list[str]:
        """Policies of which something lies there."""
        return list(dict.fromkeys(part.policy for part in self._parts if part.table == "worlds"))

    @property
    def whose(self) -> str:
        """The digest of the identity."""
        return self._whose

    def plan(self, worlds: int, policies: Sequence[str], command: str = "") -> None:
        """Records what is to be played, so that an unfinished run says how far it is and how to continue."""
        self._journal.append({"what": "plan", "worlds": worlds, "policies": list(policies), "command": command})

    def write_policy(
        self,
        policy: str,
        worlds: Mapping[str, np.ndarray],
        years: Mapping[str, np.ndarray],
        calendar: Iterable[int],
        first: int = 0,
        totals: Sums | None = None,
    ) -> None:
        """Writes the outcomes of one policy in one range of worlds, and records them.

        Arguments: `worlds` name -> [world]; `years` name -> [year, world], of the worlds that keep their years or more;
        `calendar` the years of the first axis; `first` the number of the first world; `totals` the exact sums over all
        sound worlds of the range (default: from `years`, which then hold every world).
        """
        file_name(policy)
        dates = np.asarray(list(calendar), dtype=np.int16)
        count = len(next(iter(worlds.values())))
        whole = Part("worlds", policy, first, count)
        world = np.arange(first, first + count, dtype=np.int32)
        rows = [self._put(whole, {"world": world} | {k: np.asarray(v) for k, v in worlds.items()})]
        kept = self.years_of(whole)
        if kept:
            by_year: dict[str, np.ndarray] = {
                "world": np.repeat(world[:kept], len(dates)),
                "year": np.tile(dates, kept),
            }
            by_year |= {k: np.asarray(v)[:, :kept].T.ravel() for k, v in years.items()}
            rows.append(self._put(Part("years", policy, first, count), by_year))
        totals = sums(years, ~np.asarray(worlds["flagged"])) if totals is None else totals
        parts = np.concatenate(list(totals.values()), axis=1)
        summed: dict[str, np.ndarray] = {
            "year": np.tile(dates, len(totals)),
            "output": np.repeat(np.array(list(totals)), len(dates)),
        }
        summed |= dict(zip(("coarse", "fine", "count"), parts, strict=True))
        rows.append(self._put(Part("sums", policy, first, count), summed))
        self._record(rows)

    def write_draws(self, draws: Mapping[str, np.ndarray], first: int = 0, count: int | None = None) -> None:
        """Writes the drawn figures of one range of worlds, and records them: path -> [world]."""
        count = len(next(iter(draws.values()), ())) if count is None else count
        world = np.arange(first, first + count, dtype=np.int32)
        columns = {"world": world} | {k: np.asarray(v) for k, v in draws.items()}
        self._record([self._put(Part(DRAWS, "", first, count), columns)])

    def write_json(self, logical: str, content: Any) -> None:
        """Writes a JSON file (UTF-8, without NaN: what is not finite becomes null)."""
        kept = plain(content)
        text = (json.dumps(kept, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
        stem = file_name(logical.removesuffix(".json"))
        at = f"facts/{stem}-{hashlib.sha256(text).hexdigest()[:32]}.json"
        rows = len(kept) if isinstance(kept, list) else None
        self._facts[logical] = put(self.folder / at, text) | {"at": at, "rows": rows}
        self._json[logical] = kept

    def write_scenario(self, texts: Mapping[str, str]) -> None:
        """Writes a verbatim copy of the scenario's files: name -> text."""
        for given, text in texts.items():
            at = f"scenario/{file_name(given)}"
            self._facts[at] = put(self.folder / at, text.encode()) | {"rows": None}

    def finish(self, manifest: Mapping[str, Any]) -> Path:
        """Writes column dictionary and manifest; only now the run counts as whole. Returns the folder."""
        if self._changed:
            with told(self.folder):
                for report in REPORTS:
                    (self.folder / report).unlink(missing_ok=True)
        columns = {table: self._columns(table) for table in TABLES}
        dictionary = column_dictionary(
            manifest.get("labels", {}),
            {table: names for table, names in columns.items() if names},
            self._json.get("quantities.json", ()),
        )
        self.write_json("columns.json", dictionary)
        files = {row["at"]: _entry(row) for _, row in sorted(self._parts.items(), key=lambda item: item[1]["at"])}
        whole = plain(
            {**manifest, "format": FORMAT, "state": "complete", "identity": self.identity}
            | {"files": files | self._facts}
        )
        whole["checksum"] = checksum(whole)
        text = json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False).encode()
        # Recorded first: so no manifest ever lies there that the journal does not know.
        self._journal.append({"what": "complete", "checksum": whole["checksum"]})
        put(self.folder / MANIFEST, text)
        self._drop_old_facts()
        self.close()
        return self.folder

    def _drop_old_facts(self) -> None:
        named = {row.get("at") for row in self._facts.values()}
        for path in facts_in(self.folder):
            if path.relative_to(self.folder).as_posix() not in named:
                path.unlink(missing_ok=True)

    def _columns(self, table: str) -> list[str]:
        import pyarrow.parquet as pq

        first = next((row for part, row in self._parts.items() if part.table == table), None)
        return list(pq.read_schema(self.folder / first["at"]).names) if first else []

    def _put(self, part: Part, columns: Mapping[str, np.ndarray]) -> dict[str, Any]:
        if part.table != DRAWS:
            for column in columns:
                find_column(part.table, column)
        content = encode(part, columns, self._whose)
        at = name(part, content)
        return _row(part, at, put(self.folder / at, content), len(next(iter(columns.values()))))

    def _record(self, rows: Sequence[dict[str, Any]]) -> None:
        self._journal.append({"what": "shard", "parts": list(rows)})
        for row in rows:
            self._parts[Part(row["table"], row["policy"], row["first"], row["count"])] = row
        self._changed = True


def checksum(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without its own checksum, so that a changed manifest is noticed."""
    rest = {key: value for key, value in manifest.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def refuse_foreign(folder: Path) -> None:
    """Refuses a place that holds something else than a run. Errors: RunError."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise RunError(f"{folder} is a file. A run needs a folder of its own: choose another place.")
    others = sorted(path.name for path in folder.iterdir() if not _of_a_start(path))
    if others and not is_run(folder):
        raise RunError(
            f"{folder} exists and is not a run, so nothing is written there: it holds {others[0]}, "
            f"and no {journals.NAME} or {MANIFEST} of a run. Choose a new or empty folder with --out."
        )


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run, finished or not: by the first line of its journal, or by its manifest."""
    if journals.is_journal(folder / journals.NAME):
        return True
    if not (folder / MANIFEST).is_file():
        return False
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and {"format", "scenario_hash", "files", "state"} <= manifest.keys()


def _clear(folder: Path) -> None:
    """Removes an earlier run and its variants, not the user's own files."""
    for variant in (folder / "structure").glob("*"):
        if is_run(variant):
            _clear(variant)
            (variant / journals.NAME).unlink(missing_ok=True)
    try:
        named = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        copies = [folder / "scenario" / Path(at).name for at in named if at.startswith("scenario/")]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        copies = []  # they are overwritten where the new run has files of their names
    tops = [folder / file for file in (MANIFEST, *REPORTS)]
    for path in (*tops, *shards_in(folder), *facts_in(folder), *halves_in(folder), *copies):
        path.unlink(missing_ok=True)


def _of_a_start(path: Path) -> bool:
    """Whether a file is all that a run leaves that was stopped before its first line."""
    empty = path.name == journals.NAME and path.is_file() and path.stat().st_size == 0
    return empty or path.name in (".lock", journals.NAME + PART)


def _row(part: Part, at: str, written: Mapping[str, Any], rows: int) -> dict[str, Any]:
    place = {"table": part.table, "policy": part.policy, "first": part.first, "count": part.count}
    return {"at": at, **place, **written, "rows": rows}


def _entry(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row[key] for key in ("sha256", "rows", "bytes", "first", "count")}


def _rows(path: Path) -> int:
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def _wrong(path: Path, row: Mapping[str, Any]) -> str:
    """What is wrong with a recorded file; "" where nothing is."""
    try:
        if path.stat().st_size != row["bytes"]:
            return f"has {path.stat().st_size} bytes instead of {row['bytes']}"
        return "" if digest(path) == row["sha256"] else "its content is not what was written"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror or error})"


def _difference(folder: Path, there: Mapping[str, Any], asked: Mapping[str, Any]) -> str:
    keys = [key for key in {**there, **asked} if there.get(key) != asked.get(key)]
    lines = [f"  {key}: {_short(there.get(key))} there, {_short(asked.get(key))} now" for key in keys]
    sizes = [dict(side.get("draws") or {}).get("worlds") for side in (there, asked)]
    if None not in sizes and sizes[0] != sizes[1]:
        lines.append(
            f"A Latin hypercube of {sizes[0]} worlds cannot be extended: each world has a cell of its own, and cells "
            "are counted before the first is drawn. Sobol and Monte Carlo draws extend."
        )
    return (
        f"{folder} holds another run, which this one cannot continue:\n"
        + "\n".join(lines)
        + "\nChoose another folder with --out, or start anew with --fresh (the run there is then removed)."
    )


def _short(value: Any) -> str:
    text = "nothing" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else text[:77] + "…"
