"""Digital certificates that come in: the ways laboratories write them, and the files that are none."""

import random
import zlib
from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from techfloor.refusals import Refusal
from techfloor.reports.dcc import opening
from techfloor.reports.dcc.columns import Column, role_of
from techfloor.reports.dcc.model import Point, When
from techfloor.reports.dcc.opening import certificate_in
from techfloor.reports.dcc.reading import read
from techfloor.reports.unpacking import Budget

from .dcc_samples import (
    ADJUSTED,
    BEFORE,
    BLOCKS,
    CONSTANT,
    HYGROMETER,
    IN_WORDS,
    INTERVAL,
    LISTS,
    RING,
    SENSOR,
    TORQUE,
    VERSION_2,
    WEIGHTS,
    dcc,
)


def points(xml: bytes, unit: str = "") -> tuple[Point, ...]:
    (result,) = read(xml, unit=unit).results
    return result.points


def refusal(data: bytes) -> str:
    with pytest.raises(Refusal) as no:
        read(data)
    return str(no.value)


def test_who_what_and_when() -> None:
    found = read(dcc(BLOCKS, issued="2026-10-05"))
    assert (found.number, found.laboratory.name, found.laboratory.address) == (
        "PTB-2026-771",
        "Laboratory North",
        "Kiel",
    )
    assert [str(day) for day in (found.begun, found.ended, found.issued)] == ["2026-10-01", "2026-10-02", "2026-10-05"]
    assert (found.items[0].name, found.items[0].identifications[0].value) == ("Set", "GB0-1147")
    assert found.results[0].name == "Length"


def test_lists_with_u_as_d_si_writes_it_now() -> None:
    nominal, deviation = points(dcc(BLOCKS))[1].nominal, points(dcc(BLOCKS))[1].deviation
    assert nominal is not None
    assert deviation is not None
    assert (nominal.value, nominal.unit, nominal.stated) == (Decimal("0.050"), "m", r"0.050 \metre")
    assert (deviation.value, deviation.unit, deviation.u, deviation.k) == (
        Decimal("-0.05"), "um", Decimal("0.08"), Decimal(2),
    )  # fmt: skip


def test_version_2_with_names_in_german_and_u_for_a_whole_list() -> None:
    second = points(dcc(WEIGHTS, version=VERSION_2))[1]
    assert second.nominal is not None
    assert second.measured is not None
    assert (second.nominal.value, second.nominal.unit) == (Decimal(2), "g")
    assert (second.measured.value, second.measured.u, second.measured.k) == (
        Decimal("1.99997"), Decimal("0.000030"), Decimal(2),
    )  # fmt: skip


@pytest.mark.parametrize(("unit", "value"), [("C", "0.01"), ("K", "273.16"), ("", "0.01")])
def test_of_several_units_the_wanted_one_is_taken(unit: str, value: str) -> None:
    reference = points(dcc(SENSOR), unit)[0].reference
    assert reference is not None
    assert reference.value == Decimal(value)


def test_u_of_the_older_d_si_and_what_is_not_understood_is_named() -> None:
    found = read(dcc(SENSOR))
    measured = found.results[0].points[1].measured
    assert measured is not None
    assert (measured.u, measured.k) == (Decimal("0.03"), Decimal("2.0"))
    assert found.results[0].when is When.AFTER
    assert found.unread == ("stability",)


def test_a_standard_uncertainty_is_u_with_k_1() -> None:
    (point,) = points(dcc(RING))
    assert point.measured is not None
    assert (point.measured.u, point.measured.k) == (Decimal("0.0003"), Decimal(1))


def test_before_and_after_adjustment_are_told_apart() -> None:
    assert [result.when for result in read(dcc(TORQUE)).results] == [When.BEFORE, When.AFTER]


def test_a_correction_is_the_error_with_the_other_sign() -> None:
    xml = dcc(TORQUE).replace(b"basic_measurementError", b"basic_measurementError_correction")
    error = read(xml).results[1].points[0].error
    assert error is not None
    assert error.value == Decimal("-0.01")


def test_what_was_found_may_stand_among_the_conditions() -> None:
    before, after = read(dcc(ADJUSTED, conditions=BEFORE)).results
    assert (before.when, after.when) == (When.BEFORE, When.AFTER)
    assert [point.measured.value for point in before.points if point.measured] == [Decimal("50.6"), Decimal("100.7")]
    assert [point.measured.value for point in after.points if point.measured] == [Decimal("50.1"), Decimal("100.0")]


def test_one_word_of_conformity_at_a_column_holds_for_all_points() -> None:
    (result,) = read(dcc(ADJUSTED)).results
    assert ([point.conformity for point in result.points], result.rule) == (["pass", "pass"], "Class B")


