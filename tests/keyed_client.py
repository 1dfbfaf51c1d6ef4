"""A browser of the tests that sends with every form what a page puts into it: its key, and what its boxes showed."""

import re
from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from techfloor.store.acts import new_id

_CHANGING = re.compile(
    r"/(edit|settings/plant|settings/(areas|shifts)/\d+|settings/profile/[\w.]+|devices/\d+)$", re.ASCII
)
"""The addresses of forms over something that stands already."""


class KeyedClient(FlaskClient):
    """A test client that gives each POST of a form an entry key of its own; one that is given stays, also ''."""

    def open(self, *args: Any, **named: Any) -> TestResponse:
        """Send a request."""
        typed = named.get("data")
        if named.get("method") == "POST" and "json" not in named and (typed is None or isinstance(typed, Mapping)):
            named["data"] = {"entry_key": new_id(), **self._shown(*args), **(typed or {})}
        return super().open(*args, **named)

    def _shown(self, *args: Any) -> dict[str, str]:
        """Return what the page of the form showed in its boxes when it was opened: just now."""
        if not args or not isinstance(args[0], str) or not _CHANGING.search(args[0]):
            return {}
        found = re.search(r'name="base" value="([^"]*)"', super().open(args[0], method="GET").text)
        return {"base": found[1]} if found else {}
