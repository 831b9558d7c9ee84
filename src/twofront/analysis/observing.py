"""What the figures of an article say about a run: by the declared rules of `RULES`, or nothing.

A figure is an observation only where one rule fits it: its power is one state of the scenario, its year is one that the
run holds (or the year before the start), and its unit and price basis are those of a modelled quantity. Whether the
claim then moves anything is decided by its rating and by `analysis.weights` like for every other claim.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from twofront.evidence import Claim, Observe
from twofront.evidence.audit import references
from twofront.evidence.reader.into import statements
from twofront.evidence.reader.lexicon import lexicon
from twofront.evidence.reader.record import FoundFigure, Reading, Verdict, Wording
from twofront.evidence.reader.vocabulary import vocabulary
from twofront.evidence.said import Said
from twofront.store import Run

ROUGH, ROUGH_ABOUT = 0.03, 0.10  # share of the value by which a figure may err; where the article says "about"
YEAR_BEFORE = 0.10  # the same for a figure of the year before the start
ONE_YEAR = 1.0  # points by which growth in one year strays from the trend
READY = 2.0  # years by which "ready by 2027" is known
_ABLE = ("bereit", "ready", "fähig", "capable", "lage", "able", "readiness", "bereitschaft")
_SCALE = {"bn USD": 1.0, "tn USD": 1000.0, "mn USD": 0.001}


@dataclass(frozen=True)
class Unmapped:
    """A figure of an article that says nothing about the run, and why."""

    claim: str
    words: str
    why: str


@dataclass(frozen=True)
class Seen:
    """One figure with what stands around it: all that a rule may look at."""

    run: Run
    power: str | None  # the scenario's power that the figure is about
    year: int | None
    figure: FoundFigure
    verdict: Verdict | None
    words: frozenset[str]  # of the sentence, in small letters
    powers: frozenset[str]  # the powers of the scenario that the sentence names

    @property
    def later(self) -> bool:
        """The year lies inside the run, after its start."""
        return self.year is not None and int(self.run.manifest["start"]) < self.year <= int(self.run.manifest["end"])

    @property
    def at_start(self) -> bool:
        """The year of the start, or the one before it."""
        return self.year is not None and 0 <= int(self.run.manifest["start"]) - self.year <= 1

    def sd(self, value: float, extra: float = 0.0) -> float:
        """Half the last digit given, the share by which such figures err, and what the rule adds."""
        decimals = len(f"{self.figure.value:g}".partition(".")[2])
        rough = (ROUGH_ABOUT if self.figure.approximate else ROUGH) * abs(value)
        early = YEAR_BEFORE * abs(value) if self.year == int(self.run.manifest["start"]) - 1 else 0.0
        return float(((0.5 * 10.0**-decimals) ** 2 + rough**2 + early**2 + extra**2) ** 0.5)


Answer = tuple[str, int | None, float, float] | None  # path, year, value, sd


def share_of_gdp(seen: Seen) -> Answer:
    """Military spending in % of GDP: the share of that year, or the one that the run starts with."""
    figure = seen.figure
    military = figure.quantity in ("military spending", "defence share")
    if figure.unit != "% GDP" or not military or figure.measure not in ("level", "share") or not seen.power:
        return None
    if seen.later:
        return f"share.{seen.power}", seen.year, figure.value, seen.sd(figure.value)
    return (f"powers.{seen.power}.share", None, figure.value, seen.sd(figure.value)) if seen.at_start else None


def spending(seen: Seen) -> Answer:
    """Military spending in dollars at market rates, said so or found so by the audit."""
    basis = seen.figure.basis or (seen.verdict.basis if seen.verdict else "")
    if not _money(seen) or basis not in ("market", "constant 2024") or not (seen.later or seen.at_start):
        return None
    value = seen.figure.value * _SCALE[seen.figure.unit]
    year = max(seen.year or 0, int(seen.run.manifest["start"]))
    return f"spending.{seen.power}", year, value, seen.sd(value)


def purchasing_power(seen: Seen) -> Answer:
    """Military spending at purchasing power: over the published spending at market rates of the same year."""
    basis = seen.figure.basis or (seen.verdict.basis if seen.verdict else "")
    if not _money(seen) or basis != "PPP" or not (seen.later or seen.at_start):
        return None
    rows = [
        r.value
        for r in references()
        if r.quantity == "military spending" and r.power == seen.figure.subject and r.year == seen.year
        and (r.measure, r.unit, r.basis) == ("level", "bn USD", "market")
    ]  # fmt: skip
    if not rows:
        return None
    value = seen.figure.value * _SCALE[seen.figure.unit] / (sum(rows) / len(rows))
    return f"powers.{seen.power}.military_ppp", None, value, seen.sd(value)


def growth(seen: Seen) -> Answer:
    """Growth of an economy in one year: the trend, known from one year to about a point."""
    figure = seen.figure
    of_economy = figure.quantity in ("growth", "GDP") and figure.measure in ("change", "level")
    if figure.unit != "%" or not of_economy or figure.basis == "nominal" or not seen.power:
        return None
    if figure.quantity == "GDP" and figure.measure != "change":
        return None
    if not (seen.later or seen.at_start):
        return None
    value = -figure.value if figure.direction == "down" else figure.value
    return f"powers.{seen.power}.growth", None, value, seen.sd(value, ONE_YEAR)


def readiness(seen: Seen) -> Answer:
    """ "Ready by 2027" beside challenger and host of a front: the year in which its challenger is ready."""
    if seen.figure.measure != "limit" or not any(word.startswith(_ABLE) for word in seen.words):
        return None
    for name, front in seen.run.manifest["labels"]["fronts"].items():
        if {front["challenger"], front["host"]} <= seen.powers:
            return f"fronts.{name}.readiness.year", None, seen.figure.value, READY
    return None


def _money(seen: Seen) -> bool:
    figure = seen.figure
    level = figure.measure == "level" and figure.unit in _SCALE
    return level and figure.quantity == "military spending" and seen.power is not None


RULES: Mapping[str, Callable[[Seen], Answer]] = {
    "share of GDP": share_of_gdp,
    "spending at market rates": spending,
    "spending at purchasing power over market rates": purchasing_power,
    "growth of the economy": growth,
    "year of readiness": readiness,
}


def proposed(
    run: Run, reading: Reading, codes: Mapping[str, str], known: Mapping[str, Claim] | None = None
) -> tuple[list[Observe], list[Unmapped]]:
    """What the figures of a reading say about a run, and the figures that say nothing about it.

    codes: ISO code of a state -> its power in the scenario. known: claims of a ledger, by whose ids the statements go
    that it has already. The claims are those of `evidence.reader.into.proposals`.
    """
    observes: list[Observe] = []
    unmapped: list[Unmapped] = []
    labels = run.manifest["labels"]["powers"]
    own = {entry[lang].lower(): key for key, entry in labels.items() for lang in ("en", "de")}
    for name, first, _ in statements(reading, known):
        for figure, verdict in _figures(reading, first):
            article = reading.articles[first.article]
            words = article.words(figure.span)
            sentence = frozenset(re.findall(r"\w[\w-]*", article.words(reading.claim(first).sentence).lower()))
            powers = _named(sentence, codes, own)
            power = codes.get(figure.subject or "") or (next(iter(powers)) if len(powers) == 1 else None)
            seen = Seen(run, power, _year(figure), figure, verdict, sentence, powers)
            unsure = _unsure(reading, first)
            if unsure is not None:
                unmapped.append(Unmapped(name, words, unsure))
                continue
            found = next(((rule, a) for rule, ask in RULES.items() if (a := ask(seen)) is not None), None)
            if found is None:
                unmapped.append(Unmapped(name, words, _why(seen)))
                continue
            rule, (path, year, value, sd) = found
            if path not in {*run.quantities, *run.names("years")}:
                unmapped.append(Unmapped(name, words, Said("the run holds no {path}", path=path)))
            elif all((o.claim, o.path, o.year) != (name, path, year) for o in observes):
                reason = f"rule “{rule}”: “{words}” read as {value:.4g}, error {sd:.2g} before the rating"
                value, sd = float(f"{value:.4g}"), float(f"{sd:.3g}")
                observes.append(Observe(claim=name, path=path, year=year, value=value, sd=sd, judgement=reason))
    return observes, unmapped


def _named(words: frozenset[str], codes: Mapping[str, str], own: Mapping[str, str]) -> frozenset[str]:
    """The powers that a sentence names: by the reader's word lists, or by the scenario's own names of one word."""
    listed = {codes[c] for w in words if (c := vocabulary().power(w)) and c in codes}
    return frozenset(listed | {own[w] for w in words if w in own})


def _figures(reading: Reading, wording: Wording) -> list[tuple[FoundFigure, Verdict | None]]:
    verdicts = {v.span: v for v in reversed(reading.audits(wording.article, wording.claim))}
    return [(figure, verdicts.get(figure.span)) for figure in reading.claim(wording).figures]


def _year(figure: FoundFigure) -> int | None:
    """The one year that a figure is about; None for spans of years, limits and undated figures."""
    return int(figure.period) if figure.period and figure.period.isdigit() else None


def _unsure(reading: Reading, wording: Wording) -> Said | None:
    """Why a claim asserts none of its figures; None where it does."""
    article, found = reading.articles[wording.article], reading.claim(wording)
    if found.denied:
        return Said("the speaker denies it (“{words}”)", words=article.words(found.denied))
    if found.conditional:
        return Said("said only under a condition (“{words}”)", words=article.words(found.conditional))
    lex = lexicon(article.lang)
    words = re.findall(r"[\w'’]+", found.text(article).lower())
    for group, pattern in (
        ("negation", "said with a negation (“{words}”)"),
        ("possible", "said as a possibility (“{words}”)"),
    ):
        word = next((w for w in words if w in lex.words[group]), None)
        if word is not None:
            return Said(pattern, words=word)
    return None


def _why(seen: Seen) -> Said:
    if seen.power is None and seen.figure.measure != "limit":
        return Said("about no single state of the scenario")
    if seen.year is None and seen.figure.measure != "limit":
        return Said("no single year is given")
    if not (seen.later or seen.at_start) and seen.figure.measure != "limit":
        return Said("its year {year} lies outside the run", year=str(seen.year))
    return Said("no rule leads from its quantity, unit and price basis to a modelled one")
