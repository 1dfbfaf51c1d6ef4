"""What a procedure holds survives its boxes unchanged; points, stacks, limits and ratios. Pure."""

from dataclasses import replace
from decimal import Decimal
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.duties.calibration.rules import foresight, ready_made
from techfloor.duties.calibration.rules import reading as rules
from techfloor.duties.calibration.rules.certified import StandardFacts
from techfloor.duties.calibration.rules.differing import differences
from techfloor.duties.calibration.rules.foresight import User, by_itself, foresee, objections, possible, restacked
from techfloor.duties.calibration.rules.points import (
    of_full_scale,
    read_entries,
    read_points,
    written_entries,
    written_points,
)
from techfloor.duties.calibration.rules.procedure import (
    Item,
    ItemFunction,
    Procedure,
    of_range,
    plan,
    read_procedure,
)
from techfloor.duties.calibration.rules.stacks import stack
from techfloor.duties.calibration.rules.written import PointSetEntry, ProcedureEntry, body_of, entry_of
from techfloor.refusals import Refusal

D = Decimal
BODIES = {row["code"]: ready_made.body(row) for row in ready_made.rows()}
BLOCKS = StandardFacts("S-003", {each: (D(each), D("0.0001")) for each in ("25", "50", "100")}, "mm", {})

# --- the twelve, and made ones, through the form ---

_words = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp", "Cf")), min_size=1, max_size=12
).filter(lambda text: text.strip() == text)
_maybe = st.just("") | _words
_numbers = st.decimals(min_value=0, max_value=1000, places=3).map(str)
_bases = st.sampled_from(["constant", "percent", "half resolution", "certificate", "deviation", "pooled", "repeats"])


def _without(empty: dict[str, Any], *kept: str) -> dict[str, Any]:
    return {key: value for key, value in empty.items() if value or key in kept}


_point = st.builds(
    lambda nominal, label, function, position, way, pieces, answer: _without(
        {
            "nominal": nominal,
            "label": label,
            "function": function,
            "position": position,
            "direction": way,
            "stack": pieces,
            "expected": answer,
        },
        "nominal",
        "label",
        "function",
    ),
    st.just("") | _numbers,
    _words,
    _maybe,
    _maybe,
    st.sampled_from(["", "up", "down"]),
    st.lists(_numbers, max_size=3),
    st.sampled_from(["", "goes", "does not go"]),
)
_share = st.builds(lambda percent, label: {"percent": percent, "label": label, "function": ""}, _numbers, _maybe)
_budget_row = st.builds(
    lambda component, value, basis, fallback: _without(
        {
            "component": component,
            "value": value,
            "distribution": "rectangular",
            "divisor": "1.732",
            "from": "item",
            "basis": basis,
            "fallback": fallback,
        }
    ),
    _words,
    _numbers,
    _bases,
    st.just("") | _numbers,
)
_limit = st.builds(
    lambda quantity, low, text, change: _without(
        {"quantity": quantity, "unit": "°C", "low": low, "text": text, "max_change": change}, "quantity", "unit", "text"
    ),
    _words,
    st.just("") | _numbers,
    _words,
    st.just("") | _numbers,
)
_derived = st.builds(
    lambda kind, name, high, share: _without(
        {
            "kind": kind,
            "name": name,
            "function": "",
            "unit": "g",
            "high": high,
            "of_tolerance": share,
            "text": "at most",
        },
        "function",
    ),
    st.sampled_from(["hysteresis", "repeatability", "slope"]),
    _words,
    st.just("") | _numbers,
    st.sampled_from(["", "1/3", "1"]),
)


