"""Figures: numbers with magnitude, unit, what they are about, period and price basis, each with its words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from twofront.evidence.reader import phrases
from twofront.evidence.reader.lexicon import Lexicon
from twofront.evidence.reader.record import Direction, FoundFigure, Measure, Span
from twofront.evidence.reader.text import Token
from twofront.evidence.reader.vocabulary import Vocabulary, vocabulary

_YEAR = re.compile(r"^(?:19|20|21)\d\d$")
_NUMBER = re.compile(r"^\d[\d.,]*$")
_SCALES = ((1e12, "tn"), (1e9, "bn"), (1e6, "mn"), (1.0, ""))


@dataclass(frozen=True, slots=True)
class _Number:
    """A number read from tokens first to end (not included); the currency may stand in front of it."""

    first: int
    end: int
    value: float
    high: float | None
    magnitude: float
    currency: str | None
    word: bool


def figures_in(parts: list[list[Token]], around: list[Token], lex: Lexicon) -> list[FoundFigure]:
    """The figures in the sentences of a claim; what they are about may stand elsewhere around it.

    parts: the tokens of each sentence of the claim. around: the tokens of the sentence that holds the claim.
    """
    return [figure for toks in parts if _numeric(toks) for figure in _figures(toks, around, lex)]


def _numeric(toks: list[Token]) -> bool:
    return any(_begins(t.low) for t in toks)


@lru_cache(maxsize=65536)
def _begins(word: str) -> bool:
    """Whether a number, in figures or in words, may begin with this word."""
    voc = vocabulary()
    return word[0].isdigit() or word in voc.numbers or word in voc.fractions


def _figures(toks: list[Token], around: list[Token], lex: Lexicon) -> list[FoundFigure]:
    voc = vocabulary()
    found: list[FoundFigure] = []
    k = 0
    while k < len(toks):
        if not (_begins(toks[k].low) or toks[k].low in _SMALL or toks[k].text in "$€£"):
            k += 1
            continue
        number = _fraction(toks, k, voc) or _number(toks, k, lex, voc)
        if number is None:
            k += 1
            continue
        figure = _figure(toks, number, around, lex, voc)
        if figure is not None:
            found.append(figure)
        k = max(number.end, k + 1)
    return found


def _number(toks: list[Token], k: int, lex: Lexicon, voc: Vocabulary) -> _Number | None:
    """The number that begins at token k: "$462 billion", "1.300", "drei bis fünf", "3–5"."""
    first, currency = k, None
    if toks[k].text in "$€£" and k + 1 < len(toks):
        currency, k = voc.currencies[toks[k].text], k + 1
    value = _value(toks[k], lex, voc)
    if value is None:
        return None
    end, high = k + 1, None
    to = toks[end].low if end < len(toks) else ""
    if to in ("bis", "to", "–", "-", "und", "and") and end + 1 < len(toks):
        upper = _value(toks[end + 1], lex, voc)
        between = k > 0 and toks[first - 1].low in ("zwischen", "between")
        if upper is not None and upper > value and (to not in ("und", "and") or between):
            high, end = upper, end + 2
    magnitude = 1.0
    while end < len(toks) and toks[end].low in voc.magnitudes[lex.lang]:
        magnitude *= voc.magnitudes[lex.lang][toks[end].low]
        end += 1
    return _Number(first, end, value, high, magnitude, currency, not toks[k].text[0].isdigit())


def _fraction(toks: list[Token], k: int, voc: Vocabulary) -> _Number | None:
    """ "die Hälfte", "zwei Drittel": a share in percent."""
    parts = _SMALL.get(toks[k].low, 1.0)
    at = k + 1 if toks[k].low in _SMALL and k + 1 < len(toks) else k
    if toks[at].low not in voc.fractions:
        return None
    if toks[at].low in ("third", "quarter", "fifth", "drittel", "viertel") and at == k:
        return None  # "the third time"
    return _Number(k, at + 1, voc.fractions[toks[at].low] * parts, None, 1.0, "%", True)


_SMALL = {"zwei": 2.0, "two": 2.0, "drei": 3.0, "three": 3.0, "ein": 1.0, "a": 1.0, "one": 1.0}


def _value(token: Token, lex: Lexicon, voc: Vocabulary) -> float | None:
    if token.low in voc.numbers:
        return float(voc.numbers[token.low])
    glued = re.match(r"^([\d.,]+)(bn|m|mn|tn|b|k)$", token.low)
    text = glued.group(1) if glued else token.text
    if not _NUMBER.match(text):
        return None
    scale = {"bn": 1e9, "b": 1e9, "m": 1e6, "mn": 1e6, "tn": 1e12, "k": 1e3}[glued.group(2)] if glued else 1.0
    try:
        return _parsed(text.rstrip(".,"), lex.lang) * scale
    except ValueError:
        return None


def _parsed(text: str, lang: str) -> float:
    """German 1.300,5 or English 1,300.5; a mark followed by other than three digits is the decimal mark."""
    group, point = (".", ",") if lang == "de" else (",", ".")
    if group in text and not re.fullmatch(rf"\d{{1,3}}(?:\{group}\d{{3}})+(?:\{point}\d+)?", text):
        group, point = point, group
    return float(text.replace(group, "").replace(point, "."))


def _figure(
    toks: list[Token], number: _Number, around: list[Token], lex: Lexicon, voc: Vocabulary
) -> FoundFigure | None:
    """The number with its unit and what it is about; None where it counts nothing (dates, ordinals, list numbers)."""
    before = toks[number.first - 1].low if number.first else ""
    if _dated(toks, number, lex) or before in ("top", "artikel", "article", "nummer", "platz"):
        return None
    unit, end, each = _unit(toks, number, lex, voc)
    if unit is None:
        return _deadline(toks, number, before, voc)
    measure, direction = _measure(toks, number, unit, end, voc)
    value, high, unit = _scaled(number, unit)
    clause = _clause(toks, number, voc)
    period = _period(toks, number, voc) or _period(around, None, voc)
    quantity = _quantity(toks, number, voc, clause) or _quantity(around, None, voc, range(0))
    subject = _subject(toks, number, quantity, voc, clause) or _subject(around, None, None, voc)
    if quantity and quantity[0] == "defence share" and unit.endswith(tuple(set(voc.currencies.values()))):
        quantity = "military spending", quantity[1]  # "$149 billion on defence" is no share
    partner = _partner(toks, end, voc)
    return FoundFigure(
        span=Span(toks[number.first].start, toks[end - 1].end),
        value=value,
        high=high,
        unit=unit,
        measure=measure,
        direction=direction,
        period=period,
        subject=subject[0] if subject else None,
        subject_span=subject[1] if subject else None,
        quantity=quantity[0] if quantity else None,
        quantity_span=quantity[1] if quantity else None,
        basis=_basis([*toks, *around], voc),
        approximate=any(voc.has("approximate", t.low) for t in toks[max(0, number.first - 2) : number.first]),
        partner=partner if subject and partner != subject[0] else None,
        each=each,
    )


def _dated(toks: list[Token], number: _Number, lex: Lexicon) -> bool:
    """Day of a month, ordinal, clock time, or a plain year."""
    text = toks[number.first].text
    following = toks[number.end].low if number.end < len(toks) else ""
    before = toks[number.first - 1].low if number.first else ""
    months = lex.words["months"]
    return text.endswith(".") or ":" in text or following in months or (before in months and number.value < 32)


def _unit(toks: list[Token], number: _Number, lex: Lexicon, voc: Vocabulary) -> tuple[str | None, int, str | None]:
    """Unit, where it ends, and what is counted."""
    end = number.end
    if number.currency:
        return number.currency, end, None
    low = toks[end].low if end < len(toks) else ""
    pair = toks[end + 1].low if end + 1 < len(toks) else ""
    if voc.has("points", low) or (low == "percentage" and pair.startswith("point")):
        return "percentage points", end + (1 if voc.has("points", low) else 2), None
    if voc.has("percent", low) or (low == "per" and pair == "cent"):
        end += 1 if voc.has("percent", low) else 2
        gdp = next((k for k in range(end, min(end + 4, len(toks))) if voc.has("gdp", toks[k].low)), None)
        return ("% GDP", gdp + 1, None) if gdp is not None else ("%", end, None)
    if low in voc.currencies:
        return voc.currencies[low], end + 1, None
    if low == "us" and pair in voc.currencies:
        return voc.currencies[pair], end + 2, None
    if low in voc.durations and not (number.word and number.value <= 2):
        return voc.durations[low], end + 1, None
    if _plain_year(toks, number):
        return None, end, None
    return _counted(toks, number, lex, voc)


def _counted(toks: list[Token], number: _Number, lex: Lexicon, voc: Vocabulary) -> tuple[str | None, int, str | None]:
    """What a plain number counts: a noun right after it."""
    end = number.end
    stop = end
    while stop < len(toks) and stop - end < 3 and toks[stop].word and not toks[stop].capital:
        if voc.has("persons", toks[stop].low) or toks[stop].low in lex.words["preposition"]:
            break
        stop += 1
    if stop >= len(toks) or not toks[stop].word:
        return None, end, None
    noun = toks[stop]
    english = lex.lang == "en" and stop - end <= 1
    if not (noun.capital or voc.has("persons", noun.low) or english) or noun.low in lex.words["preposition"]:
        return None, end, None
    if number.word and number.magnitude == 1 and number.value < 3:
        return None, end, None
    each = " ".join(t.text for t in toks[end : stop + 1])
    return ("persons" if voc.has("persons", noun.low) else "count"), stop + 1, each


def _plain_year(toks: list[Token], number: _Number) -> bool:
    return number.high is None and number.magnitude == 1 and bool(_YEAR.match(toks[number.first].text))


def _deadline(toks: list[Token], number: _Number, before: str, voc: Vocabulary) -> FoundFigure | None:
    """ "bis 2027": a year as the limit of something."""
    if not (_plain_year(toks, number) and voc.has("deadline", before)):
        return None
    span = Span(toks[number.first].start, toks[number.first].end)
    year = toks[number.first].text
    return FoundFigure(
        span, number.value, None, "year", "limit", "", f"until {year}", None, None, None, None, None, False
    )


def _measure(toks: list[Token], number: _Number, unit: str, end: int, voc: Vocabulary) -> tuple[Measure, Direction]:
    """Growth or level, share or change; "percentage points" are always a change."""
    before = [t.low for t in toks[max(0, number.first - 3) : number.first]]
    words = [t.low for t in toks]
    up = any(voc.has("up", w) for w in words)
    down = any(voc.has("down", w) for w in words)
    direction: Direction = "up" if up and not down else "down" if down and not up else ""
    by = any(w in ("um", "by") for w in before[-2:])
    to = any(w in ("auf", "to", "bei", "at") for w in before[-2:])
    moving = bool(before) and (voc.has("up", before[-1]) or voc.has("down", before[-1]))
    if unit == "percentage points" or by or (moving and unit == "%"):
        return "change", direction
    growth = {"wachstum", "growth", "zuwachs", "anstieg", "rückgang", "decline", "increase", "plus"}
    if unit == "%" and not to and growth & set(before):
        return "change", direction or "up"
    following = toks[end].low if end < len(toks) else ""
    if unit == "%" and (voc.has("comparative", following) or voc.has("lesser", following)):
        return "change", "up" if voc.has("comparative", following) else "down"
    if unit == "%" and following in ("der", "des", "of", "aller"):
        return "share", ""
    return ("level", "")


def _scaled(number: _Number, unit: str) -> tuple[float, float | None, str]:
    """The value in tn, bn, mn or units: money is shown as "bn USD", persons as they are."""
    if len(unit) == 3 and unit.isupper():
        scale, name = next((s, n) for s, n in _SCALES if max(number.value, 1e-9) * number.magnitude >= s or s == 1.0)
        factor = number.magnitude / scale
        high = None if number.high is None else round(number.high * factor, 9)
        return round(number.value * factor, 9), high, f"{name} {unit}".strip()
    high = None if number.high is None else number.high * number.magnitude
    return number.value * number.magnitude, high, unit


def _period(toks: list[Token], number: _Number | None, voc: Vocabulary) -> str | None:
    """The year nearest to the number: "2024", "since 2022", "until 2035", "2022-2025"."""
    years = [k for k, t in enumerate(toks) if _YEAR.match(t.text)]
    if number is not None:
        years = [k for k in years if not number.first <= k < number.end]
    if not years:
        return None
    at = number.first if number is not None else 0
    k = min(years, key=lambda y: (abs(y - at), y))
    before = toks[k - 1].low if k else ""
    if k + 2 < len(toks) and toks[k + 1].low in ("–", "-", "bis", "to", "und", "and") and _YEAR.match(toks[k + 2].text):
        return f"{toks[k].text}-{toks[k + 2].text}"
    if k >= 2 and before in ("–", "-", "bis", "to", "und", "and") and _YEAR.match(toks[k - 2].text):
        return f"{toks[k - 2].text}-{toks[k].text}"
    if voc.has("deadline", before):
        return f"until {toks[k].text}"
    return f"since {toks[k].text}" if voc.has("since", before) else toks[k].text


def _clause(toks: list[Token], number: _Number, voc: Vocabulary) -> range:
    """The tokens of the number's own clause: up to the next mark or word that joins clauses."""
    ends = [k for k, t in enumerate(toks) if t.text in _MARKS or voc.has("joins", t.low)]
    first = max((k + 1 for k in ends if k < number.first), default=0)
    return range(first, min((k for k in ends if k >= number.end), default=len(toks)))


