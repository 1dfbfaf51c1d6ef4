"""Checks 5 and 6 of the design: how a page says what is wrong, and how a number is typed."""

import pytest
from plant_client import SignedInAs
from playwright.sync_api import Page, expect

from browser import steps
from browser.conftest import OpenTablet
from browser.seeding import Seeds
from browser.watching import Watch

pytestmark = pytest.mark.browser

BOX = "main [data-number]"
SUMMARY = "[data-error-summary]"
BESIDE = ".error-room .error-text > span"


@pytest.fixture
def at_25_mm(open_tablet: OpenTablet, as_: SignedInAs, watch: Watch) -> Page:
    """The page of the reading at 25.00 mm of a vernier caliper that shows steps of 0.05 mm."""
    watch.expects(422)
    page = open_tablet("T")
    page.goto(f"/calibration/{Seeds(as_)['begun']}/as-found/2/1")
    return page


@pytest.fixture
def at_a_difference(open_tablet: OpenTablet, as_: SignedInAs, watch: Watch) -> Page:
    """The page of a difference in g, which may be negative, of a comparator that shows steps of 0.005 g."""
    watch.expects(422)
    page = open_tablet("T")
    page.goto(f"/calibration/{Seeds(as_)['weighed']}/as-found/1/2")
    return page


def _refused(page: Page, typed: str) -> str:
    """Send a value that will not do, and return the sentence about it."""
    page.locator(BOX).evaluate("(box, typed) => { box.value = typed }", typed)
    steps.go_on(page)
    expect(page.locator(BOX)).to_have_value(typed)
    return page.locator(BESIDE).inner_text().removeprefix("Error:").strip()


@pytest.fixture
def at_two_boxes(open_tablet: OpenTablet, as_: SignedInAs, watch: Watch) -> Page:
    """A page on which standard and gauge are both read, sent with neither."""
    watch.expects(422)
    page = open_tablet("T")
    page.goto(f"/calibration/{Seeds(as_)['typed_twice']}/as-found/1/1")
    steps.go_on(page)
    return page


def _kept(page: Page, typed: str) -> str:
    """Send a value that will do, and return what the next page says of it."""
    page.locator(BOX).fill(typed)
    steps.go_on(page)
    return page.inner_text(".panel-last")


# --- what is wrong ---


def test_the_error_summary_stands_first_and_is_where_reading_starts(at_two_boxes: Page) -> None:
    assert at_two_boxes.title().startswith("Error:")
    assert at_two_boxes.get_by_role("heading", level=2).first.inner_text() == "There is a problem"
    assert at_two_boxes.evaluate("document.activeElement.matches('[data-error-summary]')")
    first = at_two_boxes.evaluate("document.querySelector('main').innerText.trim().split('\\n')[0]")
    assert first == "There is a problem"


def test_each_line_of_the_summary_leads_to_its_field(at_two_boxes: Page) -> None:
    at_two_boxes.locator(f"{SUMMARY} a").last.tap()
    assert at_two_boxes.evaluate("document.activeElement.name") == "indication"


def test_what_is_wrong_with_the_one_box_of_a_page_stands_once_and_moves_nothing(at_25_mm: Page) -> None:
    pad = at_25_mm.locator(".keypad")
    before = pad.bounding_box()
    sentence = _refused(at_25_mm, "25.03")
    assert at_25_mm.title().startswith("Error:")
    assert at_25_mm.inner_text("main").count(sentence) == 1
    assert at_25_mm.locator(SUMMARY).count() == 0
    assert pad.bounding_box() == before


def test_reading_starts_at_the_one_box_which_says_what_is_wrong(at_25_mm: Page) -> None:
    _refused(at_25_mm, "25.03")
    assert at_25_mm.evaluate("document.activeElement.name") == "indication"
    assert at_25_mm.locator(".error-room").get_attribute("aria-live") == "assertive"


