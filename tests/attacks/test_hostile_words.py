"""Hostile words in every box of every form: kept and shown as words, or refused; never run, never a fault."""

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from databases import Keeper
from plant_client import PlantClient, SignedInAs
from sqlalchemy import select, text

from attacks.conftest import Besieged, Form, besieged
from techfloor.equipment.models import Equipment
from techfloor.people.models import Person, PersonRole
from techfloor.store import db

pytestmark = [pytest.mark.database, pytest.mark.pages]

MARK = "xss7f3a"
MARKUP = f"\"'><script>{MARK}()</script><img src=x onerror={MARK}()>{{{{10007*10009}}}}${{10007*10009}}&lt;"
SQL = "x'); DROP TABLE person; --"
LIKE = "%' OR 1=1 UNION SELECT hash FROM secret --"
LINES = "Rita\r\nERROR forged line\r\nSet-Cookie: a=b\u2028\u202e"
HOSTILE = (MARKUP, SQL, LIKE, LINES)
RAW = re.compile(rf"<script>{MARK}|<img src=x onerror={MARK}|[^&]lt;{MARK}|100160063")
QUIET = frozenset({"/people/1/deactivate", "/people/1/badge", "/people/1/code", "/devices/enrol"})
"""What asks for no words and would lock somebody out."""


@pytest.fixture(scope="module")
def plant(keeper: Keeper, template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Besieged]:
    """A plant of this file's own: what is typed here is kept."""
    with besieged(keeper, template, tmp_path_factory.mktemp("hostile")) as made:
        yield made


def words_boxes(plant: Besieged) -> Iterator[Form]:
    """Give the forms that take words, but those that would end a session or a tablet."""
    for form in plant.forms:
        ends = form.paper.action.endswith(("/revoke", "/end", "/unlock")) or form.paper.action in QUIET
        if form.paper.texts and not ends and not form.page.startswith(("/me/", "/house/parts", "/devices/enrol")):
            yield form


def test_no_form_runs_what_is_typed_or_fails_over_it(plant: Besieged) -> None:
    boxes = 0
    for nth, form in enumerate(words_boxes(plant)):
        for value in (MARKUP, HOSTILE[1 + nth % 3]):
            typed = dict.fromkeys(form.paper.texts, value)
            boxes += len(typed)
            answer = form.send(**typed)
            assert answer.status_code in {200, 303, 409, 422}, (form.page, value, answer.status_code)
            assert RAW.search(answer.text) is None, (form.page, value)
            assert "Set-Cookie: a=b" not in str(answer.headers)
    assert boxes >= 100


def test_what_was_kept_of_it_stands_as_words_on_every_page(plant: Besieged) -> None:
    """The forms before left what they could; here a name is made of it, and every page of it is read."""
    quinn, dana = plant.as_("Q"), plant.as_("D")
    machine = {"code": "M-907", "name": MARKUP, "lifecycle": "in service", "note": MARKUP, "maker": MARKUP}
    assert quinn.submit("/equipment/new/machine", machine).status_code == 303
    held = {"reason": "damaged", "remark": MARKUP}
    assert quinn.submit("/equipment/G-020/hold", held).status_code == 303
    person = {"name": MARKUP[:80], "user_name": "hostile", "roles": "technician", "initials": "", "area_id": ""}
    assert dana.submit("/people/new", person).status_code == 303
    pages = ["/equipment/M-907", "/equipment/M-907/label", "/equipment/M-907/edit", "/equipment/?kind=machine"]
    pages += ["/equipment/G-020", "/calibration/gauges/G-020", "/search?q=M-907", "/people/", "/trail/people"]
    found = 0
    for page in [*pages, f"/search?q={quote(MARKUP)}", f"/e/{quote(MARKUP, safe='')}", f"/records?q={quote(MARKUP)}"]:
        client = plant.as_("A") if page.startswith("/trail") else quinn
        shown = client.get(page).text
        found += MARK in shown
        assert RAW.search(shown) is None, page
    assert found >= 8, "the words stand there, escaped"


