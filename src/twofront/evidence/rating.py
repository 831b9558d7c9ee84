"""Proposes an Admiralty rating by rules that anyone can read; a person decides.

One set of rules judges a claim that was just read and a claim of the ledger: by how its chain ends and how it was seen
(the source), and by its audit and by what comparing its figures gave (the information). These are fields of the claim,
so that the ledger gives the answer that reading gave. Source and information are rated independently of each other.
Where no rule applies the mark is F or 6: "cannot be judged". A rule never looks at whether a claim is welcome, and
guesses nothing from words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twofront.evidence.claim import Audit, Claim, Ends, Outcome, Rating
from twofront.evidence.reader.record import Found, Verdict
from twofront.evidence.roots import Roots
from twofront.evidence.said import Said


@dataclass(frozen=True)
class Proposal:
    """A proposed rating, with the rule behind each mark."""

    rating: Rating
    source_rule: str
    credibility_rule: str


def propose(claim: Claim, claims: Mapping[str, Claim]) -> Proposal:
    """The rating that the rules give a claim of a ledger.

    claims: the ledger's claims by id; credibility 1 needs one of them in `corroborated_by` with a different root.
    """
    if claim.seen == "memory":
        memory = Said("from memory: cannot be judged")
        return Proposal(Rating(source="F", credibility=6), memory, memory)
    second = Roots(claims).independent(claim, (claims[name] for name in claim.corroborated_by if name in claims))
    original = claim.seen == "primary"
    return _proposal(
        _source(claim.ends_in, original, len(claim.chain)), _credibility(claim.audit, claim.outcomes, second)
    )


def propose_found(found: Found, verdicts: Sequence[Verdict]) -> Proposal:
    """The rating that the rules give a claim that was just read: an article is a secondary copy.

    Credibility 1 is never proposed: that a second, independent chain says the same, a person has to see.
    """
    return _proposal(
        _source(found.ends_in, False, len(found.chain)), _credibility(audit_of(found), outcomes_of(found, verdicts))
    )


def standing(claim: Claim, claims: Mapping[str, Claim]) -> tuple[Rating, bool]:
    """The rating that counts for a claim, and whether it is the rules' proposal because no person has rated it."""
    return (propose(claim, claims).rating, True) if claim.unrated else (claim.rating, False)


def audit_of(found: Found) -> Audit:
    """The audit with which a claim goes to the ledger: nobody has looked at its original yet."""
    opinion = found.form == "editorial" and not found.figures and not found.relations
    return "opinion" if opinion else "not-checked"


def outcomes_of(found: Found, verdicts: Sequence[Verdict]) -> tuple[Outcome, ...]:
    """What comparing its figures gave, each outcome once; nothing where the speaker denies them."""
    return () if found.denied else tuple(dict.fromkeys(verdict.outcome for verdict in verdicts))


Mark = tuple[str | int, str]


def _proposal(source: Mark, credibility: Mark) -> Proposal:
    marks = {"source": source[0], "credibility": credibility[0]}
    return Proposal(Rating.model_validate(marks), source[1], credibility[1])


def _source(ends_in: Ends | None, original: bool, links: int) -> Mark:
    """A to F from how the chain ends and how it was read."""
    if ends_in in _WEAK:
        return _WEAK[ends_in]
    if not original:
        return _SECONDARY[ends_in]
    if ends_in == "official":
        return "A", Said("the publisher's own statistics or official text, read there")
    if ends_in is not None or links == 1:
        return "B", Said("read in the original")
    return "F", Said("no rule applies: cannot be judged")


_WEAK: Mapping[Ends | None, Mark] = {
    "media": ("D", Said("the chain ends in another medium")),
    "anonymous": ("D", Said("the chain ends in an anonymous source")),
    "article": ("F", Said("the article's own statement: cannot be judged")),
    "nowhere": ("F", Said("the chain ends nowhere: cannot be judged")),
}
_SECONDARY: Mapping[Ends | None, Mark] = {
    "person": ("C", Said("a named person, read in a secondary copy")),
    "institution": ("C", Said("a named institution, read in a secondary copy")),
    "official": ("C", Said("an official text or statistics, read in a secondary copy")),
    None: ("C", Said("seen only in a secondary copy")),
}


def _credibility(audit: Audit, outcomes: Sequence[Outcome], second: bool = False) -> Mark:
    """1 to 6 from the audit, from its figures and from a second root; the worst of them decides."""
    if audit == "opinion":
        return 6, Said("an opinion cannot be true or false")
    if "contradicted" in outcomes:
        return 5, Said("a published figure contradicts it")
    if audit == "unsupported":
        return 5, Said("nothing stands behind the attribution")
    if "mixed bases" in outcomes:
        return 4, Said("holds only when bases are mixed")
    if audit == "distorted":
        return 4, Said("differs from what was said")
    if audit == "confirmed-meaning":
        return 3, Said("meaning found, wording not")
    if audit == "confirmed":
        return (
            (1, Said("confirmed, and stated by a second chain with a different root"))
            if second
            else (2, Said("confirmed, one root only"))
        )
    if audit == "not-found" or "holds" not in outcomes:
        return 6, _UNKNOWN[audit]
    if "cannot be checked" in outcomes:
        return 6, Said("one figure agrees with a published one, another cannot be checked: cannot be judged")
    return 2, Said("agrees with a published figure")


_UNKNOWN: Mapping[str, str] = {
    "not-found": Said("searched and not found: cannot be judged"),
    "not-checked": Said("no published figure to compare with: cannot be judged"),
}
