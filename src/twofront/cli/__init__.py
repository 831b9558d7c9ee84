"""The commands: thin, one for each question; everything they do can be done from Python (see flow).

This module loads nothing but the errors: what goes wrong while the commands load is a message and an exit code too.
"""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import NoReturn

from twofront.errors import Interrupted, ScenarioError, TwofrontError

# How Python, PyArrow and the loader of libraries say that no memory is left; XLA's word is a MemoryError (simulate).
NO_MEMORY = (
    "can't start new thread",
    "Failed to launch worker thread",
    "failed to map segment",
    "Cannot allocate memory",
)


def main() -> None:
    """Entry point of the command `twofront`."""
    sys.exit(_guard(_call))


def _call() -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a console without the letter prints ? and goes on
    from twofront.cli.commands import call

    code = call()
    sys.stdout.flush()
    return code


def _guard(work: Callable[[], int]) -> int:
    """Turns errors into messages and exit codes: 1 what the user can mend, 130 interrupted, else that of the work."""
    try:
        return work()
    except ScenarioError as error:
        for finding in error.findings:
            print(f"{finding.severity}: {finding}", file=sys.stderr)
    except Interrupted as error:
        print(f"interrupted: {error}", file=sys.stderr)
        _leave(130)
    except TwofrontError as error:
        print(f"error: {error}", file=sys.stderr)
    except KeyboardInterrupt:
        print("interrupted: nothing half written was left behind", file=sys.stderr)
        _leave(130)
    except BrokenPipeError:
        # Whoever read us has had enough (`twofront schema | head`): say nothing, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except Exception as error:
        if isinstance(error, MemoryError) or any(said in str(error) for said in NO_MEMORY):
            kept = "What was recorded is kept; try fewer --workers or a smaller --shard."
            print(f"error: out of memory. {kept}", file=sys.stderr)
            _leave(1)
        if not isinstance(error, OSError):
            raise
        print(f"error: {error.filename or 'file'}: {error.strerror or error}", file=sys.stderr)
    return 1


def _leave(code: int) -> NoReturn:
    """Ends the process without its threads: they may be in the middle of a compilation, which nothing can stop, or have
    found no memory where nobody expects it."""
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
    os._exit(code)
