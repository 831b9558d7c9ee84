"""Writes a run folder. It is built beside its place and moved there in one step, so a run is whole or not
there."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import weakref
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twofront.errors import RunError
from twofront.store.columns import column_dictionary, find_column

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT = 1
MANIFEST = "manifest.json"
REPORTS = (
    "report.html",
    "bericht.html",
    "hindcast.npz",
)  # made from the run they lie in: not carried over to its successor
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")


class RunWriter:
    """Builds one run folder file by file; `finish` puts it in its place.

    Arguments: `folder` where the run will lie: absent, empty, or an earlier run that this one replaces. The
    earlier run stays readable until `finish`.
    Errors: RunError where the folder holds anything else, cannot be written, or the disk is full; then
    nothing new is visible.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()
        _refuse_foreign(self.folder)
        self._staging = self.folder.parent / f".{self.folder.name}.unfinished"
        self._files: dict[str, dict[str, Any]] = {}
        self._columns: dict[str, list[str]] = {}
        self._quantities: list[dict[str, Any]] = []
        with self._writing(self._staging):
            # What a killed run left behind; two runs into one folder at the same time are not supported.
            shutil.rmtree(self._staging, ignore_errors=True)
            self._staging.mkdir(parents=True)
        self._discard = weakref.finalize(self, shutil.rmtree, self._staging, ignore_errors=True)

    def discard(self) -> None:
        """Throws away what was written so far."""
        self._discard()

    def write_policy(
        self,
        policy: str,
        worlds: Mapping[str, np.ndarray],
        years: Mapping[str, np.ndarray],
        calendar: Iterable[int],
    ) -> None:
        """Writes the outcomes of one policy.

        Arguments: `worlds` name -> [world]; `years` name -> [year, world]; `calendar` the years of the first
        axis.
        """
        name = _file_name(policy)
        dates = np.asarray(list(calendar), dtype=np.int16)
        count = len(next(iter(worlds.values())))
        world = np.arange(count, dtype=np.int32)
        by_world: dict[str, np.ndarray] = {"world": world} | {k: np.asarray(v) for k, v in worlds.items()}
        by_year: dict[str, np.ndarray] = {
            "world": np.repeat(world, len(dates)),
            "year": np.tile(dates, count),
        }
        by_year |= {k: np.asarray(v).T.ravel() for k, v in years.items()}
        self._write_table("worlds", f"worlds/{name}.parquet", by_world, policy)
        self._write_table("years", f"years/{name}.parquet", by_year, policy)

    def write_draws(self, draws: Mapping[str, np.ndarray]) -> None:
        """Writes the drawn figures: path -> [world]."""
        count = len(next(iter(draws.values()), ()))
        columns = {"world": np.arange(count, dtype=np.int32)} | {k: np.asarray(v) for k, v in draws.items()}
        self._write_table("draws", "draws.parquet", columns)

    def write_json(self, name: str, content: Any) -> None:
        """Writes a JSON file (UTF-8, without NaN: what is not finite becomes null)."""
        text = json.dumps(_finite(content), ensure_ascii=False, indent=1, allow_nan=False)
        if name == "quantities.json":
            self._quantities = list(content)
        rows = len(content) if isinstance(content, list) else None
        self._write(name, (text + "\n").encode(), rows)

    def write_scenario(self, texts: Mapping[str, str]) -> None:
        """Writes a verbatim copy of the scenario's files: name -> text."""
        for name, text in texts.items():
            self._write(f"scenario/{_file_name(name)}", text.encode(), None)

    def finish(self, manifest: Mapping[str, Any]) -> Path:
        """Writes column dictionary and manifest, and moves the folder to its place; returns the folder."""
        dictionary = column_dictionary(manifest.get("labels", {}), self._columns, self._quantities)
        self.write_json("columns.json", dictionary)
        whole = _finite({**manifest, "format": FORMAT, "state": "complete", "files": self._files})
        whole["checksum"] = checksum(whole)
        self._write(MANIFEST, json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False).encode(), None)
        with self._writing(self.folder):
            _move(self._staging, self.folder)
        self._discard.detach()
        return self.folder

    def _write_table(
        self, table: str, relative: str, columns: Mapping[str, np.ndarray], policy: str | None = None
    ) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        if table != "draws":
            for column in columns:
                find_column(table, column)
        content = _arrow(columns, policy)
        floats = [field.name for field in content.schema if pa.types.is_floating(field.type)]
        sink = pa.BufferOutputStream()
        pq.write_table(
            content,
            sink,
            compression="zstd",
            compression_level=3,
            use_dictionary=["policy"] if policy else False,
            use_byte_stream_split=floats,
        )
        self._columns[table] = content.column_names
        self._write(relative, memoryview(sink.getvalue()), content.num_rows)

    def _write(self, relative: str, content: bytes | memoryview, rows: int | None) -> None:
        """Writes one file under a temporary name, forces it to the disk, then gives it its name."""
        path = self._staging / relative
        with self._writing(self.folder / relative, len(content)):
            path.parent.mkdir(parents=True, exist_ok=True)
            temporary = path.with_name(path.name + ".part")
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
        self._files[relative] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "rows": rows,
            "bytes": len(content),
        }

    @contextmanager
    def _writing(self, path: Path, size: int = 0) -> Iterator[None]:
        """Turns a failing write into a RunError and leaves nothing half written behind."""
        try:
            yield
        except OSError as error:
            if hasattr(self, "_discard"):
                self._discard()
            needed = f" ({size} bytes)" if size else ""
            remedy = "Free some space or choose" if error.errno in (errno.ENOSPC, errno.EDQUOT) else "Choose"
            raise RunError(
                f"{path}{needed} could not be written: {error.strerror or error}. Nothing was left "
                f"behind, and an earlier run in this folder is as it was. {remedy} another folder."
            ) from error


