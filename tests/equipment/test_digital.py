"""A digital certificate of a standard: read, shown, and entered as if it had been typed."""

import io
import re
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from flask import Flask
from plant_client import PlantClient, SignedInAs
from reports.dcc_samples import BLOCKS, HYGROMETER, RING, SENSOR, TORQUE, WEIGHTS, dcc
from reports.test_dcc_read import BAD
from werkzeug.test import TestResponse

from techfloor.equipment import queries
from techfloor.equipment.digital import Asked, Found, Way, find
from techfloor.refusals import Question, Refusal
from techfloor.reports.dcc.reading import read
from techfloor.settings import Settings
from techfloor.store import db
from techfloor.store.trail import ActRow

from .conftest import id_of

S3 = "/equipment/S-003/certificates"


def found(results: str, unit: str = "mm", *, serial: str = "GB0-1147", way: str = "", table: str = "") -> Found:
    asked = Asked(way=way, table=table)
    return find(read(dcc(results), unit=unit), unit=unit, serial=serial, code="S-003", months=12, asked=asked)


def notes(of: Found) -> str:
    return " ".join(note.sentence % note.parameters for note in of.notes)


def test_deviations_become_certified_values_in_the_unit_of_the_standard() -> None:
    made = found(BLOCKS)
    assert made.lines().splitlines() == ["25; 25.00002; 0.00007", "50; 49.99995; 0.00008", "100; 100.0001; 0.0001"]
    assert made.k == 2
    assert (made.rows[0].stated_nominal, made.rows[0].stated_value) == ("0.025 m", "0.02 µm")


def test_numbers_in_the_unit_of_the_standard_stay_as_the_laboratory_wrote_them() -> None:
    assert found(WEIGHTS, "g").lines().splitlines() == ["1; 1.00002; 0.000030", "2; 1.99997; 0.000030"]


def test_a_thermometer_gives_what_it_shows_and_what_is_true() -> None:
    assert found(SENSOR, "C").lines().splitlines() == ["0.05; 0.01; 0.02", "100.12; 100.00; 0.03"]
    assert "stability" in notes(found(SENSOR, "C"))


def test_a_signature_of_the_file_is_not_taken_for_checked() -> None:
    signed = dcc(BLOCKS).replace(
        b"</dcc:digitalC", b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></dcc:digitalC'
    )
    made = find(read(signed, unit="mm"), unit="mm", serial="GB0-1147", code="S-003", months=12, asked=Asked())
    assert "signature is not checked here" in notes(made)
    assert "signature" not in notes(found(BLOCKS))


def test_a_ratio_is_a_relative_humidity_where_one_is_certified() -> None:
    assert found(HYGROMETER, "% RH").lines().splitlines() == ["19.5; 20.1; 0.5", "81.1; 80.4; 0.9"]


def test_a_temperature_is_converted_with_its_offset_and_its_u_without() -> None:
    (first, _second) = found(SENSOR, "F").rows
    assert (first.nominal, first.value, first.u) == (Decimal("32.09"), Decimal("32.018"), Decimal("0.036"))


def test_where_only_errors_stand_it_is_asked_what_they_mean() -> None:
    with pytest.raises(Refusal, match="Choose where the certified value stands") as no:
        found(TORQUE, "N m")
    assert no.value.field == "way"
    assert [row.value for row in found(TORQUE, "N m", way=Way.LESS_ERROR).rows] == [Decimal("9.99"), Decimal("20.02")]
    assert [row.value for row in found(TORQUE, "N m", way=Way.PLUS_ERROR).rows] == [Decimal("10.01"), Decimal("19.98")]


def test_what_was_before_an_adjustment_is_left_out_and_said() -> None:
    assert len(found(TORQUE, "N m", way=Way.PLUS_ERROR).rows) == 2
    assert "before an adjustment are left out" in notes(found(TORQUE, "N m", way=Way.PLUS_ERROR))


