"""HTML pages: their text with the place of every stretch in the file, and what is not the main text.

Our own scanner keeps offsets and runs in time linear in the page, whatever is in it; trafilatura says which lines are
the article. Nothing of the page is run or loaded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from twofront.errors import TwofrontError
from twofront.evidence.reader.record import Span

DEEPEST = 400  # elements inside elements
MOST = 50_000  # tags: a page of news has some thousands
_TAG = re.compile(r"</?([a-zA-Z][a-zA-Z0-9:-]*)")
_SPACE = re.compile(r"\s+")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_VOID = frozenset(
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]
)
_SKIPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "head",
        "select",
        "textarea",
        "button",
    ]
)
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "aside",
        "header",
        "footer",
        "main",
        "nav",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "li",
        "ul",
        "ol",
        "table",
        "tr",
        "td",
        "th",
        "blockquote",
        "pre",
        "br",
        "hr",
        "figure",
        "figcaption",
        "form",
        "title",
        "dd",
        "dt",
        "dl",
        "body",
    ]
)
_OPTIONAL = frozenset(["p", "li", "td", "th", "tr", "dd", "dt", "option"])  # their end tags may be left out


@dataclass(frozen=True, slots=True)
class Page:
    """The text of a page; `origin` and `apart` as in `source.load`."""

    text: str
    origin: tuple[tuple[int, int], ...]
    apart: tuple[Span, ...]
    date: str | None
    outlet: str | None


def page(html: str, name: str) -> Page:
    """The text of an HTML page. Errors: TwofrontError for declared entities, deep nesting, or no text at all."""
    declared = re.search(r"<!ENTITY", html, re.IGNORECASE)
    if declared:
        line = html.count("\n", 0, declared.start()) + 1
        raise TwofrontError(f"{name}:{line}: declares entities, which can unfold without end. Remove the declaration.")
    pieces = _pieces(html, name)
    text, origin = _joined(pieces)
    if not text.strip():
        raise TwofrontError(f"{name}: a page without text. Perhaps a script draws it: save the article's text instead.")
    main, date, outlet = _main(html)
    return Page(text, origin, _apart(text, main), date, outlet)


def _pieces(html: str, name: str) -> list[tuple[str, int]]:
    """Text with its place in the file; "\\n" where a block ends."""
    found: list[tuple[str, int]] = []
    stack: list[str] = []
    at = tags = 0
    while at < len(html):
        tag = html.find("<", at)
        end = len(html) if tag < 0 else tag
        if end > at:
            _text(html, at, end, found)
        if tag < 0:
            break
        at, tags = _markup(html, tag, stack, found), tags + 1
        if tags > MOST:
            line = html.count("\n", 0, tag) + 1
            raise TwofrontError(f"{name}:{line}: more than {MOST:,} tags. That is no article: save its text instead.")
        if len(stack) > DEEPEST:
            line = html.count("\n", 0, tag) + 1
            raise TwofrontError(
                f"{name}:{line}: elements nested more than {DEEPEST} deep. That is no article: save its text instead."
            )
    return found


def _text(html: str, start: int, end: int, found: list[tuple[str, int]]) -> None:
    """Text between tags; each character reference is a piece of its own, so that places stay exact."""
    at = start
    for match in _ENTITY.finditer(html, start, end):
        if match.start() > at:
            found.append((html[at : match.start()], at))
        found.append((unescape(match.group()), match.start()))
        at = match.end()
    if end > at:
        found.append((html[at:end], at))


def _markup(html: str, tag: int, stack: list[str], found: list[tuple[str, int]]) -> int:
    """Passes one tag or comment; returns where the text goes on."""
    if html.startswith("<!--", tag):
        end = html.find("-->", tag + 4)
        return len(html) if end < 0 else end + 3
    match = _TAG.match(html, tag)
    if match is None:
        if html.startswith(("<!", "<?"), tag):
            end = html.find(">", tag)
            return len(html) if end < 0 else end + 1
        found.append(("<", tag))
        return tag + 1
    end = html.find(">", match.end())
    end = len(html) if end < 0 else end + 1
    element = match.group(1).lower()
    if element in _BLOCKS:
        found.append(("\n", tag))
    closing = html[tag + 1] == "/"
    if element in _SKIPPED and not closing and html[end - 2] != "/":
        close = re.compile(rf"</{re.escape(element)}\b", re.IGNORECASE).search(html, end)
        return len(html) if close is None else close.start()
    if closing:
        if element in stack[-20:]:
            while stack and stack.pop() != element:
                pass
    elif element not in _VOID and element not in _OPTIONAL and html[end - 2] != "/":
        stack.append(element)
    return end


def _joined(pieces: list[tuple[str, int]]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text with single blanks and line ends, and where each stretch stands in the file."""
    parts: list[str] = []
    origin: list[tuple[int, int]] = []
    length = 0
    last = "\n"
    for piece, place in pieces:
        if piece == "\n":
            if last != "\n":
                parts.append("\n")
                origin.append((length, place))
                length, last = length + 1, "\n"
            continue
        at = 0
        for blank in _SPACE.finditer(piece):
            length, last = _put(piece, at, blank.start(), place, parts, origin, length, last)
            if last not in " \n":
                parts.append(" ")
                origin.append((length, place + blank.start()))
                length, last = length + 1, " "
            at = blank.end()
        length, last = _put(piece, at, len(piece), place, parts, origin, length, last)
    return "".join(parts), tuple(origin) or ((0, 0),)


def _put(
    piece: str,
    start: int,
    end: int,
    place: int,
    parts: list[str],
    origin: list[tuple[int, int]],
    length: int,
    last: str,
) -> tuple[int, str]:
    if end <= start:
        return length, last
    parts.append(piece[start:end])
    origin.append((length, place + start))
    return length + end - start, piece[end - 1]


def _main(html: str) -> tuple[str | None, str | None, str | None]:
    """The main text, date and site name, as trafilatura finds them; None where it finds none."""
    import trafilatura

    document = trafilatura.bare_extraction(html, include_comments=False, include_tables=True, with_metadata=True)
    if document is None:
        return None, None, None
    data = document.as_dict() if hasattr(document, "as_dict") else dict(document)
    text = data.get("text")
    return text if text and len(text) > 200 else None, data.get("date"), data.get("sitename")


def _apart(text: str, main: str | None) -> tuple[Span, ...]:
    """Lines that are not in the main text."""
    if main is None:
        return ()
    kept = _bare(main)
    spans = [Span(m.start(), m.end()) for m in re.finditer(r"[^\n]+", text)]
    return tuple(span for span in spans if _bare(text[span.start : span.end]) not in kept)


def _bare(text: str) -> str:
    """Letters and digits only: spacing and marks may differ between two extractions."""
    return re.sub(r"[\W_]+", "", text.lower())