def test_a_status_without_numbers_is_that_of_the_results() -> None:
    status = BEFORE.replace("basic_measuredValue", "gp_other").replace("basic_referenceValue", "gp_other")
    found = read(dcc(BLOCKS, conditions=status))
    assert ([result.when for result in found.results], found.unread) == ([When.BEFORE], ())


def test_u_that_stands_in_the_si_unit_alone_comes_along() -> None:
    error = points(dcc(HYGROMETER), "% RH")[1].error
    assert error is not None
    assert (error.value, error.unit, error.u, error.k) == (Decimal("0.7"), "%", Decimal("0.9"), Decimal(2))


def test_lists_of_lists_and_u_as_a_part_of_the_value() -> None:
    found = read(dcc(LISTS))
    second = found.results[0].points[1]
    assert second.nominal is not None
    assert second.measured is not None
    assert (second.nominal.value, second.nominal.unit) == (Decimal(10), "V")
    assert (second.measured.value, second.measured.u, second.measured.k) == (
        Decimal("10.003"),
        Decimal("0.0020006"),
        None,
    )
    assert second.error is None
    assert found.unread == ("x and y", "measurementerrorrelative", "drift")


@pytest.mark.parametrize("results", [CONSTANT, INTERVAL])
def test_the_uncertainty_of_a_constant_and_of_an_interval_is_a_standard_one(results: str) -> None:
    (point,) = points(dcc(results))
    assert point.measured is not None
    assert (point.measured.k, point.measured.probability) == (Decimal(1), None)


def test_a_number_in_words_is_a_number_and_a_marking_is_the_name_of_the_point() -> None:
    (point,) = points(dcc(IN_WORDS, version=VERSION_2))
    assert point.nominal is not None
    assert (point.nominal.value, point.nominal.unit, point.label) == (Decimal("0.5"), "g", "two dots")


def test_a_column_that_is_not_understood_may_be_longer_than_the_others() -> None:
    longer = TORQUE.replace("basic_nominalValue", "gp_matrix").replace(">10 20<", ">1 2 3 4<")
    assert [len(result.points) for result in read(dcc(longer)).results] == [2, 2]


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Nennwert", "nominal"), ("Valor nominal", "nominal"), ("Valeur nominale", "nominal"),
        ("Desviación del valor nominal", "deviation"), ("Abweichung vom Nennwert", "deviation"),
        ("Incertidumbre de medida", "uncertainty"), ("Incertitude élargie", "uncertainty"),
        ("Error de indicación", "error"), ("Erreur d’indication", "error"), ("Messabweichung", "error"),
        ("Relative error", ""), ("Correction", "correction"), ("Corrección", "correction"),
        ("Valor de referencia", "reference"), ("Valeur de référence", "reference"),
        ("Valore di riferimento", "reference"),
        ("Indicación del equipo", "measured"), ("Valeur lue (lecture)", "measured"), ("Valore misurato", "measured"),
        ("Tolérance", ""), ("Toleranzgrenze", ""), ("Temperatur des Bades", ""),
    ],
)  # fmt: skip
def test_a_column_without_a_reference_type_is_known_by_its_name(name: str, role: str) -> None:
    assert role_of(Column((), name)) == role


def test_that_it_is_signed_by_xml_is_told() -> None:
    signature = b'<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>'
    signed = dcc(BLOCKS).replace(b"</dcc:digitalC", signature + b"</dcc:digitalC")
    assert (read(dcc(BLOCKS)).signed, read(signed).signed) == (False, True)


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        ("standarduncertainty", "standard uncertainty"), ("combinedstandarduncertainty", "standard uncertainty"),
        ("expandeduncertainty", "uncertainty"), ("measurementuncertainty", "uncertainty"),
        ("uncertainty", "uncertainty"),
        ("relativeuncertainty", ""), ("uncertaintycontribution", ""), ("typeauncertainty", ""),
    ],
)  # fmt: skip
def test_a_column_of_a_standard_uncertainty_is_not_one_of_u(kind: str, role: str) -> None:
    assert role_of(Column((kind,), "")) == role


def with_u_apart(kind: str, unit: str, values: str = "0.001 0.002") -> bytes:
    """Return a table in mm that has an uncertainty in a column of its own."""
    apart = (
        f'<dcc:quantity refType="{kind}"><si:realListXMLList><si:valueXMLList>{values}</si:valueXMLList>'
        f"<si:unitXMLList>{unit}</si:unitXMLList></si:realListXMLList></dcc:quantity>"
    )
    column = (
        '<dcc:quantity refType="{}"><si:realListXMLList><si:valueXMLList>10 20</si:valueXMLList>'
        "<si:unitXMLList>\\milli\\metre</si:unitXMLList></si:realListXMLList></dcc:quantity>"
    )
    columns = column.format("basic_nominalValue") + column.format("basic_measuredValue") + apart
    return dcc(f"<dcc:result><dcc:data><dcc:list>{columns}</dcc:list></dcc:data></dcc:result>")