def test_no_word_of_an_address_is_run(plant: Besieged) -> None:
    for value in HOSTILE:
        given = quote(value, safe="")
        for page in (
            "/search?q=",
            "/records?q=",
            "/equipment/?kind=",
            "/equipment/?q=",
            "/calibration/?at=",
            "/sign-in?next=",
        ):
            answer = plant.as_("Q").get(page + given)
            assert answer.status_code in {200, 303, 404}, (page, value)
            assert RAW.search(answer.text) is None
    with plant.app.app_context():
        assert db.session.scalar(text("SELECT count(*) FROM person")) >= 7


def test_a_search_for_sql_finds_what_has_its_words_and_nothing_else(as_: SignedInAs) -> None:
    quinn = as_("Q")
    machine = {"code": "M-908", "name": SQL, "lifecycle": "in service"}
    assert quinn.submit("/equipment/new/machine", machine).status_code == 303

    assert "M-908" in quinn.get("/search", query_string={"q": SQL}).text
    assert "M-908" not in quinn.get("/search", query_string={"q": LIKE}).text
    assert "secret" not in quinn.get("/search", query_string={"q": LIKE}).text.replace(LIKE, "").split("</form>")[-1]


@pytest.mark.parametrize("sign", "=+-@\t")
def test_no_sheet_takes_a_name_for_a_formula(as_: SignedInAs, sign: str) -> None:
    dana = as_("D")
    entry = {
        "name": f"{sign}HYPERLINK(1)",
        "user_name": "hostile",
        "roles": "technician",
        "initials": "",
        "area_id": "",
    }
    assert dana.submit("/people/new", entry).status_code == 303
    rows = list(csv.reader(io.StringIO(dana.get("/people/access/report.csv").text)))
    cells = [cell for row in rows for cell in row if "HYPERLINK" in cell]

    assert cells
    assert all(cell.startswith(("'", "HYPERLINK")) for cell in cells)


MORE = {
    "id": "7",
    "role": "administrator",
    "roles": "administrator",
    "is_admin": "1",
    "active": "1",
    "actor": "7",
    "person_id": "7",
    "performed_by": "5",
    "state": "closed",
    "record_id": "1",
    "content_sha256": "0" * 64,
    "status": "retired",
    "lifecycle": "retired",
    "at": "2020-01-01T00:00:00Z",
    "created_at": "2020-01-01",
    "version": "9",
    "verdict": "pass",
}
"""What no form of these asks for; `roles` and `lifecycle` are asked by others."""


def test_what_a_form_does_not_ask_for_changes_nothing(as_: SignedInAs) -> None:
    quinn, tara = as_("Q"), as_("T")
    app = quinn.application
    gauge = "/equipment/G-014/hold"
    assert tara.submit(gauge, {"reason": "damaged", "remark": "bent", **MORE}).status_code == 303
    typed = {"name": "Big press", **MORE}
    assert quinn.submit("/equipment/M-101/edit", typed).status_code == 303
    pin = {"secret": tara.secret, "pin": "481620", "pin_again": "481620", **MORE}
    assert tara.submit("/me/pin", pin).status_code == 303
    with app.app_context():
        press = db.session.scalars(select(Equipment).where(Equipment.code == "M-101")).one()
        roles = (
            select(PersonRole.role).join(Person, Person.id == PersonRole.person_id).where(Person.user_name == "tara")
        )
        assert (press.name, press.lifecycle) == ("Big press", "in service")
        assert db.session.scalars(roles).all() == ["technician"]
        holder = db.session.scalar(text("SELECT placed_by FROM equipment_hold"))
        assert holder == db.session.scalar(select(Person.id).where(Person.user_name == "tara"))


def test_no_line_of_the_log_is_somebody_elses(as_: SignedInAs, caplog: pytest.LogCaptureFixture) -> None:
    client: PlantClient = as_("Q")
    client.faults_allowed = True
    views = client.application.view_functions
    views["house.more"] = views["house.search"] = _fail
    headers = {"User-Agent": "x ERROR forged", "Referer": "http://localhost/%0d%0aforged"}
    client.get("/more%0d%0aERROR%20forged", headers=headers)
    client.get("/search?q=%0d%0aERROR%20forged", headers=headers)

    lines = [line for record in caplog.records for line in record.getMessage().splitlines()]
    assert lines
    assert not any(line.startswith("ERROR forged") for line in lines)


def _fail() -> str:
    raise RuntimeError("nobody foresaw\nERROR forged this")
