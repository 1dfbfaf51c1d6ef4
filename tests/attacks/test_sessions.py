"""A session is its browser's alone: what is planted, copied, carried elsewhere or left over opens nothing."""

import re

import pytest
from flask import Flask
from plant_client import PlantClient, SignedInAs, device_key

from techfloor.people.sessions import DEVICE_COOKIE, SESSION_COOKIE

pytestmark = pytest.mark.pages

_LINK = re.compile(r'(?:href|action|value)="([^"]*)"')
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\\\evil.example/",
    "/\t/evil.example/",
    "///evil.example",
    "http:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/../../evil",
    "/@evil.example",
    "https:///evil.example",
    "/%0d%0aLocation:%20https://evil.example/",
    "/sign-out",
    ".evil.example",
    "http://localhost@evil.example/",
)


def signed_in(client: PlantClient) -> bool:
    return client.get("/me").status_code == 200


def token_of(client: PlantClient) -> str:
    found = client.get_cookie(SESSION_COOKIE)
    return found.value if found else ""


def enter(client: PlantClient, to: str = "") -> str:
    """Sign Quinn in and return where it leads."""
    typed = {"user_name": "quinn", "password": "demo-plant-quinn", **({"next": to} if to else {})}
    answer = client.submit("/sign-in", typed)
    assert answer.status_code == 303
    return answer.location


def test_a_token_planted_before_is_not_the_one_after(nobody: PlantClient, app: Flask) -> None:
    nobody.set_cookie(SESSION_COOKIE, "planted-by-somebody-else")
    enter(nobody)
    other = app.test_client()
    other.set_cookie(SESSION_COOKIE, "planted-by-somebody-else")

    assert token_of(nobody) != "planted-by-somebody-else"
    assert other.get("/me").status_code == 303


def test_a_copied_token_ends_with_its_session(nobody: PlantClient, app: Flask) -> None:
    enter(nobody)
    copy = app.test_client()
    copy.set_cookie(SESSION_COOKIE, token_of(nobody))
    assert copy.get("/me").status_code == 200
    nobody.submit("/sign-out", page="/me")

    assert copy.get("/me").status_code == 303


@pytest.mark.parametrize("where", ["", "T-05"])
def test_a_token_of_a_tablet_opens_nothing_elsewhere(as_: SignedInAs, app: Flask, where: str) -> None:
    tara = as_("T", tablet=True)
    thief = app.test_client()
    thief.set_cookie(SESSION_COOKIE, token_of(tara))
    if where:
        thief.set_cookie(DEVICE_COOKIE, device_key(where))

    assert thief.get("/me").status_code == 303
    assert signed_in(tara)


def test_a_token_of_a_desk_opens_nothing_on_a_tablet(as_: SignedInAs, app: Flask) -> None:
    thief = app.test_client()
    thief.set_cookie(SESSION_COOKIE, token_of(as_("T")))
    thief.set_cookie(DEVICE_COOKIE, device_key("T-04"))

    assert thief.get("/me").status_code == 303


def test_a_new_password_ends_every_other_session(as_: SignedInAs) -> None:
    here, elsewhere = as_("Q"), as_("Q")
    new = {"password": "a lathe at dawn, twice", "password_again": "a lathe at dawn, twice"}
    before = token_of(here)

    assert here.submit("/me/password", {"secret": here.secret, **new}).status_code == 303
    assert token_of(here) != before
    assert signed_in(here)
    assert not signed_in(elsewhere)


def test_the_way_after_the_sign_in_leads_nowhere_else(app: Flask) -> None:
    led = {to: enter(app.test_client(), to) for to in ELSEWHERE}  # type: ignore[arg-type]

    assert led == dict.fromkeys(ELSEWHERE, "/")


def test_no_link_of_the_sign_in_page_leads_elsewhere(nobody: PlantClient) -> None:
    pages = [nobody.get("/sign-in", query_string={"next": to}).text for to in ELSEWHERE]

    assert [link for page in pages for link in _LINK.findall(page) if "evil" in link] == []


def test_a_false_host_stands_in_no_link_and_on_no_paper(as_: SignedInAs) -> None:
    evil = {"Host": "evil.example", "X-Forwarded-Host": "evil.example"}
    quinn = as_("Q")
    quinn.set_cookie(SESSION_COOKIE, token_of(quinn), domain="evil.example")

    for page in ("/equipment/G-014", "/equipment/G-014/label", "/sign-in", "/calibration/start/G-014", "/verify"):
        answer = quinn.get(page, headers=evil)
        assert "evil.example" not in answer.text, page
        assert "evil.example" not in (answer.location or ""), page
