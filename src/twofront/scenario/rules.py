"""The rules of a whole scenario: each a small function from what was loaded to findings.

One function and one line in CHECKS adds a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from twofront import reference
from twofront.errors import DataError, Finding, did_you_mean
from twofront.scenario.correlations import check_correlations
from twofront.scenario.information import check_concept, check_order, check_sees, check_structure, check_types
from twofront.scenario.loaded import LEDGER, POLICIES, Loaded
from twofront.scenario.policies import cut_warnings
from twofront.scenario.quantity import Quantity
from twofront.scenario.schema import Scenario

Check = Callable[[Loaded], list[Finding]]
HISTORY = 25  # years of past spending that make up today's capital (docs/model.md, 3)
LONGEST = 60  # years
UNMEASURED = 0.5  # least width of the range of a share that nobody has measured
_TOLERANCE = 1e-9


def check_years(loaded: Loaded) -> list[Finding]:
    """The horizon runs forward, and so do the years of commitments."""
    scenario, found = loaded.scenario, []
    if scenario.end < scenario.start:
        message = f"end {scenario.end} lies before start {scenario.start}"
        found.append(loaded.finding(("end",), message, "Write a later end."))
    elif scenario.end - scenario.start > LONGEST:
        found.append(loaded.finding(("end",), f"more than {LONGEST} years", "Choose a nearer end."))
    if not 1900 <= scenario.start <= 2200:
        found.append(loaded.finding(("start",), f"{scenario.start} is no year from 1900 to 2200"))
    if not 0 <= scenario.tail <= 1000:
        found.append(loaded.finding(("tail",), f"tail of {scenario.tail} years", "Write 0 to 1000."))
    for name, pledge in scenario.commitments.items():
        at = ("commitments", name)
        if pledge.by <= pledge.start:
            found.append(
                loaded.finding((*at, "by"), f"by {pledge.by} is not after start {pledge.start}", "Write a later year.")
            )
        elif pledge.review is not None and not pledge.start <= pledge.review <= pledge.by:
            message = f"the review {pledge.review} lies outside {pledge.start} to {pledge.by}"
            found.append(loaded.finding((*at, "review"), message, "Write a year between."))
        if pledge.compliance_after is not None and pledge.review is None:
            message = "compliance_after without a review year is never read"
            found.append(loaded.finding((*at, "compliance_after"), message, "Add review, or delete it."))
    return found


def check_names(loaded: Loaded) -> list[Finding]:
    """Powers, fronts and goods that are named exist."""
    scenario = loaded.scenario
    known: dict[str, Mapping[str, Any]] = {"power": scenario.powers, "front": scenario.fronts}
    found = []
    for kind, path, name in _named(scenario):
        if name not in known[kind]:
            hint = did_you_mean(name, known[kind]) or f"Known: {', '.join(known[kind])}."
            found.append(loaded.finding(path, f'no {kind} "{name[:60]}"', hint))
    for importer, supply in scenario.supply.items():
        for name, cut in supply.cuts.items():
            if cut.good not in supply.goods:
                hint = did_you_mean(cut.good, supply.goods) or f"Known: {', '.join(supply.goods)}."
                found.append(loaded.finding(("supply", importer, "cuts", name, "good"), f'no good "{cut.good}"', hint))
            elif cut.power not in getattr(supply.goods[cut.good], cut.link):
                message = f"{cut.power} has no {cut.link} share of {cut.good}, so the cut changes nothing"
                found.append(
                    loaded.finding(
                        ("supply", importer, "cuts", name), message, f"Add {cut.link}.{cut.power} to the good."
                    )
                )
    return found


def _named(scenario: Scenario) -> Iterator[tuple[str, tuple[str | int, ...], str]]:
    """Every place that names a power or a front."""
    for name, power in scenario.powers.items():
        at: tuple[str | int, ...] = ("powers", name)
        yield from (("power", (*at, "arms_race", rival), rival) for rival in power.arms_race)
        yield from (("front", (*at, "station", front), front) for front in power.station)
        for key, shares in power.station_open.items():
            yield from (("front", (*at, "station_open", key, front), front) for front in shares)
        for posture, shares in power.postures.items():
            yield from (("front", (*at, "postures", posture, front), front) for front in shares)
    for name, front in scenario.fronts.items():
        at = ("fronts", name)
        yield "power", (*at, "challenger"), front.challenger
        yield "power", (*at, "host"), front.host
        for table in ("stakes", "defenders"):
            yield from (("power", (*at, table, power), power) for power in getattr(front, table))
        for option_name, option in front.options.items():
            for table in ("war_cost", "rupture"):
                yield from (("power", (*at, "options", option_name, table, p), p) for p in getattr(option, table))
    if scenario.partnership is not None:
        yield "power", ("partnership", "leader"), scenario.partnership.leader
        yield "power", ("partnership", "partner"), scenario.partnership.partner
    for name, pledge in scenario.commitments.items():
        yield from (("power", ("commitments", name, "powers", n), p) for n, p in enumerate(pledge.powers))
    for name, engagement in scenario.engagements.items():
        yield "power", ("engagements", name, "power"), engagement.power
    for importer, supply in scenario.supply.items():
        yield "power", ("supply", importer), importer
        for good_name, good in supply.goods.items():
            for link in ("shipped", "made"):
                yield from (
                    ("power", ("supply", importer, "goods", good_name, link, p), p) for p in getattr(good, link)
                )
        for cut_name, cut in supply.cuts.items():
            yield "power", ("supply", importer, "cuts", cut_name, "power"), cut.power


def check_claims(loaded: Loaded) -> list[Finding]:
    """Every source is a claim of the ledger."""
    found, claims = [], loaded.ledger.claims
    for path, quantity in figures(loaded).items():
        for claim in quantity.sources:
            if claim not in claims:
                hint = did_you_mean(claim, claims) or "Add the claim to ledger.toml, or write a judgement."
                found.append(loaded.finding((*path, "source"), f'no claim "{claim[:60]}" in the ledger', hint))
    for power, members in loaded.members.items():
        for member in members:
            for claim in member.source:
                if claim not in claims:
                    found.append(
                        _row(
                            loaded,
                            power,
                            member.code,
                            f'no claim "{claim[:60]}" in the ledger',
                            did_you_mean(claim, claims),
                        )
                    )
            if not member.source:
                message, remedy = "the row names no source", "Write the claims, separated by spaces."
                found.append(_row(loaded, power, member.code, message, remedy, warning=True))
    for policy in loaded.policies.values():
        for change in policy.changes:
            for claim in change.source:
                if claim not in claims:
                    message = f'{change.path}: no claim "{claim[:60]}" in the ledger'
                    found.append(_policy(loaded, policy.name, message, did_you_mean(claim, claims)))
    return found


def check_comparisons(loaded: Loaded) -> list[Finding]:
    """What a claim of the ledger is compared with is an outcome of this scenario."""
    fronts, found = loaded.scenario.fronts, []
    known = ["none", *(f"opened.{name}" for name in fronts)]
    known += [f"enters.{power}.{name}" for name, front in fronts.items() for power in front.defenders]
    known += ["two_fronts"] if len(fronts) > 1 else []
    known += ["accepted"] if loaded.scenario.partnership else []
    for number, claim in enumerate(loaded.ledger.claims.values()):
        if claim.compare is not None and claim.compare not in known:
            line, column = loaded.positions[LEDGER].key(("claims", number, "compare"))
            message = f'"{claim.compare[:60]}" is no outcome that a claim can be compared with here'
            remedy = did_you_mean(claim.compare, known) or f"Write one of: {', '.join(known)}."
            found.append(Finding("error", LEDGER, line, column, f"claims.{claim.id}.compare", message, remedy))
    return found


def _policy(loaded: Loaded, name: str, message: str, remedy: str) -> Finding:
    at = ("policies", name)
    line, column = loaded.positions[POLICIES].key(at) if POLICIES in loaded.positions else (0, 0)
    return Finding("error", POLICIES, line, column, ".".join(at), message, remedy)


def _row(loaded: Loaded, power: str, code: str, message: str, remedy: str, *, warning: bool = False) -> Finding:
    file = loaded.scenario.powers[power].members or ""
    lines = loaded.texts[file].split("\n")
    line = next((n for n, text in enumerate(lines, 1) if code in text.replace(";", ",").split(",")), 0)
    return Finding("warning" if warning else "error", file, line, 0, code, message, remedy)


def check_groups(loaded: Loaded) -> list[Finding]:
    """Groups scale their members' figures (unit 1); single powers give their own."""
    found = []
    for name, power in loaded.scenario.powers.items():
        for key in ("gdp", "share"):
            quantity: Quantity = getattr(power, key)
            group = quantity.kind.unit == "1"
            if power.members is not None and not group:
                message = f'{key} of a group scales its members\' figures and has the unit "1"'
                found.append(loaded.finding(("powers", name, key, "unit"), message, 'Write value = 1.0, unit = "1".'))
            elif power.members is None and group:
                wanted = "bn USD2024" if key == "gdp" else "% GDP"
                message = 'the unit "1" is for groups of members'
                found.append(loaded.finding(("powers", name, key, "unit"), message, f'Write it in "{wanted}".'))
    return found


