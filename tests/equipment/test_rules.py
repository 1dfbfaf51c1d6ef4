"""May a gauge be used, is a standard valid: each answer in plain words."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.equipment import rules
from techfloor.equipment.rules import (
    HOLD_REASONS,
    CertificateFacts,
    GaugeFacts,
    HoldFact,
    Objection,
    StandardFacts,
    UsePolicy,
    plant_day,
    standard_valid,
    usable,
    use_policy,
)
from techfloor.equipment.statuses import GAUGE_STATUSES, Status
from techfloor.places.profile import Profile

TODAY = date(2026, 11, 20)
GOOD = GaugeFacts("G-014", Status.IN_USE, due=date(2026, 12, 10))
BLOCK, WARN, OFF = UsePolicy("block"), UsePolicy("warn"), UsePolicy("off")
PAPER = CertificateFacts("2026-1187", date(2026, 3, 4), date(2027, 3, 4))
BLOCKS = StandardFacts("S-003")
BUFFERS = StandardFacts("S-006", reference_material=True, opened_use_days=90)
LOT = CertificateFacts("lot 26-181", date(2026, 9, 7), date(2027, 10, 31), opened=date(2026, 11, 2))


@pytest.fixture(autouse=True)
def a_duty_calibrates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a duty say where a gauge is calibrated, as its manifest does."""
    monkeypatch.setitem(rules.work_pages, "calibration", lambda code: f"/bench/{code}")


def said(found: list[Objection]) -> list[str]:
    return [sentence_of(why) for why in found]


def sentence_of(why: Objection) -> str:
    return why.message % why.parameters


def test_a_gauge_in_use_and_in_date_may_be_used() -> None:
    assert usable(GOOD, TODAY, BLOCK) == []


def test_a_gauge_is_usable_to_the_end_of_its_due_day() -> None:
    assert usable(replace(GOOD, due=TODAY), TODAY, BLOCK) == []


@pytest.mark.clause("ISO 9001 7.1.5.2(a)")
def test_the_day_after_its_due_day_it_is_refused_with_the_way_to_mend_it() -> None:
    (why,) = usable(replace(GOOD, due=date(2026, 11, 19)), TODAY, BLOCK)
    assert sentence_of(why) == "G-014 was due on 19 Nov 2026, 1 day ago. Calibrate it now."
    assert why.mend_url == "/bench/G-014"
    assert why.blocks


def test_a_profile_that_only_warns_does_not_block_an_overdue_gauge() -> None:
    (why,) = usable(replace(GOOD, due=date(2026, 11, 5)), TODAY, WARN)
    assert not why.blocks
    assert "15 days ago" in sentence_of(why)


def test_a_profile_that_is_off_says_nothing_of_due_days() -> None:
    assert usable(replace(GOOD, due=date(2020, 1, 1)), TODAY, OFF) == []


def test_within_grace_an_overdue_gauge_is_a_warning_that_names_the_last_day() -> None:
    (why,) = usable(replace(GOOD, due=date(2026, 11, 18)), TODAY, UsePolicy("block", grace_days=5))
    assert sentence_of(why) == "G-014 was due on 18 Nov 2026; grace ends on 23 Nov 2026. Calibrate it soon."
    assert not why.blocks


def test_the_last_day_of_grace_is_still_grace_and_the_next_is_not() -> None:
    facts, policy = replace(GOOD, due=date(2026, 11, 15)), UsePolicy("block", grace_days=5)
    assert not usable(facts, TODAY, policy)[0].blocks
    assert usable(facts, TODAY + timedelta(days=1), policy)[0].blocks


def test_a_gauge_that_was_never_calibrated_is_refused() -> None:
    assert said(usable(replace(GOOD, due=None), TODAY, BLOCK)) == [
        "G-014 has not been calibrated yet. Calibrate it now."
    ]


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (Status.RETIRED, "G-014 is retired. Choose another gauge."),
        (Status.LOST, "G-014 is reported lost. Report it found, or choose another gauge."),
        (Status.SPARE, "G-014 is a spare. Put it in use first."),
        (Status.SENT_OUT, "G-014 is at the laboratory. Choose another gauge."),
        (Status.INDICATION_ONLY, "G-014 is for indication only. Choose a calibrated gauge."),
        (Status.CALIBRATE_BEFORE_USE, "G-014 must be calibrated before use. Calibrate it now."),
    ],
)
def test_each_status_that_stops_use_says_so(status: Status, sentence: str) -> None:
    (why,) = usable(replace(GOOD, status=status), TODAY, BLOCK)
    assert (sentence_of(why), why.blocks) == (sentence, True)


def test_a_gauge_at_the_laboratory_says_when_it_is_expected_back() -> None:
    facts = replace(GOOD, status=Status.SENT_OUT, expected_back=date(2026, 11, 30))
    assert said(usable(facts, TODAY, BLOCK)) == ["G-014 is at the laboratory until 30 Nov 2026. Choose another gauge."]


def test_limited_use_is_a_warning_that_says_for_what() -> None:
    (why,) = usable(replace(GOOD, status=Status.LIMITED_USE, limited_use="saw cuts only."), TODAY, BLOCK)
    assert sentence_of(why) == "G-014 is for limited use: saw cuts only."
    assert not why.blocks


def test_a_gauge_found_out_of_tolerance_is_refused_until_its_calibration_is_reviewed() -> None:
    (why,) = usable(replace(GOOD, holds=(HoldFact("out of tolerance", "+4.67 % at 20 N·m"),)), TODAY, BLOCK)
    assert sentence_of(why) == (
        "G-014 is held: out of tolerance, +4.67 % at 20 N·m. It returns when it passes as left and that is reviewed."
    )
    assert why.mend_url == "/bench/G-014"


