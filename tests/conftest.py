"""What every test shares: JAX on the CPU, a lasting compile cache, checked shapes, repeatable hypothesis."""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings
from jaxtyping import install_import_hook


def _user_cache() -> Path:
    """The folder where this user's programs keep what they can make again."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")


# JAX reads these when it is imported, and so do the commands that tests start as processes of their own.
os.environ["JAX_PLATFORMS"] = "cpu"
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(_user_cache() / "twofront" / "jax-tests"))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.5")
# The first screen is checked as text: no colours, a fixed width.
os.environ.update(NO_COLOR="1", COLUMNS="110")
os.environ.pop("FORCE_COLOR", None)

# Array shapes in annotations are checked at run time in tests only. Must come before the rooms are imported.
install_import_hook(["twofront.world", "twofront.game", "twofront.ensemble"], "beartype.beartype")

settings.register_profile("here", deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("here"), derandomize=True, database=None)
settings.load_profile("ci" if os.environ.get("CI") else "here")
