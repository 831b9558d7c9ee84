"""Condition, hedge, verification wording and the date of a statement."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date as Day
from datetime import timedelta

from twofront.evidence.reader import phrases
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Span, When
from twofront.evidence.reader.text import QUOTED, Token

_DAY_MONTH = re.compile(r"^\d{1,2}\.?$")
_YEAR = re.compile(r"^(?:1[89]\d\d|20\d\d|21\d\d)$")


def condition(toks: list[Token], text: str, lex: Lexicon) -> Span | None:
    """ "wenn … würde", "im Falle …": from the first word of the condition to its end; None where there is none."""
    if not toks:
        return None
    would = any(t.low in lex.words["would"] for t in toks)
    start = next((k for k, t in enumerate(toks) if t.word), 0)
    for k, token in enumerate(toks):
        end = next((j for j in range(k + 1, len(toks)) if toks[j].text in (",", ";", ".", ":")), len(toks))
        opens = (
            k == start
            and token.capital
            and token.low in lex.words["would"]
            and end < len(toks)
            and toks[end].text == ","
        )
        if opens or (token.low in lex.words["condition"] and would):  # "Hätte China …, wäre …"
            return Span(token.start, toks[end - 1].end)
    if not would:
        return None
    match = lex.patterns["condition_phrase"].search(text, toks[0].start, toks[-1].end)
    if match is None:
        return None
    k = next((j for j, t in enumerate(toks) if t.start >= match.end()), len(toks))
    end = phrases.phrase(toks, k, lex)
    if end < len(toks) and toks[end].low in lex.words["preposition"]:
        # "im Falle eines Angriffs auf Taiwan"
        behind = phrases.phrase(toks, end + 1, lex, attributes=False)
        end = behind if behind > end + 1 else end
    return Span(match.start(), toks[end - 1].end if end > k else match.end())


def denial(toks: list[Token], verb: tuple[int, str] | None, inside: list[Token], lex: Lexicon) -> Span | None:
    """The word by which a statement is denied, or said not to have been made; None where it is asserted.

    verb: token and lemma of the reporting verb ("bestritt", "did not say"). inside: the tokens of the statement, which
    may deny itself ("es stimme nicht, dass").
    """
    no = lex.words["negation"]
    if verb is not None and verb[1] in lex.words["denies"]:
        return Span(toks[verb[0]].start, toks[verb[0]].end)
    mine = {t.start for t in inside}
    for k in _beside(toks, verb[0], mine) if verb is not None else ():
        said = lex.verbs.get(toks[k].low)
        if toks[k].low in no or (said and said.lemma in lex.words["denies"]):  # "did not say", "rejected reports that"
            return Span(toks[k].start, toks[k].end)
    for k, token in enumerate(inside):
        if token.low in no and any(t.low in ("dass", "that") for t in inside[k + 1 : k + 4]):
            return Span(token.start, token.end)
    return None


def _beside(toks: list[Token], verb: int, mine: Collection[int]) -> Iterator[int]:
    """Up to three tokens on each side of a verb, as far as its clause goes and the statement does not begin."""
    for step in (1, -1):
        for k in range(verb + step, verb + 4 * step, step):
            if not 0 <= k < len(toks) or toks[k].text in (",", ":", ";", QUOTED) or toks[k].start in mine:
                break
            yield k


def hedges(toks: list[Token], lex: Lexicon) -> tuple[Span, ...]:
    """Words that weaken: "könnte", "möglicherweise", "about", and "soll" for hearsay."""
    weak = lex.words["hedge"] | lex.words["soll"]
    return tuple(Span(t.start, t.end) for t in toks if t.low in weak and not t.capital)


def verification(text: str, span: Span, lex: Lexicon) -> tuple[Span, ...]:
    """Words that say whether anybody could check it."""
    return tuple(Span(m.start(), m.end()) for m in lex.patterns["verification"].finditer(text, span.start, span.end))


def said_when(toks: list[Token], cue: Span | None, lex: Lexicon, published: str | None) -> When | None:
    """When something was said: the date in the cue's part of the sentence; a bare year only where it stands beside it.

    toks: the sentence without the statement. "2024 stieg das Budget …, wie das Institut feststellte" dates the budget.
    """
    if cue is None:
        return when(toks, lex, published)
    marks = [t.start for t in toks if t.text in (":", ";")]
    first = max((at for at in marks if at < cue.start), default=-1)
    last = min((at for at in marks if at >= cue.end), default=toks[-1].end if toks else 0)
    part = [t for t in toks if first < t.start < last]
    found = when(part, lex, published, said=True)
    if found is None or found.precision != "year":
        return found
    between = [t for t in part if min(found.span.end, cue.end) <= t.start < max(found.span.start, cue.start)]
    return found if len(between) <= NEAR else None


NEAR = 6  # tokens between a bare year and the cue that it dates


def when(toks: list[Token], lex: Lexicon, published: str | None, *, said: bool = False) -> When | None:
    """The most precise date among these tokens; relative words are resolved where the day of publication is known.

    said: the day lies before publication, so that "on March 6" is the last one.
    """
    dates = [w for k in range(len(toks)) if (w := _date(toks, k, lex, published if said else None))]
    if dates:
        order = {"day": 0, "month": 1, "year": 2, "relative": 3}
        return min(dates, key=lambda w: (order[w.precision], w.span.start))
    for token in toks:
        if token.low in lex.words["relative_time"]:
            return _relative(Span(token.start, token.end), token.low, published)
        if token.low in lex.words["weekdays"] and published and len(published) == 10:
            return _weekday(token, lex, published)
    return None


def _date(toks: list[Token], k: int, lex: Lexicon, published: str | None) -> When | None:
    """A date that start at token k: "24. Juni 2025", "June 24, 2025", "Juni 2025", "2024"."""
    months = _MONTHS[lex.lang]
    low = toks[k].low
    if low in months:
        number = months[low]
        before = toks[k - 1] if k and _DAY_MONTH.match(toks[k - 1].text) else None
        after = toks[k + 1 : k + 4]
        if before is None and lex.lang == "en" and after and _DAY_MONTH.match(after[0].text):
            year = next((t for t in after[1:] if _YEAR.match(t.text)), None)
            return _dated(toks[k].start, year or after[0], year, number, after[0].text, published)
        year = after[0] if after and _YEAR.match(after[0].text) else None
        first = before.start if before else toks[k].start
        return _dated(first, year or toks[k], year, number, before.text if before else None, published)
    if _YEAR.match(toks[k].text) and not (k and toks[k - 1].low in months):
        following = toks[k + 1].low if k + 1 < len(toks) else ""
        if following not in _COUNTED:
            return When(Span(toks[k].start, toks[k].end), toks[k].text, "year")
    return None


_COUNTED = frozenset(
    [
        "dollar",
        "euro",
        "soldaten",
        "menschen",
        "personen",
        "stellen",
        "prozent",
        "million",
        "millionen",
        "people",
        "troops",
        "percent",
        "euros",
        "dollars",
    ]
)


def _dated(start: int, last: Token, year: Token | None, month: int, day: str | None, published: str | None) -> When:
    span = Span(start, last.end)
    if day is None or (year is None and (published is None or len(published) < 10)):
        return When(span, "", "relative") if year is None else When(span, f"{year.text}-{month:02d}", "month")
    date = f"{month:02d}-{int(day.rstrip('.')):02d}"
    own = year.text if year else str(int((published or "")[:4]) - (date > (published or "")[5:]))
    value = f"{own}-{date}"
    try:
        Day.fromisoformat(value)
    except ValueError:
        return When(span, value[:7], "month")
    return When(span, value, "day")


def _relative(span: Span, word: str, published: str | None) -> When:
    days = {"gestern": 1, "yesterday": 1, "vorgestern": 2, "heute": 0, "today": 0}
    if published and len(published) == 10 and word in days:
        return When(span, (Day.fromisoformat(published) - timedelta(days=days[word])).isoformat(), "day")
    return When(span, "", "relative")


def _weekday(token: Token, lex: Lexicon, published: str) -> When:
    """The last such day before publication, the day itself included."""
    wanted = _WEEKDAYS[lex.lang].index(token.low)
    day = Day.fromisoformat(published)
    back = (day.weekday() - wanted) % 7
    return When(Span(token.start, token.end), (day - timedelta(days=back)).isoformat(), "day")


_MONTHS = {
    "de": {
        m: i + 1
        for i, m in enumerate(
            [
                "januar",
                "februar",
                "märz",
                "april",
                "mai",
                "juni",
                "juli",
                "august",
                "september",
                "oktober",
                "november",
                "dezember",
            ]
        )
    },
    "en": {
        m: i + 1
        for i, m in enumerate(
            [
                "january",
                "february",
                "march",
                "april",
                "may",
                "june",
                "july",
                "august",
                "september",
                "october",
                "november",
                "december",
            ]
        )
    },
}
_WEEKDAYS = {
    "de": ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"],
    "en": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"],
}
