"""Who goes is gone, from however old a page."""

import pytest
from flask import Flask
from plant_client import SignedInAs


@pytest.mark.parametrize("way", ["/sign-out", "/sign-in/switch", "/sign-in/lock"])
def test_a_page_that_was_too_old_still_signs_out(app: Flask, as_: SignedInAs, way: str) -> None:
    client = as_("S")
    app.config["WTF_CSRF_ENABLED"] = True
    client.post(way, headers={"Origin": "http://elsewhere.example", "Referer": "http://elsewhere.example/"})
    assert client.get("/records").status_code == 200
    assert client.post(way, headers={"Origin": "http://localhost"}).status_code == 303
    assert "/sign-in" in client.get("/records").location
