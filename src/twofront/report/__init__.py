"""The report: one HTML file that an analyst can forward, and the first screen of the terminal.

Figures stand in `figures`, texts in both languages in templates/words.toml, what is read from a run in `reading`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twofront.report.html import write_report
    from twofront.report.screen import first_screen

__all__ = ["first_screen", "write_report"]

_ROOMS = {"first_screen": "screen", "write_report": "html"}


def __getattr__(name: str) -> Any:
    """Fetched on first use: the pledge report draws its own figures and need not wait for pandas."""
    if name in _ROOMS:
        return getattr(import_module(f"twofront.report.{_ROOMS[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
