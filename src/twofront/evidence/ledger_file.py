"""The one writer of a ledger's file: what is not changed stays byte for byte, and it is written whole or not at all.

New tables go to the end of the file and a changed key into its own table, so comments, order, line ends and a byte
order mark stay. After every step the file is read again and has to say what it said before, and what was added.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from datetime import date as Day
from pathlib import Path
from typing import Any

import tomlkit

from twofront.errors import LedgerError, did_you_mean
from twofront.evidence.claim import Claim, Record
from twofront.evidence.ledger import LARGEST_FILE, Ledger, file_text, load_ledger, read_ledger
from twofront.store.disk import put

_BOM = "\ufeff"
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|' + r"'''.*?'''|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|#[^\n]*|[\[\]{}]", re.DOTALL
)
_CLAIM = re.compile(r"""\[\[[ \t]*(?:claims|"claims"|'claims')[ \t]*\]\]""")
_PART = re.compile(r"""\[{1,2}[ \t]*(?:claims|"claims"|'claims')[ \t]*\.""")


class LedgerFile:
    """A ledger's file, opened to be changed: `append`, `set`, then `write`. Nothing is written before `write`.

    Arguments: `path` the file; `create` allows one that is not there yet; `head` a comment that a new file begins with.
    Errors: LedgerError where the file cannot be read or what it says is wrong already.
    """

    def __init__(self, path: Path | str, *, create: bool = False, head: str = "") -> None:
        self.path = Path(path)
        self.ledger = Ledger({})
        given = f"# {head}\n" if head else ""
        if self.path.exists() or not create:
            self.ledger = load_ledger(self.path)
            given = file_text(self.path)
        self._mark = _BOM if given.startswith(_BOM) else ""
        self._text = given.removeprefix(_BOM)
        self._newline = "\r\n" if self._text and self._text.count("\r\n") == self._text.count("\n") > 0 else "\n"
        self._says: dict[str, Any] = tomllib.loads(self._text)
        self._changed = False

    def claim(self, name: str) -> Claim:
        """The claim with that id. Errors: LedgerError with the nearest id where there is none."""
        if name in self.ledger.claims:
            return self.ledger.claims[name]
        hint = did_you_mean(name, self.ledger.claims)
        raise LedgerError(f'no claim "{name[:64]}" in {self.path.name}. {hint}'.rstrip())

    def append(self, kind: str, records: Sequence[Record]) -> None:
        """Adds tables of one kind ("claims" or "observes") at the end of the file, in their order."""
        if not records:
            return
        if kind in self._says and not re.search(rf"^[ \t]*\[\[[ \t]*[\"']?{kind}\b", self._text, re.MULTILINE):
            raise LedgerError(f'{self.path.name}: "{kind}" is a list in one line. Write [[{kind}]] above each record.')
        data = [_plain(record) for record in records]
        self._add(f"[[{kind}]]", data)
        self._now_says({kind: [*self._says.get(kind, []), *data]})

    def set_errors(self, errors: Record) -> None:
        """Adds the table from rating to error, which the file has not."""
        self._add("[errors]", [_plain(errors)])
        self._now_says({"errors": _plain(errors)})

    def set(self, name: str, key: str, value: Any) -> None:
        """Sets a key of the claim with that id; None removes it. Errors: LedgerError for an unknown id."""
        self.claim(name)
        claims, places = list(self._says["claims"]), list(_claims(self._text))
        if len(places) != len(claims):
            raise LedgerError(f'{self.path.name}: "claims" is a list in one line. Write [[claims]] above each claim.')
        number = next(n for n, claim in enumerate(claims) if claim["id"] == name)
        start, end = places[number]
        document = tomlkit.parse(self._text[start:end])
        table: Any = document["claims"][0]
        claims[number] = {k: v for k, v in claims[number].items() if k != key}
        if value is None:
            table.pop(key, None)
        else:
            table[key] = _item(value)
            claims[number][key] = value
        written = tomlkit.dumps(document)
        if self._newline == "\r\n":
            written = re.sub(r"(?<!\r)\n", "\r\n", written)
        self._text = self._text[:start] + written + self._text[end:]
        self._now_says({"claims": claims})

    def write(self) -> Ledger:
        """Writes what was changed, and returns the ledger as it now stands.

        Errors: LedgerError for everything that the change makes wrong, RunError where the file cannot be written; the
        file is then as it was.
        """
        if not self._changed:
            return self.ledger
        ledger, findings = read_ledger(self._text, self.path.name)
        if findings:
            raise LedgerError("\n".join(str(finding) for finding in findings))
        data = (self._mark + self._text).encode("utf-8")
        if len(data) > LARGEST_FILE:
            raise LedgerError(f"{self.path.name}: would be larger than {LARGEST_FILE // 10**6} MB. Use another ledger.")
        target = self.path.resolve()  # a link stays a link
        mode = target.stat().st_mode if target.exists() else None
        put(target, data)
        if mode is not None:
            target.chmod(mode)
        self.ledger, self._changed = ledger, False
        return ledger

    def _add(self, head: str, records: Sequence[Mapping[str, Any]]) -> None:
        text = self._text if not self._text or self._text.endswith("\n") else self._text + self._newline
        tables = []
        for data in records:
            table = tomlkit.table()
            for key, value in data.items():
                table.add(key, _item(value))
            tables.append(f"{head}\n{table.as_string().rstrip()}\n".replace("\n", self._newline))
        self._text = text + (self._newline if text else "") + self._newline.join(tables)

    def _now_says(self, change: Mapping[str, Any]) -> None:
        """The text says what it said, and the change; else nothing may be written."""
        wanted = {**self._says, **change}
        try:
            right = tomllib.loads(self._text) == wanted
        except tomllib.TOMLDecodeError:
            right = False
        if not right:
            raise LedgerError(f"{self.path.name}: written in a way that this change would damage. Edit it by hand.")
        self._says, self._changed = wanted, True


def _claims(text: str) -> Iterator[tuple[int, int]]:
    """Where each `[[claims]]` table begins and ends; comments before the next table are not part of it."""
    heads, depth = [], 0
    for token in _TOKEN.finditer(text):
        if token[0] in "[{":
            if depth == 0 and not text[text.rfind("\n", 0, token.start()) + 1 : token.start()].strip():
                heads.append(token.start())
            depth += 1
        elif token[0] in "]}":
            depth -= 1
    for number, start in enumerate(heads):
        if _CLAIM.match(text, start):
            end = next((h for h in heads[number + 1 :] if not _PART.match(text, h)), len(text))
            lines = text[start:end].splitlines(keepends=True)
            while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
                lines.pop()
            yield start, start + sum(len(line) for line in lines)


def _plain(record: Record) -> dict[str, Any]:
    """A record as TOML can say it, keys in its order and without what is empty or left at its default."""
    data = _bare(record.model_dump(exclude_defaults=True))
    date = str(data.get("date", ""))
    return data | {"date": Day.fromisoformat(date)} if len(date) == 10 else dict(data)


def _bare(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _bare(item) for key, item in value.items() if item is not None}
    return [_bare(item) for item in value] if isinstance(value, list | tuple) else value


def _item(value: Any) -> Any:
    """A value as tomlkit writes it: tables in one line, a list of tables with one a line."""
    if isinstance(value, Mapping):
        inline = tomlkit.inline_table()
        inline.update({key: _item(item) for key, item in value.items()})
        return inline
    if isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        array = tomlkit.array()
        for item in value:
            array.append(_item(item))
        return array.multiline(True)
    return value