@pytest.mark.parametrize("kind", ["basic_standardUncertainty", "basic_expandedUncertainty"])
def test_an_uncertainty_of_its_own_column_says_for_which_k_it_stands(kind: str) -> None:
    measured = [point.measured for point in points(with_u_apart(kind, "\\milli\\metre"))]
    expected = Decimal(1) if "standard" in kind else None
    assert [(each.u, each.k) for each in measured if each] == [
        (Decimal("0.001"), expected),
        (Decimal("0.002"), expected),
    ]


def test_an_uncertainty_in_another_unit_than_its_values_is_converted() -> None:
    measured = [point.measured for point in points(with_u_apart("basic_expandedUncertainty", "\\micro\\metre", "1 2"))]
    assert [each.u for each in measured if each] == [Decimal("0.001"), Decimal("0.002")]


@pytest.mark.parametrize("unit", ["\\percent", "\\kelvin", "furlong"])
def test_an_uncertainty_that_fits_no_result_is_named(unit: str) -> None:
    found = read(with_u_apart("basic_expandedUncertainty", unit))
    assert [point.measured.u for point in found.results[0].points if point.measured] == [None, None]
    assert found.unread == ("expandeduncertainty",)


def broken(xml: bytes, long: int) -> bytes:
    """Return a stream of a PDF that begins like a certificate and breaks after `long` bytes."""
    packing = zlib.compressobj(9)
    packed = packing.compress(xml[:200] + b" " * long) + packing.flush(zlib.Z_SYNC_FLUSH)
    return b"stream\n" + packed + b"\x07" + b"\nendstream\n"  # a block of a kind that deflate does not have


def test_streams_that_break_are_inflated_within_one_budget() -> None:
    xml, spent = dcc(BLOCKS), list[Budget]()

    class Counted(Budget):
        def __init__(self, read: int, out: int) -> None:
            super().__init__(read, out)
            spent.append(self)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(opening, "Budget", Counted)
        assert "carries no digital certificate" in refusal(b"%PDF-1.7\n" + broken(xml, 9_000_000) * 40)
    assert -opening.LARGEST < spent[0].out <= 0 <= spent[0].read
    whole = b"stream\n" + zlib.compress(xml) + b"\nendstream\n"
    assert certificate_in(b"%PDF-1.7\n" + broken(xml, 100_000) * 3 + whole) == xml


def test_a_reference_type_counts_more_than_a_name() -> None:
    assert role_of(Column(("measuredvalue",), "Nominal value")) == "measured"
    assert role_of(Column(("stability",), "Nominal value")) == ""


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


def declaring(what: bytes) -> bytes:
    """Return a certificate that declares a document type."""
    return dcc(BLOCKS).replace(b"?>", b"?><!DOCTYPE x " + what + b">", 1)


BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"  \n", "The file is empty."),
    "an entity of a file": (
        declaring(b'[<!ENTITY e SYSTEM "file:///etc/passwd">]').replace(b"Kiel", b"&e;"),
        "declares a document type or entities of its own",
    ),
    "a thousand million laughs": (
        declaring(f'[<!ENTITY l0 "x">{LAUGHS}]'.encode()).replace(b"Kiel", b"&l9;"),
        "declares a document type or entities of its own",
    ),
    "a document type from elsewhere": (
        declaring(b'SYSTEM "http://127.0.0.1:9/x.dtd"'),
        "declares a document type or entities of its own",
    ),
    "an entity that nobody declared": (dcc(BLOCKS).replace(b"Kiel", b"&e;"), "This is no whole XML"),
    "cut off": (dcc(BLOCKS)[:1500], "it breaks off or is damaged at line"),
    "another encoding than it says": (dcc(BLOCKS).replace(b"Kiel", b"K\xfcel"), "it breaks off or is damaged at line"),
    "an encoding that nobody knows": (dcc(BLOCKS).replace(b"UTF-8", b"KLINGON"), "This is no whole XML"),
    "an encoding that is none": (dcc(BLOCKS).replace(b"UTF-8", b"utf-7"), "This is no whole XML"),
    "another document": (b"<html><body/></html>", "it begins with “html”"),
    "another namespace": (dcc(BLOCKS).replace(b"https://ptb.de/dcc", b"https://dfm.dk"), "of another kind than PTB's (https://dfm.dk)"),
    "no namespace": (b"<digitalCalibrationCertificate/>", "of another kind than PTB's (no namespace)"),
    "version 1": (dcc(BLOCKS, version="1.8.4"), "has the version “1.8.4”; versions 2 and 3 can be read"),
    "no version": (dcc(BLOCKS, version=""), "has the version “”"),
    "without end": (b"<a>" * 200_000, "built too deep or too large"),
    "too many elements": (b"<a>" + b"<b/>" * 300_000 + b"</a>", "built too deep or too large"),
    "no number": (dcc(BLOCKS, number=" "), "has no number (uniqueIdentifier)"),
    "no day": (dcc(BLOCKS).replace(b"PerformanceDate", b"Date"), "does not say when it was performed"),
    "a word for a number": (dcc(BLOCKS).replace(b"-0.05", b"about"), "“about” in deviationfromnominal is no number"),
    "a number that nobody can mean": (dcc(BLOCKS).replace(b"-0.05", b"1e999999999"), "is no number"),
    "a number without end": (dcc(BLOCKS).replace(b"-0.05", b"1" * 5000), "is no number"),
    "too few values": (dcc(BLOCKS).replace(b"0.02 -0.05 0.10", b"0.02 -0.05"), "has 3 uncertainties for 2 values"),
    "columns of different length": (dcc(BLOCKS).replace(b"0.025 0.050 0.100", b"0.025 0.050"), "values, the others 3"),
    "a million values": (dcc(BLOCKS).replace(b"0.025 0.050 0.100", b"1 " * 1_000_000), "more than 10000 values"),
    "a PDF without one": (b"%PDF-1.7\nstream\nx\nendstream", "This PDF carries no digital certificate."),
    "a PDF with a damaged one": (
        b"%PDF-1.7\nstream\n" + zlib.compress(dcc(BLOCKS)[:900]) + b"\nendstream",
        "This is no whole XML",
    ),
    "an uncertainty below zero": (dcc(BLOCKS).replace(b"0.07 0.08", b"0.07 -0.08"), "is below zero"),
    "a coverage factor of zero": (dcc(BLOCKS).replace(b"List>2<", b"List>0<"), "is below zero"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_answered_with_a_sentence_that_says_what_to_do(name: str) -> None:
    data, said = BAD[name]
    assert said in refusal(data)


def test_a_file_that_is_too_large_is_not_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 1000)
    assert "larger than" in refusal(dcc(BLOCKS))


def test_a_pdf_that_unfolds_without_end_is_cut_at_the_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST", 100_000)
    packed = zlib.compress(dcc(BLOCKS) + b" " * 50_000_000, 9)
    pdf = b"%PDF-1.7\nstream\r\n" + packed + b"\nendstream"
    assert len(certificate_in(pdf)) == opening.LARGEST + 1
    assert "larger than" in refusal(pdf)


@pytest.mark.parametrize("packed", [zlib.compress, bytes])
def test_a_pdf_gives_what_it_carries_packed_or_plain(packed: type[bytes]) -> None:
    pdf = (
        b"%PDF-1.7\n<< /Length 9 >>\nstream\nBT ET\nendstream\n<<>>\nstream\n" + packed(dcc(BLOCKS)) + b"\nendstream\n"
    )
    assert certificate_in(pdf) == dcc(BLOCKS)


def test_a_pdf_of_nothing_but_beginnings_of_streams_is_not_read_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []

    def inflated(data: memoryview, _budget: Budget, _most: int) -> bytes:
        looked.append(len(data))
        return b""

    monkeypatch.setattr(opening, "MOST_STREAMS", 50)
    monkeypatch.setattr(opening, "unpacked", inflated)
    assert "carries no digital certificate" in refusal(b"%PDF-1.7\n" + b"stream\n" * 100_000)
    assert (len(looked), max(looked)) == (50, 4096)


ALL = (BLOCKS, WEIGHTS, SENSOR, RING, TORQUE, ADJUSTED, HYGROMETER, LISTS, CONSTANT, IN_WORDS)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ALL), st.randoms(use_true_random=False))
def test_no_cut_and_no_flipped_byte_is_answered_with_anything_but_a_sentence(
    results: str, chance: random.Random
) -> None:
    for _ in range(5):
        data = bytearray(dcc(results))
        for _ in range(chance.randrange(1, 12)):
            at = chance.randrange(len(data))
            if chance.random() < 0.5 or not chr(data[at]).isalnum():
                data[at] = chance.choice(b"0123456789.-eN ") if chr(data[at]).isdigit() else data[at]
            else:
                data[at] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        if chance.random() < 0.2:
            data = bytearray(b"%PDF-1.7\nstream\n" + zlib.compress(bytes(data)))
        with suppress(Refusal):
            read(bytes(data), unit="mm")
