"""A signed study is put right by its next version, or said to be entered in error, as every record is."""

import argparse
import html
import re
from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select
from study_work import JUDGED, READ, Read, begun, fill, review, sign
from werkzeug.test import TestResponse

from techfloor.cli import verify
from techfloor.records.models import Record, RecordContent
from techfloor.records.signing import signatures_of
from techfloor.reports.models import IssuedPdf
from techfloor.settings import Settings
from techfloor.store import db

READ3: Mapping[str, Read] = {"T": READ["T"], "O": READ["O"], "I": READ["S"]}
"""Selma, who reviews, has no hand in it."""
WHY = "part 3 was typed wrong, the sheet of Tara says 24.80"


def signed(app: Flask, quinn: PlantClient, read: Mapping[str, Read] = READ3, *, kind: str = "new") -> str:
    """Return a signed study."""
    number = begun(app, quinn, tuple(read), kind=kind)
    fill(app, number, read)
    assert sign(quinn, number).status_code == 303
    return number


def amend(client: PlantClient, number: str, kind: str = "correction", reason: str = WHY) -> TestResponse:
    """Begin an amendment."""
    return client.submit(f"/studies/{number}/amend", {"kind": kind, "reason": reason})


def correct(client: PlantClient, number: str, value: str, now: str) -> None:
    """Change the first value of an amendment that reads so."""
    page = client.get(f"/studies/{number}/amendment").text
    url = re.search(rf'href="([^"]+/correct)"><span class="nowrap">{re.escape(value)}', page)
    assert url is not None
    box = "call" if now.isalpha() else "value"
    answer = client.submit(url[1], {box: now, "reason": "mistyped"})
    assert answer.status_code == 303, answer.text


def versions_of(app: Flask, number: str) -> list[tuple[int, str, str | None]]:
    """Return (version, state, kind of amendment) of each version."""
    with app.app_context():
        wanted = select(Record.version, Record.state, Record.amendment).where(Record.number == number)
        return [(row.version, row.state, row.amendment) for row in db.session.execute(wanted.order_by(Record.version))]


def told(app: Flask, number: str, version: int) -> str:
    """Return what was signed of a version."""
    with app.app_context():
        body = select(RecordContent.body).join(Record, Record.id == RecordContent.record_id)
        return db.session.scalars(body.where(Record.number == number, Record.version == version)).one()


