"""What runs lie in a folder: state, worlds, size, date, scenario."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from twofront.errors import RunError
from twofront.store import journal
from twofront.store.run import done, open_run
from twofront.store.writer import MANIFEST, is_run


@dataclass(frozen=True)
class Listed:
    """One run. `state` is "complete", "damaged" or how much of an unfinished one is there; `size` in bytes on the disk;
    `date` when it last changed."""

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
    if is_run(folder):
        return [_listed(folder)]
    below = sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())
    return [run for path in below for run in list_runs(path)]


def _listed(folder: Path) -> Listed:
    files = [path for path in folder.rglob("*") if path.is_file()]
    size = sum(path.stat().st_size for path in files)
    changed = max((path.stat().st_mtime for path in files), default=0.0)
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
    growing = bool(entries) and entries[-1]["what"] != "complete" and plan["worlds"] > run.manifest["worlds"]
    state = "damaged" if damage else f"grows: {done(entries):.0%}" if growing else "complete"
    name = str(run.manifest["scenario_name"])
    return Listed(folder, state, int(run.manifest["worlds"]), len(run.policies), size, date, name)
