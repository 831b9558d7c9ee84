"""The scanner against tomllib: it finds every key that tomllib finds, and each stands where it says."""

import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from twofront.scenario.positions import parse

TEXT = """# comment
title = "a # b" # more
"quoted key" = 'x'
a.b.c = 1
point = { x = 1, 'y' = [1, 2,
  # inside
  3], z = { w = "q" } }
long = \"\"\"
one "two" \\\"\"\" three\"\"\"
raw = '''it's'''
when = 1979-05-27 07:32:00
[table.sub]
k = true
[[list]]
k = 1
[[list]]
k = 2
[list.inner]
deep = -1.5e3
"""


def paths(node: Any, prefix: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """Every key and item below a node that tomllib read."""
    below = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    return {path for key, item in below for path in ({(*prefix, key)} | paths(item, (*prefix, key)))}


def test_every_key_has_a_place() -> None:
    values, found, findings = parse(TEXT, "f.toml")
    assert findings == []
    assert values == tomllib.loads(TEXT)
    assert paths(values) == set(found.keys) | set(found.values)
    lines = TEXT.split("\n")
    for path in found.keys:
        line, column = found.key(path)
        name = str(path[-1] if isinstance(path[-1], str) else path[-2])
        assert name.split(".")[0] in lines[line - 1][column - 1 :]


def test_places_by_hand() -> None:
    _, found, _ = parse(TEXT, "f.toml")
    assert found.key(("title",)) == (2, 1)
    assert found.value(("title",)) == (2, 9)
    assert found.value(("a", "b", "c")) == (4, 9)
    assert found.value(("point", "y", 2)) == (7, 3)
    assert found.value(("list", 1, "inner", "deep")) == (19, 8)
    assert found.key(("list", 0, "missing")) == (14, 3)
    assert found.key(("nothing",)) == (0, 0)


keys = st.text(st.characters(codec="utf-8", exclude_characters="\r", exclude_categories=["Cs"]), max_size=8)
leaves = st.integers(-(10**6), 10**6) | st.booleans() | st.floats(-1e6, 1e6) | keys
trees = st.recursive(leaves, lambda below: st.lists(below, max_size=4) | st.dictionaries(keys, below, max_size=4))


def quoted(text: str) -> str:
    special = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(special.get(c) or (c if " " <= c != "\x7f" else f"\\u{ord(c):04X}") for c in text) + '"'


def toml(node: Any) -> str:
    if isinstance(node, dict):
        return "{" + ", ".join(f"{quoted(key)} = {toml(item)}" for key, item in node.items()) + "}"
    if isinstance(node, list):
        return "[" + ",\n ".join(toml(item) for item in node) + "]"
    if isinstance(node, str):
        return quoted(node)
    return str(node).lower() if isinstance(node, bool) else repr(node)


@given(st.dictionaries(keys, st.dictionaries(keys, trees, max_size=4) | trees, max_size=5))
def test_agrees_with_tomllib_on_any_tree(tree: dict[str, Any]) -> None:
    plain = "\n".join(f"{quoted(k)} = {toml(v)}" for k, v in tree.items() if not isinstance(v, dict))
    tables = "\n".join(
        f"[{quoted(k)}]\n" + "\n".join(f"{quoted(a)} = {toml(b)}" for a, b in v.items())
        for k, v in tree.items()
        if isinstance(v, dict)
    )
    text = f"{plain}\n{tables}"
    values, found, findings = parse(text, "f.toml")
    assert findings == []
    assert values == tomllib.loads(text) == tree
    assert paths(values) == set(found.keys) | set(found.values)
    for path, offset in found.values.items():
        assert text[offset] not in " \n="
        assert found.value(path) == found.place(offset)


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=60)
    | st.text("[]{}=.\"'#\n a1", max_size=60)
)
def test_accepts_what_tomllib_accepts_and_never_raises(text: str) -> None:
    values, _, findings = parse(text, "f.toml")
    try:
        expected = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        assert findings
        return
    assert findings or values == expected
    assert not findings or "finite" in findings[0].message


def test_duplicates() -> None:
    for text, message in {
        "a = 1\nb = 2\na = 3": "f.toml:3:1: a: given twice; first at 1:1",
        "[t]\na = 1\n[t]\nb = 1": "f.toml:3:2: t: given twice; first at 1:2",
        "t = { a = 1, a = 2 }": "f.toml:1:14: t.a: given twice; first at 1:7",
        "t = { a = 1 }\n[t]": "f.toml:2:2: t: given twice; first at 1:1",
    }.items():
        assert str(parse(text, "f.toml")[2][0]).startswith(message)


def test_faults_have_a_place() -> None:
    for text, message in {
        "a = 1\nb = yes": "f.toml:2:5: not readable as TOML: invalid value",
        "a = [1, 2": "f.toml:1:10: not readable as TOML: unclosed array",
        "a 1": "f.toml:1:3: not readable as TOML",
    }.items():
        assert str(parse(text, "f.toml")[2][0]).startswith(message)
