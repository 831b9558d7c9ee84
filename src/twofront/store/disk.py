"""Writes files so that a kill or a full disk leaves either the old content or the new one, never a half."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from twofront.errors import RunError

PART = ".part"  # the ending of a file that is not whole yet


def put(path: Path, content: bytes | memoryview) -> dict[str, Any]:
    """Writes one file under a temporary name, forces it to the disk, then gives it its name; returns size and SHA-256.

    Errors: RunError naming path and bytes; then nothing half written is left.
    """
    temporary = path.with_name(path.name + PART)
    with told(path, len(content)):
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with temporary.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, path)
            settle(path.parent)
        except BaseException:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise
    return {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}


def settle(folder: Path) -> None:
    """Forces the names in a folder to the disk, where the system can."""
    if os.name == "nt":
        return  # Windows has no handle for it and keeps names by its own log
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def digest(path: Path) -> str:
    """SHA-256 of a file's content."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def told(path: Path, size: int = 0) -> Iterator[None]:
    """Turns a failing write into a RunError that says what is kept and what to do."""
    try:
        yield
    except OSError as error:
        needed = f" ({size} bytes)" if size else ""
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        remedy = "Free some space" if full else "Mend the cause, or choose another folder"
        raise RunError(
            f"{path}{needed} could not be written: {error.strerror or error}. What was recorded before is kept. "
            f"{remedy}, then give the same command again: it continues."
        ) from error
