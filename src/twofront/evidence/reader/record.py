"""What reading an article gives: frozen records that point to the article's own words.

Every span is a pair of character offsets into `Article.text` (end not included); `Article.origin` leads from there
to the file as it was given (they differ for HTML only). A text that a record shows is always
`article.text[span.start:span.end]`: nothing is invented.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import itemgetter
from typing import Literal

Form = Literal[
    "quotation",  # words between quotation marks
    "indirect",  # reported by a cue: a verb, "laut", "so", "according to"
    "subjunctive",  # reported by mood alone: the sentence goes on in the subjunctive of the one before
    "figure",  # a number that nobody is named for
    "editorial",  # a statement of the article itself
]
Kind = Literal["person", "institution", "media", "anonymous", "article", "nowhere"]
BlockKind = Literal["body", "heading", "boilerplate", "caption", "credit", "teaser", "lost table", "dateline"]
Measure = Literal["level", "change", "share", "limit"]
Direction = Literal["", "up", "down"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Characters `start` to `end` (not included) of the article's text."""

    start: int
    end: int

    def covers(self, other: Span) -> bool:
        return self.start <= other.start and other.end <= self.end

    def touches(self, other: Span) -> bool:
        return self.start < other.end and other.start < self.end


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of the article: a paragraph, or what was set apart from it and why."""

    span: Span
    kind: BlockKind
    reason: str = ""


@dataclass(frozen=True)
class Article:
    """A text to read. `origin[k]` is where the k-th piece of text stands in the file: (text offset, file offset)."""

    name: str
    text: str
    lang: str
    date: str | None = None  # year, month or day of publication, as given or found
    outlet: str | None = None
    origin: tuple[tuple[int, int], ...] = ((0, 0),)

    def words(self, span: Span) -> str:
        """The article's own words at a span."""
        return self.text[span.start : span.end]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column, both from 1, of a character of the text."""
        line = bisect_right(self._lines, offset)
        return line, offset - self._lines[line - 1] + 1

    def in_file(self, offset: int) -> int:
        """Where a character of the text stands in the file that was given."""
        text, file = self.origin[max(0, bisect_right(self.origin, offset, key=itemgetter(0)) - 1)]
        return file + offset - text

    @cached_property
    def _lines(self) -> list[int]:
        """Where each line begins."""
        return [0, *(at + 1 for at, character in enumerate(self.text) if character == "\n")]


@dataclass(frozen=True, slots=True)
class Source:
    """Somebody who states something: the words that name them here, and who that is."""

    mention: Span | None
    name: str  # the resolved name; the words of the mention where nothing better is known
    role: str | None
    kind: Kind


@dataclass(frozen=True, slots=True)
class When:
    """When a statement was made or is about: a point with its precision."""

    span: Span
    value: str  # ISO year, month or day; empty where only a relative word stands
    precision: Literal["day", "month", "year", "relative"]


@dataclass(frozen=True, slots=True)
class FoundFigure:
    """A number with what belongs to it; `None` where the article does not say."""

    span: Span
    value: float
    high: float | None  # upper end of a range
    unit: str  # "%", "percentage points", "bn USD", "persons", "% GDP", "year", "count"
    measure: Measure
    direction: Direction
    period: str | None  # "2024", "2022-2025", "until 2035"
    subject: str | None  # a power or group of powers: "RUS", "NATO", "Europe"
    subject_span: Span | None
    quantity: str | None  # "military spending", "GDP", "chip imports"
    quantity_span: Span | None
    basis: str | None  # price basis, if stated: "PPP", "real", "nominal", "market"
    approximate: bool
    partner: str | None = None  # the other power of a share: chips *from China*
    each: str | None = None  # what the number counts, such as "chinesische Soldaten"


@dataclass(frozen=True, slots=True)
class Relation:
    """A comparison that can be checked: left is greater (or less) than right, in some quantity and year."""

    span: Span
    left: str
    right: str
    quantity: str
    sign: Literal[">", "<", "="]
    factor: float
    period: str | None
    basis: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """One claim of an article, with everything the words around it say about it."""

    id: str
    form: Form
    spans: tuple[Span, ...]
    sentence: Span
    speaker: Source
    chain: tuple[Source, ...]  # from the root to the article
    cue: Span | None = None
    addressee: Span | None = None
    when: When | None = None
    conditional: Span | None = None
    denied: Span | None = None  # the words by which the speaker denies it, or does not say it
    hedges: tuple[Span, ...] = ()
    verification: tuple[Span, ...] = ()
    figures: tuple[FoundFigure, ...] = ()
    relations: tuple[Relation, ...] = ()
    nested: tuple[Span, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def start(self) -> int:
        return self.spans[0].start

    def text(self, article: Article) -> str:
        """The claim in the article's own words; parts that stand apart are joined by " … "."""
        return " … ".join(article.words(span) for span in self.spans)

    @property
    def ends_in(self) -> Kind:
        """Where the citation chain ends: a person, an institution, an anonymous source, the article, or nowhere."""
        return self.chain[0].kind if self.chain else "nowhere"


@dataclass(frozen=True, slots=True)
class Wording:
    """One rendering of a statement: which claim of which article."""

    article: int
    claim: str


@dataclass(frozen=True, slots=True)
class Same:
    """Renderings that are one statement, and what differs from the first to each other one."""

    wordings: tuple[Wording, ...]
    likeness: float
    differences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Echo:
    """A claim that repeats an older claim of a ledger from another side: possible circular sourcing."""

    wording: Wording
    ledger_id: str
    phrase: str
    likeness: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the reference tables say about a figure or a relation, and how that was reached."""

    wording: Wording
    span: Span
    outcome: Literal["holds", "mixed bases", "contradicted", "cannot be checked"]
    basis: str  # the basis it holds on; "" otherwise
    finding: str  # one sentence with the numbers
    sources: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """Everything that reading one or several articles gave."""

    articles: tuple[Article, ...]
    blocks: tuple[tuple[Block, ...], ...]
    claims: tuple[tuple[Found, ...], ...]
    same: tuple[Same, ...] = ()
    echoes: tuple[Echo, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    def claim(self, wording: Wording) -> Found:
        """The claim that a wording names; KeyError where it does not exist."""
        return self._claims[wording]

    def audits(self, article: int, claim: str) -> Sequence[Verdict]:
        """The verdicts on one claim."""
        return self._verdicts.get(Wording(article, claim), ())

    @cached_property
    def group_of(self) -> dict[Wording, Same]:
        """By each wording of several: the group of renderings that it belongs to."""
        return {wording: group for group in self.same for wording in group.wordings}

    @cached_property
    def echo_of(self) -> dict[Wording, Echo]:
        return {echo.wording: echo for echo in self.echoes}

    @cached_property
    def _claims(self) -> dict[Wording, Found]:
        return {Wording(number, found.id): found for number, some in enumerate(self.claims) for found in some}

    @cached_property
    def _verdicts(self) -> dict[Wording, list[Verdict]]:
        found: dict[Wording, list[Verdict]] = {}
        for verdict in self.verdicts:
            found.setdefault(verdict.wording, []).append(verdict)
        return found
