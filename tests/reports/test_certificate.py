"""What a certificate says, read back from the PDF."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from .conftest import Pages, drawn, read, written
from .samples import (
    ISSUE,
    PERFORMED,
    REVIEWED,
    SAMPLES,
    Content,
    balance,
    caliper,
    micrometer,
    multimeter,
    plug_gauge,
    pressure_gauge,
    torque_wrench,
    weight,
    without_uncertainty,
)

Drawn = Callable[[Callable[[], Content]], bytes]


def missing(text: str, phrases: list[str]) -> list[str]:
    return [phrase for phrase in phrases if phrase not in text]


@pytest.fixture
def pages(certificate: Drawn) -> Callable[[Callable[[], Content]], Pages]:
    return lambda make: read(certificate(make))


Read = Callable[[Callable[[], Content]], Pages]


@pytest.mark.clause("ISO/IEC 17025 7.8.2")
@pytest.mark.parametrize("make", SAMPLES.values(), ids=SAMPLES)
def test_every_page_carries_the_number_the_version_and_page_n_of_n(pages: Read, make: Callable[[], Content]) -> None:
    read_pages = pages(make)
    for n, text in enumerate(read_pages, 1):
        wanted = [make()["number"], "version 1 · issue 1", f"Page {n} of {len(read_pages)}"]
        wanted += ["Trail 184 220 · 9f2c 71ae 03d4", "results relate only to the items calibrated"]
        assert missing(text, wanted) == []


@pytest.mark.clause("ISO/IEC 17025 7.8.2")
@pytest.mark.parametrize("make", SAMPLES.values(), ids=SAMPLES)
def test_the_end_is_marked_once_on_the_last_page(pages: Read, make: Callable[[], Content]) -> None:
    read_pages = pages(make)
    assert [text.count("End of certificate") for text in read_pages] == [0] * (len(read_pages) - 1) + [1]


@pytest.mark.parametrize("make", [caliper, weight, plug_gauge, micrometer, multimeter])
def test_an_ordinary_certificate_is_one_page(pages: Read, make: Callable[[], Content]) -> None:
    assert len(pages(make)) == 1


@pytest.mark.clause("ISO/IEC 17025 7.8.2", "ISO/IEC 17025 7.8.4", "ISO/IEC 17025 7.8.6")
def test_the_caliper_certificate_says_all_that_the_standard_lists(pages: Read) -> None:
    assert missing(pages(caliper)[0], [
        "Calibration certificate", "in-house, not accredited",
        "Laboratory Plant North, Harbour Road 12, 24103 Kiel",
        "Owner Plant North, Machining, station 2B-01",
        "G-014 Vernier caliper 0–150 mm", "Serial VC-2231", "Condition used, complete, scale readable",
        "CAL-P-02 version 4", "gauge blocks between the jaws",
        "S-003 Gauge block set", "certificate 2026-1187 (Calibration laboratory, accredited) of 4 Mar 2026",
        "valid to 4 Mar 2027", "temperature 20.3 °C (20 ± 2 °C)",
        "Calibrated 18 November 2026", "issued 18 November 2026", "18 Nov 2026, 14:37 (UTC+01:00)",
        "U (k = 1.83) mm", "Tolerance mm", "150.10 +0.10 0.06 ±0.10 ✓ pass",
        "coverage probability of about 95 %",
        "Simple acceptance; tolerances and rule from CAL-P-02 version 4",
        "The statement covers every result above.",
        "Adjustment: Not adjusted", "Deviations: None from the procedure.",
        "Next calibration: 12 months; next due 18 Nov 2027.",
        "Issued on the authority of Quinn Bauer.",
        "The results relate only to the items calibrated.",
        "Performed", "Otto Lindqvist", "18 Nov 2026, 14:38:00 (UTC+01:00)", "PIN on enrolled tablet T-04",
        "Reviewed", "Quinn Bauer", "18 Nov 2026, 15:02:00 (UTC+01:00)", "verify 7K4M-Q2XD-HB3P",
    ]) == []  # fmt: skip


@pytest.mark.clause("ISO/IEC 17025 7.8.4")
def test_as_found_and_as_left_stand_side_by_side(pages: Read) -> None:
    first, _ = pages(torque_wrench)
    assert missing(first, [
        "✕ Fail as found ✓ Pass as left", "20.0 19.11 +4.67 19.94 +0.32 1.6 ±4 ✕ fail ✓ pass",
        "Verdict as found", "Verdict as left", "Adjustment: Spring preload reset, scale zero set.",
        "mean of 5 readings; single readings at the end",
        "Method clockwise only; five releases at 100 N·m before the first reading; settled in the room for 60 minutes",
    ]) == []  # fmt: skip


def test_single_readings_follow_on_the_second_page(pages: Read) -> None:
    _, second = pages(torque_wrench)
    assert missing(second, [
        "Single readings, as found", "19.08 19.13 19.09 19.12 19.12",
        "✕ +4.82 ✕ +4.55 ✕ +4.77 ✕ +4.60 ✕ +4.60",
        "Single readings, as left", "99.79 99.97 99.92 99.69 99.78", "−0.02",
    ]) == []  # fmt: skip


def test_as_found_alone_shows_no_as_left(pages: Read) -> None:
    assert "As left" not in pages(balance)[0]


def test_demo_is_marked_on_every_page_and_only_in_the_demo(pages: Read) -> None:
    assert all("DEMO, not a real record" in text for text in pages(torque_wrench))
    assert not any("DEMO" in text for text in pages(caliper))


@pytest.mark.clause("ISO/IEC 17025 7.8.4")
def test_no_interval_is_printed_unless_the_plant_agreed_one(pages: Read) -> None:
    assert "Next calibration" not in pages(weight)[0]


def test_without_uncertainty_it_says_so() -> None:
    html = written(without_uncertainty(caliper()))
    assert "Simple acceptance, uncertainty not considered" in html
    assert "U (k" not in html
    assert "coverage" not in html


@pytest.mark.clause("ISO/IEC 17025 7.5.2")
def test_a_correction_names_both_values_the_reason_and_who(pages: Read) -> None:
    assert (
        "reading at 7.700 as found: 7.072 corrected to 7.702 "
        "(mistyped; Tara Kowalski, 18 Nov 2026, 14:21 (UTC+01:00))" in pages(micrometer)[0]
    )


def test_a_point_that_could_not_be_measured_keeps_its_reason_and_leaves_the_statement(pages: Read) -> None:
    assert missing(pages(micrometer)[0], [
        "could not be measured as found: spindle stops at 24.6 mm", "not measured",
        "The statement covers the measured results above; 1 not measured.", "Incomplete as found",
    ]) == []  # fmt: skip


def test_an_attribute_gauge_answers_in_words_and_has_no_chart(pages: Read) -> None:
    text = pages(plug_gauge)[0]
    assert missing(text, ["No-go side, ring 10.015 does not go does not go ✓ pass", "uncertainty not considered"]) == []
    assert "Error" not in text


def test_derived_results_carry_limit_unit_and_verdict(pages: Read) -> None:
    assert "corner load, largest difference 0.12 g 0.10 ✕ fail" in pages(balance)[0]
    assert "Deviations: Corner load measured at 400 g" in pages(balance)[0]
    assert "repeatability 500 g 500.01, 500.02, 500.01, 500.01, 500.00, 500.01 g" in " ".join(pages(balance))
    assert "Limited use centre of the pan only" in pages(balance)[0]


def test_a_late_entry_prints_both_times(pages: Read) -> None:
    assert "recorded 18 Nov 2026, 16:10 (UTC+01:00)" in pages(pressure_gauge)[0]
    assert "recorded" not in pages(caliper)[0]


@pytest.mark.clause("PI 041 Attributable")
def test_who_read_the_values_is_named_where_the_signer_did_not_read_them_all() -> None:
    both = {**caliper(), "measured_by": ["Tara Kowalski", "Otto Lindqvist"]}
    assert "measured by Tara Kowalski and Otto Lindqvist" in written(both)
    assert "measured by" not in written(caliper())


def test_functions_of_one_gauge_have_tables_and_units_of_their_own(pages: Read) -> None:
    text = pages(multimeter)[0]
    assert missing(text, ["Results: DC voltage", "Results: Resistance", "per cent of the tolerance"]) == []


@pytest.mark.clause("ISO/IEC 17025 7.8.6")
def test_the_guard_band_and_the_conditional_verdict_are_printed(pages: Read) -> None:
    wanted = ["Guard band bar", "0.012", "✓ conditional pass", "Guard band w = 0.66 U, four outcomes"]
    assert missing(pages(pressure_gauge)[0], wanted) == []


@pytest.mark.clause("ISO/IEC 17025 7.8.8")
def test_a_version_after_the_first_says_what_it_replaces_and_why() -> None:
    amendment = {"kind": "correction", "reason": "serial number misread", "by": "Q", "at": "2026-11-19T08:00:00Z"}
    former = {"version": 1, "content_sha256": "0" * 64, "performed_at": "2026-11-18T13:38:02Z"}
    html = written(caliper() | {"version": 2, "amendment": amendment, "supersedes": former})
    assert "Amended: version 2 replaces version 1 of 18 November 2026" in html
    assert "Reason: serial number misread." in html


@pytest.mark.clause("ISO/IEC 17025 7.8.8", "21 CFR 11.50(b)")
def test_the_box_under_the_title_says_what_was_changed_and_by_whom() -> None:
    change = {"what": "serial", "from": "40 117 882", "to": "40 117 883", "reason": "misread", "by": "", "at": None}
    amendment = {"kind": "correction", "reason": "serial number misread", "by": "Q", "at": "2026-11-19T08:00:00Z"}
    former = {"version": 1, "content_sha256": "0" * 64, "performed_at": "2026-11-18T13:38:02Z"}
    amended = {"version": 2, "amendment": amendment | {"changes": [change]}, "supersedes": former}
    corrected = replace(PERFORMED, meaning="corrected", printed_name="Selma Brandt", signer_id=9)
    html = written(caliper() | amended, [corrected, REVIEWED])
    assert "Corrected by Selma Brandt, 18 Nov 2026, 14:38:00 (UTC+01:00)." in html
    assert "<b>Serial:</b> <del>40 117 882</del> → <b>40 117 883</b>, misread" in html
    assert html.index("Amended: version 2") < html.index("How it was calibrated")
    assert "Otto Lindqvist" in html, "who performed it stays there"
    assert "same person as amended" in written(caliper() | amended, [corrected, replace(REVIEWED, signer_id=9)])


def amended_caliper() -> Content:
    """Return the caliper of six points, amended in a reading and in its condition, with a correction from before."""
    at, by = "2026-11-19T08:00:00Z", "Quinn Bauer"
    reading = {"what": "as found, 25.00 outside inner jaw", "from": "25.05 mm", "to": "25.00 mm", "reason": "mistyped"}
    condition = {"what": "condition", "from": "", "to": "complete and readable", "reason": "seen on the photo"}
    changes = [each | {"by": by, "at": at} for each in (reading, condition)]
    reason = "25.05 at 25.00 mm was typed instead of 25.00, seen on the sheet"
    amendment = {"kind": "correction", "reason": reason, "by": by, "at": at, "changes": changes}
    former = {"version": 1, "content_sha256": "0" * 64, "performed_at": "2026-11-18T13:38:02Z"}
    corrected = {"what": "as found, 50.00 outside", "from": "50.05", "to": "50.00", "reason": "misread the scale"}
    corrections = [corrected | {"by": "Tara Kowalski", "at": "2026-11-18T13:37:02Z"}]
    made = caliper() | {"version": 2, "amendment": amendment, "supersedes": former, "corrections": corrections}
    made["procedure"] = made["procedure"] | {
        "method": "Clean the jaws and the blocks and close the jaws: the zero marks must meet. Measure each gauge "
        "block at the named place of the jaws with the light, even force of normal use, and read the vernier square to "
        "the scale. "
        "The nominal length of the block is the reference; its deviation is part of the budget. "
        "The gauge and the blocks have lain on the plate together, and are handled with gloves. A point that cannot be "
        "measured is left out, with its reason, and each reading is taken once"
    }
    return made


@pytest.mark.clause("ISO/IEC 17025 7.8.8")
def test_an_amended_certificate_of_six_points_stays_on_one_page(pages: Read) -> None:
    read_pages = pages(amended_caliper)
    assert len(read_pages) == 1
    assert "not stated → complete and readable" in read_pages[0]


def test_a_reviewer_who_performed_is_printed_as_such() -> None:
    own = replace(REVIEWED, signer_id=PERFORMED.signer_id)
    assert "same person as performed" in written(caliper(), [PERFORMED, own])
    assert "same person as performed" not in written(caliper())


@pytest.mark.clause("21 CFR 11.50(b)")
def test_a_signature_is_shown_in_the_zone_it_was_given_in() -> None:
    away = replace(REVIEWED, zone="America/Sao_Paulo")
    assert "18 Nov 2026, 11:02:00 (UTC-03:00)" in written(caliper(), [PERFORMED, away])


def test_what_people_typed_is_escaped() -> None:
    content = caliper()
    content["gauge"]["name"] = "<img src=x> & Co"
    html = written(content)
    assert "&lt;img src=x&gt; &amp; Co" in html
    assert "<img" not in html


def test_a_certificate_speaks_its_language() -> None:
    german = {"Page %(page)s of %(pages)s": "Seite %(page)s von %(pages)s", "Results": "Ergebnisse"}
    from techfloor.duties.calibration.report.certificate import TEMPLATE, sheet  # noqa: PLC0415
    from techfloor.reports.sheets import environment, render_html  # noqa: PLC0415

    def translate(text: str) -> str:
        return german.get(text, text)

    made = sheet(caliper(), [PERFORMED], replace(ISSUE, language="de"), translate)
    html = render_html(made, TEMPLATE, environment(translate))
    assert '<html lang="de">' in html
    assert 'data-page-before="Seite "' in html
    assert "Ergebnisse" in html
    assert "18 Nov. 2026, 14:38" in html
    assert "18 Nov 2026, 14:38" not in html


def test_a_corrected_reading_gives_way_to_the_one_that_corrects_it() -> None:
    content = weight()
    readings = content["runs"][0]["points"][0]["readings"]
    readings.append(readings[0] | {"indication": "10000.017", "corrects": "mistyped"})
    html = written(content)
    assert "10000.017" in html
    assert "10000.015" not in html


def test_many_repeats_run_on_in_lines_of_ten() -> None:
    content = weight()
    one = content["runs"][0]["points"][0]
    one["readings"] = [one["readings"][0] | {"repeat": n, "indication": f"10000.{n:03}"} for n in range(1, 24)]
    text = " ".join(read(drawn(content)))
    assert missing(text, ["11 – 20", "21 – 23", "10000.023"]) == []


@pytest.mark.parametrize(
    ("lower", "upper", "written_as"),
    [
        ("-0.10", "0.10", "±0.10"),
        ("-0.02", "0.04", "−0.02 … +0.04"),
        ("", "0.03", "≤ +0.03"),
        ("-0.03", "", "≥ −0.03"),
    ],
)
def test_a_tolerance_is_written_by_its_sides(lower: str, upper: str, written_as: str) -> None:
    content = caliper()
    for result in content["runs"][0]["points"]:
        result["tolerance"] = {"lower": lower, "upper": upper, "text": ""}
    assert f">{written_as}</td>" in written(content)


def test_a_stack_of_blocks_is_named_under_its_point() -> None:
    content = caliper()
    content["runs"][0]["points"][3]["stack"] = ["75", "25"]
    assert "blocks 75 + 25" in written(content)


def test_a_record_that_is_no_certificate_ends_as_a_record() -> None:
    html = written(caliper() | {"title": "Calibration record"})
    assert "End of record CAL-2026-00042" in html
    assert "qualifier" not in html


@pytest.mark.parametrize("count", [7, 12, 15, 18])
def test_a_signature_never_stands_without_its_remarks(count: int) -> None:
    content = caliper()
    points = content["runs"][0]["points"]
    more = [points[n % len(points)] | {"n": n + 1} for n in range(count)]
    content["runs"] = [content["runs"][0] | {"points": more}]
    page = next(page for page in read(drawn(content)) if "PIN on enrolled tablet" in page)
    assert "Conformity" in page


def with_ratios() -> Content:
    """The caliper with both ratios at its points, as since schema 4."""
    content = caliper()
    for n, each in enumerate(content["runs"][0]["points"]):
        each |= {"tur": f"1.{6 + n % 2}", "tur_reference": "28.9"}
    return content


def test_both_ratios_of_the_tolerance_to_u_are_said_where_they_are_known() -> None:
    said = "The tolerance is 1.6 to 1.7 times U (TUR), and 29 times U of reference and room alone."
    assert said in written(with_ratios())
    assert "(TUR)" not in written(caliper())