def check_capital(loaded: Loaded) -> list[Finding]:
    """Today's capital is given or follows from published spending."""
    found = []
    first, last = loaded.scenario.start - HISTORY, loaded.scenario.start - 1
    for name, power in loaded.scenario.powers.items():
        if power.capital is not None:
            continue
        codes: list[str | None] = [member.code for member in loaded.members.get(name, ())]
        codes = codes or [power.code]
        for code in codes:
            if code is None:
                message = "neither capital nor a country code to find published spending"
                found.append(loaded.finding(("powers", name), message, 'Write capital = { … } or code = "POL".'))
                continue
            try:
                reference.past_spending(code, first, last, loaded.past)
            except DataError as error:
                message, _, remedy = str(error).partition(". ")
                found.append(loaded.finding(("powers", name, "code"), message, remedy.strip()))
    return found


def check_shares(loaded: Loaded) -> list[Finding]:
    """Shares of one whole do not exceed it: judged by the largest value of each."""
    found = []
    for path, shares in _wholes(loaded.scenario):
        highs = {name: share.bounds[1] for name, share in shares.items()}
        total = sum(highs.values())
        if total > 1 + _TOLERANCE:
            listed = " + ".join(f"{name} {high:g}" for name, high in highs.items())
            message = f"the shares can sum to {total:g}, more than 1 ({listed})"
            found.append(loaded.finding(path, message, "Lower the upper ends until they sum to at most 1."))
    return found


