"""When a request cannot be answered: a page that says what to do, a reference that stands in the log, nothing saved."""

import logging
import re
from typing import Any

import pytest
from flask import Flask, redirect
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from techfloor import store
from techfloor.places.models import Area
from techfloor.records import drafts
from techfloor.refusals import NotFound, Refusal
from techfloor.store.queue import Busy
from techfloor.web.access import OPEN, SIGNED_IN
from techfloor.web.pages import Pages

from .conftest import VisitAs


def _raise(error: Exception) -> Any:
    raise error


def _add_area_and_fail() -> Any:
    store.db.session.add(Area(key="ghost", name="Ghost"))
    store.db.session.flush()
    raise RuntimeError("half way\nERROR 2026 forged line")


@pytest.fixture(autouse=True)
def _troubles(house_app: Flask) -> None:
    """Pages that get into every trouble."""
    pages = Pages("troubles", __name__, url_prefix="/t")
    for name, error in {
        "refusal": Refusal("Enter %(what)s first.", what="a value"),
        "lost": NotFound("This gauge is not here."),
        "busy": Busy("no turn"),
        "locked": OperationalError("x", {}, Exception("database is locked")),
        "fault": RuntimeError("a fault"),
        "overflow": OverflowError("int too large to convert to float"),
        "number": OverflowError("Python int too large to convert to SQLite INTEGER"),
    }.items():
        pages.page(f"/{name}", permission=OPEN, endpoint=name)(lambda error=error: _raise(error))
    pages.act("/half", permission=OPEN, action="test:area:add", endpoint="half")(_add_area_and_fail)
    pages.act("/form", permission=SIGNED_IN, action="test:form:send", endpoint="form")(lambda: redirect("/", 303))
    house_app.register_blueprint(pages)
    house_app.extensions["techfloor"].access.update(pages.access)


@pytest.mark.clause("ISO/IEC 17025 7.11.3")
def test_a_fault_shows_a_reference_that_stands_in_the_log(visit: VisitAs, caplog: pytest.LogCaptureFixture) -> None:
    page = visit("technician").get("/t/fault")

    shown = re.search(r'Reference for the administrator:.*?<span class="code">(\w{8})</span>', page.text, re.DOTALL)
    assert page.status_code == 500
    assert shown is not None
    line = next(record.getMessage() for record in caplog.records if record.levelno == logging.ERROR)
    assert shown[1] in line
    assert "troubles.fault" in line
    assert "by person 1" in line


def test_a_number_that_no_row_can_have_is_no_page_and_any_other_overflow_is_a_fault(
    visit: VisitAs, caplog: pytest.LogCaptureFixture
) -> None:
    assert visit("technician").get("/t/number").status_code == 404
    assert not [each for each in caplog.records if each.levelno == logging.ERROR]
    assert visit("technician").get("/t/overflow").status_code == 500
    assert [each for each in caplog.records if each.levelno == logging.ERROR]


def test_the_words_of_a_fault_stay_in_the_log(visit: VisitAs) -> None:
    assert "a fault" not in visit("technician").get("/t/fault").text


@pytest.mark.clause("ISO/IEC 17025 7.11.3")
def test_a_fault_leaves_nothing_half_saved(house_app: Flask) -> None:
    answer = house_app.test_client().post("/t/half")

    assert answer.status_code == 500
    with house_app.app_context():
        assert store.db.session.scalar(select(Area).where(Area.key == "ghost")) is None


def test_what_was_typed_into_a_form_that_failed_stands_on_its_page_again(house_app: Flask, visit: VisitAs) -> None:
    answer = visit("technician").post(
        "/t/half", data={"note": "worn jaw", "pin": "274913"}, headers={"Referer": "http://localhost/records"}
    )

    assert answer.status_code == 500
    assert "What you typed is kept" in answer.text
    assert 'href="/records"' in answer.text
    with house_app.app_context():
        assert drafts.values_of(1, "/records") == {"note": "worn jaw"}


@pytest.mark.parametrize("path", ["/t/fault", "/t/lost", "/no/such/page"])
def test_a_page_that_was_only_opened_speaks_of_nothing_typed(visit: VisitAs, path: str) -> None:
    assert "you typed" not in visit("technician").get(path).text.partition("</main>")[0]


@pytest.mark.parametrize("path", ["/t/fault", "/t/lost", "/no/such/page"])
def test_an_error_page_has_one_heading_and_a_way_on_for_who_is_not_signed_in(house_app: Flask, path: str) -> None:
    page = house_app.test_client().get(path).text

    assert page.count("<h1") == 1
    assert 'class="button button-primary" href="/sign-in"' in page


