"""A client that asks faster than anybody works is held up, is told until when, and takes nobody else along."""

from dataclasses import replace

import pytest
from flask import Flask
from plant_client import PlantClient, SignedInAs, device_key, read_forms

from attacks.conftest import let_go
from techfloor.app import create_app
from techfloor.people.sessions import DEVICE_COOKIE
from techfloor.settings import Settings
from techfloor.web import rates
from techfloor.web.rates import ENTRY, PAGE, PAPER, SECONDS, STRANGERS, Rates

pytestmark = pytest.mark.pages  # no database has a part in it

SPEED = 1
FULL = SPEED * SECONDS
PAGE_OF_HOLD = "/equipment/G-014/hold"
TYPED = {"reason": "other", "remark": "fell on the floor"}


class Ticks:
    """The time that passes for the stores, as the test lets it."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def ticks(app: Flask) -> Ticks:
    """Give the application a low limit, and a time that stands."""
    made = Ticks()
    app.extensions["techfloor"].rates = Rates(SPEED, made)
    return made


def flood(client: PlantClient, page: str) -> int:
    """Ask for a page until it is refused; return how often it was answered."""
    for n in range(FULL + 1):
        if client.get(page).status_code == 429:
            return n
    raise AssertionError("nothing stops it")


def test_a_session_that_floods_is_held_up_and_others_go_on(as_: SignedInAs, nobody: PlantClient, ticks: Ticks) -> None:
    tara, otto = as_("T", tablet=True), as_("O", tablet=True)
    assert flood(tara, "/healthz") == FULL
    refused = tara.get("/me")
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert "This came faster than anybody works." in refused.text
    assert otto.get("/me").status_code == nobody.get("/sign-in").status_code == 200
    ticks.now += 1
    assert [tara.get("/me").status_code for _ in range(SPEED + 1)] == [200, 429]


def test_an_entry_that_is_held_up_is_sent_again_from_the_page_that_says_so(as_: SignedInAs, ticks: Ticks) -> None:
    selma = as_("S")
    form = selma.hidden(PAGE_OF_HOLD, PAGE_OF_HOLD)
    flood(selma, "/healthz")
    referrer = {"Referer": f"http://localhost{PAGE_OF_HOLD}"}
    refused = selma.post(PAGE_OF_HOLD, data={**form, **TYPED}, headers=referrer)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "5")
    assert "fell on the floor" in refused.text
    (again,) = [each for each in read_forms(refused.text) if each.action == PAGE_OF_HOLD]
    ticks.now += ENTRY
    assert selma.post(PAGE_OF_HOLD, data=again.hidden, headers=referrer).status_code == 303


def test_of_a_flood_of_files_nothing_is_read(app: Flask, as_: SignedInAs, ticks: Ticks) -> None:
    selma = as_("S")
    flood(selma, "/healthz")
    referrer = {"Referer": f"http://localhost{PAGE_OF_HOLD}"}
    for kind in ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x"):
        sent = b"remark=" + b"x" * 2_000_000
        assert selma.post(PAGE_OF_HOLD, data=sent, content_type=kind, headers=referrer).status_code == 429


def test_strangers_share_the_store_of_their_address_and_empty_no_tablets(
    app: Flask, nobody: PlantClient, ticks: Ticks
) -> None:
    tablet = app.test_client()
    tablet.set_cookie(DEVICE_COOKIE, device_key("T-04"))
    assert nobody.get("/sign-in").status_code == 200
    assert app.extensions["techfloor"].rates.take("address 127.0.0.1", FULL * STRANGERS - PAGE, STRANGERS) == 0
    assert nobody.get("/sign-in").status_code == 429
    assert app.test_client().get("/verify").status_code == 429, "another browser of that address"
    assert tablet.get("/sign-in").status_code == 200


@pytest.mark.parametrize(
    ("proxies", "forwarded", "noted"),
    [
        (0, "203.0.113.9", "127.0.0.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 192.0.2.1", "203.0.113.9"),
        (1, "", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_the_address_is_the_browsers_and_nobody_chooses_it(
    settings: Settings, proxies: int, forwarded: str, noted: str
) -> None:
    app = create_app(replace(settings, proxies=proxies, pages_per_second=SPEED))
    headers = {"X-Forwarded-For": forwarded, "X-Forwarded-Proto": "https", "X-Forwarded-Host": "elsewhere.example"}
    answer = app.test_client().get("/sign-in", headers=headers if forwarded else {})
    assert answer.request.host == "localhost"
    assert set(app.extensions["techfloor"].rates._kept) == {f"address {noted}"}
    let_go(app)


def test_papers_and_archives_count_for_many_pages(app: Flask, as_: SignedInAs, ticks: Ticks) -> None:
    quinn = as_("Q")
    form = quinn.hidden("/me", "/sign-out")  # its key and token are those of this browser
    ticks.now += 1  # the page before took its part
    assert [quinn.post("/calibration/export", data=form).status_code for _ in range(2)] == [422, 429]
    costly = app.extensions["techfloor"].costly
    papers = {name for name, cost in costly.items() if cost == PAPER}
    assert {"calibration.export", "calibration.exported", "calibration.issue_certificate"} <= papers
    archives = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.endswith(".zip")}
    assert archives >= {"calibration.exported", "records.exported"}
    assert archives <= papers
    files = {"verify.look_up", "imports.look", "imports.check", "imports.bring_in", "imports.refused"}
    assert files | {"equipment.show_read", "calibration.show_read"} <= papers, "each reads a whole file anew"
    drawn = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.endswith(("s.pdf", "-form.pdf"))}
    assert drawn <= papers


def test_who_prints_a_label_for_each_gauge_of_a_shelf_is_not_held_up(
    app: Flask,
) -> None:
    """A hundred labels, each with its page, in two minutes."""
    costly, ticks = app.extensions["techfloor"].costly, Ticks()
    stores = Rates(20, ticks)
    for _ in range(100):
        ticks.now += 1.2
        assert [stores.take("session 1", cost) for cost in (PAGE, costly["equipment.label_pdf"])] == [0, 0]


def test_nobody_at_work_is_ever_held_up() -> None:
    """An hour of readings, one every two seconds: each typed with three drafts, saved, and led to two pages."""
    ticks, speed = Ticks(), 20
    stores = Rates(speed, ticks)
    for _ in range(1800):
        ticks.now += 2
        assert [stores.take("session 1", cost) for cost in (*[ENTRY] * 4, PAGE, PAGE)] == [0] * 6


def test_a_flood_of_addresses_fills_no_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "_MOST_KEPT", 100)
    ticks = Ticks()
    stores = Rates(SPEED, ticks)
    for n in range(1000):
        ticks.now += 0.001
        stores.take(f"address {n}", PAGE)
    assert len(stores._kept) <= 101


def test_without_a_limit_everybody_is_let_through() -> None:
    assert not any(Rates(speed).take("session 1", PAPER) for speed in (0, -1) for _ in range(1000))