_MARKS = (",", ";", ":", "–", "—")


def _quantity(
    toks: list[Token], number: _Number | None, voc: Vocabulary, clause: range | None = None
) -> tuple[str, Span] | None:
    """The quantity named nearest to the number, in its clause if there is one; None where several are as good."""
    named = [(k, *hit) for k in range(len(toks)) if (hit := voc.quantity(toks, k)) and not _in_percent(toks, k, voc)]
    named += [(k, "military spending", 1) for k in _spent_on_it(toks, voc)]
    if clause is not None:
        own = [item for item in named if item[0] in clause]
        if not own and len({item[1] for item in named}) > 1:
            return None
        named = own or named
    if number is not None and any(t.low in ("der", "des", "of") for t in toks[number.end + 1 : number.end + 2]):
        # "47 Prozent der Ausrüstung für die Chipproduktion": what is shared out stands behind
        named = [item for item in named if number.end < item[0] <= number.end + 8] or named
    if number is not None:
        named = [item for item in named if not number.first <= item[0] < number.end or item[1] == "troops"]
    if not named:
        return None
    at = number.first if number is not None else 0
    k, name, length = min(named, key=lambda item: (item[1] in ("GDP", "troops"), abs(item[0] - at)))
    return name, phrases.span_of(toks, k, k + length)


