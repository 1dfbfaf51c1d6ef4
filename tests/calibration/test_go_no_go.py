"""Plug and ring gauges: their points are written as people write them, and their procedure fits them by kind."""

from typing import Any

import pytest

from techfloor.duties.calibration.report.tables import groups
from techfloor.duties.calibration.rules import fitting
from techfloor.duties.calibration.rules.foresight import by_itself, foresee, objections
from techfloor.duties.calibration.rules.points import Written, read_points, written_points
from techfloor.duties.calibration.rules.procedure import Item, ItemFunction, plan, read_procedure
from techfloor.duties.calibration.rules.written import body_of, entry_of
from techfloor.refusals import Refusal

BY_NAME = Written(by_name=True)


def made(points: str, **others: Any) -> Any:
    body = {
        "title": "Plug gauges",
        "mode": "attribute",
        "unit": "",
        "tolerance": "",
        "rule": "simple",
        "rule_text": "Simple acceptance",
        "standards": ["S-1"],
        "point_set": [{"key": "", "points": read_points(points, "", BY_NAME)}],
        **others,
    }
    return read_procedure("CAL-P-40", 1, "", body)


@pytest.mark.parametrize(
    ("line", "label", "answer"),
    [
        ("GO; goes", "GO", "goes"),
        ("NO GO; does not go", "NO GO", "does not go"),
        ("NO GO; Does not go", "NO GO", "does not go"),
        ("goes; at: GO side", "GO side", "goes"),
        ("goes; GO side", "GO side", "goes"),
        ("; GO side; goes", "GO side", "goes"),
        ("name: 10 H7; goes", "10 H7", "goes"),
        ("GO side", "GO side", None),
    ],
)
def test_a_check_is_written_by_its_name_and_its_answer(line: str, label: str, answer: str | None) -> None:
    (point,) = read_points(line, "", BY_NAME)
    assert (point["nominal"], point["label"], point.get("expected")) == ("", label, answer)


def test_a_check_is_shown_with_its_name_first() -> None:
    rows = read_points("; GO; goes\n; NO GO; does not go\n; 10 H7; goes")
    assert written_points(rows) == "GO; goes\nNO GO; does not go\nname: 10 H7; goes"
    assert read_points(written_points(rows), "", BY_NAME) == rows == read_points(written_points(rows))


def test_a_value_keeps_its_place_and_what_is_no_number_is_still_refused_elsewhere() -> None:
    assert read_points("10.000; goes", "", BY_NAME)[0]["nominal"] == "10.000"
    with pytest.raises(Refusal, match="no number") as no:
        read_points("GO side")
    assert "NO GO; does not go" in str(no.value), "the refusal shows how a check is written"


@pytest.mark.parametrize(
    ("line", "unit"), [("25 mm", "mm"), ("25mm", "mm"), ("25 °C", "C"), ("25 N·m; up", "N m"), ("+25 um", "µm")]
)
def test_a_value_may_have_the_unit_of_its_procedure(line: str, unit: str) -> None:
    assert read_points(line, "", Written(unit))[0]["nominal"] == "25"


def test_another_unit_is_refused_and_pieces_may_have_it_too() -> None:
    assert read_points("25.00 mm; pieces: 20 mm + 5 mm", "", Written("mm"))[0]["stack"] == ["20", "5"]
    with pytest.raises(Refusal, match="“25 cm” is no number"):
        read_points("25 cm", "", Written("mm"))


def test_the_boxes_of_an_attribute_procedure_read_what_they_show() -> None:
    body = made("GO; goes\nNO GO; does not go").body
    assert entry_of(body).point_sets[0].points == "GO; goes\nNO GO; does not go"
    assert body_of(entry_of(body), body) == body


def test_what_to_write_where_the_answer_is_missing_is_itself_accepted() -> None:
    (no,) = objections(made("GO side"), [], None, ["S-1"])
    assert str(no) == "Say of GO side whether it goes or does not go, like: GO; goes, or NO GO; does not go."
    assert read_points("GO; goes\nNO GO; does not go")
    assert objections(made("GO; goes"), [], None, ["S-1"]) == []
    assert [each.point.expected for each in foresee(made("GO; goes"), by_itself(made("GO; goes")), None)] == ["goes"]


MM = (ItemFunction("GO pitch diameter", "mm", "10", "", "", "", "9"),)


@pytest.mark.parametrize("kind", ["attribute gauge", "Plug gauge go/no-go", "thread ring gauge", "go/no-go gauge"])
def test_it_fits_a_gauge_by_its_kind_whatever_its_unit(kind: str) -> None:
    item = Item(MM, kind=kind)
    assert fitting.fit(made("GO; goes"), item).objection is None
    assert [point.unit for point in plan(made("GO; goes"), item)] == [""], "a check has no unit"


def test_it_fits_a_gauge_without_a_unit_and_no_other() -> None:
    assert fitting.fit(made("GO; goes"), Item((ItemFunction("", "-", "", "", "", ""),))).objection is None
    no = fitting.fit(made("GO; goes"), Item(MM, kind="micrometer")).objection
    assert "this one is entered as “micrometer”" in str(no)


def test_what_is_read_is_not_offered_for_a_plug_and_a_setting_ring_is_no_such_gauge() -> None:
    caliper = made("25.00", mode="apply", unit="mm")
    assert fitting.measures_otherwise(caliper, "plug gauge go/no-go")
    assert not fitting.measures_otherwise(caliper, "setting ring")
    assert not fitting.is_attribute_gauge("thread micrometer")
    assert fitting.is_of_kind(made("GO; goes"), "ring gauge go/no-go")


def test_no_unit_heads_the_points_of_an_older_certificate() -> None:
    point = {"n": 1, "function": "", "unit": "-", "error_unit": "-"}
    runs = [{"run": "as_found", "points": [point]}]
    assert [each.unit for each in groups({"runs": runs, "procedure": {"mode": "attribute"}})] == [""]
