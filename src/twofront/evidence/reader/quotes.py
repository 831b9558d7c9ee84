"""Direct quotations: the stretches between quotation marks, and which of them are speech and not names or irony."""

from __future__ import annotations

import re
from dataclasses import dataclass

from twofront.errors import TwofrontError
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Span
from twofront.evidence.reader.text import Token, tokens

DEEPEST = 16  # quotations inside quotations
# opening mark -> the marks that may close it
PAIRS = {"„": '“”"', "“": "”", "»": "«", "«": "»", "‚": "‘’", "‘": "’", "›": "‹", "‹": "›", '"': '"', "”": "”"}
SINGLE = "‚‘›‹"
_BEFORE = " \t\n\u00a0([{-–—/„“»«‚:"


class NestedError(TwofrontError):
    """Quotation marks are nested too deeply; `at` is the character of the text."""

    def __init__(self, at: int) -> None:
        self.at = at
        super().__init__(
            f"quotation marks nested more than {DEEPEST} deep. That is no article: check the file, or remove the marks."
        )


@dataclass(frozen=True, slots=True)
class Quote:
    """Words between marks, the marks included; `inner` the quotations inside; `closed` False where no mark ends it."""

    span: Span
    inner: tuple[Span, ...]
    closed: bool = True


def quotations(text: str, block: Span) -> list[Quote]:
    """The outer quotations of a block in order.

    Errors: TwofrontError where quotations are nested deeper than `DEEPEST`.
    """
    found: list[Quote] = []
    stack: list[tuple[str, int]] = []
    inner: list[Span] = []
    for at in range(block.start, block.end):
        mark = text[at]
        if mark not in _MARKS:
            continue
        if stack and _closes(text, at, block, stack[-1][0]):
            start = stack.pop()[1]
            if stack:
                inner.append(Span(start, at + 1))
            else:
                found.append(Quote(Span(start, at + 1), tuple(inner)))
                inner = []
        elif len(stack) > 1 and _closes(text, at, block, stack[0][0]):
            # The inner quotation was never closed; the outer one is.
            found.append(Quote(Span(stack[0][1], at + 1), tuple(inner)))
            stack, inner = [], []
        elif _opens(text, at, block, stack):
            stack.append((mark, at))
            if len(stack) > DEEPEST:
                raise NestedError(at)
    if stack and stack[0][0] not in '"‘‚”' and _speech_like(text, stack[0][1], block.end):
        found.append(Quote(Span(stack[0][1], _trimmed(text, stack[0][1], block.end)), tuple(inner), closed=False))
    return _joined(text, found)


def _joined(text: str, found: list[Quote]) -> list[Quote]:
    """Two whole sentences quoted with nothing but a blank between them are one statement."""
    result: list[Quote] = []
    for quote in found:
        last = result[-1] if result else None
        if last and text[last.span.end - 2] in ".!?" and text[last.span.end : quote.span.start] == " ":
            result[-1] = Quote(Span(last.span.start, quote.span.end), (*last.inner, *quote.inner), quote.closed)
        else:
            result.append(quote)
    return result


_MARKS = frozenset(PAIRS) | frozenset("".join(PAIRS.values()))


def _closes(text: str, at: int, block: Span, opened: str) -> bool:
    mark = text[at]
    if mark not in PAIRS[opened]:
        return False
    before = text[at - 1] if at > block.start else " "
    after = text[at + 1] if at + 1 < block.end else " "
    if mark in "’'" and before.isalnum() and after.isalnum():
        return False  # an apostrophe: Nato’s
    return mark != '"' or not (before.isspace() and not after.isspace())


def _opens(text: str, at: int, block: Span, stack: list[tuple[str, int]]) -> bool:
    mark = text[at]
    if mark not in PAIRS:
        return False
    before = text[at - 1] if at > block.start else " "
    after = text[at + 1] if at + 1 < block.end else " "
    if after.isspace():
        return False
    if mark == "”":
        return not stack and before.isspace()
    if mark in "“‘" and stack and stack[-1][0] in "„‚":
        return mark == "‘" and before in _BEFORE and stack[-1][0] == "„"
    return before in _BEFORE


