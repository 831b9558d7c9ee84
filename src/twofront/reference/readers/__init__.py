"""Readers of the publishers' own files: each recognises its file by what stands in it, never by its name.

A reader is a module with `recognises(file) -> bool` and `read(file) -> Content`; a new one is one line below.
"""

from __future__ import annotations

from pathlib import Path

from twofront.errors import DataError
from twofront.reference.readers import imf, kiel, nato, sipri, worldbank
from twofront.reference.readers.file import Content, Opened, Point, opened

READERS = {"sipri": sipri, "nato": nato, "imf": imf, "worldbank": worldbank, "kiel": kiel}

__all__ = ["READERS", "Content", "Opened", "Point", "read_file"]


def read_file(path: Path | str) -> Content:
    """What a publisher's file says. Errors: DataError for an unknown or changed file, naming sheet and cell."""
    with opened(Path(path)) as file:
        for reader in READERS.values():
            if reader.recognises(file):
                content: Content = reader.read(file)
                return content
        raise DataError(
            f"{file.name}: no publisher's file that twofront knows ({file.seen()}). Known: SIPRI Military Expenditure "
            "(xlsx), NATO Defence Expenditure (xlsx, or its tables as CSV), IMF World Economic Outlook (xlsx or CSV of "
            "the data portal, by countries tab separated), World Bank GDP (CSV), Kiel Ukraine Support Tracker "
            "(xlsx, CSV). Download it anew."
        )