def words(text: str) -> str:
    """Return a page as it is read."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def codes(app: Flask) -> list[str]:
    """Return the codes of the papers that were issued, in their order."""
    with app.app_context():
        return list(db.session.scalars(select(IssuedPdf.code).order_by(IssuedPdf.id)))


def test_a_value_that_was_typed_wrong_is_put_right_by_the_next_version(
    app: Flask, as_: SignedInAs, clock_at: ClockAt, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at("2026-11-20 08:00")
    number = signed(app, as_("Q"))
    before = as_("Q").get(f"/studies/{number}.pdf").data
    first = told(app, number, 1)
    clock_at("2026-11-21 09:00")
    quinn, selma = as_("Q"), as_("S")
    assert amend(quinn, number).status_code == 303
    assert "Nothing is changed: it says what version 1 says." in sign(quinn, number).text
    correct(quinn, number, "24.75", "24.80")

    page = words(selma.get(f"/studies/{number}").text)
    assert "An amendment is under way by Quinn Bauer" in page
    assert "Amendment begun" not in page.partition("What happened")[2], "what is under way is told by nobody"
    assert f"Amendment of {number}" in as_("Q").get("/").text
    page = words(quinn.get(f"/studies/{number}/check").text)
    assert "Tara Kowalski, part 3, time 2" in page
    assert sign(quinn, number).status_code == 303
    assert versions_of(app, number) == [(1, "closed", None), (2, "performed", "correction")]
    assert review(selma, number).status_code == 303

    page = words(quinn.get(f"/studies/{number}").text)
    assert f"Amendment of version 1: {WHY}" in page
    assert "was 24.75 mm" in page
    happened = page.partition("What happened")[2]
    assert "Tara Kowalski, part 3, reading 2, version 2: was 24.75 mm → 24.80 mm , Mistyped" in happened
    assert f"Amendment begun, version 2 {WHY} 21 Nov 2026 09:00:00 · Quinn Bauer" in happened
    assert "Tara Kowalski, part 3, reading 2, version 1: 24.75 mm 20 Nov 2026 08:00:00 · Tara Kowalski" in happened
    old = words(quinn.get(f"/studies/{number}/versions/1").text)
    assert f"Version 1. Replaced by version 2 on 21 Nov 2026, because: {WHY}" in old
    assert (told(app, number, 1), quinn.get(f"/studies/{number}/versions/1.pdf").data) == (first, before)
    assert quinn.get(f"/studies/{number}.pdf").data != before
    one, two = codes(app)
    assert "Replaced by version 2" in app.test_client().get(f"/verify/{one}").text
    assert "version current" in app.test_client().get(f"/verify/{two}").text
    monkeypatch.setattr(verify, "instance_settings", lambda _args: settings)
    assert verify.run(argparse.Namespace(pdf=None)) == 0


def test_who_amends_performs_nothing(app: Flask, as_: SignedInAs, clock_at: ClockAt) -> None:
    clock_at("2026-11-20 08:00")
    number = signed(app, as_("Q"))
    clock_at("2026-11-21 09:00")
    amend(as_("S"), number)
    correct(as_("S"), number, "24.75", "24.80")
    sign(as_("S"), number)
    with app.app_context():
        one, two = db.session.scalars(select(Record).where(Record.number == number).order_by(Record.version))
        assert two.performed_at == one.performed_at
        assert [each.meaning for each in signatures_of(two.id)] == ["corrected"]
    page = words(as_("Q").get(f"/studies/{number}").text)
    assert "To 20 Nov 2026" in page, "it was read the day before"


def test_what_was_entered_in_error_counts_no_more(
    app: Flask, as_: SignedInAs, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    quinn = as_("Q")
    number = signed(app, quinn)
    assert amend(quinn, number, "entered in error", "it was done with the caliper G-015").status_code == 303
    assert quinn.get(f"/studies/{number}/amendment").location == f"/studies/{number}/check"
    page = words(quinn.get(f"/studies/{number}/check").text)
    assert "Version 1 was entered in error: it was done with the caliper G-015" in page
    assert sign(quinn, number).status_code == 303
    assert review(as_("S"), number).status_code == 303
    assert versions_of(app, number) == [(1, "closed", None), (2, "closed", "entered in error")]
    assert "Entered in error" in quinn.get("/studies/").text
    assert "Acceptable: gauge R&amp;R" not in quinn.get("/studies/").text
    assert quinn.get(f"/studies/{number}/amend").status_code == 303, "nothing is left to amend"
    assert "Entered in error" in app.test_client().get(f"/verify/{codes(app)[0]}").text
    assert quinn.get(f"/studies/{number}.pdf").data.startswith(b"%PDF")
    monkeypatch.setattr(verify, "instance_settings", lambda _args: settings)
    assert verify.run(argparse.Namespace(pdf=None)) == 0


def test_where_an_amendment_is_rejected_or_given_up_the_one_before_stands(app: Flask, as_: SignedInAs) -> None:
    quinn, selma = as_("Q"), as_("S")
    number = signed(app, quinn)
    amend(quinn, number)
    page = f"/studies/{number}/give-up"
    assert quinn.submit(page, {"reason": "it was right"}).status_code == 303
    assert "Version 1." not in words(quinn.get(f"/studies/{number}").text)
    amend(quinn, number)
    correct(quinn, number, "24.75", "24.80")
    sign(quinn, number)
    assert review(selma, number, "reject", remark="the sheet says 24.75").status_code == 303
    states = [(1, "closed", None), (2, "discontinued", "correction"), (3, "rejected", "correction")]
    assert versions_of(app, number) == states
    said = words(quinn.get(f"/studies/{number}").text)
    assert "Version 3, an amendment, was rejected by Selma Brandt" in said


def test_what_waits_for_its_review_is_amended_instead_and_the_review_waits_again_after_a_refusal(
    app: Flask, as_: SignedInAs, profile: Callable[[str], None]
) -> None:
    profile("regulated")
    quinn, selma = as_("Q"), as_("S")
    number = signed(app, quinn, {key: READ[key] for key in ("T", "O")})
    assert f"Review {number}" in selma.get("/").text
    amend(quinn, number)
    assert quinn.get(f"/studies/{number}/review").status_code == 303, "what is being amended is not reviewed meanwhile"
    correct(quinn, number, "24.75", "24.80")
    sign(quinn, number)
    assert "You had a hand in this." in quinn.get(f"/studies/{number}/review").text
    assert review(selma, number, "reject", remark="no").status_code == 303
    assert versions_of(app, number)[0] == (1, "performed", None)
    assert f"Review {number}" in selma.get("/").text
    assert review(selma, number).status_code == 303
    assert versions_of(app, number)[0] == (1, "closed", None)


def test_a_wrong_tolerance_and_an_appraiser_who_does_not_count(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = signed(app, quinn)
    amend(quinn, number, reason="the drawing says 24 to 25.5, and Ivo held the part otherwise")
    given = {"subject": "diameter 25 of the shaft", "basis": "product", "lower": "24.00", "upper": "25.50"}
    assert quinn.submit(f"/studies/{number}/amendment/set-up", given).status_code == 303
    page = quinn.get(f"/studies/{number}/amendment").text
    url = re.findall(r'href="(/studies/[^"]+/appraisers/\d+)"', page)[2]
    assert quinn.submit(f"{url}/leave", {"why": "held the part otherwise"}, page=url).status_code == 303
    page = words(quinn.get(f"/studies/{number}/amendment").text)
    assert "was 24.00 … 26.00 mm" in page
    assert "24.00 … 25.50 mm" in page
    assert "Values of Ivo Marchetti was counted count no more" in page
    assert sign(quinn, number).status_code == 303
    assert '"tolerance":{"basis":"product","lower":"24.00","upper":"25.50"' in told(app, number, 2)


def test_a_wrong_true_verdict_is_put_right(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = signed(app, quinn, JUDGED, kind="new-attribute")
    amend(quinn, number, reason="part E was good")
    page = f"/studies/{number}/amendment/set-up"
    answer = quinn.submit(page, {"subject": "burr at the rim", "bad": []})
    assert "Take good parts and bad ones" in answer.text
    assert quinn.submit(page, {"subject": "burr at the rim", "bad": ["B"]}).status_code == 303
    assert "True verdict of part E was Fail Pass" in words(quinn.get(f"/studies/{number}/amendment").text)
    assert sign(quinn, number).status_code == 303
    assert review(as_("S"), number).status_code == 303
    assert '{"label":"E","reference":"pass"}' in told(app, number, 2)
    assert '{"label":"E","reference":"fail"}' in told(app, number, 1)


def test_who_may_not_amend_is_told_so(app: Flask, as_: SignedInAs) -> None:
    number = signed(app, as_("Q"))
    amend(as_("Q"), number)
    page = as_("Q").get(f"/studies/{number}/amendment").text
    value = re.findall(r'href="(/studies/[^"]+/correct)"', page)[0]
    for key in ("T", "A"):
        for url in (f"/studies/{number}/amend", f"/studies/{number}/amendment", value, f"/studies/{number}/check"):
            assert as_(key).get(url).status_code == 403, (key, url)
    assert "Amend…" not in as_("T").get(f"/studies/{number}").text


def test_only_one_amendment_is_under_way(app: Flask, as_: SignedInAs) -> None:
    number = signed(app, as_("Q"))
    amend(as_("Q"), number)
    assert as_("S").get(f"/studies/{number}/amend").status_code == 303
    assert versions_of(app, number)[1:] == [(2, "in progress", "correction")]


def test_an_amendment_keeps_the_gauge_as_it_stood(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = signed(app, quinn)
    given = {"reason": "damaged", "remark": "fell from the bench"}
    assert as_("T").submit("/equipment/G-014/hold", given).status_code == 303
    amend(quinn, number)
    correct(quinn, number, "24.75", "24.80")
    assert sign(quinn, number).status_code == 303
    assert "fell from the bench" not in told(app, number, 2)