def _speech_like(text: str, start: int, end: int) -> bool:
    """An unclosed mark opens a quotation only where a paragraph goes on in the next one."""
    return end - start > 60 and text[start:end].rstrip()[-1:] in ".!?…"


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start and text[end - 1].isspace():
        end -= 1
    return end


def speech(
    text: str, quote: Quote, sentence: Span, lex: Lexicon, cued: bool, reported: bool, attached: bool, object_: bool
) -> bool:
    """Whether a quotation is speech, not a name, a title or a word held at arm's length.

    cued: a reporting word stands in the same sentence. reported: the quotation stands in what that word reports.
    object_: it is the object of a verb that reports. attached: a verb and who does it stand right behind the quotation.
    """
    inside = tokens(text, quote.span.start + 1, quote.span.end - 1)
    words = [token for token in inside if token.word]
    if not words:
        return False
    before = [token.low for token in tokens(text, max(sentence.start, quote.span.start - 60), quote.span.start)]
    behind = tokens(text, quote.span.end, min(sentence.end, quote.span.end + 160))
    after = [token.low for token in behind]
    colon = bool(before) and before[-1] == ":"
    plain = not (words[0].capital or words[0].text[0].isdigit())
    label = (
        words[-1].capital and bool(before) and (before[-1] in lex.words["article"] or before[-1] == ".") and not cued
    )
    if plain and len(words) > 1 and lex.lang == "de" and not label:
        return True  # no name begins with a small letter: „tief betroffen“, but die 22. „europäische Konferenz“
    if before[-1:] == ["wie"] and any(word in lex.words["chant"] for word in before[-2:-1]):
        return True  # "skandierten Sprüche wie „Frieden jetzt“"
    title = _title_like(words, lex)
    also = before[-1:] == ["auch"] and before[-2:-1] in (["–"], ["("], [","], ["—"])
    if words[0].capital and (also or before[-2:] == ["kurz", ":"]):
        return False  # "die Biennale – auch „Schau der Kunst“ – …", "die Gewerkschaft (kurz: „IG Bau“)"
    if len(words) == 1 and not object_ and _modifies(text, quote, sentence, lex):
        return False
    if title and len(words) < 3 and behind and behind[0].capital and before and before[-1] in lex.words["article"]:
        return False  # "dem „Central“ Bezirk"
    if title and len(after) > 2 and after[0] == "(" and after[2] == ")" and _abbreviation(text, quote.span.end):
        return False  # „Partij voor de Vrijheid“ (PVV), „Jungle Fever“ (1991)
    if _named(before, after, lex) and not (plain and cued) and not (colon and (cued or len(words) > 6)):
        return False
    if len(words) == 1 and "." in words[0].text:
        return False  # the address of a page
    if text[quote.span.start] in SINGLE and len(words) < 4:
        return False  # single marks around few words: a word held at arm's length
    if attached or _attached(after, lex) or (cued and text[quote.span.end - 2] in ",!?" and len(words) > 1):
        return True
    if len(words) >= 6 and not (title and len(words) < 12):
        return True
    full = text[quote.span.end - 2] in ".!?…"
    if colon and (len(words) >= 3 or cued):
        return cued or not title
    if full and len(words) >= 3 and not title:
        return True
    function = lex.words["preposition"] | lex.words["article"]
    apposed = _apposed(text, quote.span.start, sentence.start, lex)
    if cued and len(words) > 1 and _verbal(words, lex):
        return True  # "Auslöser sei", "Geheimdienste zu erweitern": no name ends with a verb
    if cued and title and not apposed and any(w.low in function and not w.capital for w in words):
        return True  # "Verstoß gegen Menschenrechte": small words of this language, no foreign name
    if apposed and title and not object_:
        return False  # "das Projekt „Kliper“": the name of what stands before it
    if reported and len(words) == 1 and len(words[0].text) > 2 and not words[0].text[0].isdigit():
        return True
    if reported and title and any(w.low in function or w.low in lex.words["conjunction"] for w in words):
        return True  # "nannte das einen „Schlag ins Gesicht“"
    if before and before[-1] == "(" and any(w.low in lex.words["auxiliaries"] for w in words):
        return True  # "war begeistert („Das war Weltklasse“)"
    if title or all(token.capital or token.text[0].isdigit() for token in words):
        return False
    return cued or len(words) >= 5


