"""Three real calibrations, from the tile on the tablet to the text of the certificate and the page that checks it."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page

import techfloor.cli.demo.plant as plant_data
from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.floor import Floor
from techfloor.cli.demo import cast

pytestmark = pytest.mark.browser

CODE = re.compile(r"\b[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}-[2-9A-HJKMNP-Z]{4}\b")


def _last_of_the_wrench() -> dict[str, object]:
    """Return the calibration of G-011 that the demo's history ends with."""
    data = json.loads((Path(plant_data.__file__).parent / "drift.json").read_text("utf-8"))
    return data["calibrations"][-1]  # type: ignore[no-any-return]


def _typed(run: object) -> list[str]:
    return [reading[2] for reading in run["readings"]]  # type: ignore[index]


def _row(page: Page, run: str, point: str) -> str:
    """Return the words of one point in the table of a run."""
    table = page.get_by_role("table", name=run, exact=True)
    return " ".join(table.get_by_role("row", name=point).first.inner_text().split())


def _verified(page: Page, certificate: str) -> str:
    """Check the code that stands on a certificate, and return what the page says of it."""
    code = CODE.search(certificate)
    assert code is not None, "the certificate carries its code"
    page.goto(f"/verify/{code[0]}")
    return page.inner_text("main")


def _on_every_certificate(text: str, number: str, *signed: tuple[str, str, str, str]) -> None:
    pages = text.count("Page ")
    for n in range(1, pages + 1):
        assert f"Page {n} of {pages}" in text
    assert text.count(f"{number} · version 1 · issue 1") == pages
    for meaning, name, moment, method in signed:
        assert f"{meaning} {name} {moment} {method}" in text


def test_the_vernier_caliper_is_exactly_on_its_limit_and_passes(
    open_tablet: OpenTablet, open_desk: OpenDesk, floor: Floor
) -> None:
    page = open_tablet(device="T-01")
    tara = steps.sign_in_by_tile(page, "T")
    number = steps.start(page, "G-014", {"temperature": "20.3"})
    steps.read(page, ["0.00", "25.00", "50.05", "100.00", "150.10"])
    assert "Pass: error +0.10 mm, exactly on the limit" in page.inner_text(".panel-last")

    steps.read(page, ["25.00"])
    assert _row(page, "As found", "150.00") == "150.00 mm outside outer jaw 150.10 change +0.10 0.06 ± 0.10 mm Pass"
    floor.wait(minutes=4)
    steps.sign(page, tara)
    assert "Signed." in page.inner_text("main")

    desk = open_desk("Q")
    desk.goto(f"/calibration/{number}/review")
    floor.wait(minutes=8)
    steps.review(desk, cast.person("Q"))
    text = steps.certificate(desk)
    assert "✓ Pass as found" in text
    assert re.search(r"150\.00 outside outer jaw.{0,20} 150\.10 \+0\.10 0\.06 ±0\.10 ✓ pass", text)
    assert "(k = 1.83)" in text
    _on_every_certificate(
        text,
        number,
        ("Performed", "Tara Kowalski", "20 Nov 2026, 10:04:00 (UTC+01:00)", "PIN on enrolled tablet T-01"),
        ("Reviewed", "Quinn Bauer", "20 Nov 2026, 10:12:00 (UTC+01:00)", "user name and password"),
    )
    said = _verified(open_desk(), text)
    for words in (number, "Issued here, version current", "Tara Kowalski", "Quinn Bauer", "10:04", "10:12"):
        assert words in said


def test_the_ten_kilogram_weight_weighs_what_ea_4_02_says(
    open_tablet: OpenTablet, open_desk: OpenDesk, floor: Floor
) -> None:
    page = open_tablet(device="T-04")
    tara = steps.sign_in_by_tile(page, "T")
    number = steps.start(page, "G-021", {"temperature": "20.3", "humidity": "48"})
    steps.read(page, ["0.010", "0.030", "0.020"])
    steps.sign(page, tara)

    desk = open_desk("Q")
    desk.goto(f"/calibration/{number}/review")
    steps.review(desk, cast.person("Q"))
    text = steps.certificate(desk)
    assert re.search(r"10000\.005 \+0\.020 10000\.025 \+0\.025 0\.059 ±0\.500 ✓ pass", text), "10 000.025 g, U = 59 mg"
    assert re.search(r"U \(k = 2(\.00)?\)", text)
    assert "S-007" in text
    assert number in _verified(open_desk(), text)


def test_the_drifting_wrench_is_held_adjusted_reviewed_and_returned(
    open_tablet: OpenTablet, open_desk: OpenDesk, floor: Floor
) -> None:
    data = _last_of_the_wrench()
    found, left = _typed(data["as_found"]), _typed(data["as_left"])
    page, desk = open_tablet(device="T-05"), open_desk("Q")
    otto = steps.sign_in_by_tile(page, "O")
    number = steps.start(page, "G-011", {"temperature": "21.1", "humidity": "52"})
    steps.read(page, found[:1])
    desk.goto("/equipment/G-011")
    assert "Held" in desk.inner_text(".page-head"), "held at the very reading that failed"

    steps.read(page, found[1:])
    assert "Out of tolerance as found" in page.inner_text("main")
    steps.adjust(page, str(data["adjustment"]))
    steps.read(page, left)
    assert _row(page, "As found", "20.0").endswith("+4.67 1.6 ± 4 % of reading Fail")
    assert _row(page, "As left", "20.0").endswith("+0.32 1.6 ± 4 % of reading Pass")
    steps.sign(page, otto)

    desk.goto("/")
    due = desk.inner_text("main")
    assert "Review G-011" in due
    assert number in due
    assert "Look back on work done with G-011" in due
    desk.goto("/equipment/G-011")
    assert "Held" in desk.inner_text(".page-head"), "it passes as left, and waits for its review all the same"

    desk.goto(f"/calibration/{number}/review")
    floor.wait(minutes=9)
    steps.review(desk, cast.person("Q"))
    text = steps.certificate(desk)
    _the_wrench_stands_on(text, found, left, number)
    said = _verified(desk, text)
    assert "Otto Lindqvist" in said
    assert "Quinn Bauer" in said

    desk.goto("/equipment/G-011")
    assert "Held" not in desk.inner_text(".page-head")
    desk.goto("/")
    due = desk.inner_text("main")
    assert f"Review {number}" not in due
    assert "Look back on work done with G-011" in due


def _the_wrench_stands_on(text: str, found: list[str], left: list[str], number: str) -> None:
    for words in ("✕ Fail as found", "✓ Pass as left", "pring preload reset, scale zero set", "(k = 2"):
        assert words in text
    single = text.split("Single readings", 1)[1]
    for reading in [*found, *left]:
        assert reading in single
    _on_every_certificate(
        text,
        number,
        ("Performed", "Otto Lindqvist", "20 Nov 2026, 10:00:00 (UTC+01:00)", "PIN on enrolled tablet T-05"),
        ("Reviewed", "Quinn Bauer", "20 Nov 2026, 10:09:00 (UTC+01:00)", "user name and password"),
    )