def _in_percent(toks: list[Token], k: int, voc: Vocabulary) -> bool:
    """ "5 percent of GDP": a unit, and nothing that a number is about."""
    return voc.has("gdp", toks[k].low) and any(voc.has("percent", t.low) for t in toks[max(0, k - 3) : k])


def _spent_on_it(toks: list[Token], voc: Vocabulary) -> list[int]:
    """ "spent 314 billion on its military", "gab 149 Milliarden für sein Militär aus"."""
    spends = any(voc.has("spends", t.low) for t in toks)
    return [
        k for k, t in enumerate(toks)
        if spends and voc.has("military", t.low) and any(p.low in ("on", "für") for p in toks[max(0, k - 3) : k])
    ]  # fmt: skip


def _subject(
    toks: list[Token],
    number: _Number | None,
    quantity: tuple[str, Span] | None,
    voc: Vocabulary,
    clause: range | None = None,
) -> tuple[str, Span] | None:
    """The power named nearest to the quantity, or else to the number; in the number's clause if there is one."""
    named = [(k, code) for k in range(len(toks)) if (code := voc.power_at(toks, k))]
    named = [(k, c) for k, c in named if not (k and toks[k - 1].low in ("aus", "from"))] or named
    if clause is not None:
        named = [item for item in named if item[0] in clause] or named
    if not named:
        return None
    at = number.first if number is not None else 0
    if quantity is not None:
        at = next((k for k, t in enumerate(toks) if t.start == quantity[1].start), at)
        at = max(0, at - 1)
    k, code = min(named, key=lambda item: (abs(item[0] - at), item[0]))
    return code, Span(toks[k].start, toks[k].end)


def _partner(toks: list[Token], end: int, voc: Vocabulary) -> str | None:
    """ "aus China", "from China" after a share."""
    for k in range(end, min(end + 12, len(toks) - 1)):
        if toks[k].low in ("aus", "from"):
            return voc.power_at(toks, k + 1)
        if toks[k].low in ("war", "waren", "was", "were", "ist", "is") and voc.power_at(toks, k + 1):
            return voc.power_at(toks, k + 1)
    return None


def _basis(toks: list[Token], voc: Vocabulary) -> str | None:
    named = {tag for t in toks for tag in voc.tags(t.low)}
    return next((name for name in ("PPP", "real", "nominal", "market") if f"basis_{name.lower()}" in named), None)
