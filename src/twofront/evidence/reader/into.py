"""From what was read to the ledger: a proposal for a person to rate, appended to a TOML file whose comments stay."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from math import isfinite
from pathlib import Path

from twofront.errors import TwofrontError
from twofront.evidence.claim import Claim, Errors, Figure, Observe, Rating, point
from twofront.evidence.ledger_file import LedgerFile
from twofront.evidence.rating import audit_of, outcomes_of
from twofront.evidence.reader.record import Article, Found, FoundFigure, Reading, Source, Verdict, Wording

LONGEST = 2000  # characters of a text in the ledger
DIGITS = 8  # of the digest in an id: two of 10,000 claims under one name share theirs once in a hundred ledgers
Statement = tuple[str, Wording, list[Wording]]
HEAD = (
    "Claims as `twofront read` found them. They are proposals: write `text` and `text_de` in your own words, "
    "check them against the original, then rate them (`twofront ledger rate`). Until then the rating counts that the "
    "rules propose (`twofront ledger show`)."
)


def to_claim(
    article: Article, found: Found, *, id: str, verdicts: Sequence[Verdict] = (), wordings: Sequence[str] = (),
    echo_of: str | None = None,
) -> Claim:  # fmt: skip
    """A found claim as a claim of the ledger, unrated (F6) and not checked, with all that the rules of a rating need.

    wordings: other renderings of the same statement, kept in the note. Errors: TwofrontError where neither the
    article nor the sentence has a date: a claim of the ledger needs one.
    """
    words = _shortened(found.text(article))
    notes = [f"{v.outcome}: {v.finding}" for v in verdicts]
    notes += [f"Another wording: {wording}" for wording in wordings]
    notes += list(found.remarks)
    line, _ = article.place(found.start)
    return Claim(
        id=id,
        text=words,
        text_de=words,
        speaker=_named(found.speaker),
        role=found.speaker.role,
        outlet=_outlet(article),
        chain=tuple(_link(source, article) for source in found.chain),
        ends_in=found.ends_in,
        date=_date(article, found),
        rating=Rating(source="F", credibility=6),
        rated=False,
        audit=audit_of(found),
        audit_note=_shortened(" ".join(notes)) or None,
        outcomes=outcomes_of(found, verdicts),
        reference=f"{_outlet(article)}, {article.date or 'undated'}",
        figures=tuple(_figure(figure) for figure in found.figures if isfinite(figure.value)),
        quote_position=f"line {line}, characters {found.start} to {found.spans[-1].end}",
        echo_of=echo_of,
        seen="secondary",
    )


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LONGEST else text[: LONGEST - 2] + " …"


def _named(source: Source) -> str:
    return _shortened(source.name)[:300] or "nobody named"


def _outlet(article: Article) -> str:
    """Where it was published, else what the file is called."""
    return _shortened(article.outlet or "")[:300] or _shortened(article.name)[:300] or "article"


def _link(source: Source, article: Article) -> str:
    return _outlet(article) if source.kind == "article" else _named(source)


def _date(article: Article, found: Found) -> str:
    """When it was said, else when it was published; what is not in the calendar (a page may say so) is no date."""
    said = found.when.value if found.when and found.form != "editorial" else None
    for given in (said, article.date):
        try:
            return point(given or "")
        except ValueError:
            continue
    known = f'"{article.date}" is not in the calendar' if article.date else "no date is known"
    raise TwofrontError(f"{article.name}: {known}, and a claim of the ledger needs a date. Give it with --date.")


def _figure(figure: FoundFigure) -> Figure:
    what = ", ".join(part for part in (figure.quantity, figure.subject, figure.each, figure.direction) if part)
    low, high = (figure.value, figure.high) if figure.high is not None else (None, None)
    unit = f"{figure.unit} change" if figure.measure == "change" and figure.unit == "%" else figure.unit
    return Figure(
        what=what or None,
        value=figure.value if high is None else None,
        low=low,
        high=high,
        unit=unit,
        period=figure.period,
        basis=figure.basis,
    )


def statements(reading: Reading, known: Mapping[str, Claim] | None = None) -> Iterator[Statement]:
    """The id that each statement gets in a ledger, its first wording and the others: renderings of one are one.

    known: the ledger's claims. One of them is this statement if it has its id, or its words, speaker and outlet; then
    the statement goes by that claim's id. Neither depends on where in the article a statement stands.
    """
    known = known or {}
    there = {(claim.text, claim.speaker, claim.outlet): name for name, claim in known.items()}
    given: set[str] = set()
    for wording in (Wording(n, found.id) for n, claims in enumerate(reading.claims) for found in claims):
        group = reading.group_of.get(wording)
        first, *others = group.wordings if group else (wording,)
        if first != wording:
            continue
        names: dict[str, str | None] = {}  # the id that each wording gives -> the claim that the ledger has for it
        for w in (first, *others):
            key = _key(reading.articles[w.article], reading.claim(w))
            name = _identity(reading.articles[w.article], key)
            names[name] = name if name in known else there.get(key)
        name = next((old for old in names.values() if old), next(iter(names)))
        if name not in given:  # else the same words of the same speaker once more
            given.add(name)
            yield name, first, others


def _key(article: Article, found: Found) -> tuple[str, str, str]:
    """Words, speaker and outlet as the claim in a ledger has them."""
    return _shortened(found.text(article)), _named(found.speaker), _outlet(article)


def _identity(article: Article, key: tuple[str, str, str]) -> str:
    """The article's name and a short digest of what the claim is."""
    return f"{_slug(Path(article.name).stem)}-{sha256(chr(0).join(key).encode()).hexdigest()[:DIGITS]}"


