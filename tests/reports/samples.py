"""Calibrations in their canonical content, as the records store them, for every kind of certificate."""

from collections.abc import Sequence
from copy import deepcopy
from datetime import UTC, datetime
from typing import Any

from techfloor.records.signing import SignatureFacts
from techfloor.reports.issue import IssueFacts

Content = dict[str, Any]

COVERAGE = (
    "The reported expanded uncertainty is the standard uncertainty multiplied by the coverage factor k = 2, "
    "for a coverage probability of about 95 %."
)
CONVOLVED = (
    "The reported expanded uncertainty is the standard uncertainty multiplied by the coverage factor k = 1.83, "
    "derived from the convolved distribution, for a coverage probability of about 95 %."
)
BLOCKS = {
    "code": "S-003",
    "name": "Gauge block set, steel, grade 0 (ISO 3650)",
    "serial": "GB0-1147",
    "certificate": "2026-1187",
    "laboratory": "Calibration laboratory, accredited",
    "issued": "2026-03-04",
    "valid_until": "2027-03-04",
    "uncertainty": "(0.06 + 0.5 L/m) µm (k = 2)",
}
WEIGHTS = {
    "code": "S-001",
    "name": "Weight set, class F1, 1 g to 10 kg",
    "serial": "F1-20418",
    "certificate": "2026-0955",
    "laboratory": "Calibration laboratory, accredited",
    "issued": "2026-10-05",
    "valid_until": "2028-10-31",
    "uncertainty": "a third of the class limit (k = 2)",
}
ANALYSER = {
    "code": "S-004",
    "name": "Torque analyser",
    "serial": "TA-0562",
    "certificate": "2026-2288",
    "laboratory": "Calibration laboratory, accredited",
    "issued": "2026-09-07",
    "valid_until": "2027-09-30",
    "uncertainty": "0.50 % of reading (k = 2)",
}
TEMPERATURE = {"quantity": "temperature", "value": "20.3", "unit": "°C", "limits": "20 ± 2 °C"}
HUMIDITY = {"quantity": "humidity", "value": "52", "unit": "% RH", "limits": ""}
PERFORMED = SignatureFacts(
    meaning="performed",
    signer_id=2,
    printed_name="Otto Lindqvist",
    signed_at=datetime(2026, 11, 18, 13, 38, tzinfo=UTC),
    zone="Europe/Berlin",
    method="PIN on enrolled tablet T-04",
)
REVIEWED = SignatureFacts(
    meaning="reviewed",
    signer_id=5,
    printed_name="Quinn Bauer",
    signed_at=datetime(2026, 11, 18, 14, 2, tzinfo=UTC),
    zone="Europe/Berlin",
    method="password",
)
SIGNATURES: Sequence[SignatureFacts] = (PERFORMED, REVIEWED)
ISSUE = IssueFacts(
    issue_no=1,
    issued_at=datetime(2026, 11, 18, 14, 5, tzinfo=UTC),
    verify_url="https://techfloor.plant-north.example/verify/7K4MQ2XDHB3P",
    code="7K4MQ2XDHB3P",
    trail_seq=184220,
    trail_head="9f2c71ae03d4b85513b0c3aa8d3c1e6f0c6c2f1b6a3d6c0c6d8a0e4b1a2f9c77",
    language="en",
)


def reading(repeat: int, reference: str, indication: str, error: str, verdict: str = "pass") -> Content:
    """One reading at its point."""
    return {
        "repeat": repeat,
        "reference": reference,
        "indication": indication,
        "error": error,
        "verdict": verdict,
        "at": "2026-11-18T13:30:00Z",
        "by": "Otto Lindqvist",
        "note": "",
        "corrects": None,
    }


def point(n: int, nominal: str, indication: str, error: str, **more: Any) -> Content:
    """One result; the tolerance is symmetrical unless told otherwise."""
    limit = more.pop("limit", "0.10")
    unit = more.pop("unit", "mm")
    reference = more.pop("reference", nominal)
    made: Content = {
        "n": n,
        "function": "",
        "label": nominal,
        "nominal": nominal,
        "unit": unit,
        "direction": "",
        "cannot_measure": None,
        "readings": [reading(1, reference, indication, error, more.get("verdict", "pass"))],
        "reference": reference,
        "indication": indication,
        "error": error,
        "error_unit": unit,
        "tolerance": {"lower": f"-{limit}", "upper": limit, "text": f"± {limit}"},
        "u": "",
        "k": "",
        "tur": "",
        "guard": "0",
        "verdict": "pass",
    }
    return made | more