def test_an_objection_carries_the_same_words_for_a_translator() -> None:
    (why,) = usable(replace(GOOD, holds=(HoldFact("damaged", "100 % bent"),)), TODAY, BLOCK)
    assert str(why.refusal("gauge")) == sentence_of(why)
    assert why.refusal("gauge").field == "gauge"


@pytest.mark.clause("ISO 9001 7.1.5.2(c)")
@given(
    status=st.sampled_from(GAUGE_STATUSES),
    reasons=st.lists(st.sampled_from(HOLD_REASONS), max_size=3),
    due=st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    policy=st.builds(UsePolicy, st.sampled_from(["off", "warn", "block"]), st.integers(0, 30)),
)
def test_every_hold_blocks_under_every_policy(
    status: Status, reasons: list[str], due: date | None, policy: UsePolicy
) -> None:
    facts = GaugeFacts("G-1", status, tuple(HoldFact(reason, "seen 5 % off") for reason in reasons), due)
    found = usable(facts, TODAY, policy)
    assert sum(why.blocks and "is held" in sentence_of(why) for why in found) == len(reasons)
    assert all(sentence_of(why).endswith(".") and "%(" not in sentence_of(why) for why in found)


@given(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.integers(0, 30))
def test_a_later_day_never_makes_an_overdue_gauge_usable_again(due: date, grace: int) -> None:
    facts, policy = replace(GOOD, due=due), UsePolicy("block", grace)
    blocked = [any(why.blocks for why in usable(facts, due + timedelta(days=n), policy)) for n in range(40)]
    assert blocked == sorted(blocked)
    assert blocked.index(True) == grace + 1


def test_the_due_day_ends_at_midnight_of_the_plant_not_of_utc() -> None:
    late_evening = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)
    assert plant_day(late_evening, "Europe/Berlin") == date(2026, 11, 21)
    assert plant_day(late_evening, "America/New_York") == date(2026, 11, 20)


def test_the_policy_comes_from_the_plant_profile() -> None:
    assert use_policy(Profile("small", {})) == UsePolicy("warn", 0)
    assert use_policy(Profile("regulated", {"calibration.grace_days": 7})) == UsePolicy("block", 7)


def test_a_standard_is_valid_from_the_first_to_the_last_day_of_its_certificate() -> None:
    assert standard_valid(PAPER, BLOCKS, date(2026, 3, 4)) == []
    assert standard_valid(PAPER, BLOCKS, date(2027, 3, 4)) == []


@pytest.mark.parametrize("words", ["", "scratched"])
def test_a_held_standard_says_what_returns_it(words: str) -> None:
    (why,) = standard_valid(PAPER, BLOCKS, TODAY, [HoldFact("out of tolerance", words)])
    assert why.blocks
    assert sentence_of(why).endswith("Its next certificate returns it, or quality lifts the hold.")


def test_an_overdue_standard_names_its_certificate_and_the_way_to_mend_it() -> None:
    assert said(standard_valid(PAPER, BLOCKS, date(2027, 3, 5))) == [
        "S-003: its certificate 2026-1187 ended on 4 Mar 2027. Send it for calibration or choose another standard."
    ]


def test_a_certificate_does_not_count_before_it_was_issued() -> None:
    assert said(standard_valid(PAPER, BLOCKS, date(2026, 3, 3))) == [
        "S-003: its certificate 2026-1187 holds from 4 Mar 2026 only. Choose another standard."
    ]


@pytest.mark.clause("ISO 9001 7.1.5.2(a)")
def test_a_standard_without_a_certificate_is_refused() -> None:
    (why,) = standard_valid(None, BLOCKS, TODAY)
    assert sentence_of(why) == "S-003 has no certificate for 20 Nov 2026. Add one or choose another standard."
    assert why.mend_url == "/equipment/S-003/certificates/new"


def test_a_held_standard_is_refused() -> None:
    (why,) = standard_valid(PAPER, BLOCKS, TODAY, [HoldFact("damaged", "50 mm block chipped")])
    assert sentence_of(why).startswith("S-003 is held: damaged, 50 mm block chipped.")


@pytest.mark.parametrize("status", [Status.RETIRED, Status.SENT_OUT])
def test_a_standard_that_is_away_or_retired_is_refused(status: Status) -> None:
    assert len(standard_valid(PAPER, replace(BLOCKS, status=status), TODAY)) == 1


def test_an_opened_lot_is_valid_for_its_days_and_not_one_longer() -> None:
    assert standard_valid(LOT, BUFFERS, date(2027, 1, 31)) == []
    (why,) = standard_valid(LOT, BUFFERS, date(2027, 2, 1))
    assert sentence_of(why) == (
        "S-006: lot 26-181 was opened on 2 Nov 2026 and was good until 31 Jan 2027. "
        "Open a new bottle or choose another standard."
    )


def test_an_expired_lot_is_refused_however_lately_it_was_opened() -> None:
    fresh = replace(LOT, valid_until=date(2026, 11, 10), opened=date(2026, 11, 9))
    assert said(standard_valid(fresh, BUFFERS, TODAY)) == [
        "S-006: lot 26-181 expired on 10 Nov 2026. Open a new lot or choose another standard."
    ]


def test_a_lot_of_which_no_opening_is_known_asks_for_it() -> None:
    assert said(standard_valid(replace(LOT, opened=None), BUFFERS, TODAY)) == [
        "S-006: nobody has entered when lot 26-181 was opened. Enter the day on its page."
    ]


def test_a_material_that_does_not_age_once_opened_is_not_asked() -> None:
    salt = replace(BUFFERS, opened_use_days=None)
    assert standard_valid(replace(LOT, opened=None), salt, TODAY) == []