def checksum(manifest: Mapping[str, Any]) -> str:
    """SHA-256 of a manifest without its own checksum, so that a changed manifest is noticed."""
    rest = {key: value for key, value in manifest.items() if key != "checksum"}
    text = json.dumps(rest, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _refuse_foreign(folder: Path) -> None:
    """Refuses a place that holds something else than a run."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise RunError(f"{folder} is a file. A run needs a folder of its own: choose another place.")
    if any(folder.iterdir()) and not _is_run(folder):
        raise RunError(f"{folder} exists and is not a run, so nothing is written there. Choose a new or empty folder.")


def _is_run(folder: Path) -> bool:
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return False
    return isinstance(manifest, dict) and {"format", "scenario_hash", "files", "state"} <= manifest.keys()


def _move(staging: Path, folder: Path) -> None:
    """Puts the finished folder in its place; files of the user in an earlier run move along."""
    _refuse_foreign(folder)
    if not folder.exists():
        staging.rename(folder)
        return
    earlier = folder.with_name(f".{folder.name}.replaced")
    shutil.rmtree(earlier, ignore_errors=True)
    folder.rename(earlier)
    try:
        staging.rename(folder)
    except OSError:
        earlier.rename(folder)
        raise
    for path in _own_files(earlier):
        kept = folder / path.relative_to(earlier)
        if not kept.exists():
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(path, kept)
    shutil.rmtree(earlier, ignore_errors=True)


def _own_files(folder: Path) -> list[Path]:
    """Files that somebody put into a run folder: neither the run's own nor its reports."""
    manifest = folder / MANIFEST
    if not manifest.exists():
        return []
    run = {*json.loads(manifest.read_text(encoding="utf-8"))["files"], MANIFEST, *REPORTS}
    paths = [path for path in folder.rglob("*") if path.is_file()]
    return [path for path in paths if path.relative_to(folder).as_posix() not in run]


def _file_name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.endswith("."):
        raise RunError(f"{name!r} cannot be the name of a file in a run folder. Use letters, digits, - and _.")
    return name


def _arrow(columns: Mapping[str, np.ndarray], policy: str | None) -> pa.Table:
    """An Arrow table: integers and yes/no as they are, every other number as float32."""
    import pyarrow as pa

    def column(values: np.ndarray) -> pa.Array:
        kept = values if values.dtype.kind in "ib" else values.astype(np.float32)
        return pa.array(kept)

    arrays = {name: column(values) for name, values in columns.items()}
    if policy is not None:
        codes = np.zeros(len(next(iter(columns.values()))), dtype=np.int8)
        arrays = {"policy": pa.DictionaryArray.from_arrays(codes, [policy])} | arrays
    return pa.table(arrays)


def _finite(content: Any) -> Any:
    """The same content with null for what is not finite, and plain Python numbers for NumPy's."""
    if isinstance(content, Mapping):
        return {str(key): _finite(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [_finite(value) for value in content]
    if isinstance(content, np.generic):
        content = content.item()
    if isinstance(content, float) and not np.isfinite(content):
        return None
    return content
