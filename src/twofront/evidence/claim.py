"""A claim: one attributed statement with its citation chain, figures, rating and audit.

Ratings follow the Admiralty code (STANAG 2511): the source from A to F and the information from 1 to 6,
independently of each other. F and 6 mean "cannot be judged"; they are not the worst marks. The code is
ordinal: never multiply it.
"""

from __future__ import annotations

import re
from datetime import date as Day
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator, model_validator

Audit = Literal[
    "confirmed",  # wording and meaning found in a public copy
    "confirmed-meaning",  # meaning found; the wording drifts or only a secondary copy was seen
    "distorted",  # differs from what was said in a way that matters; audit_note says how
    "unsupported",  # nothing behind the attribution
    "not-found",  # searched, nothing found
    "not-checked",
    "opinion",  # inference or judgement; cannot be true or false
]
Ends = Literal[  # where a chain ends, as far as somebody has looked
    "person",  # named
    "institution",  # named
    "official",  # an institution's own statistics or official text
    "media",
    "anonymous",
    "article",  # its own statement
    "nowhere",
]
Outcome = Literal["holds", "mixed bases", "contradicted", "cannot be checked"]  # of one figure or comparison
Proposition = Literal[  # a step of the argument as the report sets it out
    "calls", "accepted", "unasked", "supply", "practice", "ready", "pledge", "balance", "verdict"
]
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=64)]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Number = Annotated[float, Field(allow_inf_nan=False)]
_RATING = re.compile(r"[A-F][1-6]")