def test_a_correction_has_the_pad_and_what_is_wrong_beside_its_box(at_25_mm: Page) -> None:
    _kept(at_25_mm, "25.05")
    steps.follow(at_25_mm, at_25_mm.get_by_role("link", name="Change", exact=True))
    at_25_mm.get_by_label("Mistyped").check()
    steps.type_on_pad(at_25_mm, "7", "indication")
    at_25_mm.get_by_role("button", name="Clear").tap()
    expect(at_25_mm.locator(BOX)).to_have_value("")
    assert _refused(at_25_mm, "25.03") == "This gauge shows steps of 0.05. 25.03 is between two steps."
    assert at_25_mm.locator(SUMMARY).count() == 0
    expect(at_25_mm.get_by_role("button", name="Change", exact=True)).to_be_in_viewport(ratio=1)


def test_the_same_words_stand_beside_the_field(at_25_mm: Page) -> None:
    sentence = _refused(at_25_mm, "25.03")
    described = at_25_mm.locator(BOX).get_attribute("aria-describedby") or ""
    beside = [at_25_mm.locator(f"[id='{one}']").inner_text() for one in described.split()]
    assert any(sentence in words for words in beside)
    assert at_25_mm.locator(BOX).get_attribute("aria-invalid") == "true"


def test_a_refused_page_answers_422(at_25_mm: Page) -> None:
    with at_25_mm.expect_response(
        lambda answer: answer.request.method == "POST" and "/draft" not in answer.url
    ) as sent:
        _refused(at_25_mm, "25.03")
    assert sent.value.status == 422


# --- numbers ---


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter a number."),
        ("25.03", "This gauge shows steps of 0.05. 25.03 is between two steps."),
        ("2.5e1", "Write the number out, without an exponent."),
        ("nan", "Enter digits only, like 12.503."),
        ("inf", "Enter digits only, like 12.503."),
        ("25..0", "Enter digits only, like 12.503."),
    ],
)
def test_a_value_that_will_not_do_is_refused_and_still_there(at_25_mm: Page, typed: str, sentence: str) -> None:
    assert _refused(at_25_mm, typed) == sentence


def test_a_comma_that_could_mean_two_things_is_asked_about(at_a_difference: Page) -> None:
    assert _refused(at_a_difference, "1,235") == "Is it 1.235 or 1235? Type it with a point."


@pytest.mark.parametrize("typed", ["25.05", "25,05", " 25.05 "])
def test_a_decimal_comma_is_as_good_as_a_point(at_25_mm: Page, typed: str) -> None:
    assert "Pass: error +0.05 mm, 0.05 mm inside the limit" in _kept(at_25_mm, typed)


def test_trailing_zeros_are_kept_for_they_are_the_resolution(at_25_mm: Page) -> None:
    _kept(at_25_mm, "25.00")
    steps.read(at_25_mm, ["50.00", "100.00", "150.00", "25.00"])
    assert at_25_mm.locator(".cell-link").all_inner_texts()[1].startswith("25.00")


def test_letters_do_not_get_into_the_box(at_25_mm: Page) -> None:
    box = at_25_mm.locator(BOX)
    box.press_sequentially("2e5,o0")
    expect(box).to_have_value("25,0")


def test_the_sign_button_turns_the_sign(at_a_difference: Page) -> None:
    box = at_a_difference.locator(BOX)
    box.fill("0.020")
    at_a_difference.get_by_role("button", name="Change the sign").tap()
    expect(box).to_have_value("-0.020")
    at_a_difference.get_by_role("button", name="Change the sign").tap()
    expect(box).to_have_value("0.020")


