"""How worlds are drawn: scrambled Sobol points, random numbers, or a Latin hypercube, each in replicates.

World n belongs to replicate n mod R. Replicates are drawn independently of each other, so the spread between them
is the error of any statistic of a run, whatever the draws (Owen 1997), and a run still extends world by world.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from jaxtyping import Float, UInt64

from twofront.ensemble import sobol
from twofront.errors import TwofrontError, did_you_mean

Kind = Literal["sobol", "monte-carlo", "latin-hypercube"]
KINDS: tuple[Kind, ...] = ("sobol", "monte-carlo", "latin-hypercube")
REPLICATES = 16  # an error that is itself known to 18 % (1/sqrt 2(R-1)), at little loss of evenness
MOST = sobol.MOST


@dataclass(frozen=True)
class Design:
    """One way to draw worlds. `worlds` is the number of all worlds, for a Latin hypercube only."""

    kind: Kind = "sobol"
    replicates: int = REPLICATES
    worlds: int | None = None

    def uniforms(self, paths: Sequence[str], first: int, count: int, seed: int) -> Float[np.ndarray, "scalar world"]:
        """Uniform numbers of worlds `first` to `first + count - 1`, one row a figure, never exactly 0 or 1.

        A world's numbers depend on neither `first` nor `count`, a figure's numbers not on the other figures (for Sobol
        points: not on those after it). Errors: TwofrontError for a repeated path, worlds beyond 2^32, and beyond
        the size of a Latin hypercube.
        """
        if len(set(paths)) != len(paths):
            raise TwofrontError("a figure was named twice: each needs uniform numbers of its own.")
        most = MOST if self.worlds is None else _whole(self.worlds)
        if self.worlds is not None and first + count > most:
            raise TwofrontError(
                f"a Latin hypercube of {most} worlds cannot be extended to {first + count}: each world has a cell "
                "of its own, and the cells are counted before the first is drawn. Start anew with more worlds, or use "
                "sobol or monte-carlo, which extend."
            )
        if first < 0 or count < 0 or first + count > most:
            raise TwofrontError(
                f"worlds {first} to {first + count - 1} cannot be drawn: numbers go from 0 to {most - 1}."
            )
        result = np.empty((len(paths), count))
        for replicate in range(self.replicates):
            begin = first + (replicate - first) % self.replicates  # its first world
            mine = range(begin, first + count, self.replicates)
            if mine and len(paths):
                result[:, begin - first :: self.replicates] = self._points(
                    paths, begin // self.replicates, len(mine), f"{seed} {replicate}"
                )
        return result

    def plain(self) -> dict[str, Any]:
        """The design as plain JSON: part of what makes two runs the same."""
        fixed = {} if self.worlds is None else {"worlds": self.worlds}
        return {"kind": self.kind, "replicates": self.replicates, **fixed}

    def _points(self, paths: Sequence[str], first: int, count: int, key: str) -> Float[np.ndarray, "scalar world"]:
        """Numbers of one replicate; `first` counts within it."""
        if self.kind == "sobol":
            return sobol.uniforms(paths, first, count, key)
        if self.kind == "monte-carlo":
            return np.stack([_random(f"{key} {path}", first, count) for path in paths])
        assert self.worlds is not None
        size = _whole(self.worlds) // self.replicates
        rows = []
        for path in paths:
            part = _permuted(np.arange(first, first + count, dtype=np.uint64), size, f"cells {key} {path}")
            rows.append((part + _random(f"{key} {path}", first, count)) / size)
        return np.stack(rows)


def design_of(kind: str, worlds: int) -> Design:
    """The design of a name. Errors: TwofrontError for an unknown one."""
    if kind not in KINDS:
        hint = did_you_mean(kind, KINDS)
        raise TwofrontError(f'no draws "{kind}". {hint + " " if hint else ""}Choose {", ".join(KINDS)}.')
    known = next(k for k in KINDS if k == kind)
    return Design(known, worlds=round_worlds(worlds) if known == "latin-hypercube" else None)


def round_worlds(worlds: int) -> int:
    """The next power of two: Sobol points are even only in such numbers.

    Errors: TwofrontError unless 1 <= worlds <= 2^32.
    """
    if not 1 <= worlds <= MOST:
        raise TwofrontError(f"{worlds} worlds cannot be drawn: choose between 1 and {MOST}.")
    return 1 << (worlds - 1).bit_length()


def together(
    drawn: Float[np.ndarray, "figure world"], lower: Float[np.ndarray, "figure figure"]
) -> Float[np.ndarray, "figure world"]:
    """Independent uniform numbers as correlated ones (Gaussian copula; Iman and Conover 1982 for the idea).

    `lower` is the triangle L of the correlations L Lᵀ of the normal scores; the first figure keeps its numbers.
    """
    from scipy.special import ndtr, ndtri

    least, scores = 2.0**-53, ndtri(drawn)
    rows = [drawn[0]]
    for weights in lower[1:]:  # row by row: a matrix product would round by the number of worlds
        mixed = sum((weight * score for weight, score in zip(weights, scores, strict=True)), np.zeros_like(drawn[0]))
        rows.append(np.clip(ndtr(mixed), least, 1 - least))
    return np.stack(rows)


def _whole(worlds: int) -> int:
    """Worlds of a Latin hypercube, at least one in each replicate and a whole tile: what is too much is dropped."""
    return max(round_worlds(worlds), 2**12)


def _random(key: str, first: int, count: int) -> Float[np.ndarray, " world"]:
    """Random numbers of a stream from a place on (Philox; Salmon et al. 2011): 52 digits and half a unit."""
    words = int.from_bytes(hashlib.sha256(f"twofront chance {key}".encode()).digest()[:16])
    stream = np.random.Philox(key=words)
    stream.advance(first // 4)  # four numbers a step of the counter
    raw = stream.random_raw(count + first % 4)[first % 4 :]
    return np.asarray(((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52)


def _permuted(places: UInt64[np.ndarray, " world"], size: int, key: str) -> UInt64[np.ndarray, " world"]:
    """A random permutation of 0 … size − 1, a power of two, one number at a time.

    Rounds of keyed steps that can each be undone (add, multiply by an odd number, fold the upper digits down), the idea
    of Kensler 2013, so that no table of all worlds is kept.
    """
    if size == 1:
        return places
    bits = size.bit_length() - 1
    keys = np.frombuffer(hashlib.sha512(f"twofront {key}".encode()).digest(), np.uint64)
    mask, fold = np.uint64(size - 1), np.uint64(max(bits // 2, 1))
    mixed = places
    for step in range(4):
        mixed = (mixed + keys[2 * step]) & mask
        mixed = (mixed * (keys[2 * step + 1] | np.uint64(1))) & mask
        mixed = mixed ^ (mixed >> fold)
    return mixed
