"""Random games with hidden moves, and the same games as pygambit's trees; shares nothing with the solvers."""

import itertools

import numpy as np

from twofront.game import Stage, StageGame


def recalled(stages):
    """Adds to `sees` what perfect recall asks for: a mover's own earlier moves and what it saw before."""
    done = []
    for stage in stages:
        sees = set(stage.sees)
        for other in done:
            if other.mover == stage.mover and stage.mover != "nature":
                sees |= {other.name, *other.sees}
        order = [other.name for other in done if other.name in sees]
        done.append(Stage(stage.name, stage.mover, stage.moves, sees=order))
    return done


def random_hidden(
    seed, *, batch=(), levels=None, forbid=0.0, chance=True, weigh=False, stages=5, moves=5, ends=3125, see=0.5
):
    """2 to 4 players, 2 to `stages` stages of 2 to `moves` moves, random sees; something is always hidden."""
    rng = np.random.default_rng(seed)
    while True:
        players = [f"p{i}" for i in range(rng.integers(2, 5))]
        sizes = [int(n) for n in rng.integers(2, moves + 1, rng.integers(2, stages + 1))]
        movers = [*players, "nature"] if chance else players
        drawn = []
        for k, n in enumerate(sizes):
            sees = [f"s{j}" for j in range(k) if rng.random() < see]
            drawn.append(Stage(f"s{k}", str(rng.choice(movers)), [f"m{i}" for i in range(n)], sees=sees))
        drawn = recalled(drawn)
        if np.prod(sizes) > ends:
            continue
        shape = (len(players), *sizes, *batch)
        payoffs = rng.integers(-levels, levels + 1, shape) if levels else rng.normal(size=shape)
        game = StageGame(players, drawn, payoffs.astype(float), **tables(rng, drawn, sizes, forbid, weigh))
        if any(game.hidden):
            return game


def tables(rng, stages, sizes, forbid, weigh):
    """Random legality (that hidden moves may change), sixteenths as chances, integer weights by what is seen."""
    found = {"legal": {}, "chance": {}, "weights": {}}
    for k, stage in enumerate(stages):
        here = tuple(sizes[: k + 1])
        seen = tuple(n if s.name in stage.sees else 1 for n, s in zip(sizes[:k], stages[:k], strict=True))
        if stage.mover == "nature":
            drawn = 1 + rng.multinomial(16 - here[-1], np.full(here[-1], 1 / here[-1]), here[:-1])
            found["chance"][stage.name] = drawn / 16
            continue
        if forbid:
            legal = rng.random(here if rng.random() < 0.3 else (*seen, here[-1])) >= forbid
            legal[..., 0] |= ~legal.any(axis=-1)
            found["legal"][stage.name] = legal
        if weigh:
            found["weights"][stage.name] = rng.integers(1, 4, (*seen, here[-1]))
    return found


def table(game, kind, k, path, default=1):
    """Entry of a mapping of arrays at a path, without the batch: one number for each move."""
    given = getattr(game, kind).get(game.stages[k].name)
    if given is None:
        return np.full(len(game.stages[k].moves), default)
    given = np.asarray(given)
    given = given.reshape(given.shape[: k + 1])
    return np.broadcast_to(given, game.moves[: k + 1])[path]


def knowledge(game):
    """For each path of legal moves to a player's stage what its mover knows: {path: key}; and the legal moves there."""
    keys, ways = {}, {}
    for k, stage in enumerate(game.stages):
        before = itertools.product(*(range(n) for n in game.moves[:k]))
        for path in (p for p in before if all(p[j] in ways.get(p[:j], ()) for j in range(k))):
            if stage.mover == "nature":
                ways[path] = tuple(range(len(stage.moves)))
                continue
            ways[path] = tuple(np.flatnonzero(table(game, "legal", k, path, True)).tolist())
            sees = stage.sees if stage.sees is not None else [s.name for s in game.stages]
            seen = tuple(m for m, s in zip(path, game.stages, strict=False) if s.name in sees)
            own = [keys[path[:j]] for j in range(k) if game.stages[j].mover == stage.mover]
            keys[path] = (k, seen, ways[path], tuple(own))
    return keys, ways


def gambit_tree(gbt, game):
    """The game as pygambit's tree, moves of weight n listed n times: (tree, {path: (infoset, moves listed)})."""
    tree = gbt.Game.new_tree(players=list(game.players))
    keys, ways = knowledge(game)
    sets, places = {}, {}

    def grow(node, path):
        k = len(path)
        if k == len(game.stages):
            pays = [gbt.Rational(float(x)) for x in game.payoffs[(slice(None), *path)].reshape(len(game.players))]
            tree.set_outcome(node, tree.add_outcome(f"end {len(tree.outcomes)}", pays))
            return
        stage = game.stages[k]
        if stage.mover == "nature":
            odds = table(game, "chance", k, path)
            tree.append_move(node, tree.players.chance, list(stage.moves))
            tree.set_chance_probs(node.infoset, [gbt.Rational(float(x)) for x in odds])
            copies = list(range(len(odds)))
        else:
            weights = table(game, "weights", k, path)
            copies = [m for m in ways[path] for _ in range(int(weights[m]))]
            if len(copies) == 1:
                return grow(node, (*path, copies[0]))
            if keys[path] in sets:
                tree.append_infoset(node, sets[keys[path]])
            else:
                tree.append_move(node, stage.mover, [f"{m}-{i}" for i, m in enumerate(copies)])
                sets[keys[path]] = node.infoset
            places[path] = node.infoset, copies
        for child, m in zip(list(node.children), copies, strict=True):
            grow(child, (*path, m))
        return None

    grow(tree.root, ())
    return tree, places
