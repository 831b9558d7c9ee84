"""Cleaning: an article's text as blocks. What is no article (share bars, teasers, captions) is set apart with a reason.

Nothing is deleted and no character moves: a block is a span of the text, so that all offsets stay good.
"""

from __future__ import annotations

import re

from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Block, BlockKind, Span
from twofront.evidence.said import Said

_GLUE = re.compile(r"[a-zäöüß](?=[A-ZÄÖÜ][a-zäöüß])")
_CAMEL = re.compile(r"[A-ZÄÖÜ]?[a-zäöüß-]+|[A-ZÄÖÜ]+")
_AGENCY = r"(?:,? \((?:dpa|afp|ap|reuters|[A-Z]{2,5})[\w/]*\))?"
_DATELINE = re.compile(
    r"[A-ZÄÖÜ][\w. -]{1,30}(?:/[A-ZÄÖÜ][\w. -]{1,30}){0,4}" + _AGENCY + r"(?:\.| ?[–—]| -) (?=[A-ZÄÖÜ„“\"»])"
)
_PLACE_CITY = re.compile(
    r"^[A-ZÄÖÜ][\w.-]*(?: [A-ZÄÖÜ(][\w./()-]*){0,3}(?:/[A-ZÄÖÜ][\w.-]*(?: [A-ZÄÖÜ][\w.-]*)?){0,4}$"
)
_WIRE = re.compile(  # SINGAPORE, March 11 (Reuters) -
    r"[A-Z][A-Z.' -]{2,30}(?:, [A-Z][\w. ]{1,20}){0,2}(?:,? \([A-Z][\w/]+\))? ?(?:[–—]| -) ?(?=[A-Z“\"])"
)
_SIGNATURE = re.compile(r"\s\(([a-z]{2,6}(?:/[a-z]{2,6})*|dpa|AFP|Reuters)\)\s*$")
_END = re.compile(r"[.!?:…][“”\"»«’‘)\]]*\s*$|[“”»«]\s*$")
_YEARS = re.compile(r"\(\d{4}\s?[–-]\s?\d{4}\)")
_MARKDOWN = re.compile(r"\s{0,3}(#{1,6}\s+|>\s?|[*+-]\s+|\d{1,2}\.\s+(?=[A-ZÄÖÜ].{60}))")
HEADING = 160  # characters; longer lines are paragraphs even without a full stop
CAPTION = 400


def blocks(text: str, lex: Lexicon, apart: tuple[Span, ...] = ()) -> list[Block]:
    """The blocks of a text in order; together they cover every character that is not blank.

    apart: lines of an HTML page that are not its main text.
    """
    found: list[Block] = []
    outside = {span.start for span in apart}
    for line in _lines(text):
        if line.start in outside:
            found.append(Block(line, "boilerplate", Said("not in the main text of the page")))
        else:
            found += _split(text, line, lex)
    return _tables(text, found, lex)


def _lines(text: str) -> list[Span]:
    """Lines; or paragraphs, where the lines of a paragraph were wrapped at a fixed width."""
    pattern = r"(?:[^\n]+\n?)+" if _wrapped(text) else r"[^\n]+"
    return [_stripped(text, m.start(), m.end()) for m in re.finditer(pattern, text) if m.group().strip()]


def _wrapped(text: str) -> bool:
    lines = [line.rstrip() for line in text.split("\n") if line.strip()]
    if len(lines) < 4 or "\n\n" not in text or max(map(len, lines)) > 100:
        return False
    open_ends = sum(not _END.search(line[-6:]) for line in lines if len(line) > 40)
    return open_ends > 0.4 * len(lines)


def _stripped(text: str, start: int, end: int) -> Span:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return Span(start, end)


def _split(text: str, line: Span, lex: Lexicon) -> list[Block]:
    """One line as blocks: the glued pieces apart."""
    words = text[line.start : line.end]
    low = words.lower()
    whole = _whole(words, low, lex)
    if whole is not None:
        return [Block(line, *whole)]
    for marker in lex.page["teaser_end"]:
        at = low.find(marker)
        if 0 <= at <= CAPTION:
            end = line.start + at + len(marker)
            return [
                Block(Span(line.start, end), "teaser", Said("ends in “{words}”", words=marker)),
                *_rest(text, end, line.end, lex),
            ]
    if len(words) < CAPTION + 200:
        credited = _credited(text, line, low, lex)
        if credited is not None:
            return credited
    return _paragraph(text, line, lex)


