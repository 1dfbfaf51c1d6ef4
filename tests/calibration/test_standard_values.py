"""How a standard drifts from certificate to certificate, and whether both U explain a change."""

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from flask import Flask
from plant_client import SignedInAs
from sqlalchemy import select

from techfloor import clock, store
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.standard_drift import Paper, ValueHistory, chosen, value_histories
from techfloor.equipment.models import Equipment, StandardCertificate
from techfloor.store import db

D = Decimal
URL = "/calibration/traceability/S-001/values"


def paper(n: int, values: dict[str, tuple[str, str | None]], **stated: str) -> Paper:
    certified = {nominal: (D(value), D(u) if u else None) for nominal, (value, u) in values.items()}
    return Paper(n, f"C-{n}", date(2020 + n, 10, 1), StandardFacts("S-001", certified, "g", stated))


def shares(history: ValueHistory) -> list[float | None]:
    return [each.share for each in history.certified]


def test_a_change_is_held_against_the_u_of_both_certificates() -> None:
    papers = [paper(2, {"100": ("100.0004", "0.00016")}), paper(1, {"100": ("100.0001", "0.00012")})]
    (found,) = value_histories(papers, "g")
    assert [each.paper.number for each in found.certified] == ["C-1", "C-2"]
    assert found.certified[1].change == D("0.0003")
    assert shares(found) == [None, pytest.approx(0.0003 / math.hypot(0.00012, 0.00016))]
    assert [each.moved for each in found.certified] == [False, True]
    assert found.change == D("0.0003")


def test_u_of_another_coverage_factor_is_brought_to_that_of_two() -> None:
    papers = [paper(n, {"100": (value, "0.0003")}, k="3") for n, value in ((1, "100.0"), (2, "100.0001"))]
    (found,) = value_histories(papers, "g")
    assert [each.u for each in found.certified] == [D("0.0002")] * 2
    assert shares(found)[1] == pytest.approx(0.0001 / math.hypot(0.0002, 0.0002))


def test_u_is_the_one_that_is_stated_for_all_where_a_value_has_none() -> None:
    papers = [paper(n, {"100": ("100.0", None)}, kind="constant", constant="0.002", unit="g", k="2") for n in (1, 2)]
    assert [each.u for each in value_histories(papers, "g")[0].certified] == [D("0.002")] * 2
    unknown = [paper(n, {"100": ("100.0", None)}) for n in (1, 2)]
    assert shares(value_histories(unknown, "g")[0]) == [None, None]


def test_a_value_is_the_same_however_its_zeros_are_written() -> None:
    papers = [paper(1, {"50": ("50.1", "1")}), paper(2, {"50.0": ("50.2", "1"), "7": ("7.0", "1")})]
    assert [(each.nominal, len(each.certified)) for each in value_histories(papers, "g")] == [("7", 1), ("50.0", 2)]


def test_the_value_that_moved_most_beside_both_u_is_drawn_first() -> None:
    papers = [
        paper(1, {"10": ("10.0", "0.1"), "100": ("100.0", "5")}),
        paper(2, {"10": ("10.1", "0.1"), "100": ("101.0", "5")}),
    ]
    found = value_histories(papers, "g")
    assert chosen(found, None) == 0
    assert chosen(found, 1) == 1
    assert chosen(found, 7) == 0
    assert chosen([], None) is None


def test_five_certificates_let_the_next_value_be_expected() -> None:
    """Student's t of one degree of freedom is 12.7: of three the band would be wider than anything it tells of."""
    values = ["100.0012", "100.0019", "100.0031", "100.0042", "100.0048"]
    papers = [paper(n, {"100": (value, "0.001")}) for n, value in enumerate(values, start=1)]
    (found,) = value_histories(papers, "g")
    band = found.band(date(2026, 10, 1))
    assert band is not None
    assert D("0.005") <= band.low <= D("0.0058") <= band.high <= D("0.007")
    (four,) = value_histories(papers[:4], "g")
    assert four.band(date(2026, 10, 1)) is None


# --- the page ---


@pytest.fixture
def state(app: Flask) -> Callable[..., None]:
    """Let a certificate say another value at a nominal, or end it."""

    def changed(number: str, nominal: str = "", value: str = "", **others: Any) -> None:
        with app.app_context(), store.act("test:standard:change"):
            row = db.session.scalars(select(StandardCertificate).where(StandardCertificate.number == number)).one()
            for name, given in others.items():
                setattr(row, name, given)
            row.certified = [{**each, "value": value} if each["nominal"] == nominal else each for each in row.certified]

    return changed


@pytest.mark.pages
def test_the_page_says_what_moved_by_more_than_both_u_explain(as_: SignedInAs, state: Callable[..., None]) -> None:
    quinn = as_("Q")
    assert "verdict-caution" not in quinn.get(URL).text
    state("2024-0902", "1000", "999.990")
    page = quinn.get(URL).text
    assert "Deviation from 1000 g" in page
    assert f"{round(100 * 0.009 / math.hypot(0.0016, 0.0016))} %" in page
    assert "From 5 certificates on" in page
    assert "Deviation from 1 g" in quinn.get(f"{URL}?value=0").text


@pytest.mark.pages
def test_a_certificate_that_was_withdrawn_says_nothing(as_: SignedInAs, state: Callable[..., None]) -> None:
    quinn = as_("Q")
    assert "2024-0902" in quinn.get(URL).text
    state("2024-0902", ended_at=clock.now(), ended_by=1, ended_why="the wrong set")
    assert "2024-0902" not in quinn.get(URL).text


@pytest.mark.pages
def test_a_gauge_has_no_such_page_and_lots_do_not_drift(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert quinn.get("/calibration/traceability/G-014/values").status_code == 404
    assert "Certified values" not in quinn.get("/calibration/traceability/G-014").text
    assert f'href="{URL}"' in quinn.get("/calibration/traceability/S-001").text
    assert "Each lot is another material" in quinn.get("/calibration/traceability/S-006/values").text
    with app.app_context():
        every = db.session.scalars(select(Equipment.code).where(Equipment.kind == "standard")).all()
    assert {quinn.get(f"/calibration/traceability/{code}/values").status_code for code in every} == {200}
