"""The shelf: run folders (Parquet and a manifest), the dictionary of their columns, and queries."""

from twofront.store.columns import COLUMNS, Column, column_dictionary
from twofront.store.listing import Listed, list_runs
from twofront.store.run import Run, open_run
from twofront.store.writer import RunWriter, refuse_foreign

__all__ = [
    "COLUMNS",
    "Column",
    "Listed",
    "Run",
    "RunWriter",
    "column_dictionary",
    "list_runs",
    "open_run",
    "refuse_foreign",
]