def run(name: str, points: Sequence[Content], verdict: str = "pass", derived: Sequence[Content] = ()) -> Content:
    """One run through the points."""
    return {"run": name, "verdict": verdict, "points": list(points), "derived": list(derived)}


def _content(**more: Any) -> Content:
    base: Content = {
        "kind": "calibration",
        "schema": 1,
        "number": "CAL-2026-00412",
        "version": 1,
        "plant": {
            "name": "Plant North",
            "address": "Harbour Road 12, 24103 Kiel",
            "zone": "Europe/Berlin",
            "demo": False,
        },
        "title": "Calibration certificate (in-house, not accredited)",
        "standards": [BLOCKS],
        "ambient": [TEMPERATURE],
        "adjusted": False,
        "adjustment": "",
        "deviations": [],
        "corrections": [],
        "coverage": COVERAGE,
        "performed_at": "2026-11-18T13:37:00Z",
        "recorded_at": "2026-11-18T13:37:40Z",
        "performed_by": "Otto Lindqvist",
        "measured_by": ["Otto Lindqvist"],
        "interval": None,
    }
    return base | more


def _gauge(code: str, name: str, **more: Any) -> Content:
    base: Content = {
        "code": code,
        "name": name,
        "kind": "",
        "serial": "40 117 882",
        "maker": "",
        "place": "Assembly, station 4A-02",
        "range": "",
        "resolution": "",
        "condition": "used, complete, scale readable",
        "limited_use": None,
    }
    return base | more


def _procedure(code: str, version: int, title: str, mode: str, error_unit: str, **more: Any) -> Content:
    base: Content = {
        "code": code,
        "version": version,
        "title": title,
        "mode": mode,
        "method": "",
        "error_unit": error_unit,
        "rule": "simple",
        "rule_text": "Simple acceptance",
    }
    return base | more


def caliper() -> Content:
    """The vernier caliper of EA-4/02 S10: an error of 0.10 mm, exactly on the limit."""
    values = [
        ("0.00 outside", "0.00", "0.00", "0.00"),
        ("25.00 outside inner jaw", "25.00", "25.00", "0.00"),
        ("50.00 outside", "50.00", "50.05", "0.05"),
        ("100.00 outside", "100.00", "99.95", "-0.05"),
        ("150.00 outside outer jaw", "150.00", "150.10", "0.10"),
        ("25.00 inside", "25.00", "25.05", "0.05"),
    ]
    points = [
        point(n, nominal, shown, error, label=label, u="0.06", k="1.83")
        for n, (label, nominal, shown, error) in enumerate(values, 1)
    ]
    return _content(
        number="CAL-2026-00042",
        gauge=_gauge(
            "G-014",
            "Vernier caliper 0–150 mm",
            kind="vernier caliper",
            serial="VC-2231",
            maker="Example Tools",
            place="Machining, station 2B-01",
            range="0 to 150 mm",
            resolution="0.05 mm",
        ),
        procedure=_procedure(
            "CAL-P-02", 4, "Vernier caliper, 0.05 mm (budget of EA-4/02 S10)", "apply", "mm",
            method="gauge blocks between the jaws after 30 minutes on the plate",
        ),
        runs=[run("as_found", points)],
        coverage=CONVOLVED,
        interval="12 months; next due 18 Nov 2027",
    )  # fmt: skip