def test_the_pad_types_and_the_tablets_own_keyboard_stays_away(at_25_mm: Page) -> None:
    steps.type_on_pad(at_25_mm, "25", "indication")
    at_25_mm.locator('[data-key="."]').tap()
    at_25_mm.locator('[data-key="00"]').tap()
    at_25_mm.get_by_role("button", name="Delete the last digit").tap()
    steps.type_on_pad(at_25_mm, "5", "indication")
    expect(at_25_mm.locator(BOX)).to_have_value("25.05")
    at_25_mm.get_by_role("button", name="Clear").tap()
    expect(at_25_mm.locator(BOX)).to_have_value("")
    assert at_25_mm.locator(BOX).evaluate("(box) => box.inputMode") == "none"


def test_the_box_is_a_text_box_with_its_unit_beside_it(at_25_mm: Page) -> None:
    box = at_25_mm.locator(BOX)
    assert (box.get_attribute("type"), box.get_attribute("inputmode")) in {("text", "decimal"), ("text", "none")}
    assert at_25_mm.locator(".number-box .unit").inner_text() == "mm"
    assert "mm" in at_25_mm.inner_text("main label")


def test_an_unlikely_value_is_asked_about_and_let_in_by_a_yes(at_25_mm: Page) -> None:
    assert _refused(at_25_mm, "125.50") == "You entered 125.50 at 25.00. Is this right?"
    at_25_mm.get_by_label("Yes, this value is right").check()
    steps.go_on(at_25_mm)
    assert "Fail" in at_25_mm.inner_text(".panel-last")


# --- live verdict ---


def test_as_found_shows_no_verdict_while_it_is_typed(at_25_mm: Page) -> None:
    at_25_mm.locator(BOX).fill("25.30")
    assert at_25_mm.locator("[data-live-for]").count() == 0
    assert "Fail" not in at_25_mm.inner_text("main")


def test_as_left_shows_its_verdict_while_it_is_typed(open_tablet: OpenTablet, as_: SignedInAs) -> None:
    page = open_tablet("T")
    page.goto(f"/calibration/{Seeds(as_)['adjusted']}/as-left/1/1")
    said = page.locator("[data-live-words]")
    for typed, words in (
        ("0.05", "Pass: error +0.05 mm, 0.05 mm inside the limit"),
        ("0.10", "Pass: error +0.10 mm, exactly on the limit"),
        ("0.15", "Fail: error +0.15 mm, 0.05 mm outside the limit"),
    ):
        page.locator(BOX).fill(typed)
        expect(said).to_have_text(words)
    assert page.locator("[data-live-picture] svg").count() == 1


@pytest.mark.parametrize("viewport", [{"width": 820, "height": 1180}, {"width": 1180, "height": 820}])
def test_what_is_damaged_is_asked_once_it_is_there(open_tablet: OpenTablet, viewport: dict[str, int]) -> None:
    page = open_tablet("T", viewport=viewport)
    page.goto("/calibration/start/G-014")
    words = page.locator("[name=damage]")
    expect(words).not_to_be_visible()
    page.get_by_role("radio", name="Damaged").check()
    expect(words).to_be_visible()


# --- the hand scanner ---

_SCANS = """(box, keys) => {
  box.focus();
  const press = (key) => box.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  for (const key of keys) {
    press(key);
    if (/[-\\d.]/.test(key)) box.value += key;
  }
  return !press("Enter");
}"""
"""Types like a hand scanner, of which a number box takes the digits; tells whether Enter sends nothing."""


def test_a_code_that_is_scanned_into_a_reading_is_asked_about_and_not_sent(at_25_mm: Page) -> None:
    box = at_25_mm.locator(BOX)
    box.fill("25")
    assert box.evaluate(_SCANS, "G-016")
    expect(box).to_have_value("25")
    expect(at_25_mm.locator("[data-scanned]")).to_be_in_viewport(ratio=1)
    steps.follow(at_25_mm, at_25_mm.get_by_role("link", name="Open G-016"))
    assert "G-016" in at_25_mm.url


def test_what_a_measuring_device_types_stays_a_reading(at_25_mm: Page) -> None:
    box = at_25_mm.locator(BOX)
    assert not box.evaluate(_SCANS, "25.05")
    expect(box).to_have_value("25.05")
