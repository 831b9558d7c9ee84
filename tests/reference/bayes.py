"""Pure perfect Bayesian equilibria the slow way: pygambit's pure agent equilibria, filtered path by path.

A profile stays if at every information set its move is best given later play and some belief: Bayes' from the start of
the smallest subgame around the set where play comes from there, chance's where only chance separates the nodes, free
elsewhere (an LP decides whether one exists).
"""

import numpy as np
from scipy.optimize import linprog
from tests.reference.hidden import gambit_tree, knowledge, table

SLACK = 1e-9


def pure_equilibria(gbt, game):
    """Every pure perfect Bayesian equilibrium as {information set: move}, sets of a single move left out."""
    tree, places = gambit_tree(gbt, game)
    keys, ways = knowledge(game)
    if not places:
        return [{}]
    found = []
    for profile in gbt.nash.enumpure_agent_solve(tree).equilibria:
        chosen = {}
        for path, (infoset, copies) in places.items():
            shares = [float(profile[action]) for action in infoset.actions]
            chosen[keys[path]] = copies[int(np.argmax(shares))]
        if all(_rational(game, keys, ways, chosen, key) for key in chosen):
            found.append(chosen)
    return found


def _steps(game, keys, ways, chosen, path):
    """What happens after a path: {move: probability}."""
    if game.stages[len(path)].mover == "nature":
        return dict(enumerate(np.asarray(table(game, "chance", len(path), path), float)))
    if len(ways[path]) == 1:
        return {ways[path][0]: 1.0}
    return {chosen[keys[path]]: 1.0}


def _value(game, keys, ways, chosen, path, player):
    if len(path) == len(game.stages):
        return float(game.payoffs[(player, *path)])
    steps = _steps(game, keys, ways, chosen, path)
    return sum(p * _value(game, keys, ways, chosen, (*path, m), player) for m, p in steps.items())


def _root(keys, ways, members):
    """The longest common start of some paths whose subgame cuts no information set; where nobody chooses is none."""
    keys = {path: key for path, key in keys.items() if len(ways[path]) > 1}
    for n in range(min(len(path) for path in members), -1, -1):
        start = members[0][:n]
        if any(path[:n] != start for path in members):
            continue
        inside = [key for path, key in keys.items() if path[:n] == start and len(path) >= n]
        if all(path[:n] == start for path, key in keys.items() if key in set(inside)):
            return n
    raise AssertionError


def _reach(game, keys, ways, chosen, path, begin):
    shares = [_steps(game, keys, ways, chosen, path[:k]).get(path[k], 0.0) for k in range(begin, len(path))]
    return float(np.prod(shares)) if shares else 1.0


def _only_chance(game, keys, ways, members):
    """The odds of the members if nobody but chance separates them, else None."""
    odds = []
    for path in members:
        share = 1.0
        for k, stage in enumerate(game.stages[: len(path)]):
            if stage.mover == "nature":
                share *= float(table(game, "chance", k, path[:k])[path[k]])
        odds.append(share)
    for k, stage in enumerate(game.stages[: len(members[0])]):
        own = {(keys.get(path[:k]), path[k]) for path in members if stage.mover != "nature" and len(ways[path[:k]]) > 1}
        forced = any(stage.mover == "nature" or len(ways[path[:k]]) == 1 for path in members)
        if len(own) > 1 or (own and forced and stage.mover != "nature"):
            return None
    return odds


def _rational(game, keys, ways, chosen, key):
    members = [path for path, other in keys.items() if other == key]
    player = game.players.index(game.stages[key[0]].mover)
    worth = np.array(
        [[_value(game, keys, ways, chosen, (*path, m), player) for m in ways[members[0]]] for path in members]
    )
    lead = worth[:, [ways[members[0]].index(chosen[key])]] - worth
    reach = [_reach(game, keys, ways, chosen, path, _root(keys, ways, members)) for path in members]
    odds = _only_chance(game, keys, ways, members)
    belief = odds if odds is not None else reach if sum(reach) > 0 else None
    if belief is not None:
        return bool((np.array(belief) @ lead / sum(belief) >= -SLACK).all())
    n = len(members)
    found = linprog(np.zeros(n), A_ub=-lead.T, b_ub=np.full(lead.shape[1], SLACK), A_eq=np.ones((1, n)), b_eq=[1])
    return found.status == 0


def as_sets(game, behaviour):
    """A solution's pure behaviour as {information set: move}, in the terms of `pure_equilibria`."""
    keys, ways = knowledge(game)
    return {
        key: int(np.argmax(behaviour[game.stages[len(path)].name][path]))
        for path, key in keys.items()
        if len(ways[path]) > 1
    }


def distinct(profiles):
    """Profiles as a set that can be compared."""
    return {tuple(sorted(profile.items(), key=repr)) for profile in profiles}
