"""The headers of every kind of answer, and the cookies: nothing inline, nothing kept, nothing for others."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from plant_client import PlantClient, SignedInAs, watch_over
from werkzeug.test import TestResponse

from attacks.conftest import Besieged, let_go
from techfloor.app import create_app
from techfloor.settings import Settings

pytestmark = [pytest.mark.database, pytest.mark.pages]

Ask = Callable[[Besieged], TestResponse]


def _fail() -> str:
    raise RuntimeError("nobody foresaw this")


def _fault(plant: Besieged) -> TestResponse:
    client, views = plant.as_("T"), plant.app.view_functions
    kept, client.faults_allowed = views["house.more"], True
    views["house.more"] = _fail
    try:
        return client.get("/more")
    finally:
        views["house.more"], client.faults_allowed = kept, False


def _too_large(plant: Besieged) -> TestResponse:
    return plant.as_("").post("/verify", data={"csrf_token": plant.token(""), "code": "x" * 2_000_000})


ANSWERS: dict[str, tuple[int, Ask]] = {
    "a page": (200, lambda plant: plant.as_("Q").get("/equipment/G-014")),
    "a page for nobody": (200, lambda plant: plant.as_("").get("/sign-in")),
    "the way to sign in": (303, lambda plant: plant.as_("").get("/more")),
    "sign in first": (401, lambda plant: plant.as_("").post("/scan", data={"csrf_token": plant.token("")})),
    "a form without its token": (303, lambda plant: plant.as_("Q").post("/scan")),
    "a form refused": (422, lambda plant: plant.as_("Q").post("/scan", data={"csrf_token": plant.token("Q")})),
    "not allowed": (403, lambda plant: plant.as_("T").get("/settings/plant")),
    "not found": (404, lambda plant: plant.as_("Q").get("/equipment/G-999")),
    "no such address": (404, lambda plant: plant.as_("").get("/.env")),
    "another verb": (405, lambda plant: plant.as_("Q").delete("/more", headers={"X-CSRFToken": plant.token("Q")})),
    "too large": (413, _too_large),
    "a fault": (500, _fault),
    "what is asked by programs": (200, lambda plant: plant.as_("").get("/healthz")),
    "a certificate": (200, lambda plant: plant.as_("Q").get("/calibration/CAL-2026-00001/certificate.pdf")),
    "a file": (200, lambda plant: plant.as_("Q").get(f"/calibration/{plant.doors.names['checked']}/files/1")),
    "verbs": (200, lambda plant: plant.as_("Q").options("/more")),
    "a static file": (200, lambda plant: plant.as_("").get("/static/icons.svg")),
    "no static file": (404, lambda plant: plant.as_("").get("/static/../app.py")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_has_its_headers(plant: Besieged, name: str) -> None:
    status, ask = ANSWERS[name]
    answer = ask(plant)
    headers = answer.headers

    assert answer.status_code == status
    policy = dict(part.strip().partition(" ")[::2] for part in headers["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert (policy["object-src"], policy["base-uri"], policy["form-action"]) == ("'none'", "'none'", "'self'")
    assert policy["frame-ancestors"] == ("'self'" if name == "a certificate" else "'none'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "*" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "microphone=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    assert {"Server", "X-Powered-By"} & set(headers.keys()) == set()
    if (answer.mimetype or "").startswith("text/"):
        assert answer.mimetype_params == {"charset": "utf-8"}


@pytest.mark.parametrize("name", [name for name in ANSWERS if "static" not in name])
def test_what_is_private_is_kept_by_no_one(plant: Besieged, name: str) -> None:
    kept = ANSWERS[name][1](plant).headers["Cache-Control"]

    assert kept == ("private, no-cache" if name == "a certificate" else "no-store")


def test_a_file_is_a_download_of_the_kind_it_is(plant: Besieged) -> None:
    headers = ANSWERS["a file"][1](plant).headers

    assert headers["Content-Type"] == "application/pdf"
    assert headers["Content-Disposition"].startswith("attachment; filename=")


def test_no_page_has_anything_inline(plant: Besieged) -> None:
    inline = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>\s*\S|<style|\sstyle=|\son[a-z]+=|javascript:", re.IGNORECASE)
    assert [seen.page for seen in plant.pages if inline.search(seen.text)] == []


@pytest.fixture
def over_tls(settings: Settings) -> Iterator[Flask]:
    """The application behind a proxy with TLS."""
    made = create_app(replace(settings, secure_cookies=True))
    made.test_client_class = PlantClient
    watch_over(made)
    yield made
    let_go(made)


def sign_in(app: Flask) -> TestResponse:
    """Sign Quinn in as a browser over TLS does, and change how the screen looks."""
    client = app.test_client()
    page = client.get("/sign-in", base_url="https://localhost").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    typed = {"csrf_token": token[1], "user_name": "quinn", "password": "demo-plant-quinn"}
    headers = {"Referer": "https://localhost/sign-in"}
    answer = client.post("/sign-in", data=typed, base_url="https://localhost", headers=headers)
    assert client.get("/more", base_url="https://localhost").status_code == 200
    return answer


def test_over_tls_cookies_are_bound_to_it_and_to_this_host(over_tls: Flask) -> None:
    answer = sign_in(over_tls)
    cookies = answer.headers.getlist("Set-Cookie")

    assert {cookie.partition("=")[0] for cookie in cookies} == {"__Host-techfloor_session", "__Host-techfloor_form"}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_over_tls_a_cookie_that_a_neighbour_could_plant_opens_nothing(over_tls: Flask, as_: SignedInAs) -> None:
    token = as_("Q").get_cookie("techfloor_session")
    assert token is not None
    client = over_tls.test_client()
    client.set_cookie("techfloor_session", token.value)
    assert client.get("/more", base_url="https://localhost").status_code == 303
    client.set_cookie("__Host-techfloor_session", token.value, secure=True)
    assert client.get("/more", base_url="https://localhost").status_code == 200


def test_over_tls_browsers_are_told_to_come_no_other_way(over_tls: Flask) -> None:
    headers = over_tls.test_client().get("/healthz", base_url="https://localhost").headers

    assert headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
