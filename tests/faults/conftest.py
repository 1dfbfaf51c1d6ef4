"""What the faults share: tablets on which a technician is signed in."""

import pytest
from flask import Flask
from plant_client import SignedInAs

from techfloor.people.sessions import DEVICE_COOKIE, SESSION_COOKIE

from .tablets import TABLETS


@pytest.fixture
def cookies(app: Flask, as_: SignedInAs) -> list[str]:
    """The cookies of four tablets on which a technician is signed in."""
    found = []
    for key in "TOTO":
        client = as_(key, tablet=True)
        names = (SESSION_COOKIE, DEVICE_COOKIE)
        given = {name: client.get_cookie(name) for name in names}
        found.append("; ".join(f"{name}={cookie.value}" for name, cookie in given.items() if cookie))
    assert len(found) == TABLETS
    return found
