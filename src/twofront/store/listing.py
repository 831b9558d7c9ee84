"""What runs lie in a folder: state, worlds, size, date, scenario."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from twofront.errors import RunError
from twofront.store import journal
from twofront.store.run import done, open_run
from twofront.store.writer import MANIFEST, is_run


@dataclass(frozen=True)
class Listed:
    """One run. `state` is "complete", "damaged", "cannot be read" (a folder too) or how much of an unfinished one is
    there; `size` in bytes on the disk; `date` when it last changed."""

    path: Path
    state: str
    worlds: int
    policies: int
    size: int
    date: str
    scenario: str


def list_runs(folder: Path) -> list[Listed]:
    """The runs in a folder and below it, by path; variants inside a run are part of it.

    Errors: RunError where the folder does not exist.
    """
    if not folder.is_dir():
        raise RunError(f"{folder} is no folder. Runs lie in ./runs unless --out said otherwise.")
    found: list[Listed] = []
    waiting = [folder]  # and no recursion: a tree may be deeper than Python's stack
    while waiting:
        place = waiting.pop()
        try:
            if is_run(place):
                found.append(_listed(place))
            else:
                waiting += sorted((Path(entry.path) for entry in _entries(place) if _is_folder(entry)), reverse=True)
        except (OSError, RunError):
            found.append(Listed(place, "cannot be read", 0, 0, 0, "", ""))
    return found


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return list(entries)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    return entry.is_dir(follow_symlinks=False)


def _files(folder: Path) -> Iterator[os.stat_result]:
    """Size and date of every file below a folder."""
    waiting = [str(folder)]
    while waiting:
        for entry in _entries(Path(waiting.pop())):
            if _is_folder(entry):
                waiting.append(entry.path)
            elif entry.is_file(follow_symlinks=False):
                yield entry.stat(follow_symlinks=False)


def _listed(folder: Path) -> Listed:
    files = list(_files(folder))
    size = sum(file.st_size for file in files)
    changed = max((file.st_mtime for file in files), default=0.0)
    date = datetime.fromtimestamp(changed, UTC).strftime("%Y-%m-%d %H:%M")
    entries, damage = journal.read(folder / journal.NAME)
    nothing: journal.Entry = {"worlds": 0, "policies": [], "identity": {}}
    plan = next((entry for entry in reversed(entries) if entry["what"] == "plan"), nothing)
    begun = next((entry for entry in reversed(entries) if entry["what"] == "begin"), nothing)["identity"]
    worlds, policies, scenario = plan["worlds"], len(plan["policies"]), str(begun.get("scenario", ""))
    if not (folder / MANIFEST).is_file():
        state = "damaged" if damage else f"{done(entries):.0%}"
        return Listed(folder, state, worlds, policies, size, date, scenario)
    try:
        run = open_run(folder)
    except RunError:
        return Listed(folder, "damaged", worlds, policies, size, date, scenario)
    growing = bool(entries) and plan["worlds"] > run.manifest["worlds"]
    state = "damaged" if damage else f"grows: {done(entries):.0%}" if growing else "complete"
    name = str(run.manifest["scenario_name"])
    return Listed(folder, state, int(run.manifest["worlds"]), len(run.policies), size, date, name)
