"""Figures that are drawn together: what may stand in [correlations], and the matrices it means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from twofront.errors import Finding, did_you_mean
from twofront.scenario.loaded import Loaded
from twofront.scenario.quantity import scalars
from twofront.scenario.schema import Correlation

Matrix = Float[np.ndarray, "figure figure"]
LEAST = 1e-6  # smallest eigenvalue of a matrix that counts as positive definite


def matrix(given: Correlation) -> Matrix:
    """The correlations of a group, [figure, figure]: the matrix itself, or one number for all pairs."""
    if given.matrix is not None:
        return np.array(given.matrix, dtype=np.float64)
    count = len(given.paths)
    return np.full((count, count), given.correlation) + np.eye(count) * (1 - (given.correlation or 0.0))


def check_correlations(loaded: Loaded) -> list[Finding]:
    """Groups name uncertain figures, each figure once, with a matrix of correlations that can exist, and its basis."""
    known, seen, found = scalars(loaded), set[str](), []
    for name, given in loaded.scenario.correlations.items():
        at = ("correlations", name)
        for number, path in enumerate(given.paths):
            message, remedy = "", "Delete one."
            if path not in known:
                message, remedy = f'no figure "{path[:80]}"', did_you_mean(path, known) or "See `twofront check`."
            elif not known[path].quantity.uncertain:
                message, remedy = (
                    f"{path} is fixed, so that nothing can vary with it",
                    "Give it a range, or leave it out.",
                )
            elif path in seen:
                message = f"{path} stands in [correlations] twice"
            if message:
                found.append(loaded.finding((*at, "paths", number), message, remedy))
            seen.add(path)
        if (wrong := _wrong(given)) is not None:
            written = [key for key in ("matrix", "correlation") if getattr(given, key) is not None]
            found.append(loaded.finding((*at, *written[:1]), *wrong))
        if not given.source and not given.judgement:
            found.append(loaded.finding(at, "rests on nothing", "Name a source or write a judgement."))
        for number, claim in enumerate(given.source):
            if claim not in loaded.ledger.claims:
                hint = did_you_mean(claim, loaded.ledger.claims) or "Add the claim to ledger.toml."
                found.append(loaded.finding((*at, "source", number), f'no claim "{claim[:60]}" in the ledger', hint))
    return found


def _wrong(given: Correlation) -> tuple[str, str] | None:
    """What is wrong with a group's numbers, and what to do."""
    count = len(given.paths)
    if count < 2:
        return "a correlation needs two figures or more", "Name another path, or delete the group."
    if (given.matrix is None) == (given.correlation is None):
        return "give either correlation or matrix", "One number for all pairs, or a row for each path."
    if given.matrix is not None and [len(row) for row in given.matrix] != [count] * count:
        return f"the matrix is not {count} by {count}", "Give a row and a column for each path, in their order."
    values = matrix(given)
    if not np.isfinite(values).all() or np.abs(values).max() > 1 or not np.allclose(np.diag(values), 1):
        return "a correlation lies between -1 and 1, and on the diagonal stands 1", "Correct the number."
    if not np.array_equal(values, values.T):
        row, column = np.argwhere(values != values.T)[0]
        return f"the matrix is not symmetric: row {row + 1}, column {column + 1}", "Give both the same number."
    smallest = float(np.linalg.eigvalsh(values)[0])
    if smallest < LEAST:
        most = np.floor(1000 * (1 - LEAST) / (1 - smallest)) / 1000
        remedy = f"Multiply all correlations of the group by {most:g} or less."
        return "these correlations cannot exist together (the matrix is not positive definite)", remedy
    return None


def groups(loaded: Loaded) -> list[tuple[Sequence[str], Matrix]]:
    """By group: its figures, and the lower triangle L with L Lᵀ = the correlations of their normal scores."""
    return [(given.paths, np.linalg.cholesky(matrix(given))) for given in loaded.scenario.correlations.values()]
