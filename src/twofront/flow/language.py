"""The languages that the product speaks."""

from twofront.errors import TwofrontError

LANGUAGES = ("en", "de")


def check_language(lang: str) -> None:
    if lang not in LANGUAGES:
        raise TwofrontError(f'no language "{lang}". Choose {" or ".join(LANGUAGES)}.')
