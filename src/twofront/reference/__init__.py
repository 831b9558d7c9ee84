"""Published figures that come with the package, and readers for the publishers' own files.

`tables/` holds what is typed from publications, each row with its source; `tables.py` reads them, `past.py` the
spending behind the first military capital; `readers/` recognises a publisher's file by what stands in it, and
`editions.py` keeps the editions that a user has added, `full.py` puts their full series before the typed figures.
"""

from twofront.reference.editions import Edition, add_edition, editions, newest, series
from twofront.reference.full import constant_spending, every_economy, every_spending
from twofront.reference.past import COLUMNS, LARGEST_FILE, Series, parse, past_spending, table
from twofront.reference.revisions import Revision, revision_spread, revisions
from twofront.reference.tables import (
    Country,
    Economy,
    NatoFigure,
    Plan,
    Quoted,
    Source,
    Spending,
    countries,
    economies,
    group,
    nato_figures,
    plans,
    quoted,
    sources,
    spendings,
)

__all__ = [
    "COLUMNS",
    "LARGEST_FILE",
    "Country",
    "Economy",
    "Edition",
    "NatoFigure",
    "Plan",
    "Quoted",
    "Revision",
    "Series",
    "Source",
    "Spending",
    "add_edition",
    "constant_spending",
    "countries",
    "economies",
    "editions",
    "every_economy",
    "every_spending",
    "group",
    "nato_figures",
    "newest",
    "parse",
    "past_spending",
    "plans",
    "quoted",
    "revision_spread",
    "revisions",
    "series",
    "sources",
    "spendings",
    "table",
]
