"""Who may work on an amendment: not only who opens it, also who takes it over, changes it, signs it or gives it up."""

import outside_work
import pytest
from amending_work import amending, calibrated
from bench_work import sign
from flask import Flask
from plant_client import PlantClient, SignedInAs

from techfloor.duties.calibration.queries import records as queries
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.store.acts import new_id
from techfloor.web.visitor import Visitor


@pytest.fixture
def withdrawn(as_: SignedInAs) -> str:
    """The certificate of a laboratory that Selma says was entered in error, not signed yet."""
    selma = as_("S")
    number = outside_work.entered(selma)
    amending(selma, number, "entered in error", "the certificate of G-009")
    return number


def holder(app: Flask, number: str) -> str:
    """Return who has it under way."""
    with app.app_context():
        return bench_of(number).holder


@pytest.mark.clause("21 CFR 11.10(g)")
def test_who_enters_no_certificates_withdraws_none(app: Flask, as_: SignedInAs, withdrawn: str) -> None:
    tara, page = as_("T"), f"/calibration/{withdrawn}"
    assert "Go on with the amendment" not in tara.get(page).text
    assert tara.get(f"{page}/take-over").status_code == 403
    sent = tara.hidden(page, "/sign-out") | {"entry_key": new_id()}
    assert tara.post(f"{page}/take-over", data=sent).status_code == 403
    assert holder(app, withdrawn) == "Selma Brandt"
    quinn = as_("Q")
    assert "Go on with the amendment" in quinn.get(page).text
    assert quinn.submit(f"{page}/take-over").status_code == 303
    assert sign(quinn, withdrawn).status_code == 303


def without(monkeypatch: pytest.MonkeyPatch, taken: str) -> None:
    """Take a permission from everybody."""
    may = Visitor.may
    monkeypatch.setattr(Visitor, "may", lambda who, permission: permission != taken and may(who, permission))


@pytest.mark.parametrize("taken", ["calibration:outside", "calibration:amend"])
def test_who_lost_a_right_meanwhile_neither_signs_a_withdrawal_nor_gives_it_up(
    app: Flask, as_: SignedInAs, withdrawn: str, monkeypatch: pytest.MonkeyPatch, taken: str
) -> None:
    selma, page = as_("S"), f"/calibration/{withdrawn}"
    form = selma.hidden(f"{page}/check", f"{page}/sign")
    gone = selma.hidden(f"{page}/discontinue", f"{page}/discontinue")
    without(monkeypatch, taken)
    secret = {"user_name": selma.who.user_name, "secret": selma.secret}
    assert selma.post(f"{page}/sign", data=form | secret).status_code == 403
    assert selma.post(f"{page}/discontinue", data=gone | {"reason": "it was right"}).status_code == 403
    with app.app_context():
        assert queries.version_row(withdrawn, 2).state == "in progress"


def test_who_lost_the_right_to_amend_changes_nothing_in_an_amendment(
    as_: SignedInAs, monkeypatch: pytest.MonkeyPatch
) -> None:
    selma = as_("S")
    inside, outside = calibrated(as_("T", tablet=True)), outside_work.entered(selma)
    for number in (inside, outside):
        amending(selma, number)
    pages = {
        f"/calibration/{inside}/words": {"condition": "complete and readable"},
        f"/calibration/{inside}/adjust": {"adjusted": "no"},
        f"/calibration/outside/{outside}/certificate": outside_work.PLUG,
        f"/calibration/outside/{outside}/checks": outside_work.answers(),
    }
    asked = {page: selma.hidden(page, page) for page in pages}
    without(monkeypatch, "calibration:amend")
    found = {page: answer(selma, page, asked[page] | given) for page, given in pages.items()}
    assert set(found.values()) == {403}, found


def answer(client: PlantClient, page: str, given: dict[str, str]) -> int:
    """Send a form and return the status of its answer."""
    return client.post(page, data=given).status_code