def test_one_k_stands_for_all_and_u_over_k_stays_what_it_was() -> None:
    made = found(TORQUE, "N m", way=Way.PLUS_ERROR)
    assert made.k == Decimal("2.5")
    assert [row.u for row in made.rows] == [Decimal("0.0625"), Decimal("0.08")]
    assert "k differs from value to value" in notes(made)


def test_a_standard_uncertainty_keeps_its_k_of_1() -> None:
    assert (found(RING).k, found(RING).lines()) == (Decimal(1), "20; 20.0004; 0.0003")


@pytest.mark.parametrize("results", [WEIGHTS, BLOCKS.replace("\\metre", "furlong")])
def test_a_certificate_whose_values_are_all_of_another_unit_is_refused(results: str) -> None:
    with pytest.raises(Refusal, match=r"None of its (2|3) values"):
        found(results, "mm")


def test_values_that_are_none_are_said() -> None:
    made = found(BLOCKS.replace("0.02 -0.05 0.10", "0.02 NaN 0.10"))
    assert len(made.rows) == 2
    assert "deviationfromnominal: NaN" in notes(made)


@pytest.mark.parametrize(
    ("stated", "far"), [("0.02 -0.05 900000", "0.100 m → 900000 µm"), ("0.02 2600 0.1", "0.050 m → 2600 µm")]
)
def test_a_value_far_from_its_nominal_value_is_said(stated: str, far: str) -> None:
    assert far in notes(found(BLOCKS.replace("0.02 -0.05 0.10", stated)))
    assert "Far from" not in notes(found(BLOCKS)) + notes(found(SENSOR, "C"))


def test_two_values_at_one_nominal_value_are_not_kept(as_: SignedInAs) -> None:
    quinn = as_("Q")
    twice = BLOCKS.replace("0.025 0.050 0.100", "0.025 0.025 0.100")
    given = filled(send(quinn, dcc(twice)).text)
    answer = quinn.submit(f"{S3}/new", given)
    assert answer.status_code == 422
    assert "25 stands twice among the certified values." in answer.text


def test_the_same_nominal_value_in_two_tables_asks_which_counts() -> None:
    with pytest.raises(Refusal, match="stands in several tables") as no:
        found(RING + RING)
    assert no.value.field == "table"
    assert len(found(RING + RING, table="1").rows) == 1


def test_pieces_in_tables_of_their_own_are_one_set() -> None:
    other = RING.replace(">20<", ">30<").replace(">20.0004<", ">30.0001<")
    assert found(RING + other).lines().splitlines() == ["20; 20.0004; 0.0003", "30; 30.0001; 0.0003"]


def test_another_serial_number_is_asked_about() -> None:
    with pytest.raises(Question, match="is for GB0-1147, the card says serial GB0-9"):
        found(BLOCKS, serial="GB0-9")
    assert found(BLOCKS, serial="gb0 1147").rows
    asked = Asked(confirmed=True)
    assert find(read(dcc(BLOCKS)), unit="mm", serial="GB0-9", code="S-003", months=12, asked=asked).rows


def test_its_last_day_is_proposed_from_the_interval() -> None:
    assert str(found(BLOCKS).valid_until) == "2027-10-02"
    assert "12 months from its issue are proposed" in notes(found(BLOCKS))


# --- the pages ---


def send(client: PlantClient, data: bytes, url: str = f"{S3}/read", **more: Any) -> TestResponse:
    return client.submit(url, {"file": (io.BytesIO(data), "Zertifikat 771.xml"), **more})


