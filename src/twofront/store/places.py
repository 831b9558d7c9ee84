"""Where results of a run are put: nothing of somebody else's is replaced, and each is there whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from glob import escape
from pathlib import Path

from twofront.errors import RunError
from twofront.store.run import Run
from twofront.store.writer import PAGES

UNFINISHED = ".unfinished"
STALE = 24 * 3600  # seconds after which an unfinished result counts as left behind, where the system has no locks
OWN = {  # files of a folder that an export made
    f"{name}.{end}"
    for name in ("worlds", "draws", "years", "means", "columns", "sources")
    for end in ("csv", "parquet")
}


def beside(run: Run, ending: str) -> Path:
    """The default place of a result: beside the run folder, by its name."""
    folder = run.path if run.path.name not in ("", "..") else run.path.resolve()
    return folder.with_name(folder.name + ending)


def check_place(run: Run, target: Path, *ends: str) -> None:
    """Refuses a target in which something would be lost; call it before anything is computed.

    Arguments: `target` the file to write, or a folder where no `ends` are given; `ends` how files of this kind end.
    Errors: RunError for a target inside the run (its reports excepted), for a file that ends otherwise, a folder
    where a file is wanted, and for a folder that holds something else than an earlier export.
    """
    place, own = target.resolve(), run.path.resolve()
    inside = Path(str(place).lower()).is_relative_to(str(own).lower())  # names that differ in case only may be one
    if inside and not (".html" in ends and place.parent == own and place.name in PAGES):
        raise RunError(f"{target} lies in the run itself, which would be broken. Choose a place outside of {run.path}.")
    if target.is_dir():
        foreign = [] if ends else [path.name for path in target.iterdir() if path.name not in OWN]
        if ends:
            raise RunError(
                f"{target} is a folder. Name a file in it, such as {target / (run.path.resolve().name + ends[0])}."
            )
        if foreign:
            raise RunError(f"{target} holds {foreign[0]}, which is no export. Choose a new or empty folder.")
    elif os.path.lexists(target) and not target.name.lower().endswith(ends or "/"):
        kind = f"no {ends[0]} file" if ends else "no folder"
        raise RunError(f"{target} is there already and is {kind}: it would be lost. Choose another place.")


@contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Where to write a result, file or folder; at the end it takes the place of what stood at `target`, at once.

    The place is this writer's own: of two at the same time, the later one stays. What a kill left is removed, and an
    earlier folder that had made room and got no successor takes its place again. Errors: RunError where that fails.
    """
    own, lock = None, None
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _alone(target.parent):
            _sweep(target)
            own = Path(tempfile.mkdtemp(UNFINISHED, f".{target.name}.", target.parent))
            lock = _locked(own)
        yield own / target.name
        with _alone(target.parent):
            _take_place(own / target.name, target)
    except OSError as error:
        raise RunError(f"{target} could not be written: {error.strerror or error}. Choose another place.") from error
    finally:
        if own is not None:
            shutil.rmtree(own, ignore_errors=True)
        if lock is not None:
            os.close(lock)


def _sweep(target: Path) -> None:
    for left in target.parent.glob(f".{escape(target.name)}.*{UNFINISHED}"):
        try:
            lock = _locked(left, wait=False)
        except BlockingIOError:
            continue  # another writer's
        if lock is not None or time.time() - left.stat().st_mtime > STALE:
            shutil.rmtree(left, ignore_errors=True)
        if lock is not None:
            os.close(lock)
    earlier = _aside(target)
    if earlier.exists() and not target.exists():
        earlier.rename(target)
    _clear(earlier)


def _take_place(staging: Path, target: Path) -> None:
    """Puts a whole result where an earlier one lies; the earlier one stays where that fails."""
    if not target.is_dir():
        os.replace(staging, target)
        return
    earlier = _aside(target)
    target.rename(earlier)
    try:
        os.replace(staging, target)
    except OSError:
        earlier.rename(target)
        raise
    _clear(earlier)


def _aside(target: Path) -> Path:
    """Where an earlier export waits until the new one has its place: a folder cannot be replaced at once."""
    return target.with_name(f".{target.name}.replaced")


def _clear(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One writer at a time changes names in a folder, where the system has locks."""
    lock = _locked(folder)
    try:
        yield
    finally:
        if lock is not None:
            os.close(lock)


def _locked(folder: Path, *, wait: bool = True) -> int | None:
    """A lock on a folder that ends with this process, however it ends; None where the system has none.

    Errors: BlockingIOError where another holds it and `wait` is false.
    """
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        return None  # Windows, or a folder that may not be read
    try:
        fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(handle)
        if isinstance(error, BlockingIOError):
            raise
        return None
    return handle
