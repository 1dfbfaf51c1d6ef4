"""The table of statuses: what leads where, and who may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from techfloor.equipment.statuses import (
    GAUGE_STATUSES,
    LIFECYCLES,
    TRANSITIONS,
    Deed,
    Kind,
    Status,
    next_status,
    offered,
    status_of,
    transition,
)
from techfloor.equipment.views.common import PERMISSIONS
from techfloor.equipment.wording import DEED_WORDS, STATUS_SIGNS
from techfloor.refusals import Refusal

STATUSES = {
    Kind.GAUGE: GAUGE_STATUSES,
    Kind.MACHINE: LIFECYCLES,
    Kind.STANDARD: (Status.IN_USE, Status.SENT_OUT, Status.RETIRED),
}
ROLES = {permission.key: permission.roles for permission in PERMISSIONS}


@given(kind=st.sampled_from(Kind), deed=st.sampled_from(Deed), data=st.data())
def test_every_deed_leads_to_a_status_of_its_kind_or_is_refused(kind: Kind, deed: Deed, data: st.DataObject) -> None:
    status = data.draw(st.sampled_from(STATUSES[kind]))
    step = transition(kind, deed)
    if step is not None and status in step.before:
        assert next_status(kind, status, deed, "X-1") in STATUSES[kind]
    else:
        with pytest.raises(Refusal, match="X-1 is now"):
            next_status(kind, status, deed, "X-1")


@pytest.mark.parametrize("kind", list(Kind))
def test_no_status_is_a_dead_end(kind: Kind) -> None:
    for status in STATUSES[kind]:
        assert offered(kind, status), status


@pytest.mark.parametrize("kind", list(Kind))
def test_a_deed_never_leads_back_to_where_it_started(kind: Kind) -> None:
    assert all(step.after not in step.before for step in TRANSITIONS[kind].values())


def test_what_comes_back_from_the_laboratory_is_not_used_before_its_certificate_is_read() -> None:
    assert next_status("gauge", Status.SENT_OUT, Deed.RECEIVE, "G-008") is Status.CALIBRATE_BEFORE_USE


def test_what_was_lost_is_calibrated_before_it_is_used_again() -> None:
    assert next_status("gauge", Status.LOST, Deed.REPORT_FOUND, "G-008") is Status.CALIBRATE_BEFORE_USE


def test_only_a_duty_says_that_a_gauge_is_calibrated() -> None:
    step = transition("gauge", Deed.CALIBRATED)
    assert step is not None
    assert step.permission is None
    assert Deed.CALIBRATED not in {step.deed for step in offered("gauge", Status.CALIBRATE_BEFORE_USE)}


def test_only_a_duty_rejects_a_calibration() -> None:
    for status in (Status.IN_USE, Status.LIMITED_USE, Status.SPARE):
        assert next_status("gauge", status, Deed.REJECT_CALIBRATION, "G-014") is Status.CALIBRATE_BEFORE_USE
        assert Deed.REJECT_CALIBRATION not in {step.deed for step in offered("gauge", status)}


@pytest.mark.parametrize("lifecycle", [Status.PLANNED, Status.QUALIFYING, Status.RETIRED])
def test_a_standard_that_is_not_in_service_is_not_in_use(lifecycle: Status) -> None:
    assert status_of("standard", lifecycle) is lifecycle


def test_nobody_puts_a_gauge_in_use_past_its_calibration() -> None:
    for status in (Status.CALIBRATE_BEFORE_USE, Status.LOST, Status.RETIRED, Status.SENT_OUT):
        after = {step.after for step in offered("gauge", status)}
        assert not after & {Status.IN_USE, Status.SPARE}


def test_a_technician_takes_a_spare_but_does_not_retire_a_gauge() -> None:
    put, retire = transition("gauge", Deed.PUT_IN_USE), transition("gauge", Deed.RETIRE)
    assert put is not None
    assert retire is not None
    assert "technician" in ROLES[put.permission or ""]
    assert ROLES[retire.permission or ""] == {"quality", "administrator"}


def test_a_retired_gauge_cannot_be_sent_out() -> None:
    with pytest.raises(Refusal, match="G-008 is now “retired”"):
        next_status("gauge", Status.RETIRED, Deed.SEND_OUT, "G-008")


def test_the_status_of_each_kind_is_read_from_its_own_columns() -> None:
    assert status_of("gauge", "in service", "", "spare") is Status.SPARE
    assert status_of("machine", "qualifying", "down") is Status.QUALIFYING
    assert status_of("standard", "in service", "") is Status.IN_USE
    assert status_of("standard", "in service", "sent out") is Status.SENT_OUT
    assert status_of("standard", "retired", "sent out") is Status.RETIRED


def test_every_status_and_every_deed_of_a_page_has_its_words() -> None:
    assert set(STATUS_SIGNS) == {status for statuses in STATUSES.values() for status in statuses}
    on_pages = {step.deed for steps in TRANSITIONS.values() for step in steps.values() if step.permission}
    assert set(DEED_WORDS) == on_pages