def _modifies(text: str, quote: Quote, sentence: Span, lex: Lexicon) -> bool:
    """One word inside a phrase: "die Förderung der „Sammelstelle“", "eine „repräsentativ“ besetzte Versammlung"."""
    if lex.lang != "de":
        return False
    start, end = quote.span.start, quote.span.end
    near = tokens(text, max(sentence.start, start - 60), start)[-2:]
    after = tokens(text, end, min(sentence.end, end + 60))[:2]
    genitive = len(near) == 2 and near[0].capital and near[1].low in ("des", "der")
    inner = len(after) == 2 and not after[0].capital and after[0].word and after[1].capital
    return genitive or (inner and bool(near) and near[-1].low in lex.words["article"] and after[0].low[-1] in "enrs")


def _apposed(text: str, start: int, first: int, lex: Lexicon) -> bool:
    """A noun with its article, then at once the quotation."""
    if lex.lang != "de":
        return False
    near = tokens(text, max(first, start - 60), start)
    k = len(near) - 1
    if k < 1 or not near[k].capital or near[k].low in lex.words["article"] or near[k].low in lex.words["preposition"]:
        return False
    return any(t.low in lex.words["article"] or t.low in lex.words["preposition"] for t in near[max(0, k - 3) : k])


_SHORT = re.compile(r" ?\((?:[A-ZÄÖÜ]{2,6}|(?:19|20)\d\d)\)")


def _abbreviation(text: str, end: int) -> bool:
    return _SHORT.match(text, end) is not None


def _verbal(words: list[Token], lex: Lexicon) -> bool:
    """A clause: its last word is an auxiliary, a subjunctive or an infinitive after "zu"."""
    last = words[-1].low
    if words[-1].capital:
        return False
    mood = last in lex.words["subjunctive"] or last in lex.words["weak_subjunctive"] or last in lex.words["auxiliaries"]
    return mood or (words[-2].low == "zu" and last.endswith("n"))


def _attached(after: list[str], lex: Lexicon) -> bool:
    """An attribution right behind the closing mark: “…”, sagte; “…”, so X; “…,” she said."""
    if len(after) < 3:
        return False
    start = 1 if after[0] in (",", "–", "—") else 0
    if after[start] == "so" and start:
        return after[start + 1] not in ("dass", "that") and after[start + 1] not in lex.words["naming_after"]
    if (
        start
        and len(after) > start + 2
        and after[start] in ("mit", "with")
        and after[start + 2] in lex.words["closing"]
    ):
        return True  # “…” – mit diesen Worten
    verb = lex.verbs.get(after[start])
    if start and lex.separable.get(after[start], frozenset()) & frozenset(after[start + 1 :]):
        return True  # “…”, räumte der Vorstand ein
    if verb is not None and start:
        return verb.kind == "finite"
    following = lex.verbs.get(after[start + 1])
    return lex.lang == "en" and after[start] in lex.words["pronoun"] and following is not None


def _named(before: list[str], after: list[str], lex: Lexicon) -> bool:
    near = [word for word in before[-3:] if word != ":"][-2:]
    naming = lex.words["naming"]
    return (
        any(word in lex.words["naming_before"] for word in near)
        or bool(near and _naming(near[-1], naming))
        or bool(after and after[0] in lex.words["naming_after"])
    )


def _naming(word: str, naming: frozenset[str]) -> bool:
    return word in naming or any(word.endswith(name) for name in naming if len(name) > 4)


def _title_like(words: list[Token], lex: Lexicon) -> bool:
    """Every longer word begins with a capital or is a number, and there are no two small words in a row."""
    clause = lex.words["auxiliaries"] | lex.words["first_words"]
    if any(w.low in clause and not w.capital for w in words):
        return False  # a verb or an "uns" inside: no title
    small = [not (w.capital or w.text[0].isdigit()) for w in words]
    if not any(small):
        return True
    function = lex.words["preposition"] | lex.words["article"] | lex.words["conjunction"]
    return all(not s or w.low in function or len(w.low) < 5 for s, w in zip(small, words, strict=True)) and (
        sum(small) <= len(words) / 2
    )