def _once(rows: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return list({row[key]: row for row in rows}.values())


_bodies = st.builds(
    lambda **given: {
        **given,
        "budget": _once(given["budget"], "component"),
        "environment": _once(given["environment"], "quantity"),
        "derived": _once(given["derived"], "kind"),
        "point_set": _once(given["point_set"], "key"),
    },
    title=_words,
    mode=st.sampled_from(["apply", "match", "both", "comparison", "attribute"]),
    unit=st.just("mm"),
    error_unit=st.sampled_from(["mm", "%"]),
    tolerance=st.sampled_from(["± 0.03 mm", "from the gauge", "+0.2/-0.1 mm", "0.05 % of reading + 3 digits"]),
    rule=st.sampled_from(["simple", "guard-band", "method-6", "four-outcome", "pfa"]),
    rule_text=_words,
    repeats=st.integers(1, 9),
    verdict_on=st.sampled_from(["each reading", "mean"]),
    significant_digits=st.sampled_from([1, 2]),
    soak_minutes=st.integers(0, 240),
    coverage=st.sampled_from(["k", "convolution", "fixed"]),
    k=st.sampled_from(["2", "1.83"]),
    min_tur=st.sampled_from(["", "4"]),
    tur_flag=_maybe,
    method=_maybe,
    preload=_maybe,
    checks=st.lists(_words, max_size=3),
    standards=st.lists(_words, max_size=2, unique=True),
    budget_unit=st.sampled_from(["mm", "%"]),
    budget=st.lists(_budget_row, min_size=1, max_size=3),
    environment=st.lists(_limit, max_size=2),
    derived=st.lists(_derived, max_size=2),
    point_set=st.lists(
        st.builds(
            lambda key, points: {"key": key.replace("|", "/"), "points": points},
            _words,
            st.lists(_point | _share, min_size=1, max_size=4),
        ),
        min_size=1,
        max_size=2,
    ),
)


@pytest.mark.parametrize("code", sorted(BODIES))
def test_each_ready_made_procedure_survives_its_boxes_unchanged(code: str) -> None:
    assert body_of(entry_of(BODIES[code]), BODIES[code]) == BODIES[code]


@given(_bodies)
def test_any_procedure_survives_its_boxes_unchanged(body: dict[str, Any]) -> None:
    assert body_of(entry_of(body), body) == body


@given(st.lists(_point | _share, max_size=5))
def test_points_are_read_back_as_they_were_written(rows: list[dict[str, Any]]) -> None:
    assert read_points(written_points(rows)) == rows


@given(st.lists(st.builds(lambda label, n: {"label": label, "load": "half", "repeats": n}, _words, st.integers(1, 9))))
def test_entries_are_read_back_as_they_were_written(rows: list[dict[str, Any]]) -> None:
    assert read_entries(written_entries(rows)) == rows


@pytest.mark.parametrize("code", sorted(BODIES))
def test_a_procedure_does_not_differ_from_itself_and_its_tolerance_is_told(code: str) -> None:
    entry = entry_of(BODIES[code])
    assert differences(entry, entry) == []
    found = differences(entry, replace(entry, tolerance="± 9 mm"))
    assert [(each.box, each.after) for each in found] == [("tolerance", "± 9 mm")]


def test_a_changed_point_is_told_by_its_line() -> None:
    entry = entry_of(BODIES["CAL-P-02"])
    sets = (replace(entry.point_sets[0], points=entry.point_sets[0].points.replace("100.00", "120.00")),)
    found = differences(entry, replace(entry, point_sets=sets))
    assert [(each.row, each.before, each.after) for each in found] == [
        ("150 mm", "100.00; function: outside; pieces: 100", "120.00; function: outside; pieces: 100")
    ]


# --- stacks ---

_pieces = st.lists(st.integers(1, 60).map(lambda n: str(Decimal(n) / 2)), unique=True, max_size=9)


@given(_pieces, st.integers(1, 120).map(lambda n: Decimal(n) / 2))
def test_a_stack_adds_up_uses_each_piece_once_and_is_the_shortest(pieces: list[str], value: Decimal) -> None:
    found = stack(value, pieces)
    sums = [set_ for n in range(1, 9) for set_ in combinations(map(Decimal, pieces), n) if sum(set_) == value]
    if found is None:
        assert sums == []
        return
    assert sum(map(Decimal, found), Decimal(0)) == value
    assert len(set(found)) == len(found)
    assert set(found) <= set(pieces)
    assert len(found) == min(len(each) for each in sums)


def test_a_stack_of_blocks_is_found_in_a_long_set_too() -> None:
    long = [
        *(f"1.00{n}" for n in range(1, 10)),
        *(f"1.{n:02d}" for n in range(1, 50)),
        *(f"{n / 2}" for n in range(1, 50)),
    ]
    assert stack(D("41.238"), [*long, "25", "50", "75", "100"]) == ("25", "14.0", "1.23", "1.008")
    assert stack(D("41.2385"), long) is None
    assert stack(D(0), long) == ()


# --- limits, ratios, what speaks against it ---


def test_points_in_percent_are_resolved_as_the_gauge_shows_them() -> None:
    body = {"mode": "apply", "unit": "bar", "point_set": [{"key": "", "points": read_points("0 %\n33 %\n100 %")}]}
    procedure = read_procedure("X", 1, "X", body)
    gauge = Item((ItemFunction("", "bar", "2.5", "0.05", "0.05", "± 0.1 bar", "-1.0"),))
    assert [(point.nominal, point.label) for point in plan(procedure, gauge)] == [
        ("-1.00", "-1.00"),
        ("0.15", "0.15"),
        ("2.50", "2.50"),
    ]


def caliper(**others: Any) -> Procedure:
    body = {
        "title": "Caliper",
        "mode": "apply",
        "unit": "mm",
        "tolerance": "± 0.03 mm",
        "rule": "guard-band",
        "rule_text": "Guard band",
        "min_tur": "4",
        "standards": ["S-003"],
        "budget": [
            {
                "component": "blocks",
                "value": "0",
                "distribution": "normal",
                "divisor": "2",
                "from": "standard",
                "basis": "certificate",
            },
            {
                "component": "digit",
                "value": "1",
                "distribution": "rectangular",
                "divisor": "1.732",
                "from": "item",
                "basis": "half resolution",
            },
        ],
        "point_set": [{"key": "", "points": read_points("50.00; pieces: 50\n150.00")}],
        **others,
    }
    return read_procedure("X", 1, "X", body)


def test_both_ratios_and_the_acceptance_limits_are_foreseen_at_each_point() -> None:
    procedure = caliper()
    first, last = foresee(procedure, by_itself(procedure), BLOCKS)
    assert first.ratios.reference == D("0.06") / (2 * D("0.0001"))
    assert first.ratios.process is not None
    assert first.u is not None
    assert first.ratios.process == D("0.06") / (2 * first.u)
    assert first.acceptance == (D("-0.03") + first.guard, D("0.03") - first.guard)
    assert abs(first.guard - first.u) < D("1e-9")
    assert (last.point.stack, last.proposed) == (("100", "50"), True)


def test_a_fixed_k_expands_by_itself_alone() -> None:
    procedure = caliper(coverage="fixed", k="3")
    found = foresee(procedure, by_itself(procedure), BLOCKS)[0]
    plain = foresee(caliper(), by_itself(procedure), BLOCKS)[0]
    assert found.k == 3
    assert found.u is not None
    assert plain.u is not None
    assert plain.k is not None
    assert abs(found.u / 3 - plain.u / plain.k) < D("1e-7")


def test_a_reading_judges_by_the_same_u_as_was_foreseen() -> None:
    procedure = caliper()
    point = plan(procedure, by_itself(procedure))[0]
    judged = rules.judge(procedure, point, rules.ReadingEntry("as_found", 1, 1, D("50.00")), standard=BLOCKS)
    assert judged.u == foresee(procedure, by_itself(procedure), BLOCKS)[0].u


@pytest.mark.parametrize("code", sorted(BODIES))
def test_every_ready_made_procedure_can_be_approved_by_itself(code: str) -> None:
    body = BODIES[code] | {"standards": ["S-1"]}
    found = objections(read_procedure(code, 1, "", body), [], None, ["S-1"])
    assert [str(each) for each in found] == []


def test_u_that_reaches_the_tolerance_of_one_gauge_is_told_with_the_gauge() -> None:
    procedure = caliper(
        rule="simple",
        rule_text="Simple acceptance",
        point_set=[{"key": "", "points": read_points("50.00; pieces: 50")}],
    )
    tight = Item((ItemFunction("", "mm", "200", "0.01", "0.01", "± 0.004 mm"),))
    wide = Item((ItemFunction("", "mm", "200", "0.01", "0.01", "± 0.03 mm"),))
    found = objections(procedure, [User("G-1", wide), User("G-2", tight)], BLOCKS, ["S-003"])
    assert [str(each).partition(":")[0] for each in found] == ["G-2"]


def test_a_point_without_limits_is_told() -> None:
    procedure = caliper(rule="simple", rule_text="Simple acceptance", tolerance="from the gauge")
    bare = Item((ItemFunction("", "mm", "200", "0.01", "0.01", ""),))
    assert "has no limits" in str(objections(procedure, [User("G-1", bare)], BLOCKS, ["S-003"])[0])
    with pytest.raises(Refusal):
        foresee(procedure, bare, BLOCKS)


def test_stacks_of_other_blocks_become_those_of_the_plant_and_what_cannot_is_left_out() -> None:
    procedure = read_procedure("CAL-P-01", 1, "", BODIES["CAL-P-01"])
    here = possible(restacked(procedure, BLOCKS), BLOCKS).body or {}
    assert [row["key"] for row in here["point_set"]] == ["150 mm"]
    assert [point.get("stack", []) for point in here["point_set"][0]["points"]] == [
        [], ["25"], ["50"], ["100"], ["100", "50"], ["25"], ["50"]
    ]  # fmt: skip


def test_an_empty_entry_asks_for_its_title() -> None:
    with pytest.raises(Refusal, match="title"):
        body_of(ProcedureEntry(), {})


def test_by_itself_a_procedure_reads_to_the_last_place_of_its_points() -> None:
    function = by_itself(caliper()).functions[0]
    assert (function.high, function.resolution) == ("150.00", "0.01")
    assert foresight.every_set(caliper(), by_itself(caliper()))


@pytest.mark.parametrize(
    ("typed", "kept", "at"),
    [
        ("20 %", "20 %", "36.0"),
        ("20 % of range", "20 %", "36.0"),
        ("20 % FS", "20 % FS", "20.0"),
        ("20% of full scale", "20 % FS", "20.0"),
        ("20 % of max; lowest", "20 % FS; lowest", "20.0"),
    ],
)
def test_a_share_is_of_the_range_or_of_its_largest_value(typed: str, kept: str, at: str) -> None:
    rows = read_points(typed)
    assert written_points(rows) == kept
    assert read_points(kept) == rows
    wrench = ItemFunction("", "N m", "100", "0.5", "0.1", "", "20")
    assert of_range(rows[0]["percent"], wrench, of_full_scale=of_full_scale(rows[0])) == at


def test_a_share_of_something_else_is_refused() -> None:
    with pytest.raises(Refusal, match="is no number"):
        read_points("20 % of the moon")


def test_the_budget_of_another_unit_is_not_carried_into_the_new_one() -> None:
    body = BODIES["CAL-P-01"]
    entry = entry_of(body)
    inches = replace(
        entry, unit="in", budget_unit="in", tolerance="± 0.001 in", point_sets=(PointSetEntry("", "1.0000"),)
    )
    with pytest.raises(Refusal, match=r"stands there in mm, from before\. Enter it in in") as no:
        body_of(inches, body)
    assert str(no.value.field).startswith("budget-")
    typed = [replace(row, value=f"0.0{row.value.removeprefix('0.')}1") if row.value else row for row in entry.budget]
    assert body_of(replace(inches, budget=tuple(typed)), body)["unit"] == "in"