def _wholes(scenario: Scenario) -> Iterator[tuple[tuple[str, ...], Mapping[str, Quantity]]]:
    for name, power in scenario.powers.items():
        yield ("powers", name, "station"), power.station
        yield from ((("powers", name, "station_open", key), shares) for key, shares in power.station_open.items())
        yield from ((("powers", name, "postures", key), shares) for key, shares in power.postures.items())
    for importer, supply in scenario.supply.items():
        for good_name, good in supply.goods.items():
            yield ("supply", importer, "goods", good_name, "shipped"), good.shipped
            yield ("supply", importer, "goods", good_name, "made"), good.made


def check_partnership(loaded: Loaded) -> list[Finding]:
    """Leader and partner are two challengers, the partner of one front."""
    pact, fronts = loaded.scenario.partnership, loaded.scenario.fronts
    if pact is None:
        return []
    if pact.leader == pact.partner:
        return [loaded.finding(("partnership", "partner"), "leader and partner are the same power", "Name two powers.")]
    found = []
    counts = {power: sum(f.challenger == power for f in fronts.values()) for power in (pact.leader, pact.partner)}
    if counts[pact.leader] == 0:
        found.append(
            loaded.finding(
                ("partnership", "leader"), f"the leader {pact.leader} challenges no front", "Name a challenger."
            )
        )
    if counts[pact.partner] != 1:
        message = f"the partner {pact.partner} challenges {counts[pact.partner]} fronts"
        found.append(loaded.finding(("partnership", "partner"), message, "A partner challenges exactly one front."))
    return found


def check_fronts(loaded: Loaded) -> list[Finding]:
    """Each front has two sides, options, a known status and the stake of its challenger."""
    found = []
    for name, front in loaded.scenario.fronts.items():
        at = ("fronts", name)
        if front.challenger == front.host:
            found.append(loaded.finding((*at, "host"), "challenger and host are the same power", "Name two powers."))
        for power in {front.challenger, front.host} & set(front.defenders):
            message = f"{power} is challenger or host already"
            found.append(loaded.finding((*at, "defenders", power), message, "Delete it here."))
        if not front.options:
            found.append(loaded.finding((*at, "options"), "no option", f"Add [fronts.{name}.options.NAME]."))
        known = ("quiet", *front.options, "settled")
        if front.status not in known:
            hint = did_you_mean(front.status, known) or f"Known: {', '.join(known)}."
            found.append(loaded.finding((*at, "status"), f'unknown status "{front.status[:60]}"', hint))
        if front.challenger not in front.stakes:
            message = f"no stake of the challenger {front.challenger}"
            found.append(loaded.finding((*at, "stakes"), message, f"Add stakes.{front.challenger}."))
    return found


