"""Where the publishers' own files lie, if they are here: `shared/data` beside the repository or above it."""

from __future__ import annotations

from pathlib import Path


def published_file(relative: str) -> Path:
    """A publisher's file; a path that does not exist where the files are not here (tests then skip)."""
    for folder in Path(__file__).parents:
        found = folder / "shared" / "data" / relative
        if found.exists():
            return found
    return Path("absent") / relative
