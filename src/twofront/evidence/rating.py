"""Proposes an Admiralty rating by rules that anyone can read; a person decides.

Source and information are rated independently of each other. Where no rule applies the mark is F or 6: "cannot be
judged". A rule never looks at whether a claim is welcome.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from twofront.evidence.claim import Claim, Rating
from twofront.evidence.reader.record import Found, Verdict
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
    source, source_rule = _source(claim)
    credibility, rule = _credibility(claim, claims)
    return Proposal(Rating.model_validate({"source": source, "credibility": credibility}), source_rule, rule)


def propose_found(found: Found, verdicts: Sequence[Verdict]) -> Proposal:
    """The rating that the rules give a claim that was just read, from its chain and from the audit of its figures.

    Credibility 1 is never proposed: that a second, independent chain says the same, a person has to see.
    """
    source, source_rule = _READ_SOURCE.get(found.ends_in, ("F", Said("the chain ends nowhere: cannot be judged")))
    outcomes = {verdict.outcome for verdict in verdicts}
    credibility, rule = next(
        ((mark, rule) for outcome, mark, rule in _READ_CREDIBILITY if outcome in outcomes),
        (6, Said("no published figure to compare with: cannot be judged")),
    )
    return Proposal(Rating.model_validate({"source": source, "credibility": credibility}), source_rule, rule)


_READ_SOURCE = {
    "person": ("C", Said("a named person, read in a secondary copy")),
    "institution": ("C", Said("a named institution, read in a secondary copy")),
    "media": ("D", Said("the chain ends in another medium")),
    "anonymous": ("D", Said("the chain ends in an anonymous source")),
    "article": ("F", Said("the article's own statement: cannot be judged")),
}
_READ_CREDIBILITY = (  # the worst outcome decides
    ("contradicted", 5, Said("a published figure contradicts it")),
    ("mixed bases", 4, Said("holds only when bases are mixed")),
    ("holds", 2, Said("agrees with a published figure")),
)


def _source(claim: Claim) -> tuple[str, str]:
    """A to F from who speaks and how it was read."""
    words = " ".join((claim.speaker, claim.role or "", claim.chain[0])).lower()
    if any(word in words for word in ("anonymous", "unnamed", "unknown", "leak")):
        return "D", Said("the chain ends in an anonymous source")
    if claim.seen == "secondary":
        return "C", Said("seen only in a secondary copy")
    if "statistic" in words or "official text" in words:
        return "A", Said("the publisher's own statistics or official text, read there")
    if len(claim.chain) == 1:
        return "B", Said("read in the original")
    return "F", Said("no rule applies: cannot be judged")


def _credibility(claim: Claim, claims: Mapping[str, Claim]) -> tuple[int, str]:
    """1 to 6 from the audit and from independent claims."""
    roots = {claims[name].root for name in claim.corroborated_by if name in claims}
    if claim.audit == "opinion":
        return 6, Said("an opinion cannot be true or false")
    if claim.audit in ("not-found", "not-checked"):
        return 6, Said("audit {audit}: cannot be judged", audit=claim.audit)
    if claim.audit == "unsupported":
        return 5, Said("nothing stands behind the attribution")
    if claim.audit == "distorted":
        return 4, Said("differs from what was said")
    if claim.audit == "confirmed-meaning":
        return 3, Said("meaning found, wording not")
    if roots - {claim.root}:
        return 1, Said("confirmed, and stated by a second chain with a different root")
    return 2, Said("confirmed, one root only")