def filled(page: str) -> dict[str, str]:
    """Return what stands in the form of a page that is to be sent on, with its key."""
    form = page[page.index('action="/equipment/S-003/certificates/new"') :]
    tags = re.findall(r'<input [^>]*name="(\w+)"[^>]*?value="([^"]*)"', form)
    tags += re.findall(r'<input [^>]*value="([^"]*)"[^>]*name="(\w+)"', form) and []
    chosen = re.search(r'name="uncertainty_kind".*?<option value="([^"]*)" selected', form, re.DOTALL)
    lines = re.search(r'<textarea[^>]*name="certified"[^>]*>\s*(.*?)</textarea>', form, re.DOTALL)
    assert chosen
    assert lines
    values = {name: unescape(value) for name, value in tags}
    return values | {"uncertainty_kind": chosen[1], "certified": unescape(lines[1])}


def acts(app: Flask) -> int:
    with app.app_context():
        return db.session.query(ActRow).count()


def test_it_is_shown_first_and_entered_once_with_its_file(as_: SignedInAs, app: Flask) -> None:
    quinn, before = as_("Q"), acts(app)
    shown = send(quinn, dcc(BLOCKS))
    assert shown.status_code == 200, shown.text
    assert acts(app) == before
    given = filled(shown.text)
    assert given["number"] == "PTB-2026-771"
    assert given["uncertainty_kind"] == "per value"
    first = quinn.post(f"{S3}/new", data=given)
    again = quinn.post(f"{S3}/new", data=given)
    assert (first.status_code, again.status_code) == (303, 303)
    assert acts(app) == before + 1
    with app.app_context():
        newest = queries.certificates_of(id_of("S-003"))[0]
        file = queries.file_of_certificate(newest.certificate.id)
    assert newest.certificate.certified[0] == {"nominal": "25", "value": "25.00002", "u": "0.00007"}
    assert newest.certificate.uncertainty == {"kind": "per value", "unit": "mm", "k": "2"}
    assert (file.name, file.media_type) == ("Zertifikat 771.xml", "application/xml")
    handed = quinn.get(f"{S3}/{newest.certificate.id}/file")
    assert handed.data == dcc(BLOCKS)
    assert handed.headers["Content-Disposition"].startswith("attachment;")


def test_a_serial_number_that_is_not_that_of_the_card_needs_a_yes(as_: SignedInAs) -> None:
    quinn = as_("Q")
    asked = send(quinn, dcc(BLOCKS, serial="GB0-9"))
    assert asked.status_code == 422
    assert "Is it the right one?" in asked.text
    kept = re.search(r'name="kept" value="([^"]+)"', asked.text)
    assert kept
    assert quinn.submit(f"{S3}/read", {"kept": unescape(kept[1]), "confirmed": "y"}).status_code == 200


@pytest.mark.pages
def test_a_choice_is_offered_and_taken_without_the_file_again(as_: SignedInAs) -> None:
    quinn = as_("Q")
    asked = send(quinn, dcc(TORQUE.replace("\\newton", "\\milli"), serial="GB0-1147"))
    assert asked.status_code == 422
    assert 'value="less error"' in asked.text
    kept = re.search(r'name="kept" value="([^"]+)"', asked.text)
    assert kept
    taken = quinn.submit(f"{S3}/read", {"kept": unescape(kept[1]), "way": "less error"})
    assert "9.99; 0.0625" in filled(taken.text)["certified"]


def test_bad_files_are_refused_beside_the_box_and_nothing_of_them_is_kept(
    as_: SignedInAs, app: Flask, settings: Settings
) -> None:
    quinn, before = as_("Q"), acts(app)
    kept = {file.name for file in settings.blobs.rglob("*")}
    small = {name: data for name, (data, _said) in BAD.items() if len(data) < 400_000}
    for name, data in small.items():
        answer = send(quinn, data)
        assert (answer.status_code, 'id="file-error"' in answer.text) == (422, True), name
        assert "Choose the file." not in answer.text, name
    assert quinn.submit(f"{S3}/read", {}).status_code == 422
    assert {file.name for file in settings.blobs.rglob("*")} == kept
    assert acts(app) == before


def test_who_may_not_enter_certificates_may_not_read_them_in(as_: SignedInAs) -> None:
    assert as_("T").get(f"{S3}/read").status_code == 403
