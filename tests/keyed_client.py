"""A browser of the tests that sends an entry key with every form, as each form of the application carries one."""

from collections.abc import Mapping
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from techfloor.store.acts import new_id


class KeyedClient(FlaskClient):
    """A test client that gives each POST of a form an entry key of its own; one that is given stays, also ''."""

    def open(self, *args: Any, **named: Any) -> TestResponse:
        """Send a request."""
        typed = named.get("data")
        if named.get("method") == "POST" and "json" not in named and (typed is None or isinstance(typed, Mapping)):
            named["data"] = {"entry_key": new_id(), **(typed or {})}
        return super().open(*args, **named)