def proposals(reading: Reading, known: Mapping[str, Claim] | None = None) -> list[Claim]:
    """One ledger claim for each statement: renderings of one statement are one claim with its wordings.

    known: the ledger's claims, by whose ids statements go that it has already.
    """
    return [
        to_claim(
            reading.articles[wording.article],
            reading.claim(wording),
            id=name,
            verdicts=reading.audits(wording.article, wording.claim),
            wordings=[reading.claim(w).text(reading.articles[w.article]) for w in others],
            echo_of=reading.echo_of[wording].ledger_id if wording in reading.echo_of else None,
        )
        for name, wording, others in statements(reading, known)
    ]


def _slug(name: str) -> str:
    plain = name.lower()
    for letter, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        plain = plain.replace(letter, letters)
    return re.sub(r"[^a-z0-9]+", "-", plain)[:48].strip("-") or "article"


def add_to_ledger(
    reading: Reading, path: Path | str, observes: Sequence[Observe] = (), errors: Errors | None = None
) -> tuple[int, int]:
    """Appends the proposals to a ledger file (made if it is not there) and returns (added, already there).

    observes: what these claims say about modelled quantities, appended too where the file says nothing of it.
    errors: the table from rating to error that a new observation needs, written where the file has none.
    Claims that the file has already (see `statements`) are left as they are, with everything a person changed; comments
    and order stay.
    An echo of a claim that this ledger does not hold is noted in words. The file is replaced whole or not at all.
    Errors: LedgerError for a ledger that cannot be read; TwofrontError without a date.
    """
    file = LedgerFile(path, create=True, head=HEAD)
    known, before = file.ledger.claims, file.ledger
    offered = proposals(reading, known)
    new = [_without_strange_echo(claim, known) for claim in offered if claim.id not in known]
    stated = {(o.claim, o.path) for o in before.observes}
    seen = [o for o in observes if (o.claim, o.path) not in stated]
    file.append("claims", new)
    file.append("observes", seen)
    if seen and errors is not None and before.errors is None:
        file.set_errors(errors)
    file.write()
    return len(new), len(offered) - len(new)


def _without_strange_echo(claim: Claim, known: Mapping[str, Claim]) -> Claim:
    if claim.echo_of is None or claim.echo_of in known:
        return claim
    note = f"Possible echo of {claim.echo_of}. {claim.audit_note or ''}".strip()
    return claim.model_copy(update={"echo_of": None, "audit_note": note})
