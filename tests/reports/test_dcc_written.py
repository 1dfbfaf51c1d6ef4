"""The digital certificate that goes out: it validates, says what the certificate says, and is read back alike."""

import functools
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from techfloor.duties.calibration.report import digital as report_dcc
from techfloor.measures.units import UNITS, canonical
from techfloor.reports import pdf
from techfloor.reports.dcc.model import Certificate, Identification, Item, Party, Point, Quantity, Result, When
from techfloor.reports.dcc.opening import certificate_in
from techfloor.reports.dcc.reading import read
from techfloor.reports.dcc.units import BESIDE, DIRECT, OWN, unit_of, written
from techfloor.reports.dcc.writing import write

from .conftest import written as on_paper
from .dcc_samples import ADJUSTED, BEFORE, BLOCKS, CONSTANT, HYGROMETER, INTERVAL, LISTS, RING, SENSOR, TORQUE, dcc
from .samples import (
    ISSUE,
    PERFORMED,
    REVIEWED,
    SAMPLES,
    SIGNATURES,
    Content,
    caliper,
    micrometer,
    torque_wrench,
    weight,
)
from .test_certificate import amended_caliper

SCHEMA = Path(__file__).parent / "dcc_schema" / "dcc.xsd"
ROLES = ("nominal", "reference", "measured", "error", "deviation")


@functools.cache
def schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def faults(xml: bytes) -> list[str]:
    """Return what the schema of PTB has against it."""
    schema().validate(etree.fromstring(xml))
    return [f"{each.line}: {each.message}" for each in schema().error_log]


def xml_of(content: Content) -> bytes:
    (file,) = report_dcc.attachments(content, SIGNATURES, ISSUE)
    return file.content


def numbers(certificate: Certificate) -> list[list[list[object]]]:
    """Return all numbers of all points: value, unit, U and k."""
    return [
        [
            [(q.value, q.unit, q.u, q.k) if (q := getattr(point, role)) else None for role in ROLES]
            for point in result.points
        ]
        for result in certificate.results
        if any(getattr(point, role) for point in result.points for role in ROLES)
    ]


every_sample = pytest.mark.parametrize("make", SAMPLES.values(), ids=SAMPLES)


@every_sample
def test_it_validates_against_the_schema(make: Callable[[], Content]) -> None:
    assert faults(xml_of(make())) == []


@pytest.mark.parametrize("results", [BLOCKS, SENSOR, RING, TORQUE, ADJUSTED, HYGROMETER, LISTS, CONSTANT, INTERVAL])
def test_what_the_reader_is_tried_with_is_as_the_schema_has_it(results: str) -> None:
    assert (
        faults(dcc(results, conditions=BEFORE, version="3.3.0").replace(b"> PTB-2026-771 <", b">PTB-2026-771<")) == []
    )


@every_sample
def test_what_was_written_is_read_back_to_the_same_numbers(make: Callable[[], Content]) -> None:
    made = report_dcc.certificate(make(), SIGNATURES, ISSUE)
    back = read(write(made))
    assert numbers(back) == numbers(made)
    assert back.unread == ()
    assert (back.number, back.begun, back.ended, back.issued) == (made.number, made.begun, made.ended, made.issued)
    assert back.items == made.items
    assert back.equipment == made.equipment
    assert [each.when for each in back.results] == [each.when for each in made.results if each.points]


@every_sample
def test_the_same_content_always_gives_the_same_bytes(make: Callable[[], Content]) -> None:
    assert xml_of(make()) == xml_of(make())


def test_as_found_and_as_left_are_before_and_after_adjustment() -> None:
    found, left = read(xml_of(torque_wrench())).results
    assert (found.when, left.when) == (When.BEFORE, When.AFTER)
    assert [p.conformity for p in found.points] == ["fail", "pass", "pass"]
    assert b"<dcc:status>beforeAdjustment</dcc:status>" in xml_of(torque_wrench())
    error = found.points[0].error
    assert error is not None
    assert (error.value, error.unit, error.u, error.k) == (Decimal("4.67"), "%", Decimal("1.6"), Decimal(2))
    assert error.probability == Decimal("0.95")


