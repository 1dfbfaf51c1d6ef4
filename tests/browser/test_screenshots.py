"""The pictures of docs/screenshots. They are written there with SCREENSHOTS=1; else the pages are only drawn."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from browser import steps
from browser.conftest import OpenDesk, OpenTablet
from browser.floor import Floor
from browser.watching import Watch
from techfloor.cli.demo import cast

pytestmark = pytest.mark.browser

DOCS = Path(__file__).parents[2] / "docs" / "screenshots"
MOST_KB = 300
Take = Callable[[Page, str], None]


@pytest.fixture
def with_history() -> bool:
    """The pictures show a plant at work."""
    return True


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the pictures go."""
    return DOCS if os.environ.get("SCREENSHOTS") else tmp_path


@pytest.fixture
def take(folder: Path) -> Take:
    """Take a picture of what the screen shows."""

    def shoot(page: Page, name: str) -> None:
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        file = folder / f"{name}.png"
        page.screenshot(path=file, animations="disabled", caret="hide")
        assert 5 < file.stat().st_size / 1024 < MOST_KB

    return shoot


@pytest.fixture
def tablet(open_tablet: OpenTablet, floor: Floor) -> Callable[[str], Page]:
    """A tablet of machining whose own clock shows the plant's time, for the pages tell it."""

    def at_the_plant(who: str) -> Page:
        page = open_tablet(who, device="T-01", timezone_id="Europe/Berlin")
        page.clock.set_system_time(floor.now)
        return page

    return at_the_plant


def test_a_technician_signs_in_and_sees_what_is_due(tablet: Callable[[str], Page], take: Take) -> None:
    page = tablet("")
    page.goto("/")
    take(page, "tablet-sign-in")
    steps.sign_in_by_tile(page, "T")
    take(page, "tablet-home")
    page.goto("/scan")
    take(page, "tablet-scan")


def test_a_calibration_from_start_to_signature(
    tablet: Callable[[str], Page], watch: Watch, floor: Floor, take: Take
) -> None:
    watch.expects(422)
    page = tablet("T")
    page.goto("/calibration/start/G-014")
    take(page, "tablet-start")
    steps.start(page, "G-014", {"temperature": "20.3"})
    for typed in ("0.00", "25.00", "50.05", "100.00"):
        floor.wait(seconds=50)
        steps.read(page, [typed])
    page.locator("[name=indication]").fill("150.12")
    page.get_by_text("Saved on the server").wait_for()
    take(page, "tablet-reading-as-found")
    steps.go_on(page)
    take(page, "tablet-error")
    steps.read(page, ["150.20", "25.00"])
    take(page, "tablet-adjusted")
    steps.adjust(page, "jaws cleaned and lapped")
    for typed in ("0.00", "25.00", "50.00", "100.00"):
        floor.wait(seconds=40)
        steps.read(page, [typed])
    page.locator("[name=indication]").fill("150.05")
    take(page, "tablet-reading-as-left")
    steps.read(page, ["150.05", "25.00"])
    take(page, "tablet-check-and-sign")
    steps.sign(page, cast.person("T"))
    take(page, "tablet-signed")


def test_a_dim_cell(tablet: Callable[[str], Page], take: Take) -> None:
    page = tablet("T")
    page.goto("/")
    steps.follow(page, page.get_by_role("button", name="Dark"))
    take(page, "tablet-home-dark")
    steps.start(page, "G-014", {"temperature": "20.3"})
    steps.read(page, ["0.00"])
    page.locator("[name=indication]").fill("25.05")
    page.get_by_text("Saved on the server").wait_for()
    take(page, "tablet-reading-dark")


def test_quality_at_the_desk(open_desk: OpenDesk, take: Take) -> None:
    page = open_desk("Q")
    page.goto("/")
    take(page, "desk-home")
    page.goto("/calibration/gauges/G-011")
    take(page, "desk-gauge")
    page.goto("/calibration/")
    take(page, "desk-calibrations")
    page.goto("/calibration/gauges")
    take(page, "desk-gauges")


def test_quality_reviews_the_wrench(open_desk: OpenDesk, folder: Path, take: Take) -> None:
    page = open_desk("Q")
    page.goto("/calibration/gauges/G-011")
    steps.follow(page, page.get_by_role("link", name="Review"))
    take(page, "desk-review")
    steps.review(page, cast.person("Q"))
    take(page, "desk-reviewed")
    _draw(steps.certificate_file(page), folder / "certificate")


def _draw(pdf: bytes, to: Path) -> None:
    """Draw the first page of a PDF."""
    pdftoppm = shutil.which("pdftoppm")
    if pdftoppm is None:
        pytest.skip("pdftoppm is missing")
    subprocess.run([pdftoppm, "-png", "-r", "96", "-singlefile", "-", to], input=pdf, check=True)
    assert to.with_suffix(".png").stat().st_size / 1024 < MOST_KB
