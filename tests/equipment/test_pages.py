"""The pages of equipment: each works, refuses a stranger, a wrong code and a wrong verb, and keeps what was typed."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask
from plant_client import PlantClient, Post, SignedInAs

from techfloor.equipment import actions, queries
from techfloor.equipment.models import Equipment
from techfloor.store import db

from .conftest import Doing, holds_on

pytestmark = pytest.mark.pages

NEW_GAUGE = "/equipment/new/gauge/other"
GAUGE = {
    "code": "G-050",
    "name": "Depth gauge",
    "kind": "depth gauge",
    "interval_months": "6",
    "status": "in use",
    "calibrated_by": "in house",
    "functions-0-name": "depth",
    "functions-0-unit": "mm",
    "functions-0-low": "0",
    "functions-0-high": "150.0",
    "functions-0-resolution": "0.05",
    "functions-0-tolerance": "± 0.10 mm",
}
MACHINE = {"code": "M-900", "name": "Press", "lifecycle": "in service"}
STANDARD = {"code": "S-050", "name": "Ring gauge", "quantity": "length", "unit": "mm", "interval_months": "24"}
PAPER = {
    "number": "2026-9",
    "laboratory": "Laboratory",
    "issued": "2026-11-18",
    "valid_until": "2027-11-18",
    "uncertainty_kind": "length",
    "u": "0.06",
    "per_metre": "0.5",
    "unit": "µm",
    "k": "2",
    "certified": "50; 50.0001; 0.0001\n\n100 100.0002 0.0001",
}
HOLD = {"reason": "damaged", "remark": "jaw bent"}
WORDS = {"remark": "because"}

# What each page needs: who may, who may not, the address, what to type, and an address of the same page that is none.
ACTS: dict[str, tuple[str, str, str, dict[str, str], str]] = {
    "new machine": ("S", "T", "/equipment/new/machine", MACHINE, "/equipment/new/robot"),
    "new gauge": ("Q", "S", NEW_GAUGE, GAUGE, "/equipment/new/gauge/sundial"),
    "new standard": ("D", "S", "/equipment/new/standard", STANDARD, "/equipment/new/robot"),
    "edit machine": ("S", "A", "/equipment/M-101/edit", {"name": "Big press"}, "/equipment/M-999/edit"),
    "edit gauge": ("Q", "S", "/equipment/G-001/edit", {**GAUGE, "why": "another head"}, "/equipment/G-999/edit"),
    "edit standard": ("Q", "T", "/equipment/S-003/edit", STANDARD, "/equipment/S-999/edit"),
    "move": ("S", "T", "/equipment/G-014/move", {"place": ""}, "/equipment/G-999/move"),
    "hold": ("T", "A", "/equipment/G-014/hold", HOLD, "/equipment/G-999/hold"),
    "lift": ("S", "T", "/equipment/holds/1/lift", WORDS, "/equipment/holds/99/lift"),
    "lose": ("T", "I", "/equipment/G-014/status/report-lost", WORDS, "/equipment/G-014/status/explode"),
    "retire": ("Q", "S", "/equipment/G-014/status/retire", WORDS, "/equipment/G-999/status/retire"),
    "limit": ("Q", "S", "/equipment/G-001/status/limit", WORDS, "/equipment/G-001/status/calibrated"),
    "certificate": ("Q", "T", "/equipment/S-003/certificates/new", PAPER, "/equipment/G-014/certificates/new"),
}


@pytest.fixture(autouse=True)
def a_hold(doing: Doing) -> None:
    """The first hold of the plant, on a gauge that no other test of this file looks at."""
    with doing() as by:
        actions.place_hold(queries.by_code("G-020").id, "damaged", "display dark", **by)


@pytest.mark.parametrize("name", ACTS)
def test_a_person_who_may_does_it(as_: SignedInAs, post: Post, name: str) -> None:
    who, _stranger, url, typed, _bad = ACTS[name]
    answer = post(as_(who), url, typed)
    assert answer.status_code == 303, re.findall(r"error-text.*?</p>", answer.text)


@pytest.mark.parametrize("name", ACTS)
def test_a_stranger_is_refused_the_page_and_the_deed(as_: SignedInAs, name: str) -> None:
    who, stranger, url, typed, _bad = ACTS[name]
    hidden = as_(who).hidden(url, url)
    client = as_(stranger)
    assert client.get(url).status_code == 403
    token = client.hidden("/equipment/", "/display")["csrf_token"]
    assert client.post(url, data={**typed, **hidden, "csrf_token": token}).status_code == 403


@pytest.mark.parametrize("name", ACTS)
def test_nobody_is_sent_to_sign_in(nobody: PlantClient, name: str) -> None:
    url = ACTS[name][2]
    assert nobody.get(url).status_code == 303
    assert nobody.get(url).location.startswith("/sign-in?")


@pytest.mark.parametrize("name", ACTS)
def test_what_is_not_there_is_not_found(as_: SignedInAs, name: str) -> None:
    who, _stranger, url, typed, bad = ACTS[name]
    client = as_(who)
    hidden = client.hidden(url, url)
    assert client.get(bad).status_code == 404
    assert client.post(bad, data={**typed, **hidden}).status_code == 404


@pytest.mark.parametrize("name", ACTS)
def test_another_verb_is_refused(as_: SignedInAs, name: str) -> None:
    who, _stranger, url, _typed, _bad = ACTS[name]
    client = as_(who)
    token = client.hidden("/equipment/", "/display")["csrf_token"]
    assert client.delete(url, headers={"X-CSRFToken": token}).status_code == 405


@pytest.mark.parametrize("name", ACTS)
def test_the_same_entry_sent_twice_is_one_entry(as_: SignedInAs, app: Flask, name: str) -> None:
    who, _stranger, url, typed, _bad = ACTS[name]
    client = as_(who)
    entry = {**client.hidden(url, url), **typed}
    first, second = client.post(url, data=entry), client.post(url, data=entry)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location


READ = ["/equipment/", "/equipment/?kind=machine", "/equipment/G-014", "/equipment/S-006", "/equipment/M-102"]


@pytest.mark.parametrize("key", ["T", "S", "I", "Q", "A", "D"])
def test_every_role_reads_the_list_the_pages_and_the_label(as_: SignedInAs, key: str) -> None:
    client = as_(key)
    for url in [*READ, "/equipment/G-014/label"]:
        assert client.get(url).status_code == 200, url


@pytest.mark.parametrize("url", ["/equipment/G-999", "/equipment/G-999/label", "/equipment/%2e%2e"])
def test_an_unknown_code_says_what_to_do(as_: SignedInAs, url: str) -> None:
    assert as_("T").get(url).status_code == 404


def test_a_code_in_small_letters_leads_to_its_page(as_: SignedInAs) -> None:
    answer = as_("T").get("/equipment/g-014")
    assert (answer.status_code, answer.location) == (301, "/equipment/G-014")


@pytest.mark.parametrize("query", ["kind=rocket", "area=x", "area=²", "status=asleep", "q=%22%29", "after=Z"])
def test_a_list_asked_for_nonsense_is_still_a_list(as_: SignedInAs, query: str) -> None:
    assert as_("T").get(f"/equipment/?{query}").status_code == 200


def test_the_list_shows_what_is_held_late_and_away_with_words(as_: SignedInAs) -> None:
    page = as_("T").get("/equipment/").text
    for words in ("Held: damaged", "15 days late", "Sent out", "Limited use", "Spare"):
        assert words in page


@pytest.mark.clause("ISO 9001 7.1.5.2(b)")
def test_the_page_of_an_overdue_gauge_says_so_with_the_way_to_mend_it(as_: SignedInAs) -> None:
    page = as_("T").get("/equipment/G-007").text
    assert "G-007 was due on 5 Nov 2026, 15 days ago. Calibrate it now." in page
    assert 'href="/calibration/gauges/G-007"' in page


def test_a_page_offers_only_what_the_visitor_may_do(as_: SignedInAs) -> None:
    technician, quality, auditor = (as_(key).get("/equipment/G-020").text for key in "TQA")
    assert "/G-020/hold" in technician
    assert "/lift" not in technician
    assert "/edit" not in technician
    assert "/lift" in quality
    assert "/status/retire" in quality
    assert "/G-020/hold" not in auditor
    assert "/status/" not in auditor


def test_a_hold_stands_on_the_page_until_it_is_lifted(as_: SignedInAs, app: Flask, post: Post) -> None:
    technician, supervisor = as_("T"), as_("S")
    post(technician, "/equipment/G-014/hold", HOLD)
    assert "G-014 is held: damaged, jaw bent." in technician.get("/equipment/G-014").text
    with app.app_context():
        (hold,) = holds_on("G-014")
    answer = post(supervisor, f"/equipment/holds/{hold.id}/lift", {"remark": "jaw replaced"})
    assert answer.location == "/equipment/G-014"
    page = technician.get("/equipment/G-014").text
    assert "is held" not in page
    assert "Hold lifted" in page
    assert supervisor.get(f"/equipment/holds/{hold.id}/lift").location == "/equipment/G-014"


def test_a_hold_lifted_meanwhile_is_said_not_lifted_again(as_: SignedInAs, post: Post) -> None:
    supervisor = as_("S")
    late = {**supervisor.hidden("/equipment/holds/1/lift", "/equipment/holds/1/lift"), "remark": "repaired"}
    post(as_("Q"), "/equipment/holds/1/lift", {"remark": "new display"})
    answer = supervisor.post("/equipment/holds/1/lift", data=late)
    assert answer.status_code == 422
    assert "lifted on 20 Nov 2026 already" in answer.text


def test_a_hold_for_out_of_tolerance_is_not_lifted_by_hand(as_: SignedInAs, app: Flask, post: Post) -> None:
    supervisor = as_("S")
    post(supervisor, "/equipment/G-014/hold", {"reason": "out of tolerance", "remark": "reads 0.2 too much"})
    with app.app_context():
        (hold,) = holds_on("G-014")
    url = f"/equipment/holds/{hold.id}/lift"
    assert "it returns when it passes as left" in supervisor.get(url).text
    token = supervisor.hidden("/equipment/", "/display")["csrf_token"]
    assert supervisor.post(url, data={"remark": "fine", "csrf_token": token}).status_code == 422


def test_a_gauge_from_a_ready_made_kind_needs_nothing_but_its_code(as_: SignedInAs, post: Post) -> None:
    client = as_("Q")
    page = client.get("/equipment/new/gauge/caliper").text
    assert 'value="G-022"' in page
    assert 'value="± 0.03 mm"' in page
    typed = dict(re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', page))
    typed |= {"status": "in use", "calibrated_by": "in house", "last_calibrated": "2026-08-12"}
    answer = post(client, "/equipment/new/gauge/caliper", typed)
    assert answer.location == "/equipment/G-022"
    assert "12 Feb 2027" in client.get("/equipment/G-022").text


def test_the_due_day_of_a_small_plant_is_the_end_of_the_month(
    as_: SignedInAs, post: Post, profile: Callable[[str], None]
) -> None:
    profile("small")
    client = as_("Q")
    post(client, NEW_GAUGE, {**GAUGE, "last_calibrated": "2026-08-12"})
    assert "28 Feb 2027" in client.get("/equipment/G-050").text


@pytest.mark.parametrize(
    ("url", "typed", "code"),
    [(NEW_GAUGE, GAUGE, "G-050"), ("/equipment/new/standard", STANDARD, "S-050")],
)
def test_what_was_entered_leads_to_its_label(
    as_: SignedInAs, post: Post, url: str, typed: dict[str, str], code: str
) -> None:
    client = as_("Q")
    page = client.get(post(client, url, typed).location).text
    assert f"{code} is entered." in page
    assert f'<a href="/equipment/{code}/label">Print its label</a>' in page


def test_a_changed_gauge_keeps_its_procedure(as_: SignedInAs, app: Flask, post: Post) -> None:
    with app.app_context():
        before = queries.gauge_view("G-001")
    assert before.procedure_id
    assert post(as_("Q"), "/equipment/G-001/edit", {**GAUGE, "name": "Renamed", "why": "another"}).status_code == 303
    with app.app_context():
        after = queries.gauge_view("G-001")
    assert (after.procedure_id, after.point_set) == (before.procedure_id, before.point_set)


def test_a_new_standard_leads_to_its_certificate_and_is_valid_with_it(as_: SignedInAs, post: Post) -> None:
    client = as_("Q")
    answer = post(client, "/equipment/new/standard", STANDARD)
    assert answer.location == "/equipment/S-050/certificates/new"
    assert "S-050 has no certificate" in client.get("/equipment/S-050").text
    post(client, answer.location, PAPER)
    page = client.get("/equipment/S-050").text
    assert "has no certificate" not in page
    assert '(0.06 + 0.5 L/m) µm <span class="nowrap">(k = 2)</span>' in page
    assert "100.0002" in page


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"code": ""}, "Enter the code for its label."),
        ({"code": "a b"}, "Enter a code of letters, digits and hyphens"),
        ({"code": "G-014"}, "G-014 is already the code of Vernier caliper 0-150 mm."),
        ({"name": ""}, "Enter a name."),
        ({"name": "x" * 201}, "Keep it below 200 letters."),
        ({"acquired": "2035-01-01"}, "This day is still to come."),
        ({"interval_months": "six"}, "Enter a whole number, like 12."),
        ({"interval_months": "999"}, "Enter an interval of 1 to 120 months."),
        ({"last_calibrated": "yesterday"}, "Enter a day, like 2026-11-18."),
        ({"last_calibrated": "2026-11-21"}, "This day is still to come."),
        ({"place": "999"}, "This area does not exist."),
        ({"place": "x"}, "Choose a place from the list."),
        ({"machine": "7; drop"}, "Choose one from the list."),
        ({"status": "limited use"}, "Enter what it may be used for."),
        ({"functions-0-name": ""}, "Enter what this measures"),
        ({"functions-0-unit": "furlong"}, "The unit “furlong” is not known."),
        ({"functions-0-high": "1,234"}, "Is it 1.234 or 1234?"),
        ({"functions-0-low": "1e3"}, "Write the number out"),
        ({"functions-0-tolerance": "good"}, "Write the tolerance like ± 0.03 mm"),
    ],
)
def test_a_bad_entry_is_said_beside_the_field_and_what_was_typed_stays(
    as_: SignedInAs, app: Flask, post: Post, change: dict[str, str], sentence: str
) -> None:
    typed = {**GAUGE, "serial": "typed by hand", **change}
    answer = post(as_("Q"), NEW_GAUGE, typed)
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2  # above the form and beside the field
    assert "<title>Error:" in answer.text
    assert "typed by hand" in answer.text
    with app.app_context():
        assert db.session.query(Equipment).filter_by(code="G-050").count() == 0


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"number": "2026-1187"}, "2026-1187 stands here already."),
        ({"valid_until": "2026-01-01"}, "It must be valid until a day after it was issued."),
        ({"issued": ""}, "Enter the day it was issued."),
        ({"u": ""}, "Enter the uncertainty from the certificate."),
        ({"unit": ""}, "Enter the unit of U, like µm or µin."),
        ({"certified": "1; 2; 3\none; two"}, "Line 2: write nominal; value; U with a decimal point."),
        ({"uncertainty_kind": "per value", "certified": "1; 2"}, "Give each certified value its U"),
    ],
)
def test_a_bad_certificate_is_said_beside_the_field(
    as_: SignedInAs, post: Post, change: dict[str, str], sentence: str
) -> None:
    answer = post(as_("Q"), "/equipment/S-003/certificates/new", {**PAPER, **change})
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2
    assert "Laboratory" in answer.text


@pytest.mark.parametrize(
    ("url", "typed", "sentence"),
    [
        ("/equipment/G-014/hold", {"remark": "bent"}, "Choose why it may not be used."),
        ("/equipment/G-014/hold", {"reason": "damaged"}, "Enter what you found."),
        ("/equipment/G-020/hold", HOLD, "G-020 is already held as damaged."),
        ("/equipment/holds/1/lift", {}, "Enter what was done."),
        ("/equipment/G-014/status/retire", {"remark": "  "}, "Enter a reason, in a few words."),
        (
            "/equipment/G-014/status/send-out",
            {"sent_on": "2026-11-20", "expected_back": "2026-11-01"},
            "It must be expected back after it is sent.",
        ),
    ],
)
def test_a_short_form_without_its_answer_asks_again(
    as_: SignedInAs, post: Post, url: str, typed: dict[str, str], sentence: str
) -> None:
    answer = post(as_("Q"), url, typed)
    assert answer.status_code == 422
    assert answer.text.count(sentence) == 2


def test_one_more_function_keeps_what_was_typed_and_enters_nothing(as_: SignedInAs, app: Flask, post: Post) -> None:
    answer = post(as_("Q"), NEW_GAUGE, {**GAUGE, "add": "1"})
    assert 'name="functions-1-name"' in answer.text
    assert 'value="Depth gauge"' in answer.text
    with app.app_context():
        assert db.session.query(Equipment).filter_by(code="G-050").count() == 0


def test_a_row_of_functions_left_empty_is_left_out(as_: SignedInAs, app: Flask, post: Post) -> None:
    rows = {name.replace("-0-", "-2-"): value for name, value in GAUGE.items()}
    client = as_("Q")
    post(client, NEW_GAUGE, {**rows, "functions-0-name": "", "functions-1-name": ""})
    with app.app_context():
        assert [each.name for each in queries.gauge_view("G-050").functions] == ["depth"]


def test_a_refusal_finds_its_row_past_an_empty_one(as_: SignedInAs, post: Post) -> None:
    rows = {name.replace("-0-", "-1-"): value for name, value in GAUGE.items()}
    typed = {**rows, "functions-0-name": "", "functions-1-tolerance": "good"}
    answer = post(as_("Q"), NEW_GAUGE, typed)
    assert 'href="#functions-1-tolerance"' in answer.text


def test_an_edit_keeps_status_and_due_and_the_code_on_the_label(as_: SignedInAs, app: Flask, post: Post) -> None:
    typed = {**GAUGE, "code": "G-777", "limited_use": "saw cuts only", "why": "another scale was fitted"}
    assert post(as_("Q"), "/equipment/G-014/edit", typed).status_code == 303
    with app.app_context():
        gauge = queries.gauge_view("G-014")
        assert (gauge.item.name, gauge.item.status, gauge.kind) == ("Depth gauge", "limited use", "depth gauge")
        assert gauge.due is not None
        assert gauge.due.due == date(2026, 12, 10)
        assert gauge.point_set


def test_a_change_of_status_is_refused_when_it_was_made_meanwhile(as_: SignedInAs, post: Post) -> None:
    late = as_("Q")
    url = "/equipment/G-014/status/retire"
    entry = {**late.hidden(url, url), **WORDS}
    post(as_("Q"), url, {"remark": "worn out"})
    answer = late.post(url, data=entry)
    assert answer.status_code == 422
    assert "G-014 is now “retired”" in answer.text
    assert late.get(url).location == "/equipment/G-014"


def test_a_lot_is_opened_on_its_page(as_: SignedInAs, app: Flask, post: Post, doing: Doing) -> None:
    with doing():
        lot = queries.certificates_of(queries.by_code("S-006").id)[0].certificate
        other = queries.certificates_of(queries.by_code("S-003").id)[0].certificate
    client = as_("T")
    url = f"/equipment/S-006/certificates/{lot.id}/open"
    assert post(client, url, {"opened": "2026-11-20"}).location == "/equipment/S-006"
    assert post(client, url, {"opened": "2026-11-21"}).status_code == 422
    assert client.get(f"/equipment/S-006/certificates/{other.id}/open").status_code == 404
    assert client.get(f"/equipment/S-003/certificates/{other.id}/open").status_code == 404
    assert as_("A").get(url).status_code == 403


@pytest.mark.clause("ISO 9001 7.1.5.2(b)")
def test_the_label_carries_the_full_address_as_qr_and_the_code_to_read(as_: SignedInAs) -> None:
    page = as_("T").get("/equipment/G-014/label").text
    assert "http://localhost/e/G-014" in page
    assert 'viewBox="0 0 50.0 25.0"' in page
    assert "style=" not in page


def test_a_list_narrowed_to_nothing_says_how_to_widen_it(as_: SignedInAs) -> None:
    assert "Nothing fits." in as_("Q").get("/equipment/?kind=standard&status=retired").text


def test_what_was_typed_comes_back_until_it_is_sent(as_: SignedInAs, post: Post) -> None:
    client = as_("Q")
    token = client.hidden("/equipment/", "/display")["csrf_token"]
    rows = {name.replace("-0-", "-1-"): value for name, value in GAUGE.items() if "-0-" in name}
    draft = {"page": NEW_GAUGE, "values": {**GAUGE, **rows, "last_calibrated": "2026-0", "functions-1-low": "1,234"}}
    assert client.post("/draft", json=draft, headers={"X-CSRFToken": token}).status_code == 204
    page = client.get(NEW_GAUGE).text
    for typed in ("Depth gauge", 'value="150.0"', "2026-0", 'value="1,234"', "What you typed earlier is back."):
        assert typed in page
    assert "Depth gauge" not in client.get("/equipment/new/gauge/caliper").text
    assert "Depth gauge" not in client.get(f"{NEW_GAUGE}?fresh=1").text
    assert "Depth gauge" not in as_("D").get(NEW_GAUGE).text
    assert post(client, NEW_GAUGE, GAUGE).status_code == 303
    assert "Depth gauge" not in client.get(NEW_GAUGE).text


def test_what_was_typed_over_an_edit_comes_back(as_: SignedInAs) -> None:
    client = as_("Q")
    token = client.hidden("/equipment/", "/display")["csrf_token"]
    draft = {"page": "/equipment/G-014/edit", "values": {**GAUGE, "name": "Half typ"}}
    client.post("/draft", json=draft, headers={"X-CSRFToken": token})
    assert 'value="Half typ"' in client.get("/equipment/G-014/edit").text
    assert "Vernier caliper" in client.get("/equipment/G-014/edit?fresh=1").text


def test_names_are_shown_as_typed_never_as_markup(as_: SignedInAs, post: Post) -> None:
    client = as_("Q")
    evil = '<script>alert("1")</script>'
    post(client, NEW_GAUGE, {**GAUGE, "name": evil, "note": evil})
    for url in ("/equipment/G-050", "/equipment/", "/equipment/G-050/label", "/equipment/G-050/edit"):
        assert evil not in client.get(url).text
