"""Where each key and value of a TOML text stands, so that a finding can name line and column.

tomllib reads the values but tells no places; this scanner tells the places and leaves values, and every rule that it
does not need, to tomllib. It refuses what would make a reader slow or unsafe: deep nesting and endless numbers.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from twofront.errors import Finding

Path = tuple[str | int, ...]

DEEPEST = 32  # keys in one path; the deepest of a scenario has nine
LONGEST_NUMBER = 60  # characters
MOST_PLACES = 100_000

_BLANK = re.compile(r"[ \t]*")
_SPACE = re.compile(r"(?:[ \t\n]+|#[^\n]*)*")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(r'"""(?:[^\\]|\\[\s\S])*?"{3,5}' r"|'''[\s\S]*?'{3,5}" r'|"(?:[^"\\\n]|\\.)*"' r"|'[^'\n]*'")
_ATOM = re.compile(r"\d{4}-\d\d-\d\d \d\d:[^\s,\]}#]+|[^\s,\[\]{}#=\"']+")
_END = re.compile(r"[ \t]*(?:#[^\n]*)?(?:\n|\Z)")
_AT = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)$")


@dataclass
class Positions:
    """Line and column of keys and values by path; items of arrays have their number as key."""

    lines: list[int]
    keys: dict[Path, int] = field(default_factory=dict)
    values: dict[Path, int] = field(default_factory=dict)

    def key(self, path: Iterable[str | int]) -> tuple[int, int]:
        """Place of the key, or of the nearest table around it; (0, 0) if there is none."""
        return self._nearest(tuple(path), self.keys, self.values)

    def value(self, path: Iterable[str | int]) -> tuple[int, int]:
        """Place of the value, or of the nearest value or table around it; (0, 0) if there is none."""
        return self._nearest(tuple(path), self.values, self.keys)

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, from 1, of an offset."""
        line = bisect_right(self.lines, offset)
        return line, offset - self.lines[line - 1] + 1

    def _nearest(self, path: Path, first: dict[Path, int], second: dict[Path, int]) -> tuple[int, int]:
        for length in range(len(path), 0, -1):
            for found in (first, second):
                if path[:length] in found:
                    return self.place(found[path[:length]])
        return 0, 0


class _Refused(Exception):
    """The scanner found a fault of its own: message, remedy and offset."""


class _Stop(Exception):
    """Not TOML: tomllib will say so better."""


def parse(text: str, file: str) -> tuple[dict[str, Any], Positions, list[Finding]]:
    """The values of a TOML text, the places of its keys, and what is wrong; never raises for a bad text.

    `text` has "\\n" as line ends. A duplicate key is named with both its places.
    """
    scanner = _Scanner(text)
    try:
        scanner.document()
    except _Refused as error:
        message, remedy, offset = error.args
        line, column = scanner.found.place(offset)
        return {}, scanner.found, [Finding("error", file, line, column, "", message, remedy)]
    except _Stop:
        pass
    if scanner.doubled:
        return {}, scanner.found, [_doubled(scanner.found, file, *entry) for entry in scanner.doubled[:20]]
    try:
        return tomllib.loads(text), scanner.found, []
    except tomllib.TOMLDecodeError as error:
        found = _AT.search(str(error))
        line, column = int((found and found[1]) or 0), int((found and found[2]) or 0)
        if found and not line:
            line, column = scanner.found.place(len(text))
        reason = _AT.sub("", str(error))
        message = f"not readable as TOML: {reason[:1].lower()}{reason[1:]}"
    except (RecursionError, ValueError) as error:
        line, column, message = 0, 0, f"not readable as TOML ({type(error).__name__})"
    remedy = "Texts need quotes, tables need [brackets], items a comma between them."
    return {}, scanner.found, [Finding("error", file, line, column, "", message, remedy)]


def _doubled(found: Positions, file: str, path: Path, first: int, second: int) -> Finding:
    line, column = found.place(second)
    name = ".".join(str(part) for part in path)
    there = ":".join(str(number) for number in found.place(first))
    return Finding("error", file, line, column, name, f"given twice; first at {there}", "Keep one of the two.")


class _Scanner:
    """One pass over the text; every method starts at `self.at` and leaves it behind what it read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        starts = [0, *(match.end() for match in re.finditer("\n", text))]
        self.found = Positions(starts)
        self.doubled: list[tuple[Path, int, int]] = []
        self.headers: dict[Path, int] = {}
        self.counts: dict[Path, int] = {}  # arrays of tables: how many so far

    def document(self) -> None:
        prefix: Path = ()
        while True:
            self._match(_SPACE)
            if self.at >= len(self.text):
                return
            if self.text[self.at] == "[":
                prefix = self._header()
            else:
                self._pair(prefix)
            self._need(_END)

    def _header(self) -> Path:
        many = self.text.startswith("[[", self.at)
        self.at += 2 if many else 1
        self._match(_BLANK)
        start = self.at
        path = self._resolve(self._dotted())
        self._literal("]]" if many else "]")
        if many:
            number = self.counts.get(path, 0)
            self.counts[path] = number + 1
            self._mark(self.found.keys, path, start)
            path = (*path, number)
        elif path in self.headers or path in self.found.values:
            self.doubled.append((path, self.headers.get(path, self.found.keys.get(path, start)), start))
        self.headers[path] = start
        for length in range(1, len(path) + 1):
            self.found.keys.setdefault(path[:length], start)
        return path

    def _resolve(self, parts: list[tuple[str, int]]) -> Path:
        path: Path = ()
        for number, (name, _) in enumerate(parts):
            path = (*path, name)
            if path in self.counts and number < len(parts) - 1:
                path = (*path, self.counts[path] - 1)
        return path

    def _pair(self, prefix: Path) -> None:
        parts = self._dotted()
        path = prefix
        for name, start in parts[:-1]:
            path = (*path, name)
            self.found.keys.setdefault(path, start)
        name, start = parts[-1]
        path = (*path, name)
        if path in self.found.values or path in self.headers:
            self.doubled.append((path, self.found.keys[path], start))
        self._mark(self.found.keys, path, start)
        self._literal("=")
        self._match(_BLANK)
        self._value(path)

    def _dotted(self) -> list[tuple[str, int]]:
        parts = []
        while True:
            self._match(_BLANK)
            start = self.at
            parts.append((self._key(), start))
            if len(parts) > DEEPEST:
                self._too_deep(start)
            self._match(_BLANK)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _key(self) -> str:
        quote = self.text[self.at : self.at + 1]
        if quote not in ('"', "'") or not quote:
            return self._need(_BARE)
        raw = self._need(_STRING)
        if quote == "'" or "\\" not in raw:
            return raw[1:-1]
        try:
            return str(tomllib.loads(f"key = {raw}")["key"])
        except tomllib.TOMLDecodeError:
            raise _Stop from None

    def _value(self, path: Path) -> None:
        if len(path) > DEEPEST:
            self._too_deep(self.at)
        self._mark(self.found.values, path, self.at)
        start, first = self.at, self.text[self.at : self.at + 1]
        if first == "[":
            self._array(path)
        elif first == "{":
            self._inline(path)
        elif first in ('"', "'") and first:
            self._need(_STRING)
        else:
            atom = self._need(_ATOM)
            if len(atom) > LONGEST_NUMBER:
                raise _Refused(f"a number of {len(atom)} characters", f"Write at most {LONGEST_NUMBER}.", start)
            if atom.lstrip("+-") in ("inf", "nan") or _overflows(atom):
                raise _Refused(f"{atom} is not a finite number", "Write an ordinary number.", start)

    def _array(self, path: Path) -> None:
        self.at += 1
        number = 0
        while True:
            self._match(_SPACE)
            if self.text.startswith("]", self.at):
                self.at += 1
                return
            self._value((*path, number))
            number += 1
            self._match(_SPACE)
            if not self.text.startswith("]", self.at):
                self._literal(",")

    def _inline(self, path: Path) -> None:
        self.at += 1
        self._match(_BLANK)
        if self.text.startswith("}", self.at):
            self.at += 1
            return
        while True:
            self._pair(path)
            self._match(_BLANK)
            if self.text.startswith("}", self.at):
                self.at += 1
                return
            self._literal(",")

    def _mark(self, table: dict[Path, int], path: Path, offset: int) -> None:
        table.setdefault(path, offset)
        if len(table) > MOST_PLACES:
            raise _Refused(f"more than {MOST_PLACES:,} keys and values", "Keep what the model reads.", offset)

    def _too_deep(self, offset: int) -> None:
        message = f"tables or arrays nested more than {DEEPEST} deep"
        raise _Refused(message, "A scenario needs nine levels at most; see docs/scenario.md.", offset)

    def _match(self, pattern: re.Pattern[str]) -> None:
        found = pattern.match(self.text, self.at)
        self.at = found.end() if found else self.at

    def _need(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self.text, self.at)
        if found is None:
            raise _Stop
        self.at = found.end()
        return found.group()

    def _literal(self, word: str) -> None:
        self._match(_BLANK)
        if not self.text.startswith(word, self.at):
            raise _Stop
        self.at += len(word)


def _overflows(atom: str) -> bool:
    """Whether a float literal is too large, as 1e400."""
    try:
        return abs(float(atom)) == float("inf")
    except ValueError:
        return False
