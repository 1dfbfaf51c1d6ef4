"""Labels as drawings: nothing stands over the edge, what counts is never cut off, and a code is printed to be read."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from techfloor.equipment.label_drawing import (
    DOT,
    SMALLEST_MODULE,
    Drawing,
    Identity,
    State,
    identity_label,
    module_that_fits,
    state_label,
)
from techfloor.equipment.label_sizes import SIZES, Form, Size, first_free, size_of
from techfloor.refusals import Refusal
from techfloor.reports.measured import CODE, SANS, cut, lines, width

URL = "https://techfloor.plant.example/e/G-014"
each_size = pytest.mark.parametrize("size", SIZES, ids=[size.key for size in SIZES])
WORDS = st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0x17F), max_size=60)


def inside(drawing: Drawing) -> bool:
    """Tell whether every text, box and sign of a drawing stands within its edges."""
    texts = all(
        each.x >= 0
        and each.x + width(each.text, each.face, each.size) <= drawing.width + 0.01
        and each.y < drawing.height
        for each in drawing.texts
    )
    boxes = all(
        each.x >= 0 and each.x + each.width <= drawing.width and each.y + each.height <= drawing.height
        for each in drawing.boxes
    )
    return texts and boxes


@settings(max_examples=40)
@given(size=st.sampled_from(SIZES), code=st.text("ABG-0123456789", min_size=1, max_size=24), name=WORDS, maker=WORDS)
def test_an_identity_label_stays_within_its_edges_and_never_cuts_the_code(
    size: Size, code: str, name: str, maker: str
) -> None:
    drawing = identity_label(
        Identity(f"https://plant.example/e/{code}", code, name, maker, name, "Example Works"), size
    )
    assert inside(drawing)
    assert drawing.texts[0].text == code


@settings(max_examples=40)
@given(
    size=st.sampled_from(SIZES),
    look=st.sampled_from(("pass", "hold", "caution", "fail", "info", "waiting")),
    title=st.sampled_from(("HELD", "CALIBRATE BEFORE USE", "OUT OF SERVICE", "IN USE")),
    words=WORDS,
    day=st.sampled_from(("", "Nov 2027", "18 Nov 2027")),
)
def test_a_status_label_stays_within_its_edges(size: Size, look: str, title: str, words: str, day: str) -> None:
    assert inside(state_label(State("G-014", "Caliper", look, title, "Due", day, words, "CAL-2026-00042 · TK"), size))


@each_size
def test_what_a_gauge_may_be_used_for_alone_stands_there_whole(size: Size) -> None:
    use = "saw cuts only, tolerance 1.0 mm or wider, never for incoming inspection of turned parts"
    said = State("G-031", "Digital caliper", "caution", "LIMITED USE", "Due", "Nov 2027", use, "CAL-2026-00042 · TK")
    text = " ".join(each.text for each in state_label(said, size).texts)
    assert use in text
    assert "Due Nov 2027" in text
    assert "LIMITED USE" in text


def words_on(drawing: Drawing) -> str:
    return " ".join(each.text for each in drawing.texts)


@settings(max_examples=60)
@given(size=st.sampled_from(SIZES), serial=WORDS, maker=WORDS, plant=WORDS, demo=st.booleans())
@example(
    SIZES[0], "SN 0417-22-0093", "Instruments of the Upper Valley, Incorporated", "Example Works, Northern Plant", True
)
@example(SIZES[0], "", "Instruments of the Upper Valley, Incorporated", "Example Works, Northern Plant", False)
def test_what_has_no_room_stays_away_and_is_not_cut(
    size: Size, serial: str, maker: str, plant: str, demo: bool
) -> None:
    serial, maker, plant = (" ".join(each.replace("…", "").split()) for each in (serial, maker, plant))
    said = Identity(URL, "G-014", "Digital caliper", serial, maker, plant, demo)
    on_it = [each.text for each in identity_label(said, size).texts]
    assert "…" not in "".join(on_it)
    assert not demo or size.form is Form.TAPE or any(text.endswith("DEMO") for text in on_it)


@each_size
def test_the_serial_number_comes_before_the_maker(size: Size) -> None:
    maker = "Precision Measuring Instruments and Gauges of the Upper Valley, Incorporated"
    said = Identity(URL, "G-014", "Digital caliper", "SN 0417-22-0093", maker, "Works")
    assert "SN 0417-22-0093" in words_on(identity_label(said, size))


def test_of_a_status_the_day_comes_before_what_it_rests_on() -> None:
    record = "CAL-2026-00042 of the laboratory for dimensional quantities in Example Town · TK"
    said = State("G-014", "Caliper", "caution", "LIMITED USE", "Due", "Nov 2027", "saw cuts only", record)
    text = words_on(state_label(said, size_of("50x25")))
    assert "Due Nov 2027" in text
    assert "CAL-2026" not in text


@each_size
def test_the_code_is_a_picture_only_where_its_modules_can_be_read(size: Size) -> None:
    module = identity_label(Identity(URL, "G-014", "Caliper", "", "", "Works"), size).module
    assert (module >= SMALLEST_MODULE) if size.key != "tape-9" else module == 0


def test_an_address_too_long_for_the_tape_leaves_the_code_as_text() -> None:
    far = Identity(
        "https://techfloor.a-plant-with-a-very-long-name.example.org/e/G-014", "G-014", "Caliper", "", "", "Works"
    )
    drawing = identity_label(far, size_of("tape-12"))
    assert drawing.module == 0
    assert drawing.shapes == ()
    assert drawing.texts[0].text == "G-014"


@given(modules=st.integers(21, 60), room=st.floats(5, 60))
def test_a_module_is_whole_dots_where_they_fit_and_never_larger_than_its_room(modules: int, room: float) -> None:
    module = module_that_fits(modules, room)
    assert module == 0 or SMALLEST_MODULE <= module <= room / modules + 1e-9
    assert module == 0 or module % DOT == 0 or room / modules < 3 * DOT


@each_size
def test_the_labels_of_a_sheet_lie_on_it_beside_each_other(size: Size) -> None:
    if size.grid is None:
        assert size.form is not Form.SHEET
        return
    corners = [size.grid.corner(place) for place in range(size.grid.places)]
    assert all(x >= 0 and x + size.width <= size.grid.sheet_width + 1e-6 for x, _y in corners)
    assert all(y >= 0 and y + size.height <= size.grid.sheet_height + 1e-6 for _x, y in corners)
    assert size.grid.step_across >= size.width
    assert size.grid.step_down >= size.height
    right = size.grid.sheet_width - max(x for x, _y in corners) - size.width
    assert right == pytest.approx(size.grid.left, abs=0.3), "the sheet is as wide as its labels, gaps and margins"


@pytest.mark.parametrize("typed", ["0", "22", "-1", "two", "1.5", "²", "999999999999"])
def test_a_place_that_the_sheet_has_not_is_refused(typed: str) -> None:
    with pytest.raises(Refusal, match="from 1 to"):
        first_free(size_of("a4-21"), typed)


def test_the_first_place_is_free_where_nothing_is_said() -> None:
    assert first_free(size_of("a4-21"), " ") == 1
    assert first_free(size_of("a4-21"), "21") == 21
    assert first_free(size_of("50x25"), "nonsense") == 1, "single labels have no places"


@settings(max_examples=40)
@given(text=WORDS, room=st.floats(5, 80))
def test_what_is_cut_fits(text: str, room: float) -> None:
    shown = cut(text, SANS, 3, room)
    assert width(shown, SANS, 3) <= room or shown == "…"


@settings(max_examples=40)
@given(text=WORDS, room=st.floats(20, 80))
def test_broken_lines_lose_nothing_where_there_are_enough(text: str, room: float) -> None:
    words = " ".join(lines(text, CODE, 2, room, 60))
    assert words == " ".join(text.split()) or "…" in words
