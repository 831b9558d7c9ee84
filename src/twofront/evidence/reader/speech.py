"""Indirect speech: which stretch of the sentence an attribution covers, and sentences that go on in the subjunctive."""

from __future__ import annotations

from twofront.evidence.reader import english, phrases
from twofront.evidence.reader.frames import Frame, as_start
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Span
from twofront.evidence.reader.text import QUOTED, Sentence, Token

_TRIM = frozenset([",", ".", ";", ":", "–", "—", "-", "!", "?"])


def content(sentence: Sentence, frame: Frame, lex: Lexicon, others: list[Frame]) -> tuple[Span, ...]:
    """What the frame reports, without the frame's own words; empty where it reports no clause."""
    toks = sentence.tokens
    if lex.lang == "en":
        end = english.body_end(toks, [*others, frame], lex)
        if frame.first >= end:
            return _trimmed(toks, _sentence_start(toks, end), end)
        if english.inserted(toks, frame, end, lex):
            return (*_trimmed(toks, 0, frame.first), *_trimmed(toks, frame.end, end))
        toks = toks[:end]
    if frame.kind in ("source", "so"):
        return _around(toks, frame.first, frame.end, lex, before_only=frame.kind == "so")
    if frame.kind == "as":
        first = as_start(toks, frame, lex)
        return _around(toks, first, _clause_end(toks, max(frame.end, frame.verb + 1)), lex)
    right = _right(toks, frame, lex)
    if right is not None:
        return _trimmed(toks, right, _cut(toks, right, len(toks), frame, others))
    if _inverted(toks, frame, lex):
        start = _sentence_start(toks, frame.verb)
        comma = frame.verb - 1
        while comma > start and toks[comma].text != ",":
            comma -= 1
        return _trimmed(toks, start, comma)
    return ()


def _around(toks: list[Token], first: int, end: int, lex: Lexicon, *, before_only: bool = False) -> tuple[Span, ...]:
    """The sentence without tokens first to end: one or two spans."""
    start = _sentence_start(toks, first)
    before = _trimmed(toks, start, first)
    stop = next((k for k in range(end, len(toks)) if toks[k].text in (":", ";")), len(toks))
    after = _trimmed(toks, end, stop)
    if before_only and (end >= len(toks) or toks[end].text != ","):
        return before
    return (*before, *after)


def _clause_end(toks: list[Token], start: int) -> int:
    return next((k for k in range(start, len(toks)) if toks[k].text in (",", ";", ":", QUOTED)), len(toks))


def _sentence_start(toks: list[Token], i: int) -> int:
    for k in range(i - 1, -1, -1):
        if toks[k].text in (":", ";"):
            return k + 1
    return 0


def _trimmed(toks: list[Token], first: int, end: int) -> tuple[Span, ...]:
    """Tokens first to end without marks at either side; nothing where fewer than two words or only quotations stay."""
    while first < end and toks[first].text in _TRIM:
        first += 1
    while end > first and toks[end - 1].text in _TRIM:
        end -= 1
    words = sum(token.word for token in toks[first:end])
    quoted = any(token.text == QUOTED for token in toks[first:end])
    return (phrases.span_of(toks, first, end),) if words or (quoted and first + 1 < end) else ()


def _right(toks: list[Token], frame: Frame, lex: Lexicon) -> int | None:
    """Where the reported clause begins after the verb."""
    if lex.lang == "en":
        return english.reported_from(toks, frame, lex)
    start = frame.verb + 1
    commas = 0
    for k in range(start, len(toks) - 1):
        mark = toks[k].text
        if mark == QUOTED and commas == 0 and toks[k - 1].text == ":":
            return None
        if mark == ":" and toks[k + 1].text != QUOTED:
            return k + 1 if not frame.passive else None
        if mark != ",":
            continue
        commas += 1
        if commas > 5:
            return None
        following = toks[k + 1]
        if following.low in lex.words["complement"] and not _own_clause(toks, k, following, lex):
            return k + 1
        if k + 1 >= frame.end - 1 and _reported_clause(toks, k + 1, frame, lex):
            return k + 1
    return None


def _own_clause(toks: list[Token], k: int, following: Token, lex: Lexicon) -> bool:
    """ ", wie …" and ", was …" often comment instead of reporting: they report only right after the verb's frame."""
    return following.low in ("wie", "was", "wo", "welche", "welcher", "welches", "wenn", "falls") and not _mood(
        toks, k + 1, len(toks), lex
    )