def test_in_house_work_says_that_it_is_not_accredited() -> None:
    said = {each.name: each for each in read(xml_of(caliper())).statements}
    assert "in-house, not accredited" in said["Accreditation"].text
    assert said["Conformity"].conformity == "pass"
    assert "Simple acceptance" in said["Conformity"].text
    assert "Demonstration" not in said
    assert "Demonstration" in {each.name for each in read(xml_of(torque_wrench())).statements}


def test_it_names_standards_room_and_who_signed() -> None:
    back = read(xml_of(weight()))
    (standard,) = back.equipment
    assert [(i.issuer, i.value) for i in standard.identifications] == [
        ("manufacturer", "F1-20418"), ("owner", "S-001"), ("calibrationLaboratory", "2026-0955"),
    ]  # fmt: skip
    assert [(c.value.value, c.value.unit) for c in back.conditions] == [(Decimal("20.3"), "C"), (Decimal(52), "%")]
    assert [(p.name, p.role, p.main) for p in back.persons] == [
        ("Otto Lindqvist", "Performed", False), ("Quinn Bauer", "Reviewed", True),
    ]  # fmt: skip
    assert (back.country, back.laboratory.name) == ("DE", "Plant North")


@pytest.mark.clause("ISO/IEC 17025 7.8.8")
def test_an_amended_one_names_who_performed_it_and_what_was_changed_and_why() -> None:
    corrected = replace(PERFORMED, meaning="corrected", printed_name="Selma Brandt", signer_id=9)
    signatures = (corrected, REVIEWED)
    (file,) = report_dcc.attachments(amended_caliper(), signatures, ISSUE)
    assert faults(file.content) == []
    back = read(file.content)
    assert [(p.name, p.role, p.main) for p in back.persons] == [
        ("Otto Lindqvist", "Performed", False), ("Selma Brandt", "Corrected", False), ("Quinn Bauer", "Reviewed", True),
    ]  # fmt: skip
    said = {each.name: each.text for each in back.statements}
    assert "Otto Lindqvist" in said["Performed"]
    assert "Amended: version 2 replaces version 1 of 18 November 2026." in said["Amendment"]
    assert "Reason: 25.05 at 25.00 mm was typed instead of 25.00, seen on the sheet." in said["Amendment"]
    assert "25.05 mm changed to 25.00 mm (mistyped, Quinn Bauer)." in said["Amendment"]
    assert "Amendment" not in {each.name for each in read(xml_of(caliper())).statements}


def test_in_a_comparison_the_error_is_a_deviation_from_nominal() -> None:
    (point,) = read(xml_of(weight())).results[0].points
    assert point.error is None
    assert point.deviation is not None
    assert point.measured is not None
    assert (point.deviation.value, point.measured.value, point.measured.u) == (
        Decimal("0.025"), Decimal("10000.025"), Decimal("0.059"),
    )  # fmt: skip


def test_a_point_that_could_not_be_measured_is_named_and_has_no_numbers() -> None:
    (result,) = read(xml_of(micrometer())).results
    assert len(result.points) == 10
    assert "25.000 was not measured: spindle stops at 24.6 mm." in result.description


def test_an_amendment_names_the_certificate_that_it_replaces() -> None:
    content = caliper() | {"version": 2, "supersedes": {"version": 1, "performed_at": "2026-11-18T13:38:02Z"}}
    content["amendment"] = {"kind": "corrected", "reason": "mistyped", "by": "Q", "at": "2026-11-19T08:00:00Z"}
    made = report_dcc.certificate(content, SIGNATURES, ISSUE)
    assert (made.number, made.replaces) == ("CAL-2026-00042-v2", "CAL-2026-00042-v1")
    assert faults(write(made)) == []


def test_nothing_is_written_of_a_calibration_without_results() -> None:
    assert report_dcc.attachments(caliper() | {"runs": []}, SIGNATURES, ISSUE) == ()
    assert report_dcc.attachments(caliper() | {"outside": {"certificate": "1"}}, SIGNATURES, ISSUE) == ()


def test_it_travels_in_the_pdf_and_is_read_from_there() -> None:
    content = torque_wrench()
    files = report_dcc.attachments(content, SIGNATURES, ISSUE)
    made = pdf.render(on_paper(content), files, title="Certificate", lang="en")
    with pikepdf.open(BytesIO(made)) as opened:
        assert [str(f.AFRelationship) for f in opened.Root.AF] == ["/Data"]
        attached = opened.attachments["CAL-2026-00412.xml"].get_file()
        assert (attached.read_bytes(), attached.mime_type) == (files[0].content, "text/xml")
    assert certificate_in(made) == files[0].content