def torque_wrench() -> Content:
    """The drifting torque wrench of the demo plant: fail as found, adjusted, pass as left."""
    found = [
        ("20.0", "19.11", "4.67", "1.6", "fail", ["19.08", "19.13", "19.09", "19.12", "19.12"],
         ["4.82", "4.55", "4.77", "4.60", "4.60"]),
        ("60.0", "57.86", "3.70", "0.8", "pass", ["57.79", "57.89", "57.98", "57.84", "57.79"],
         ["3.82", "3.64", "3.48", "3.73", "3.82"]),
        ("100.0", "96.72", "3.40", "0.7", "pass", ["96.66", "96.77", "96.77", "96.65", "96.73"],
         ["3.46", "3.34", "3.34", "3.47", "3.38"]),
    ]  # fmt: skip
    left = [
        ("20.0", "19.94", "0.32", "1.6", "pass", ["19.91", "19.95", "19.98", "19.94", "19.90"],
         ["0.45", "0.25", "0.10", "0.30", "0.50"]),
        ("60.0", "59.91", "0.15", "0.8", "pass", ["59.86", "59.87", "60.00", "59.81", "60.01"],
         ["0.23", "0.22", "0.00", "0.32", "-0.02"]),
        ("100.0", "99.83", "0.17", "0.7", "pass", ["99.79", "99.97", "99.92", "99.69", "99.78"],
         ["0.21", "0.03", "0.08", "0.31", "0.22"]),
    ]  # fmt: skip
    return _content(
        plant={
            "name": "Plant North",
            "address": "Demonstration address, not a real place",
            "zone": "Europe/Berlin",
            "demo": True,
        },
        gauge=_gauge(
            "G-011",
            "Click torque wrench 20–100 N·m",
            kind="torque wrench, setting type II class A",
            range="20 to 100 N·m",
            resolution="0.5 N·m",
        ),
        procedure=_procedure(
            "CAL-P-05", 5, "Torque wrench, setting type II class A (ISO 6789)", "match", "%",
            method="clockwise only", preload="five releases at 100 N·m before the first reading",
            soaked=True, soak_minutes=60,
        ),
        standards=[ANALYSER],
        ambient=[TEMPERATURE | {"value": "21.1", "limits": "18 to 28 °C"}, HUMIDITY],
        runs=[
            run("as_found", [_torque(n, *row) for n, row in enumerate(found, 1)], "fail"),
            run("as_left", [_torque(n, *row) for n, row in enumerate(left, 1)]),
        ],
        adjusted=True,
        adjustment="spring preload reset, scale zero set",
    )  # fmt: skip


def _torque(
    n: int, nominal: str, mean: str, error: str, u: str, verdict: str, values: list[str], errors: list[str]
) -> Content:
    return point(
        n, nominal, nominal, error, unit="N m", error_unit="%", limit="4", reference=mean, u=u, k="2",
        verdict=verdict,
        readings=[
            reading(i, value, nominal, e, "fail" if float(e) > 4 else "pass")
            for i, (value, e) in enumerate(zip(values, errors, strict=True), 1)
        ],
    )  # fmt: skip


def weight() -> Content:
    """The 10 kg weight of EA-4/02 S2: 10 000.025 g, U = 59 mg, by comparison."""
    one = point(
        1, "10000", "10000.025", "0.025", unit="g", limit="0.160", label="10 kg", reference="10000.005",
        u="0.059", k="2",
        readings=[
            reading(1, "10000.005", "10000.015", "0.015"),
            reading(2, "10000.005", "10000.035", "0.035"),
            reading(3, "10000.005", "10000.025", "0.025"),
        ],
    )  # fmt: skip
    return _content(
        number="CAL-2026-00043",
        gauge=_gauge(
            "G-021", "Weight 10 kg, class M1", kind="weight", serial="M1-10-07", place="Filling, scale room"
        ),
        procedure=_procedure(
            "CAL-P-11", 1, "Weight by comparison (EA-4/02 S2)", "comparison", "g",
            method="three ABBA comparisons with the standard on the same balance",
        ),
        standards=[WEIGHTS],
        ambient=[TEMPERATURE, HUMIDITY],
        runs=[run("as_found", [one])],
    )  # fmt: skip


def plug_gauge() -> Content:
    """A go/no-go plug gauge: answers in words, no errors, no uncertainty."""
    none: Content = {"error_unit": "", "tolerance": None, "unit": ""}
    points = [
        point(1, "10.000", "goes", "", label="Go side, ring 10.000 H7", expected="goes", **none),
        point(2, "10.015", "does not go", "", label="No-go side, ring 10.015", expected="does not go", **none),
    ]
    return _content(
        number="CAL-2026-00044",
        gauge=_gauge("G-030", "Plug gauge 10 H7", kind="limit plug gauge", serial="PG-10-3"),
        procedure=_procedure("CAL-P-12", 1, "Limit plug gauge", "attribute", ""),
        runs=[run("as_found", points)],
        coverage="",
    )


