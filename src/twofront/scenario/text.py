"""Reads a text file of a scenario, or says why it cannot be read: size, encoding, characters that hide or break."""

from __future__ import annotations

import re
from pathlib import Path

from twofront.errors import Finding

LARGEST_FILE = 2_000_000  # bytes; the largest file that comes with the package has 130,000
# Characters that turn the direction of writing or show nothing: a name could look like another one.
_HIDDEN = re.compile("[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def read_text(path: Path, name: str | None = None) -> tuple[str | None, list[Finding]]:
    """The text with line ends made equal, or None and what is wrong with the file."""
    name = name or path.name
    try:
        if not path.is_file():
            return None, [_wrong(name, "no such file", f"Add {name} to the folder {path.parent.name}.")]
        if path.stat().st_size > LARGEST_FILE:
            size, most = path.stat().st_size / 1e6, LARGEST_FILE / 1e6
            return None, [
                _wrong(name, f"the file has {size:.1f} MB, more than {most:g} MB", "Keep what the model reads.")
            ]
        data = path.read_bytes()
    except OSError as error:
        return None, [_wrong(name, f"cannot be read ({error.strerror})", "Check the path and your rights.")]
    return decode(data, name)


def decode(data: bytes, name: str) -> tuple[str | None, list[Finding]]:
    """The same from bytes already read."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")) or data[:64].count(0) > 16:
        return None, [_wrong(name, "the file is UTF-16", "Save it as UTF-8.", 1, 1)]
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8", "replace")
        line, column = place(before, len(before))
        return None, [_wrong(name, "the file is not UTF-8", "Save it as UTF-8 (in Excel: CSV UTF-8).", line, column)]
    for pattern, what in ((_CONTROL, "a control character"), (_HIDDEN, "an invisible character that can hide text")):
        found = pattern.search(text)
        if found:
            code = f"U+{ord(found.group()):04X}"
            return None, [_wrong(name, f"{what}, {code}", "Delete it.", *place(text, found.start()))]
    return text, []


def place(text: str, offset: int) -> tuple[int, int]:
    """Line and column, from 1, of an offset in the text."""
    line = text.count("\n", 0, offset) + 1
    return line, offset - (text.rfind("\n", 0, offset) + 1) + 1


def _wrong(name: str, message: str, remedy: str, line: int = 0, column: int = 0) -> Finding:
    return Finding("error", name, line, column, "", message, remedy)
