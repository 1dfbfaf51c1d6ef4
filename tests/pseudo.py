"""A language that no text is written in: every translated text stands in brackets, so what is not translated shows."""

from collections.abc import Iterator
from contextlib import contextmanager

import flask_babel
import pytest

OPEN, CLOSE = "⟦", "⟧"


class Pseudo:
    """A catalogue that has every text."""

    def ugettext(self, text: str) -> str:
        """Translate a text."""
        return f"{OPEN}{text}{CLOSE}"

    def ungettext(self, one: str, many: str, n: int) -> str:
        """Translate a text that counts."""
        return f"{OPEN}{one if n == 1 else many}{CLOSE}"

    gettext, ngettext = ugettext, ungettext


@contextmanager
def spoken() -> Iterator[None]:
    """Let the program speak that language."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flask_babel.Domain, "get_translations", lambda _self: Pseudo())
        yield
