"""Where the model is compiled to: the device, and the folder that keeps compiled models."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from twofront.errors import TwofrontError

DEVICES = ("auto", "cpu", "gpu")


def use_compile_cache() -> None:
    """Keeps compiled models in the user's cache folder, unless the user named one."""
    base = os.environ.get("XDG_CACHE_HOME") or (os.environ.get("LOCALAPPDATA") if sys.platform == "win32" else None)
    folder = Path(base) if base else Path.home() / ".cache"
    os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(folder / "twofront" / "jax"))
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0")
    os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES", "-1")


def choose(device: str = "auto") -> str:
    """Chooses where to compute, and says which it is, "cpu" or "gpu"; "auto" takes a GPU where JAX finds one.

    Errors: TwofrontError for an unknown name, and where a GPU was asked for and JAX finds none.
    """
    if device not in DEVICES:
        raise TwofrontError(f'no device "{device}". Choose {", ".join(DEVICES[:-1])} or {DEVICES[-1]}.')
    use_compile_cache()
    import jax

    try:
        found = jax.devices(None if device == "auto" else device)[0]
    except RuntimeError as error:
        raise TwofrontError(
            f"a {device.upper()} was asked for, but JAX finds none here ({str(error).splitlines()[0]}). Install JAX "
            'for it (pip install "jax[cuda12]") on a machine that has one, or leave --device out.'
        ) from error
    jax.config.update("jax_default_device", found)
    return "cpu" if found.platform == "cpu" else "gpu"