def point(text: str) -> str:
    """A year, a year and month, or a day of the calendar, unchanged. Errors: ValueError for anything else."""
    if not re.fullmatch(r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?", text):
        raise ValueError("a date is a year, a year and month, or a day: 2025, 2025-07 or 2025-07-05")
    try:
        Day.fromisoformat(text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text)
    except ValueError as error:
        raise ValueError(f"{text} is not in the calendar") from error
    return text


class Record(BaseModel):
    """A table of the ledger: unknown keys are errors, and a record never changes."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Rating(Record):
    """How reliable the source is (A to F) and how credible the information (1 to 6)."""

    source: Literal["A", "B", "C", "D", "E", "F"]
    credibility: Literal[1, 2, 3, 4, 5, 6]

    @model_validator(mode="before")
    @classmethod
    def _marks(cls, given: object) -> object:
        """Two marks in one word, such as "B2"."""
        if isinstance(given, str) and _RATING.fullmatch(given):
            return {"source": given[0], "credibility": int(given[1])}
        return given

    def __str__(self) -> str:
        return f"{self.source}{self.credibility}"

    def at_least(self, rating: str) -> bool:
        """Both marks at least as good as in `rating`, such as "C3". F and 6 ("cannot be judged") never are.

        Errors: ValueError when `rating` is not a letter A to F and a digit 1 to 6.
        """
        if not _RATING.fullmatch(rating):
            raise ValueError(f'"{rating[:40]}" is no rating. Write A to F and 1 to 6, such as "C3".')
        judged = self.source != "F" and self.credibility != 6
        return judged and self.source <= rating[0] and self.credibility <= int(rating[1])


class Rerating(Record):
    """One earlier rating, when it was replaced, and why."""

    rating: Rating
    until: str
    why: Words


class Figure(Record):
    """A number that a claim states: a value, a range, or a value within a range."""

    what: Words | None = None  # which of several figures, such as "blockade, Taiwan"
    value: Number | None = None
    low: Number | None = None
    high: Number | None = None
    unit: Words
    period: Words | None = None  # the year or years the number is about
    basis: Words | None = None  # prices, definition, place of counting

    @field_validator("period", mode="before")
    @classmethod
    def _year(cls, period: object) -> object:
        return str(period) if isinstance(period, int) and not isinstance(period, bool) else period

    @model_validator(mode="after")
    def _has_number(self) -> Figure:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high go together; give both or use value")
        if self.value is None and self.low is None:
            raise ValueError("a figure needs value, or low and high")
        stated = [x for x in (self.low, self.value, self.high) if x is not None]
        if stated != sorted(stated):
            raise ValueError("the order must be low, value, high")
        return self


class Claim(Record):
    """One statement that somebody made: in our own words, never a copied sentence."""

    id: Identifier
    text: Words
    text_de: Words
    speaker: Words  # who states it
    role: Words | None = None  # what makes the speaker somebody to listen to
    outlet: Words  # where it was read
    chain: Annotated[tuple[Words, ...], Field(min_length=1)]  # from the root to the outlet
    ends_in: Ends | None = None  # what the root is
    date: str  # year, year-month or day
    rating: Rating
    rated: bool = (
        True  # False beside F6: no person has rated it, and the proposal of the rules stands for the time being
    )
    audit: Audit
    audit_note: Words | None = None
    outcomes: tuple[Outcome, ...] = ()  # what comparing its figures with published ones gave
    reference: Words  # publisher, title, edition or page
    figures: tuple[Figure, ...] = ()
    quote_position: Words | None = None  # where in an article, such as "paragraph 3"
    echo_of: Identifier | None = None  # the claim that this one repeats
    corroborated_by: tuple[Identifier, ...] = ()
    seen: Literal["primary", "secondary", "memory"]
    states: Proposition | None = None  # the step of the argument that it stands beside in the report
    compare: Words | None = None  # history or survey: the outcome it is set beside, never fitted to; or "none"
    history: tuple[Rerating, ...] = ()  # earlier ratings, oldest first

    @property
    def root(self) -> str:
        """Where the statement comes from; claims with one root count once."""
        return self.chain[0]

    @property
    def unrated(self) -> bool:
        """Whether no person has rated it yet; any other mark than F6 is a person's."""
        return not self.rated and str(self.rating) == "F6"

    @field_validator("date", mode="before")
    @classmethod
    def _date(cls, given: object) -> str:
        """A TOML date, a year, or text "2025", "2025-07", "2025-07-05"."""
        return point(given.isoformat() if isinstance(given, Day) else str(given))

    @model_validator(mode="after")
    def _says_why(self) -> Claim:
        if self.audit in ("distorted", "unsupported") and not self.audit_note:
            raise ValueError(f'audit "{self.audit}" needs an audit_note that says how')
        if self.rating.credibility == 1 and not self.corroborated_by:
            raise ValueError("credibility 1 means another source confirms it: name it in corroborated_by, or give 2")
        if self.seen == "memory" and str(self.rating) != "F6":
            raise ValueError("a figure from memory cannot be judged: its rating is F6")
        return self


class Observe(Record):
    """What a claim says about a modelled quantity: an observation with error.

    path: a drawn figure ("powers.china.growth"), a yearly column ("spending.russia", with year) or, for a survey, an
    outcome of worlds ("opened.strait"). value and sd stand in the unit of that quantity.
    """

    claim: Identifier
    path: Words
    year: int | None = None
    value: Number
    sd: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    kind: Literal["figure", "survey"] = "figure"
    judgement: Words | None = None


Mark = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Errors(Record):
    """From rating to error: each mark multiplies the stated sd, and the worse of the two marks decides.

    F and 6 cannot be judged and have no factor. The table is a judgement, and says so.
    """

    judgement: Words
    source: dict[Literal["A", "B", "C", "D", "E"], Mark]
    credibility: dict[Literal["1", "2", "3", "4", "5"], Mark]

    def factor(self, rating: Rating) -> float | None:
        """How much wider the error is for this rating; None where the table has no factor."""
        sources = {str(key): value for key, value in self.source.items()}
        marks = {str(key): value for key, value in self.credibility.items()}
        source, credibility = sources.get(rating.source), marks.get(str(rating.credibility))
        return None if source is None or credibility is None else float(max(source, credibility))
