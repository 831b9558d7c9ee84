"""Scrambled Sobol points, one dimension for each uncertain figure.

A Sobol sequence (Sobol' 1967, direction numbers of Joe and Kuo 2008) fills the space evenly: 2^k worlds put
the same number of worlds into every 2^-k-th part of every figure's range. Each dimension is scrambled by a
random linear matrix and a random digital shift (Matoušek 1998), both keyed by seed and figure. The scramble
keeps the evenness, makes every single number uniform and every mean unbiased, and gives other worlds for
another seed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from jaxtyping import Float, UInt64

from twofront.errors import TwofrontError

BITS = 32  # binary digits of a Sobol point; a digital shift below them keeps numbers off 0 and 1
MOST = 2**BITS  # worlds
FEWEST = 16  # direction numbers read at least: enough for 65 536 worlds, so that shorter runs share them


def uniforms(paths: Sequence[str], first: int, count: int, seed: int | str) -> Float[np.ndarray, "scalar world"]:
    """Uniform numbers of worlds `first` to `first + count - 1`, never exactly 0 or 1.

    Arguments: `paths` names of the figures, whose order fixes their Sobol dimensions: a figure added at the
    end changes no other one; `first` and `count` may be anything, the number of a world does not depend on
    them; `seed` a number, or words that tell replicates apart.
    Errors: TwofrontError for a repeated path, more figures than Sobol dimensions, or worlds beyond 2^32.
    """
    names = tuple(paths)
    if len(set(names)) != len(names):
        raise TwofrontError("a figure was named twice: each needs uniform numbers of its own.")
    if first < 0 or count < 0 or first + count > MOST:
        raise TwofrontError(f"worlds {first} to {first + count - 1} cannot be drawn: numbers go from 0 to {MOST - 1}.")
    result = np.empty((len(names), count))
    if not names:
        return result
    columns, shifts = _scrambled(names, seed, max(FEWEST, (first + count - 1).bit_length()))
    # Point n is the XOR of the direction numbers at the set bits of Gray(n) = n ^ (n >> 1).
    for block, length in _aligned(first, count):
        digits = _block(columns, block, length) ^ shifts[:, :1]
        # 32 digits of the point, 20 more of the shift, a last digit 1: exact in float64, above 0, below 1.
        whole = (digits << np.uint64(20)) | shifts[:, 1:]
        result[:, block - first : block - first + length] = (whole.astype(np.float64) + 0.5) * 2.0**-52
    return result


def _aligned(first: int, count: int) -> list[tuple[int, int]]:
    """Cuts worlds into blocks whose length is a power of two and whose start is a multiple of it."""
    blocks, end = [], first + count
    while first < end:
        size = first & -first if first else MOST
        while first + size > end:
            size >>= 1
        blocks.append((first, size))
        first += size
    return blocks


def _block(columns: UInt64[np.ndarray, "scalar bit"], first: int, length: int) -> UInt64[np.ndarray, "scalar world"]:
    """Points of one aligned block, by doubling: the upper half is the lower half with one more bit set."""
    gray = first ^ (first >> 1)
    start = np.zeros(len(columns), dtype=np.uint64)
    for bit in range(columns.shape[1]):
        if gray >> bit & 1:
            start ^= columns[:, bit]
    points = np.empty((len(columns), length), dtype=np.uint64)
    points[:, 0] = start
    size = 1
    while size < length:
        bit = size.bit_length() - 1
        # Gray(size + n) = Gray(n) with bit `bit` flipped and, because n's top bit moves too, bit `bit - 1`.
        flip = columns[:, bit] ^ (columns[:, bit - 1] if bit else np.uint64(0))
        points[:, size : 2 * size] = points[:, :size] ^ flip[:, None]
        size *= 2
    return points


@lru_cache(maxsize=64)  # replicates, for one or two runs
def _scrambled(
    names: tuple[str, ...], seed: int | str, bits: int
) -> tuple[UInt64[np.ndarray, "scalar bit"], UInt64[np.ndarray, "scalar part"]]:
    """Scrambled direction numbers [scalar, bit] and digital shifts (32 digits of the point, 20 below it)
    [scalar, 2]."""
    directions = _directions(len(names), bits)
    columns, shifts = np.empty_like(directions), np.empty((len(names), 2), dtype=np.uint64)
    for row, name in enumerate(names):
        key = hashlib.sha256(f"twofront worlds {seed} {name}".encode()).digest()
        random = np.random.Generator(np.random.PCG64(int.from_bytes(key)))
        columns[row] = _multiplied(random, directions[row])
        shifts[row] = random.integers(0, MOST, dtype=np.uint64), random.integers(0, 2**20, dtype=np.uint64)
    return columns, shifts


def _multiplied(random: np.random.Generator, directions: UInt64[np.ndarray, bit]) -> UInt64[np.ndarray, bit]:
    """Direction numbers times a random lower triangular matrix of bits with ones on its diagonal.

    Digit k of the result is digit k of the number plus a random choice of the digits before it, so that the
    first k digits still say in which 2^-k-th part of the range a point lies.
    """
    # Digit 1 is the highest bit. Row k of the matrix, as a mask: random above digit k, one there, zero below.
    masks = random.integers(0, MOST, size=BITS, dtype=np.uint64)
    place = np.uint64(1) << np.arange(BITS - 1, -1, -1, dtype=np.uint64)
    above = ~(place * np.uint64(2) - np.uint64(1)) & np.uint64(MOST - 1)
    masks = (masks & above) | place
    digits = np.bitwise_count(directions[:, None] & masks[None, :]) & np.uint8(1)
    return np.asarray((digits.astype(np.uint64) * place).sum(axis=1, dtype=np.uint64))


@lru_cache(maxsize=4)
def _directions(dimensions: int, bits: int) -> UInt64[np.ndarray, "scalar bit"]:
    """The first `bits` direction numbers of the unscrambled sequence, read off SciPy's own points (Joe and
    Kuo 2008)."""
    from scipy.stats import qmc

    if dimensions > qmc.Sobol.MAXDIM:
        raise TwofrontError(f"{dimensions} uncertain figures, but Sobol points have {qmc.Sobol.MAXDIM} dimensions.")
    result = np.empty((dimensions, bits), dtype=np.uint64)
    sobol = qmc.Sobol(dimensions, scramble=False, bits=BITS)
    for bit in range(bits):
        # Gray(n) = n ^ (n >> 1) has only this bit set at n = 2^(bit+1) - 1.
        sobol.fast_forward(2 ** (bit + 1) - 1 - sobol.num_generated)
        result[:, bit] = (sobol.random(1)[0] * MOST).astype(np.uint64)
    return result