def balance() -> Content:
    """A balance with derived results: repeatability and corner load."""
    loads = [("1", "1.00", "0.00"), ("200", "200.01", "0.01"), ("500", "500.02", "0.02"), ("1000", "1000.05", "0.05")]
    points = [
        point(n, nominal, shown, error, unit="g", limit="0.10", u="0.012", k="2")
        for n, (nominal, shown, error) in enumerate(loads, 1)
    ]
    computed: list[Content] = [
        {"name": "repeatability, six weighings at 500 g", "value": "0.008", "unit": "g", "limit": "0.033",
         "verdict": "pass"},
        {"name": "corner load, largest difference", "value": "0.12", "unit": "g", "limit": "0.10",
         "verdict": "fail"},
    ]  # fmt: skip
    entries: list[Content] = [
        {"label": "500 g", "nominal": "500", "unit": "g", "position": "centre", "derived": "repeatability",
         "cannot_measure": None, "values": ["500.01", "500.02", "500.01", "500.01", "500.00", "500.01"]},
        {"label": "400 g, front left", "nominal": "400", "unit": "g", "position": "front left",
         "derived": "corner load", "cannot_measure": None, "values": ["400.12"]},
    ]  # fmt: skip
    return _content(
        number="CAL-2026-00045",
        gauge=_gauge(
            "G-015", "Bench balance 1.2 kg", kind="balance", serial="BB-771", place="Filling, station 3F-01",
            range="0 to 1200 g", resolution="0.01 g", limited_use="centre of the pan only",
        ),
        procedure=_procedure("CAL-P-07", 3, "Balance and scale", "apply", "g"),
        standards=[WEIGHTS],
        runs=[run("as_found", points, "fail", computed) | {"entries": entries}],
        deviations=["corner load measured at 400 g instead of 333 g: no weight of 333 g in the set"],
    )  # fmt: skip


def micrometer() -> Content:
    """Eleven points, a correction, and one point that could not be measured."""
    nominals = ["0.000", "2.500", "5.100", "7.700", "10.300", "12.900", "15.000", "17.600", "20.200", "22.800"]
    errors = ["0.000", "0.001", "0.001", "0.002", "0.001", "0.000", "-0.001", "-0.002", "-0.001", "0.001"]
    points = [
        point(n, nominal, f"{float(nominal) + float(error):.3f}", error, limit="0.004", u="0.0011", k="2")
        for n, (nominal, error) in enumerate(zip(nominals, errors, strict=True), 1)
    ]
    points.append(
        point(
            11, "25.000", "", "", limit="0.004", verdict="incomplete", readings=[],
            cannot_measure="spindle stops at 24.6 mm",
        )
    )  # fmt: skip
    return _content(
        number="CAL-2026-00046",
        gauge=_gauge(
            "G-003", "External micrometer 0–25 mm", kind="micrometer", serial="MI-0911",
            place="Machining, station 2B-03", range="0 to 25 mm", resolution="0.001 mm",
        ),
        procedure=_procedure("CAL-P-03", 2, "External micrometer, 0.001 mm", "apply", "mm"),
        runs=[run("as_found", points, "incomplete")],
        corrections=[
            {
                "what": "reading at 7.700 as found",
                "from": "7.072",
                "to": "7.702",
                "reason": "mistyped",
                "by": "Tara Kowalski",
                "at": "2026-11-18T13:21:00Z",
            }
        ],
        performed_by="Tara Kowalski",
        measured_by=["Tara Kowalski"],
    )  # fmt: skip