def check_station_open(loaded: Loaded) -> list[Finding]:
    """The keys of station_open are open fronts joined by + in the order of the scenario."""
    fronts, found = list(loaded.scenario.fronts), []
    for name, power in loaded.scenario.powers.items():
        for key in power.station_open:
            parts = key.split("+")
            right = "+".join(front for front in fronts if front in parts)
            at = ("powers", name, "station_open", key)
            if any(part not in fronts for part in parts):
                wrong = next(part for part in parts if part not in fronts)
                hint = did_you_mean(wrong, fronts) or f"The fronts are {', '.join(fronts)}."
                found.append(loaded.finding(at, f'no front "{wrong[:60]}"', hint))
            elif key != right:
                message = f'"{key}" is not in the order of the scenario'
                found.append(loaded.finding(at, message, f'Write "{right}".'))
    return found


def check_commitments(loaded: Loaded) -> list[Finding]:
    """A power stands in one commitment at most."""
    found: list[Finding] = []
    first: dict[str, str] = {}
    for name, pledge in loaded.scenario.commitments.items():
        for number, power in enumerate(pledge.powers):
            if power in first:
                message = f"{power} stands in the commitment {first[power]} already"
                found.append(loaded.finding(("commitments", name, "powers", number), message, "Name it in one."))
            first.setdefault(power, name)
    return found


def check_unmeasured(loaded: Loaded) -> list[Finding]:
    """A good whose flow to the importer nobody has measured gets a wide range: a world share is not a share here."""
    found = []
    for importer, supply in loaded.scenario.supply.items():
        for name, good in supply.goods.items():
            for power, share in good.shipped.items() if good.unmeasured else ():
                low, high = share.bounds
                if high - low < UNMEASURED:
                    message = f"unmeasured, yet its range is only {high - low:.2g} wide"
                    remedy = f"Give it a range of at least {UNMEASURED}, or cite the measurement and drop unmeasured."
                    found.append(loaded.finding(("supply", importer, "goods", name, "shipped", power), message, remedy))
    return found


def check_unread(loaded: Loaded) -> list[Finding]:
    """Warns of figures that the model will not read as they stand."""
    found, scenario = [], loaded.scenario
    for name, power in scenario.powers.items():
        if power.postures and power.swing is None:
            message = "postures without swing: no force can move, so that the postures change who fights but no shares"
            found.append(loaded.finding(("powers", name, "postures"), message, "Add swing.", warning=True))
        if power.swing is not None and not power.postures:
            message = "swing without postures is never read"
            found.append(loaded.finding(("powers", name, "swing"), message, "Add postures.", warning=True))
    if scenario.practice is not None and scenario.partnership is None:
        message = "practice without a partnership is never read"
        found.append(loaded.finding(("practice",), message, "Add [partnership].", warning=True))
    return found


def check_movers(loaded: Loaded) -> list[Finding]:
    """A power that moves says how precisely it chooses; of any other the figure would never be read."""
    found, scenario = [], loaded.scenario
    challengers = {front.challenger for front in scenario.fronts.values()}
    for name, power in scenario.powers.items():
        moves = bool(power.postures) or name in challengers
        if moves and power.precision_loss is None:
            message = "this power moves, and has no precision_loss"
            remedy = "Add the loss, in % GDP, that makes a move e times rarer; see docs/calibration.md."
            found.append(loaded.finding(("powers", name), message, remedy))
        if not moves and power.precision_loss is not None:
            message = "precision_loss is never read: this power moves in no stage"
            found.append(loaded.finding(("powers", name, "precision_loss"), message, "Remove it."))
    return found


CHECKS: dict[str, Check] = {
    "years": check_years,
    "names": check_names,
    "claims": check_claims,
    "comparisons": check_comparisons,
    "groups": check_groups,
    "capital": check_capital,
    "shares": check_shares,
    "order": check_order,
    "partnership": check_partnership,
    "fronts": check_fronts,
    "movers": check_movers,
    "station_open": check_station_open,
    "sees": check_sees,
    "concept": check_concept,
    "types": check_types,
    "structure": check_structure,
    "correlations": check_correlations,
    "commitments": check_commitments,
    "unmeasured": check_unmeasured,
    "unread": check_unread,
    "cut": cut_warnings,
}


def figures(loaded: Loaded) -> dict[tuple[str, ...], Quantity]:
    """Every figure of scenario.toml by its path; the knots of a path belong to one figure."""
    return dict(_figures(loaded.scenario, ()))


def _figures(node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Quantity]]:
    if isinstance(node, Quantity):
        yield path, node
    elif isinstance(node, Mapping):
        for name, below in node.items():
            yield from _figures(below, (*path, name))
    elif hasattr(type(node), "model_fields"):
        for name in type(node).model_fields:  # type: ignore[attr-defined]
            yield from _figures(getattr(node, name), (*path, name))