def _whole(words: str, low: str, lex: Lexicon) -> tuple[BlockKind, str] | None:
    """A line that is boilerplate as a whole."""
    parts = [part.lower() for part in _CAMEL.findall(words)]
    if parts and len(parts) <= 8 and all(part.strip("-") in lex.words["share"] for part in parts):
        return "boilerplate", Said("share bar")
    if words.startswith("|") and words.count("|") > 1:
        return "lost table", Said("row of a table")
    if words.startswith("![") or low.startswith(("http://", "https://", "www.")):
        return "boilerplate", Said("image or address")
    start = next((s for s in lex.page["teaser_start"] if low.startswith(s)), None)
    if start is not None and len(words) < CAPTION and (len(words) < 160 or ":" in words[: len(start) + 2]):
        return "teaser", Said("begins with “{words}”", words=start)
    return None


def _credited(text: str, line: Span, low: str, lex: Lexicon) -> list[Block] | None:
    """Caption, credit and a heading glued behind them."""
    found = [
        at for credit in lex.page["credit"] if (at := low.find(credit)) >= 0 and (at == 0 or not low[at - 1].isalnum())
    ]
    if not found:
        return None
    start = line.start + min(found)
    glue = [m.end() for m in _GLUE.finditer(text, start, line.end)]
    heading = next((at for at in reversed(glue) if text.count(" ", at, line.end) >= 2), line.end)
    if heading < line.end and text.find("|", heading, line.end) >= 0:
        heading = line.end
    if heading == line.end and line.end - start > 120:
        return None  # a sentence that speaks of a photo
    result = [Block(Span(start, heading), "credit", Said("credit of a photo"))]
    caption = _stripped(text, line.start, start)
    if caption.start < caption.end:
        result.insert(0, Block(caption, "caption", Said("caption of a photo")))
    return result + _rest(text, heading, line.end, lex)


def _rest(text: str, start: int, end: int, lex: Lexicon) -> list[Block]:
    """What was glued behind a marker."""
    span = _stripped(text, start, end)
    return _paragraph(text, span, lex, glued=True) if span.start < span.end else []


def _paragraph(text: str, line: Span, lex: Lexicon, *, glued: bool = False) -> list[Block]:
    """A heading or a paragraph; dateline and signature apart."""
    mark = _MARKDOWN.match(text, line.start, line.end)
    if mark and mark.group(1).startswith("#"):
        return [Block(Span(mark.end(), line.end), "heading", Said("marked as heading"))]
    if mark:
        line = Span(mark.end(), line.end)
    result: list[Block] = []
    signature = _SIGNATURE.search(text, max(line.start, line.end - 24), line.end)
    tail = []
    if signature:
        tail = [Block(_stripped(text, signature.start(), line.end), "credit", Said("signature"))]
        line = _stripped(text, line.start, signature.start())
    words = text[line.start : line.end]
    if len(words) <= HEADING and not _END.search(words[-8:]):
        return [
            Block(
                line, "heading", Said("glued to what stood before") if glued else Said("short line without full stop")
            ),
            *tail,
        ]
    dateline = _DATELINE.match(text, line.start, line.end)
    place = dateline.group().rstrip(" –—-") if dateline else ""
    short = place.endswith(".") and place.split()[-1].lower() in lex.words["abbreviations"]
    if short or not _PLACE_CITY.match(place.rstrip(".")) or len(place) > 57:
        dateline = _WIRE.match(text, line.start, line.end)
    if dateline:
        result.append(
            Block(_stripped(text, line.start, dateline.end()), "dateline", Said("place before the first sentence"))
        )
        line = Span(dateline.end(), line.end)
    return [*result, Block(line, "body"), *tail]


def _tables(text: str, found: list[Block], lex: Lexicon) -> list[Block]:
    """A heading that announces a table and is followed by another heading: the table was lost."""
    result = list(found)
    for k in range(len(found) - 1):
        if found[k].kind != "heading" or found[k + 1].kind != "heading":
            continue
        words = text[found[k].span.start : found[k].span.end]
        if _YEARS.search(words) or any(sign in words.lower() for sign in lex.page["table"]):
            result[k] = Block(found[k].span, "lost table", Said("announces a table that is not there"))
    return result
