"""Writes a commented starter scenario."""

from __future__ import annotations

import re
from pathlib import Path

from twofront.errors import TwofrontError
from twofront.scenario.loader import BUNDLED

TEMPLATE = "one-front"


def new_scenario(name: str, folder: str | Path = ".") -> Path:
    """Copies the teaching scenario into a new folder of this name. TwofrontError where it would overwrite anything."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}", name):
        raise TwofrontError(f"{name!r} is no name for a scenario: use letters, digits, hyphens")
    target = Path(folder) / name
    if target.exists():
        raise TwofrontError(f"{target} is there already: choose another name; nothing was overwritten")
    texts = {file.name: file.read_text(encoding="utf-8") for file in sorted((BUNDLED / TEMPLATE).iterdir())}
    texts["scenario.toml"] = re.sub(r'(?m)^title = ".*"$', f'title = "{name}"', texts["scenario.toml"], count=1)
    target.mkdir(parents=True)
    for file, text in texts.items():
        (target / file).write_text(text, encoding="utf-8", newline="\n")
    return target