def _reported_clause(toks: list[Token], k: int, frame: Frame, lex: Lexicon) -> bool:
    """Whether the clause at k, right after the comma, is what was said and not an aside."""
    following = toks[k]
    if following.low in lex.words["relative"] and _relative(toks, k, lex):
        return False
    if following.low in lex.words["conjunction"] or following.text == QUOTED:
        return False
    if following.low in lex.words["preposition"] and following.low in ("nachdem", "ohne", "um"):
        return False
    rest = toks[k:]
    if sum(token.word for token in rest) < 3:
        return False
    infinitive = any(
        rest[j].low == "zu" and j + 1 < len(rest) and (rest[j + 1].low.endswith("n") or rest[j + 1].text == QUOTED)
        for j in range(len(rest))
    )
    glued = any("zu" in t.low[2:-3] and t.low.endswith("en") and t.low.startswith(_GLUED) for t in rest)
    return infinitive or glued or _mood(toks, k, len(toks), lex) or (not frame.weakly and _v2(toks, k, lex))


_GLUED = (
    "an",
    "auf",
    "aus",
    "ein",
    "ab",
    "vor",
    "zurück",
    "bei",
    "mit",
    "her",
    "hin",
    "fest",
    "um",
    "durch",
    "nach",
    "wieder",
)


def _v2(toks: list[Token], k: int, lex: Lexicon) -> bool:
    """A main clause: a noun phrase and a finite verb soon after."""
    end = phrases.phrase(toks, k, lex)
    if not (end > k and len(toks) - end > 1 and toks[end].word and not toks[end].capital):
        return False
    low = toks[end].low
    return low in lex.words["auxiliaries"] or (
        low[-1] in "ten" and low not in lex.words["adverb"] | lex.words["preposition"]
    )


def _relative(toks: list[Token], k: int, lex: Lexicon) -> bool:
    """ "der", "die" after a comma begin a relative clause unless a noun follows and a verb comes second."""
    if k + 1 < len(toks) and toks[k + 1].low in lex.words["subjunctive"]:
        return False  # ", das sei falsch": the verb stands second
    end = phrases.phrase(toks, k, lex, attributes=False)
    return end <= k + 1


def _mood(toks: list[Token], k: int, end: int, lex: Lexicon) -> bool:
    words = lex.words
    return any(t.low in words["subjunctive"] or t.low in words["weak_subjunctive"] for t in toks[k:end])


def _cut(toks: list[Token], start: int, end: int, frame: Frame, others: list[Frame]) -> int:
    """Content ends where another attribution is put behind it: "…, so der Minister", "…, wie X mitteilte"."""
    for k in range(start + 2, end):
        if toks[k].low == "denn" and toks[k - 1].text == ",":
            end = k - 1
            break
    for other in others:
        if other is not frame and other.first > start + 1 and other.kind in ("so", "as"):
            k = other.first
            while k > start and toks[k].text != ",":
                k -= 1
            if k > start:
                return min(end, k)
    return end


def _inverted(toks: list[Token], frame: Frame, lex: Lexicon) -> bool:
    """ "Die Lage sei ernst, sagte X": the verb right after a comma, with a clause before it."""
    v = frame.verb
    if frame.lemma == "stehen":
        return False  # "Der Bürgermeister, Emil Heit, steht in der Kritik"
    if frame.passive and toks[v - 1].low in lex.words["passive"]:
        v -= 1
    if lex.lang == "en":
        return False  # found by `english.body_end`
    if v < 3 or toks[v - 1].text != ",":
        return False
    if frame.source is not None and frame.source.start < frame.cue.start:
        return False
    if frame.source is None and not frame.passive and frame.lemma not in ("heißt+es", "hieß+es"):
        return False
    start = _sentence_start(toks, v)
    if toks[start].low in ("um", "nachdem", "während", "wenn", "als", "bevor", "weil", "ohne", "anstatt", "obwohl"):
        return False
    return toks[v - 2].text != QUOTED or v - 2 - start > 3


def subjunctive(sentence: Sentence, lex: Lexicon) -> Span | None:
    """The sentence, if its mood alone says that it is reported: present subjunctive and nobody says "ich"."""
    lows = [token.low for token in sentence.tokens]
    strong = any(low in lex.words["subjunctive"] for low in lows)
    if not strong or any(low in lex.words["first_words"] for low in lows):
        return None
    commands = lows and lows[0] in ("man", "es") and len(lows) < 4
    return None if commands else sentence.span


def continued(sentence: Sentence, lex: Lexicon) -> bool:
    """Weaker signs that reported speech goes on: past subjunctive after a reported sentence, without a condition."""
    lows = {token.low for token in sentence.tokens}
    return bool(lows & lex.words["weak_subjunctive"]) and not lows & lex.words["condition"]
