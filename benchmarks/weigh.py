"""How long re-weighting a million worlds takes: three observations, weights, effective worlds, worlds ruled out."""

from __future__ import annotations

import time

import numpy as np

from twofront.analysis.weights import Observation, effective, log_likelihood, ruled_out, weights

WORLDS = 10**6


def main() -> None:
    """Prints the best of five."""
    values = np.random.default_rng(0).normal(size=(3, WORLDS))
    seen = [Observation(f"claim-{k}", "made-up", None, 0.5, 1.0, row) for k, row in enumerate(values)]
    seconds = []
    for _ in range(5):
        began = time.perf_counter()
        weight = weights([log_likelihood(one) for one in seen], WORLDS)
        left, out = effective(weight), ruled_out(weight)
        seconds.append(time.perf_counter() - began)
    print(f"{WORLDS} worlds, {len(seen)} observations: {min(seconds):.3f} s ({left:.0f} effective, {out} ruled out)")


if __name__ == "__main__":
    main()
