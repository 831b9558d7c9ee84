"""The journal of a run: one line for each thing that lies safely on the shelf, in the order it came.

A line is `<SHA-256> <JSON>`. The digest covers the line's text and the digest before it, so that a line that was cut,
changed, moved or left out breaks the chain there. A last line without its end is what a kill leaves: it was never
acknowledged. A line counts as acknowledged once it is forced to the disk.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import weakref
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from twofront.errors import RunError
from twofront.store.disk import put, told

NAME = "journal.jsonl"
_START = hashlib.sha256(b"twofront journal 1").hexdigest()

_BEGINS = re.compile(rb'[0-9a-f]{64} \{"what":"begin"')

Entry = dict[str, Any]


def is_journal(path: Path) -> bool:
    """Whether a file begins as a journal does; not whether it is whole."""
    try:
        if not path.is_file():
            return False
        with path.open("rb") as file:
            return _BEGINS.match(file.read(100)) is not None
    except OSError:
        return False


def read(path: Path, *, torn: bool = False) -> tuple[list[Entry], str]:
    """The entries up to the first line that is not whole, and what is wrong there ("" where nothing is).

    torn: a last line that ends in its middle, as a kill or a cut leaves it, is wrong too. Errors: RunError where the
    file cannot be read.
    """
    return _read(path, torn=torn)[:2]


def _read(path: Path, *, torn: bool) -> tuple[list[Entry], str, int, str]:
    """Entries, damage, length in bytes of what is sound, and the last digest."""
    try:
        content = path.read_bytes() if path.exists() else b""
    except OSError as error:
        raise RunError(f"{path} cannot be read: {error.strerror or error}.") from error
    entries: list[Entry] = []
    last, sound = _START, 0
    for number, line in enumerate(content.splitlines(keepends=True), start=1):
        entry = _entry(line, last)
        if entry is None:
            cut = not line.endswith(b"\n") and sound + len(line) == len(content)
            wrong = ("ends in its middle" if torn else "") if cut else "is not what was written"
            return entries, wrong and f"line {number} {wrong}", sound, last
        entries.append(entry)
        last, sound = line[:64].decode(), sound + len(line)
    return entries, "", sound, last


def _entry(line: bytes, last: str) -> Entry | None:
    """The content of one line, or None where it is not whole or does not follow on the digest before it."""
    if not line.endswith(b"\n") or line[64:65] != b" ":
        return None
    text = line[65:-1]
    if _chained(last, text).encode() != line[:64]:
        return None
    found = json.loads(text)
    return found if isinstance(found, dict) else None


def _chained(last: str, text: bytes) -> str:
    return hashlib.sha256(last.encode() + b" " + text).hexdigest()


class Journal:
    """A journal open for writing, by one process at a time.

    `entries` holds what is acknowledged; `damage` says what was wrong when it was opened, a torn last line too (the
    sound lines are kept).
    Errors: RunError where another process writes it, or it cannot be written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with told(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(path.with_name(".lock"))
            try:
                self._open(path)
            except BaseException:
                _close(self._lock)
                raise
        self._close = weakref.finalize(self, _close, self._file, self._lock)

    def _open(self, path: Path) -> None:
        self.entries, self.damage, self._length, self._last = _read(path, torn=True)
        if not path.exists():
            put(path, b"")
        elif path.stat().st_size != self._length:
            put(path, path.read_bytes()[: self._length])
        self._file = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        os.lseek(self._file, self._length, os.SEEK_SET)

    def append(self, entry: Mapping[str, Any]) -> None:
        """Adds one line and forces it to the disk; a line that could not be written whole is taken back."""
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
        line = _chained(self._last, text).encode() + b" " + text + b"\n"
        with told(self.path, len(line)):
            try:
                if os.write(self._file, line) != len(line):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(self._file)
            except BaseException:
                with suppress(OSError):
                    os.ftruncate(self._file, self._length)
                    os.lseek(self._file, self._length, os.SEEK_SET)
                raise
        self.entries.append(dict(entry))
        self._last, self._length = line[:64].decode(), self._length + len(line)

    def close(self) -> None:
        """Lets others write."""
        self._close()


def _close(*handles: int | None) -> None:
    for handle in handles:
        if handle is not None:
            os.close(handle)


def _locked(path: Path) -> int | None:
    """A lock that ends with this process, however it ends; None where the system has none."""
    try:
        import fcntl
    except ImportError:  # Windows
        return None
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        raise RunError(
            f"{path.parent} is being written by another process. Wait for it, or choose another folder."
        ) from None
    except OSError:
        os.close(handle)  # a file system without locks: one writer at a time is then the user's care
        return None
    return handle
