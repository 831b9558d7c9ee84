"""Tokens and sentences. Sentences never end inside a quotation: a quotation counts as one word there."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Span

_TOKEN = re.compile(
    r"(?:[A-Z]\.){2,}(?=\s\w)|"
    r"(?:[A-ZÄÖÜ]|Dr|Prof|St|Mr|Mrs|Ms|Adm|Gen|Lt|Col|Maj|Capt|Sgt|Sen|Rep|Gov)\.(?=\s[A-ZÄÖÜ][a-zäöü])|"
    r"\d+(?:-[^\W\d_]+)+|\d+(?:[.,:]\d+)*(?:\.(?=\s+[a-zäöüJFMASOND]))?|\w+(?:[-’'./&]\w+)*|[^\w\s]",
    re.UNICODE,
)
_END = re.compile(r"[.!?…]+[“”\"«»’‘)\]]*(?=\s+[\[(„“\"»«‚‘]*[\wÄÖÜ])")
_LEADING = re.compile(r"\s+[\[(„“\"»«‚‘]*")

LONGEST = 300  # tokens of a sentence, a quotation counted as one
QUOTED = "“”"  # what a quotation is in the tokens of its sentence
_NAME = re.compile(r"\d+-[A-ZÄÖÜ].*[^\W\d_]$|[ae][ls]-[A-Z]")  # der 34-Jährige, el-Baradei


class Token(NamedTuple):
    """A word, number or mark: where it stands, as written, and in small letters.

    word: it begins with a letter or digit. capital: with a capital letter, or it is like "34-Jährige" or "el-Baradei".
    """

    start: int
    end: int
    text: str
    low: str
    word: bool
    capital: bool


@lru_cache(maxsize=65536)
def _shape(text: str) -> tuple[str, str, bool, bool]:
    """What a token's text alone says: each word is looked at once."""
    first = text[0]
    capital = first.isupper() or _NAME.match(text) is not None
    return text, text.lower(), first.isalnum(), capital


def tokens(text: str, start: int, end: int) -> list[Token]:
    """The tokens of a stretch of text."""
    new = tuple.__new__  # a third faster than Token(…), and this is where most time goes
    return [new(Token, (m.start(), m.end(), *_shape(m.group()))) for m in _TOKEN.finditer(text, start, end)]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of one block: its tokens outside quotations, and the quotations in it."""

    span: Span
    block: int
    tokens: list[Token]
    quotes: list[Span] = field(default_factory=list)

    def upto(self, offset: int) -> int:
        """How many tokens end at or before an offset."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].end <= offset:
                low = middle + 1
            else:
                high = middle
        return low


def sentences(text: str, block: Span, number: int, quotes: list[Span], lex: Lexicon) -> list[Sentence]:
    """The sentences of a block. quotes: the outer quotations of the block, in order, not overlapping."""
    ends = [*_ends(text, block, quotes, lex), block.end]
    starts = [quote.start for quote in quotes]
    found: list[Sentence] = []
    start = block.start
    for end in ends:
        while start < end and text[start].isspace():
            start += 1
        if start >= end:
            continue
        inside = quotes[bisect_left(starts, start) : bisect_left(starts, end)]
        found += _pieces(Span(start, end), number, _outside(text, start, end, inside), inside)
        start = end
    return found


def _pieces(span: Span, block: int, toks: list[Token], quotes: list[Span]) -> list[Sentence]:
    """The sentence; a stretch that no sentence is, in pieces of `LONGEST` tokens, so that time stays linear."""
    if len(toks) <= LONGEST:
        return [Sentence(span, block, toks, quotes)]
    found = []
    for k in range(0, len(toks), LONGEST):
        piece = toks[k : k + LONGEST]
        own = Span(piece[0].start, piece[-1].end)
        found.append(Sentence(own, block, piece, [quote for quote in quotes if own.covers(quote)]))
    return found


def _outside(text: str, start: int, end: int, inside: list[Span]) -> list[Token]:
    """Tokens outside the quotations; each quotation is one token of the text "“”"."""
    result: list[Token] = []
    at = start
    for quote in inside:
        result += tokens(text, at, quote.start)
        result.append(Token(quote.start, quote.end, *_shape(QUOTED)))
        at = quote.end
    return result + tokens(text, at, end)


def _ends(text: str, block: Span, quotes: list[Span], lex: Lexicon) -> list[int]:
    starts = [quote.start for quote in quotes]
    ends: list[int] = []
    for match in _END.finditer(text, block.start, block.end):
        k = bisect_right(starts, match.start()) - 1
        if k >= 0 and quotes[k].start <= match.start() and match.end() < quotes[k].end:
            continue
        if not _abbreviated(text, match, block, lex):
            ends.append(match.end())
    return ends


def _abbreviated(text: str, match: re.Match[str], block: Span, lex: Lexicon) -> bool:
    """Whether the full stop belongs to an abbreviation, an initial or an ordinal number."""
    after = _LEADING.match(text, match.end())
    following = text[after.end()] if after else "A"
    if following.islower():
        return True
    if match.group()[0] != ".":
        return False
    begin = max(block.start, match.start() - 24)
    before = text[begin : match.start() + 1]
    word = before[max(before.rfind(" "), before.rfind("\n"), before.rfind("(")) + 1 :]
    if word.lower() in lex.words["abbreviations"]:
        return True
    bare = word[:-1]
    if len(bare) == 1 and bare.isupper():
        return True
    return lex.lang == "de" and bare.isdigit() and len(bare) <= 2
