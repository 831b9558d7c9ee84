"""Shards: one policy in one range of worlds, as Parquet files that are named by their content."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from twofront.errors import RunError
from twofront.store.columns import TABLES
from twofront.store.disk import PART, digest

if TYPE_CHECKING:
    import pyarrow as pa

KEPT = 4096  # worlds whose years are kept one by one unless all are asked for
LARGEST = 2**15  # worlds in one shard at most: what a kill may cost each worker
DRAWS = "draws"
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}")
_FACT = re.compile(r"[A-Za-z0-9_.+-]+-[0-9a-f]{32}\.json")
_SHARD = re.compile(r"\d{10}-[0-9a-f]{32}\.parquet")
_MARK = b"twofront"


@dataclass(frozen=True)
class Part:
    """One table of one shard: `policy` is "" for the draws; worlds `first` to `first + count - 1`."""

    table: str
    policy: str
    first: int
    count: int

    @property
    def folder(self) -> str:
        return f"{self.table}/{self.policy}" if self.policy else self.table

    def overlaps(self, other: Part) -> bool:
        """Whether both hold the same rows."""
        same = (self.table, self.policy) == (other.table, other.policy)
        return same and self.first < other.first + other.count and other.first < self.first + self.count


def encode(part: Part, columns: Mapping[str, np.ndarray], identity: str) -> bytes:
    """A table as Parquet: integers, names and yes/no as they are, other numbers as float32; the same bytes each time.

    The file carries whose it is (`identity`, a digest) and which part, so that it explains itself.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    content = _arrow(columns, part.policy)
    mark = json.dumps([identity, part.table, part.policy, part.first, part.count])
    content = content.replace_schema_metadata({_MARK: mark.encode()})
    floats = [field.name for field in content.schema if pa.types.is_floating(field.type)]
    sink = pa.BufferOutputStream()
    pq.write_table(
        content,
        sink,
        compression="lz4",  # zstd makes files a tenth smaller and takes twice as long
        use_dictionary=[name for name in ("policy", "output") if name in content.column_names] or False,
        use_byte_stream_split=floats,
    )
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def name(part: Part, content: bytes) -> str:
    """The relative path of a part: its first world and the digest of its content."""
    return f"{part.folder}/{part.first:010d}-{hashlib.sha256(content).hexdigest()[:32]}.parquet"


def told_by(path: Path) -> tuple[str, Part] | None:
    """Whose file this is and which part, as it says itself; None unless it is whole and has the name of its content."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        if digest(path)[:32] != path.stem.partition("-")[2]:
            return None
        identity, table, policy, first, count = json.loads(pq.read_schema(path).metadata[_MARK])
    except (OSError, ValueError, KeyError, TypeError, pa.ArrowException):
        return None
    return identity, Part(table, policy, first, count)


def shards_in(folder: Path, ending: str = "") -> list[Path]:
    """The files with the place and the form of name of a shard, and an ending; others are the user's own."""
    found = [path for table in TABLES for path in (folder / table).glob("*" if table == DRAWS else "*/*")]
    return _named(found, _SHARD, ending)


def facts_in(folder: Path, ending: str = "") -> list[Path]:
    """The same of the files under facts/."""
    return _named((folder / "facts").glob("*"), _FACT, ending)


def halves_in(folder: Path) -> list[Path]:
    """Shards and facts under their temporary names."""
    return [*shards_in(folder, PART), *facts_in(folder, PART)]


def _named(paths: Iterable[Path], form: re.Pattern[str], ending: str) -> list[Path]:
    return sorted(
        path
        for path in paths
        if path.name.endswith(ending) and form.fullmatch(path.name.removesuffix(ending)) and path.is_file()
    )


def file_name(text: str) -> str:
    """The same text, if it may be the name of a file in a run folder. Errors: RunError."""
    if not _NAME.fullmatch(text) or text.endswith("."):
        raise RunError(f"{text!r} cannot be the name of a file in a run folder. Use letters, digits, - and _.")
    return text


def gaps(covered: Iterable[tuple[int, int]], worlds: int) -> list[tuple[int, int]]:
    """The ranges (first, end) below `worlds` that no (first, count) covers."""
    found, at = [], 0
    for first, count in sorted(covered):
        if first > at:
            found.append((at, min(first, worlds)))
        at = max(at, first + count)
        if at >= worlds:
            return found
    return [*found, (at, worlds)]


def cut(ranges: Sequence[tuple[int, int]], size: int) -> list[tuple[int, int]]:
    """Cuts ranges (first, end) into pieces (first, count) that end at multiples of `size`."""
    pieces = []
    for first, end in ranges:
        while first < end:
            after = min(end, (first // size + 1) * size)
            pieces.append((first, after - first))
            first = after
    return pieces


def shard_size(worlds: int, policies: int, workers: int, tile: int) -> int:
    """Worlds in a shard: at least four rounds of work for each worker, between one tile and LARGEST."""
    wanted = max(worlds * max(policies, 1) // (4 * max(workers, 1)), 1)
    return max(tile, min(LARGEST, 1 << (wanted.bit_length() - 1)))


def _arrow(columns: Mapping[str, np.ndarray], policy: str) -> pa.Table:
    import pyarrow as pa

    def column(values: np.ndarray) -> pa.Array:
        kept = values if values.dtype.kind in "ibU" else values.astype(np.float32)
        return pa.array(kept)

    arrays = {name: column(values) for name, values in columns.items()}
    if policy:
        codes = np.zeros(len(next(iter(columns.values()))), dtype=np.int8)
        arrays = {"policy": pa.DictionaryArray.from_arrays(codes, [policy])} | arrays
    return pa.table(arrays)


def plain(content: Any) -> Any:
    """The same content with null for what is not finite, and plain Python numbers for NumPy's."""
    if isinstance(content, Mapping):
        return {str(key): plain(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [plain(value) for value in content]
    if isinstance(content, np.generic):
        content = content.item()
    if isinstance(content, float) and not np.isfinite(content):
        return None
    return content
