"""The report: one HTML file that an analyst can forward, and the first screen of the terminal.

Figures stand in `figures`, texts in both languages in templates/words.toml, what is read from a run in `reading`.
"""

from twofront.report.html import write_report
from twofront.report.screen import first_screen

__all__ = ["first_screen", "write_report"]
