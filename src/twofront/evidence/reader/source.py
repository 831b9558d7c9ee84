"""Articles as they are given: text, Markdown, HTML or standard input; hostile files are refused with the reason."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from twofront.errors import TwofrontError
from twofront.evidence.reader.record import Article, Span

LARGEST = 5_000_000  # bytes of a file
LONGEST_LINE = 1_000_000  # characters
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f]")
_HTML = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|body|article|div|p)\b", re.I | re.S
)


def load(path: str, *, lang: str | None = None, date: str | None = None, outlet: str | None = None) -> tuple[
    Article, tuple[Span, ...]
]:  # fmt: skip
    """The article in a file ("-" for standard input), and the stretches of an HTML page that are not its main text.

    Errors: TwofrontError with file, line and column where that is known, for a file that cannot be read, is no UTF-8
    text, is larger than `LARGEST`, has a line beyond `LONGEST_LINE`, control characters, marks that turn the
    direction of writing round, or (HTML) is nested too deeply or declares entities.
    """
    from twofront.evidence.reader.reading import language

    name = "standard input" if path == "-" else Path(path).name
    text = _read(path, name)
    if path.lower().endswith((".html", ".htm", ".xhtml")) or _HTML.match(text[:4000]):
        from twofront.evidence.reader.html import page

        _checked(text, name, lines=False)
        found = page(text, name)
        article = Article(
            name, found.text, lang or language(found.text), date or found.date, outlet or found.outlet, found.origin
        )
        _checked(article.text, name)
        return article, found.apart
    _checked(text, name)
    return Article(name, text, lang or language(text), date, outlet), ()


def _read(path: str, name: str) -> str:
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if path == "-" else _bytes(Path(path), name)
    except OSError as error:
        raise TwofrontError(f"{name}: cannot be read ({error.strerror}). Check the path.") from error
    if len(data) > LARGEST:
        raise TwofrontError(f"{name}: larger than {LARGEST // 10**6} MB. No article is: give the article's own text.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TwofrontError(f"{name}:{line}: not UTF-8 ({error.reason}). Save the file as UTF-8.") from error
    return re.sub(r"\r(?!\n)", "\n", text)  # a line end of old: one character for another, so that places stay


def _bytes(file: Path, name: str) -> bytes:
    if file.is_dir():
        raise TwofrontError(f"{name}: a folder. Name the files to read.")
    with file.open("rb") as handle:
        return handle.read(LARGEST + 1)


def _checked(text: str, name: str, *, lines: bool = True) -> None:
    """Refuses what no article has; `lines`: long ones too (the source of a page may be one line)."""
    if not text.strip():
        raise TwofrontError(f"{name}: empty. Give a file with the article's text.")
    for pattern, what in (
        (_BIDI, "a mark that turns the direction of writing round: the text would not read as it looks"),
        (_CONTROL, "a control character: this is no text"),
    ):
        match = pattern.search(text)
        if match:
            line, column = Article(name, text, "en").place(match.start())
            code = f"U+{ord(match.group()):04X}"
            raise TwofrontError(
                f"{name}:{line}:{column}: {code} is {what}. Remove it, or give the article as plain text."
            )
    start = 0
    number = 1
    while lines and start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if end - start > LONGEST_LINE:
            raise TwofrontError(
                f"{name}:{number}: a line of {end - start:,} characters; at most {LONGEST_LINE:,} are read. "
                "Break it into paragraphs."
            )
        start, number = end + 1, number + 1