@pytest.mark.parametrize("unit", sorted({canonical(name) for name in UNITS}))
def test_every_unit_of_the_table_can_be_written_and_most_are_read_back(unit: str) -> None:
    assert (unit in DIRECT) + (unit in BESIDE) + (unit in OWN) == 1
    if unit in DIRECT and unit not in {"-", "pieces", "% RH"}:
        assert unit_of(written(unit)) == unit


@pytest.mark.parametrize(
    ("stated", "unit"),
    [
        (r"\kilo\gram", "kg"), (r"\meter", "m"), (r"\newton\milli\metre", "mN m"), (r"\joule", "N m"), (r"\bar", "bar"),
        (r"\milli\metre\tothe{1}", "mm"), (r"\metre\per\metre", "1"), (r"\second\tothe{-1}", "Hz"),
        (r"\degreeCelsius", "C"),
        ("µm", "um"), ("N·m", "N m"), (r"\metre\per\second", ""), (r"\furlong", ""), ("", ""), (r"\milli", ""),
        (r"\tothe{2}", ""), (r"\metre\per", ""), (r"\metre{2}x", ""), (r"\metre\tothe", ""),
    ],
)  # fmt: skip
def test_units_are_read_as_laboratories_spell_them(stated: str, unit: str) -> None:
    assert unit_of(stated) == unit


decimals = st.decimals(min_value=-9999, max_value=9999, places=4)
positive = st.decimals(min_value=0, max_value=9, places=5)
units = st.sampled_from(sorted((DIRECT.keys() | BESIDE.keys() | OWN.keys()) - {"-", "pieces", "% RH"}))


@st.composite
def tables(draw: st.DrawFn) -> Result:
    unit, error_unit = draw(units), draw(units)
    has_u = draw(st.booleans())
    points = draw(
        st.lists(
            st.builds(
                Point,
                label=st.text(st.characters(codec="utf-8", exclude_categories=("Z", "C")), min_size=1, max_size=8),
                nominal=st.builds(Quantity, decimals, st.just(unit)),
                measured=st.none() | st.builds(Quantity, decimals, st.just(unit)),
                error=st.builds(
                    Quantity, decimals, st.just(error_unit),
                    *([positive, st.sampled_from([Decimal(2), Decimal("1.65")])] if has_u else []),
                ),
            ),
            min_size=1,
            max_size=6,
        )
    )  # fmt: skip
    return Result("Table", tuple(points), draw(st.sampled_from(When)))


@settings(max_examples=40, deadline=None)
@given(st.lists(tables(), min_size=1, max_size=3))
def test_any_table_is_valid_and_comes_back_as_it_was(results: list[Result]) -> None:
    item = Item("Thing", identifications=(Identification("owner", "X-1"),))
    made = Certificate("N-1", Party("Laboratory"), date(2026, 1, 2), date(2026, 1, 3), (item,), tuple(results))
    xml = write(made)
    assert faults(xml) == []
    back = read(xml)
    assert numbers(back) == numbers(made)
    assert [[p.label for p in r.points] for r in back.results] == [[p.label for p in r.points] for r in made.results]


def test_in_the_si_unit_beside_it_a_temperature_has_its_offset_and_an_error_has_none() -> None:
    point = Point(nominal=Quantity(Decimal(212), "F"), error=Quantity(Decimal("1.8"), "F", Decimal("0.9"), Decimal(2)))
    item = Item("Thermometer", identifications=(Identification("owner", "X-1"),))
    day = date(2026, 1, 2)
    xml = write(Certificate("N-1", Party("Laboratory"), day, day, (item,), (Result("Table", (point,)),)))
    (found,) = read(xml, unit="C").results[0].points
    assert found.nominal is not None
    assert found.error is not None
    assert (found.nominal.value, found.error.value, found.error.u) == (Decimal(100), Decimal(1), Decimal("0.5"))


def test_signs_that_xml_does_not_have_do_not_break_it() -> None:
    made = report_dcc.certificate(caliper(), SIGNATURES, ISSUE)
    odd = replace(made, items=(replace(made.items[0], name="A\x00\x0b\ud800 <b>&\tC"),))
    assert faults(write(odd)) == []
    assert read(write(odd)).items[0].name == "A <b>& C"