def pressure_gauge() -> Content:
    """Up and down with hysteresis, as found and as left, guard band, many long names."""
    nominals = ["0.00", "2.00", "4.00", "6.00", "8.00", "10.00", "8.00", "6.00", "4.00", "2.00", "0.00"]
    found = ["0.00", "0.03", "0.05", "0.08", "0.11", "0.12", "0.09", "0.07", "0.04", "0.02", "0.01"]
    left = ["0.00", "0.01", "0.01", "0.02", "0.02", "0.03", "0.01", "0.00", "-0.01", "-0.01", "0.00"]
    computed = [{"name": "hysteresis", "value": "0.03", "unit": "bar", "limit": "0.10", "verdict": "pass"}]

    def points(errors: Sequence[str]) -> list[Content]:
        return [
            point(
                n, nominal, nominal, error, unit="bar", limit="0.10", guard="0.012", u="0.018", k="2",
                reference=f"{float(nominal) - float(error):.2f}", direction="up" if n <= 6 else "down",
                verdict="fail" if float(error) > 0.1 else "conditional pass" if float(error) > 0.088 else "pass",
            )
            for n, (nominal, error) in enumerate(zip(nominals, errors, strict=True), 1)
        ]  # fmt: skip

    return _content(
        number="CAL-2026-00047",
        plant={
            "name": "Plant North, Refillable Lubricators and Dosing Equipment",
            "address": "Harbour Road 12, Building 4, Second Floor, 24103 Kiel, Germany",
            "zone": "Europe/Berlin",
            "demo": False,
        },
        gauge=_gauge(
            "G-009",
            "Bourdon tube pressure gauge, glycerine filled, bottom connection, 0 to 10 bar, class 1.0",
            kind="pressure gauge with overload protection",
            maker="Manometer and Instrument Works of the Northern Coast",
            serial="PG-100-2020-000000117-A",
            place="Filling line 3, upstream of the second dosing head, station 3F-04",
            range="0 to 10 bar",
            resolution="0.02 bar",
        ),
        procedure=_procedure(
            "CAL-P-06", 2, "Pressure gauge, class 1.0, 0 to 10 bar", "both", "bar", rule="guard-band",
            rule_text="Guard band w = 0.66 U, four outcomes",
        ),
        standards=[
            ANALYSER | {"code": "S-002", "name": "Digital pressure calibrator, 0 to 20 bar gauge",
                        "serial": "PC20-3307", "certificate": "2026-1571", "uncertainty": "0.006 bar (k = 2)"},
            BLOCKS | {"code": "S-005", "name": "Reference thermometer", "uncertainty": "0.15 °C (k = 2)"},
        ],
        ambient=[TEMPERATURE, HUMIDITY],
        runs=[run("as_found", points(found), "fail", computed), run("as_left", points(left), "pass", computed)],
        adjusted=True,
        adjustment="pointer reset at 5 bar",
        recorded_at="2026-11-18T15:10:00Z",
        late="2026-11-18T15:10:00Z",
        interval="6 months; next due 18 May 2027",
    )  # fmt: skip


def multimeter() -> Content:
    """Several functions with units of their own."""
    volts = [
        point(n, v, s, e, unit="V", limit=t, function="DC voltage", u=u, k="2")
        for n, v, s, e, t, u in [(1, "1.000", "1.001", "0.001", "0.006", "0.0006"),
                                 (2, "10.00", "9.98", "-0.02", "0.06", "0.006")]
    ]  # fmt: skip
    ohms = [
        point(n, v, s, e, unit="Ω", limit=t, function="Resistance", u=u, k="2", verdict=g)
        for n, v, s, e, t, u, g in [(3, "100.0", "100.4", "0.4", "1.0", "0.1", "pass"),
                                    (4, "1000", "1013", "13", "10", "1", "fail")]
    ]  # fmt: skip
    return _content(
        number="CAL-2026-00048",
        gauge=_gauge("G-018", "Hand multimeter", kind="multimeter", serial="HM-55"),
        procedure=_procedure("CAL-P-13", 1, "Hand multimeter", "apply", "mixed"),
        runs=[run("as_found", volts + ohms, "fail")],
    )


SAMPLES = {
    maker.__name__: maker
    for maker in (
        caliper,
        torque_wrench,
        weight,
        plug_gauge,
        balance,
        micrometer,
        pressure_gauge,
        multimeter,
    )
}


def without_uncertainty(content: Content) -> Content:
    """The same calibration by a procedure that has no budget."""
    bare = deepcopy(content)
    for one in bare["runs"]:
        for result in one["points"]:
            result["u"] = result["k"] = ""
    return bare | {"coverage": ""}
