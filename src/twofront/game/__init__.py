"""Small sequential games as arrays: state them, solve a million at once, certify the answer.

Usable without any scenario; worked examples stand in docs/stage-games.md.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twofront.game.certificate import certify
    from twofront.game.efg import from_efg
    from twofront.game.solvers import Branch, Method, Result, Solution, solve
    from twofront.game.stage import Stage, StageGame

__all__ = ["Branch", "Method", "Result", "Solution", "Stage", "StageGame", "certify", "from_efg", "solve"]

_ROOMS = {
    "Stage": "stage",
    "StageGame": "stage",
    "solve": "solvers",
    "Solution": "solvers",
    "Result": "solvers",
    "Method": "solvers",
    "Branch": "solvers",
    "certify": "certificate",
    "from_efg": "efg",
}


def __getattr__(name: str) -> Any:
    """Load a public name on first use, so that importing the room costs nothing."""
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