def test_text_a_user_typed_cannot_pass_for_a_line_of_the_log(
    house_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    house_app.test_client().post("/t/half?x=%0d%0aERROR")

    logged = next(record.getMessage() for record in caplog.records if record.levelno == logging.ERROR)
    assert all(line.startswith("  | ") for line in logged.splitlines()[1:])
    assert "forged line" in logged


def test_the_answer_is_plain_words_when_even_the_page_fails(house_app: Flask) -> None:
    house_app.context_processor(lambda: _raise(RuntimeError("the shell is broken")))

    answer = house_app.test_client().get("/t/fault")

    assert answer.status_code == 500
    assert "<h1>Something went wrong" in answer.text
    assert "the shell is broken" not in answer.text


def test_a_refusal_outside_of_a_form_is_said(house_app: Flask) -> None:
    answer = house_app.test_client().get("/t/refusal")

    assert (answer.status_code, "Enter a value first." in answer.text) == (422, True)


def test_what_is_not_here_is_a_404(house_app: Flask) -> None:
    answer = house_app.test_client().get("/t/lost")

    assert (answer.status_code, "This gauge is not here." in answer.text) == (404, True)


@pytest.mark.parametrize("name", ["busy", "locked"])
def test_a_busy_database_says_when_to_try_again(house_app: Flask, name: str) -> None:
    answer = house_app.test_client().get(f"/t/{name}")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "Nothing was saved" in answer.text


def test_an_unknown_page_is_a_404(house_app: Flask) -> None:
    answer = house_app.test_client().get("/no/such/page")

    assert (answer.status_code, "This page is not here." in answer.text) == (404, True)


def test_a_page_opened_the_wrong_way_says_where_to_begin(house_app: Flask) -> None:
    answer = house_app.test_client().get("/t/form")

    assert (answer.status_code, "Go to what is due" in answer.text) == (405, True)


def test_what_a_role_may_not_do_names_the_roles_that_may(visit: VisitAs) -> None:
    answer = visit("technician").get("/settings/plant")

    assert answer.status_code == 403
    assert "This can be done by: Administrator." in answer.text


def test_a_stranger_who_posts_gets_the_sign_in_page_with_what_was_typed(house_app: Flask) -> None:
    answer = house_app.test_client().post("/t/form", data={"note": "worn jaw", "pin": "274913"})

    assert answer.status_code == 401
    assert "worn jaw" in answer.text
    assert "274913" not in answer.text


def _with_tokens(app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = True


def test_a_page_that_was_too_old_keeps_what_was_typed(house_app: Flask, visit: VisitAs) -> None:
    client = visit("technician")
    _with_tokens(house_app)

    answer = client.post(
        "/t/form", data={"note": "worn jaw", "pin": "274913"}, headers={"Referer": "http://localhost/records?x=1"}
    )

    assert (answer.status_code, answer.location) == (303, "/records")
    with house_app.app_context():
        kept = drafts.values_of(1, "/records")
    assert kept == {"note": "worn jaw"}
    assert "This page was too old. Your entry is kept" in client.get("/records").text


def test_a_button_on_a_page_that_was_too_old_is_pressed_once_more(house_app: Flask, visit: VisitAs) -> None:
    client = visit("technician")
    _with_tokens(house_app)
    assert client.post("/t/form", headers={"Referer": "http://localhost/records"}).location == "/records"
    assert "press it once more" in client.get("/records").text


def test_a_form_of_another_site_is_not_kept(house_app: Flask, visit: VisitAs) -> None:
    client = visit("technician")
    _with_tokens(house_app)

    client.post("/t/form", data={"note": "planted"}, headers={"Origin": "http://evil.example"})

    with house_app.app_context():
        assert drafts.values_of(1, "/t/form") == {}


def test_a_stranger_with_an_old_page_signs_in_with_what_was_typed(house_app: Flask) -> None:
    _with_tokens(house_app)

    answer = house_app.test_client().post("/t/form", data={"note": "worn jaw"})

    assert answer.status_code == 401
    assert "worn jaw" in answer.text


def test_an_old_sign_in_page_is_opened_again(house_app: Flask) -> None:
    _with_tokens(house_app)

    answer = house_app.test_client().post(
        "/sign-in", data={"user_name": "tara"}, headers={"Referer": "http://localhost/sign-in"}
    )

    assert (answer.status_code, answer.location) == (303, "/sign-in")


def test_healthz_answers_as_json(house_app: Flask) -> None:
    answer = house_app.test_client().get("/healthz")

    assert answer.json == {"status": "ok", "version": "0.1.0", "database": "ok", "setup": False}


def test_healthz_says_so_when_the_database_fails(house_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    notice = house_app.extensions["techfloor"].plant_notice
    monkeypatch.setattr(notice, "read", lambda _session: _raise(OSError("gone")))

    answer = house_app.test_client().get("/healthz")

    assert answer.status_code == 500
    assert answer.json is not None
    assert answer.json["status"] == "error"
