"""Where files are to be written: refused before anything is written if something would be lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from twofront.errors import TwofrontError


def check_outputs(outputs: Mapping[str, Path | str | None], inputs: Mapping[Path | str, str]) -> None:
    """Refuses files that would overwrite what is read, or each other, or that have no folder.

    Arguments: `outputs` option -> file to write (None: none); `inputs` file that is read -> what it is, in words.
    Errors: TwofrontError that names the option, the file and what to do.
    """
    seen: dict[str, Path] = {}
    for option, given in outputs.items():
        if given is None:
            continue
        path = Path(given)
        if path.is_dir():
            raise TwofrontError(f"{option} {path} is a folder. Name a file in it.")
        if not path.parent.is_dir():
            raise TwofrontError(f"{option} {path}: there is no folder {path.parent}. Make it, or name another file.")
        for read, what in inputs.items():
            if _one_file(path, Path(read)):
                raise TwofrontError(f"{option} {path} is {what}: it would be overwritten. Name another file.")
        for other, before in seen.items():
            if _one_file(path, before):
                raise TwofrontError(f"{other} and {option} name one file, {path}. Give each its own.")
        seen[option] = path


def _one_file(a: Path, b: Path) -> bool:
    """One file by whatever name; names that differ in case only may be one, so they count as one."""
    if a.exists() and b.exists():
        return a.samefile(b)
    return str(a.resolve()).lower() == str(b.resolve()).lower()
