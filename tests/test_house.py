"""The house itself: light imports, a complete export list, rooms in order, no trace of one machine."""

import ast
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest

import twofront

ROOT = Path(__file__).parents[1]
HEAVY = ("jax", "jaxlib", "scipy", "pandas", "altair", "duckdb", "pyarrow")


def _loaded_after(program: str) -> set[str]:
    """The top-level packages in memory after a fresh interpreter has run the program."""
    tail = "\nimport sys; print('LOADED', *sorted({name.partition('.')[0] for name in sys.modules}))"
    done = subprocess.run([sys.executable, "-c", program + tail], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split()[1:])


def test_import_is_light() -> None:
    assert not _loaded_after("import twofront").intersection(HEAVY)


def test_help_is_light() -> None:
    program = """
import sys
sys.argv = ["twofront", "--help"]
from twofront.cli import main
try:
    main()
except SystemExit as stop:
    assert not stop.code
"""
    loaded = _loaded_after(program)
    assert "typer" in loaded, "--help did not reach the commands"
    assert not loaded.intersection(HEAVY)


def _static_imports() -> dict[str, str]:
    """What twofront/__init__.py shows to type checkers: name -> room."""
    tree = ast.parse(Path(twofront.__file__).read_text(encoding="utf-8"))
    guarded = next(node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in guarded.body if isinstance(node, ast.ImportFrom)]
    return {alias.name: node.module or "" for node in imports for alias in node.names}


def test_export_list_is_sorted_complete_and_short() -> None:
    assert list(twofront.__all__) == sorted({*twofront._HOME, "__version__"})
    assert len(twofront.__all__) <= 40
    assert _static_imports() == twofront._HOME


@pytest.mark.parametrize("name", sorted(twofront._HOME))
def test_every_export_exists_and_says_what_it_does(name: str) -> None:
    member = getattr(twofront, name)
    assert member.__doc__, f"twofront.{name} has no docstring"


def test_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'twofront' has no attribute 'ases'"):
        _ = twofront.ases  # type: ignore[attr-defined]


def test_rooms_import_one_way() -> None:
    """The contracts in pyproject.toml hold; the message of a broken one names the import."""
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command as c; c()",
            "--no-cache",
            "--no-logo",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 kept, 0 broken" in done.stdout


def test_version_is_the_newest_in_changelog_and_citation() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", changelog, flags=re.MULTILINE)
    assert newest
    assert newest[1] == twofront.__version__
    assert f"\nversion: {twofront.__version__}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")


def test_constraints_name_every_dependency_with_hashes_and_no_address() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {re.split(r"[<>=\[; ]", entry)[0].lower().replace("_", "-") for entry in wanted}
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==\S+.*?\n((?:    --hash=sha256:[0-9a-f]{64}.*\n)+)", text, flags=re.MULTILINE)
    assert names <= {name for name, _ in pinned}
    assert len(pinned) == len(re.findall(r"^[\w.-]+==", text, flags=re.MULTILINE)), "an entry has no hash"
    assert "://" not in text


def _text_files() -> list[Path]:
    """Every file of the repository that is, or will be, tracked and can be read as text."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [ROOT / name for name in listed.split("\0") if name]
    return [file for file in files if file.is_file() and b"\0" not in file.read_bytes()[:4096]]


def test_no_file_knows_one_machine_or_a_registry() -> None:
    # Written in pieces, so that this file does not find itself.
    paths = [
        "/" + "work/",
        "/" + "tmp/",
        "/" + "root/",
        "/" + r"home/\w",
        "/" + r"Users/\w",
        r"[A-Z]:\\" + r"Users\\",
    ]
    hosts = [
        "pypi" + r"\.org",
        "python" + r"hosted\.org",
        "npm" + r"js\.org",
        "debian" + r"\.org",
        "file:" + "///",
    ]
    pattern = re.compile("|".join([rf"(?<![\w.-]){path}" for path in paths] + hosts))
    found = [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in _text_files()
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, "\n".join(found)
