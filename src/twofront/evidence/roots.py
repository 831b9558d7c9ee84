"""Which roots are one: an institution counts once, however its name is written.

"Center for European Policy Analysis (CEPA)", "CEPA (Center for European Policy Analysis)" and "the CEPA" are one; so
are "Russian Ministry of Defence" and "Russia's Defense Ministry". Another edition or year is another root. This is the
only place where roots are compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property
from unicodedata import normalize

from twofront.evidence.claim import Claim

_SMALL = re.compile(r"\b(the|an?|of|for|and|de[rsmn]|die|das|eine[rs]?|ein|vom?n?|für|und)\b")
_SPELT = {"center": "centre", "defense": "defence", "organisation": "organization"}
_TWO_WORDS = (
    (re.compile(r"\b(united states( of america)?|vereinigten? staaten( von amerika)?)\b"), "usa"),
    (re.compile(r"\b(united kingdom|vereinigten? königreichs?|vereinigtes königreich)\b"), "uk"),
)
_CAPITALS = ("mos", "krem", "washington", "peking", "beijing", "kiew", "kyiv")  # name newspapers and institutes too
_BRACKETS = re.compile(r"(.+?)\s*\(([^()]+)\)\s*")
_ABBREVIATION = re.compile(r"(?=(?:.*[A-Z]){2})[^\W\d_]{2,10}")


class Roots:
    """The origins of a ledger's claims. Two claims have one origin where `of` gives the same key."""

    def __init__(self, claims: Mapping[str, Claim]) -> None:
        self._claims = claims

    @cached_property
    def _keys(self) -> Mapping[str, str]:
        return alike(claim.root for claim in self._claims.values())

    def of(self, claim: Claim) -> str:
        """A key for the origin of a claim, followed through what it repeats."""
        root = origin(claim, self._claims)
        return self._keys.get(root) or alike([*self._keys, root])[root]

    def independent(self, claim: Claim, others: Iterable[Claim]) -> bool:
        """Whether one of the others has another origin than this claim."""
        return any(self.of(other) != self.of(claim) for other in others)


def origin(claim: Claim, claims: Mapping[str, Claim]) -> str:
    """The root of a claim as it is written, followed through what it repeats."""
    passed = {claim.id}
    while claim.echo_of is not None and claim.echo_of in claims and claim.echo_of not in passed:
        passed.add(claim.echo_of)
        claim = claims[claim.echo_of]
    return claim.root


def alike(roots: Iterable[str]) -> dict[str, str]:
    """A key for each root: the same for those that share a name, directly or by way of others."""
    leader: dict[str, str] = {}

    def lead(name: str) -> str:
        while leader[name] != name:
            name = leader[name]
        return name

    names = {root: _names(root) for root in roots}
    for first, *others in names.values():
        for name in (first, *others):
            leader.setdefault(name, name)
            leader[lead(name)] = lead(first)
    return {root: lead(first) for root, (first, *_) in names.items()}


def _names(root: str) -> list[str]:
    """The names that a root goes by: as a whole, and, where brackets explain an abbreviation, both parts."""
    found = [_plain(root)]
    brackets = _BRACKETS.fullmatch(normalize("NFKC", root))
    if brackets is not None:
        for short, long in (brackets.groups(), brackets.groups()[::-1]):
            if _ABBREVIATION.fullmatch(short) and _shortens(short.casefold(), long.casefold()):
                found += [_plain(short), _plain(long)]
    return found


def _plain(text: str) -> str:
    """The words that tell, in one spelling and any order; a power's adjective is the power."""
    from twofront.evidence.reader.vocabulary import vocabulary

    low = re.sub(r"(?<=\w)['’]s\b|(?<=\b\w)\.", "", normalize("NFKC", text).casefold())  # China's, U.S.
    for pattern, code in _TWO_WORDS:
        low = pattern.sub(code, low)
    words = re.findall(r"[^\W_]+", _SMALL.sub(" ", low)) or re.findall(r"[^\W_]+", low)
    words = [_SPELT.get(word, word) for word in words]
    powers = {word: vocabulary().power(word) for word in words if not word.startswith(_CAPITALS)}
    return " ".join(sorted(powers.get(word) or word for word in words)) or text


def _shortens(short: str, long: str) -> bool:
    """Whether the letters are initials of the words in their order, or letters of one long word."""
    words = re.findall(r"[^\W\d_]+", long)
    letters = iter("".join(word[0] for word in words) if len(words) > 1 else long)
    return bool(words) and all(letter in letters for letter in short)
