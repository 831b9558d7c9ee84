"""Who sees what, private types and structural variants: rules of a scenario's game that several records share."""

from __future__ import annotations

from twofront.errors import Finding, did_you_mean
from twofront.scenario.loaded import Loaded
from twofront.scenario.schema import Scenario, mover_of, unseen_stages

Path = tuple[str | int, ...]


def stages_of(scenario: Scenario) -> list[str]:
    """Every stage that the order has to name."""
    stages = [*scenario.fronts, *(name for name, power in scenario.powers.items() if power.postures)]
    return stages + (["call"] if scenario.partnership is not None else [])


def check_order(loaded: Loaded) -> list[Finding]:
    """The order of the year names every stage once, and the call stands between leader and partner."""
    return order_findings(loaded, loaded.scenario, ())


def order_findings(loaded: Loaded, scenario: Scenario, within: Path) -> list[Finding]:
    """What is wrong with an order, written at the top or in a variant."""
    stages, found = stages_of(scenario), []
    for number, name in enumerate(scenario.order):
        if name not in stages:
            hint = did_you_mean(name, stages) or f"The stages are {', '.join(stages)}."
            if name in scenario.powers:
                hint = f"{name} has no postures: give it some, or leave it out."
            found.append(loaded.finding((*within, "order", number), f'no stage "{name[:60]}"', hint))
        elif name in scenario.order[:number]:
            found.append(loaded.finding((*within, "order", number), f"{name} stands in the order twice", "Delete one."))
    for name in stages:
        if name not in scenario.order:
            found.append(loaded.finding((*within, "order"), f"{name} is missing in the order", f'Add "{name}".'))
    return found or _call_between(loaded, scenario, within)


def _call_between(loaded: Loaded, scenario: Scenario, within: Path) -> list[Finding]:
    pact, found = scenario.partnership, []
    if pact is None:
        return []
    call = scenario.order.index("call")
    for name, front in scenario.fronts.items():
        place = scenario.order.index(name)
        if front.challenger == pact.leader and place > call:
            message = f"the call comes before the leader's front {name}"
            remedy = f'Put "call" behind "{name}": the leader calls when it moves.'
            found.append(loaded.finding((*within, "order", call), message, remedy))
        if front.challenger == pact.partner and place < call:
            message = f"the partner's front {name} comes before the call"
            remedy = f'Put "call" before "{name}": the partner answers it.'
            found.append(loaded.finding((*within, "order", place), message, remedy))
    return found


def check_sees(loaded: Loaded) -> list[Finding]:
    """Stages see earlier ones; leader and partner see the call; nobody forgets what it did or saw."""
    return sees_findings(loaded, loaded.scenario, ())


def sees_findings(loaded: Loaded, scenario: Scenario, within: Path) -> list[Finding]:
    """What is wrong with `sees`, written at the top or in a variant."""
    order, found = scenario.order, []
    for stage, seen in scenario.sees.items():
        at = (*within, "sees", stage)
        if stage not in order:
            hint = did_you_mean(stage, order) or f"The stages are {', '.join(order)}."
            found.append(loaded.finding(at, f'no stage "{stage[:60]}"', hint))
            continue
        earlier = order[: order.index(stage)]
        listed = f"Earlier stages: {', '.join(earlier) or 'none'}."
        for name in seen:
            if name not in earlier:
                message = f'{stage} cannot see "{name[:60]}", which is no earlier stage'
                found.append(loaded.finding(at, message, did_you_mean(name, earlier) or listed))
            elif seen.count(name) > 1:
                found.append(loaded.finding(at, f"{name} is listed twice", "Delete one."))
    return found or _recall(loaded, scenario, within)


def _recall(loaded: Loaded, scenario: Scenario, within: Path) -> list[Finding]:
    """Perfect recall (Kuhn 1953), and a pact whose two sides know whether there was a call."""
    pact, order, found = scenario.partnership, scenario.order, []
    for number, stage in enumerate(order):
        unseen, mover = unseen_stages(scenario, stage), mover_of(scenario, stage)
        at = (*within, "sees", stage)
        if pact is not None and "call" in unseen and mover in (pact.leader, pact.partner):
            message = f"{stage} is moved by {mover}, which knows of the call, but does not see it"
            found.append(loaded.finding(at, message, 'Add "call".'))
        for own in order[:number]:
            if mover_of(scenario, own) != mover:
                continue
            known = {own, *order[: order.index(own)]} - unseen_stages(scenario, own)
            for name in sorted(known & unseen):
                message = f"{mover} forgets at {stage} what it did or saw at {own}: {name}"
                found.append(loaded.finding(at, message, f'Add "{name}".'))
    return found


def check_concept(loaded: Loaded) -> list[Finding]:
    """Best replies need everything observed: with hidden moves there may be none in pure moves, or many."""
    return concept_findings(loaded, loaded.scenario, ())


def concept_findings(loaded: Loaded, scenario: Scenario, within: Path) -> list[Finding]:
    """Where concept "best" meets a stage that does not see all."""
    if scenario.concept != "best":
        return []
    found = []
    for stage in scenario.order:
        if stage in stages_of(scenario) and (unseen := unseen_stages(scenario, stage)):
            message = f'concept "best" needs every stage to see all earlier ones; {stage} does not see {min(unseen)}'
            earlier = ", ".join(f'"{name}"' for name in scenario.order[: scenario.order.index(stage)])
            remedy = f"Write sees = {{ {stage} = [{earlier}] }}, or keep logit."
            found.append(loaded.finding((*within, "concept"), message, remedy))
    return found


def check_types(loaded: Loaded) -> list[Finding]:
    """A private type belongs to a power that moves in one stage, has one type, and two cases or more."""
    scenario, found = loaded.scenario, []
    owners: dict[str, str] = {}
    for name, kind in scenario.types.items():
        at = ("types", name)
        stages = [s for s in scenario.order if s in stages_of(scenario) and mover_of(scenario, s) == kind.power]
        if kind.power not in scenario.powers:
            hint = did_you_mean(kind.power, scenario.powers) or f"The powers are {', '.join(scenario.powers)}."
            found.append(loaded.finding((*at, "power"), f'no power "{kind.power}"', hint))
        elif len(stages) != 1:
            message = f"{kind.power} moves in {len(stages) or 'no'} stages; a type is known to one stage alone"
            found.append(loaded.finding((*at, "power"), message, "Give the type to a power that moves in one stage."))
        elif kind.power in owners:
            message = f"{kind.power} has the type {owners[kind.power]} already"
            found.append(loaded.finding((*at, "power"), message, "Give each power one type."))
        if len(kind.cases) < 2:
            found.append(loaded.finding((*at, "cases"), "a type with one case hides nothing", "Add a second case."))
        owners.setdefault(kind.power, name)
    return found


def check_structure(loaded: Loaded) -> list[Finding]:
    """Every variant is a whole structure that holds by the same rules, and differs from the scenario's own."""
    found = []
    for name, variant in loaded.scenario.structure.items():
        at, varied = ("structure", name), loaded.scenario.varied(variant)
        wrong = order_findings(loaded, varied, at)
        if not wrong:
            wrong = sees_findings(loaded, varied, at) + concept_findings(loaded, varied, at)
        found += wrong
        if not wrong and varied == loaded.scenario:
            message = "this variant is the scenario itself"
            found.append(loaded.finding(at, message, "Change concept, contest, order, sees or types."))
    return found
