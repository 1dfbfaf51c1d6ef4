"""Long work in the background: every line is done once, whatever happens meanwhile, and the pages say how far it is."""

import io
import json
import socket
import threading
from collections.abc import Iterator

import pypdfium2 as pdfium
import pytest
from bench_work import give_all, review, sign, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import delete, func, select, update
from stages import Reach

from techfloor import store
from techfloor.duties.calibration.views.certificates import CERTIFICATES
from techfloor.people.models import Person, PersonRole
from techfloor.refusals import Refusal
from techfloor.reports import issue, jobs
from techfloor.reports.issue import Rendered
from techfloor.reports.job_runner import Runner
from techfloor.reports.models import IssuedPdf, Job, JobLine
from techfloor.store import db
from techfloor.store.trail import ActRow

SINCE = "?since=2026-11-15"
CALIPER = ["0.00", "25.00", "50.05", "100.00", "150.05", "25.00"]


@pytest.fixture
def closed(reach: Reach, as_: SignedInAs, clock_at: ClockAt) -> list[str]:
    """Three calibrations that are closed; one before them had to be reviewed, and got its certificate with that."""

    def made() -> list[str]:
        tara, numbers = as_("T", tablet=True), []
        for day in ("2026-11-10", "2026-11-17", "2026-11-18", "2026-11-19"):
            clock_at(f"{day} 09:00")
            number = start(tara, "G-014")
            give_all(tara, number, "indication", CALIPER)
            assert sign(tara, number).status_code == 303
            numbers.append(number)
        assert review(as_("S"), numbers[0]).status_code == 303
        clock_at("2026-11-20 10:00")
        return numbers[1:]

    return reach(made)


def ask(client: PlantClient, narrowed: str = SINCE) -> int:
    """Ask for the certificates of what a list shows; returns the job."""
    url = f"/calibration/certificates{narrowed}"
    answer = client.submit(url, page=f"/calibration/{narrowed}")
    assert answer.status_code == 303, answer.text
    return int(answer.location.rsplit("/", 1)[1])


def issues(app: Flask) -> int:
    """Return how many papers of the three were issued."""
    with app.app_context():
        of_first = select(func.min(IssuedPdf.record_id)).scalar_subquery()
        return db.session.scalar(select(func.count()).where(IssuedPdf.record_id > of_first)) or 0


def states(app: Flask, job_id: int) -> list[str]:
    """Return the state of each line of a job."""
    with app.app_context():
        return list(db.session.scalars(select(JobLine.state).where(JobLine.job_id == job_id).order_by(JobLine.n)))


def printed(client: PlantClient, job_id: int) -> list[str]:
    """Take what a job made to be printed, and return the text of each page."""
    answer = client.submit(f"/jobs/{job_id}/print", page=f"/jobs/{job_id}")
    assert answer.status_code == 303, answer.text
    document = pdfium.PdfDocument(io.BytesIO(client.get(answer.location).data))
    return [page.get_textpage().get_text_range() for page in document]


def test_a_supervisor_has_the_certificates_of_a_month_made_and_prints_them(
    app: Flask, as_: SignedInAs, closed: list[str]
) -> None:
    selma = as_("S")
    job_id = ask(selma, "?since=2026-11-15&until=2026-11-30")
    assert "0 of 3 done" in selma.get(f"/jobs/{job_id}").text
    assert "0 of 3 done" in selma.get("/").text
    assert Runner(app).run_waiting() == 3
    page = selma.get(f"/jobs/{job_id}").text
    assert "3 of 3 done" in page
    assert all(f'href="/calibration/{number}"' in page for number in closed)
    pages = printed(selma, job_id)
    assert next(number for text in pages for number in closed if number in text) == closed[0]
    assert {number for text in pages for number in closed if number in text} == set(closed)
    assert "Taken to be printed by Selma Brandt" in selma.get(f"/jobs/{job_id}").text
    assert "of 3 done" not in selma.get("/").text


def test_what_was_issued_before_is_printed_and_not_issued_again(app: Flask, as_: SignedInAs, closed: list[str]) -> None:
    selma = as_("S")
    assert selma.submit(f"/calibration/{closed[1]}/certificate", page=f"/calibration/{closed[1]}").status_code == 303
    before = issues(app)
    first, second = ask(selma), ask(selma)
    Runner(app).run_waiting()
    assert issues(app) == before + 2
    assert states(app, first) == states(app, second) == ["done"] * 3
    assert len(printed(selma, second)) >= 3


def test_a_certificate_issued_by_hand_while_it_is_drawn_stays_the_only_one(
    app: Flask, as_: SignedInAs, closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    selma = as_("S")
    job_id = ask(selma)
    real = issue.render
    drawn: list[bool] = []

    def slow(*arguments: object) -> Rendered:
        rendered = real(*arguments)  # type: ignore[arg-type]
        if not drawn:
            drawn.append(True)
            answer = selma.submit(f"/calibration/{closed[0]}/certificate", page=f"/calibration/{closed[0]}")
            assert answer.status_code == 303
        return rendered

    monkeypatch.setattr(issue, "render", slow)
    Runner(app).run_waiting()
    assert issues(app) == 3
    assert states(app, job_id) == ["done"] * 3


def test_a_server_that_dies_before_it_kept_a_line_does_that_line_again(
    app: Flask, as_: SignedInAs, closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = ask(as_("S"))

    class Killed(BaseException):
        pass

    def die(_rendered: Rendered) -> IssuedPdf:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(issue, "keep", die)
        with pytest.raises(Killed):
            Runner(app).run_waiting()
    assert states(app, job_id) == ["waiting"] * 3
    assert Runner(app).run_waiting() == 3  # the same place, started again, waits for no lease
    assert issues(app) == 3


def test_what_another_server_claimed_is_left_to_it_until_the_claim_is_old(
    app: Flask, as_: SignedInAs, closed: list[str], clock_at: ClockAt
) -> None:
    job_id = ask(as_("S"))
    with app.app_context(), store.quiet():
        db.session.execute(update(JobLine).values(claimed_by="another server", claimed_at=clock_at("2026-11-20 10:00")))
    assert Runner(app).run_waiting() == 0
    clock_at("2026-11-20 10:06")
    assert Runner(app).run_waiting() == 3
    assert states(app, job_id) == ["done"] * 3


def test_several_servers_share_the_lines_and_none_is_done_twice(
    app: Flask, as_: SignedInAs, closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = ask(as_("S"))
    runners = []
    for name in ("one", "two", "three"):
        monkeypatch.setattr(socket, "gethostname", lambda name=name: name)
        runners.append(Runner(app))
    counts: list[int] = []
    threads = [threading.Thread(target=lambda each=each: counts.append(each.run_waiting())) for each in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sum(counts) == 3
    assert issues(app) == 3
    assert states(app, job_id) == ["done"] * 3


def test_a_line_that_cannot_be_done_says_why_and_the_others_are_done(
    app: Flask, as_: SignedInAs, closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    selma, real = as_("S"), issue.render
    job_id, asked = ask(selma), []

    def fail_once(*arguments: object) -> Rendered:
        asked.append(True)
        if len(asked) == 1:
            raise Refusal("What is kept of %(number)s is not what was signed.", number=closed[0])
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(issue, "render", fail_once)
    Runner(app).run_waiting()
    page = selma.get(f"/jobs/{job_id}").text
    assert "2 of 3 done, 1 could not be done" in page
    assert f"What is kept of {closed[0]} is not what was signed." in page
    assert selma.submit(f"/jobs/{job_id}/again", page=f"/jobs/{job_id}").status_code == 303
    assert Runner(app).run_waiting() == 1
    assert issues(app) == 3


def test_a_fault_of_the_program_fails_its_line_alone(
    app: Flask, as_: SignedInAs, closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = ask(as_("S"))

    def broken(*_arguments: object) -> Rendered:
        raise ZeroDivisionError

    monkeypatch.setattr(issue, "render", broken)
    Runner(app).run_waiting()
    assert states(app, job_id) == ["failed"] * 3
    assert "The log of the server says why." in as_("S").get(f"/jobs/{job_id}").text


def test_a_job_that_is_stopped_does_nothing_more_and_goes_on_when_asked(
    app: Flask, as_: SignedInAs, closed: list[str]
) -> None:
    selma = as_("S")
    job_id = ask(selma)
    assert selma.submit(f"/jobs/{job_id}/stop", page=f"/jobs/{job_id}").status_code == 303
    assert Runner(app).run_waiting() == 0
    assert "0 of 3 done, 3 stopped" in selma.get(f"/jobs/{job_id}").text
    assert selma.submit(f"/jobs/{job_id}/again", page=f"/jobs/{job_id}").status_code == 303
    assert Runner(app).run_waiting() == 3


def test_who_stops_a_job_and_who_asks_for_its_rest_stand_in_the_trail_and_on_what_is_made(
    app: Flask, as_: SignedInAs, closed: list[str]
) -> None:
    job_id = ask(as_("S"))
    quinn = as_("Q")
    assert quinn.submit(f"/jobs/{job_id}/stop", page=f"/jobs/{job_id}").status_code == 303
    assert "Stopped by Quinn Bauer" in as_("S").get(f"/jobs/{job_id}").text
    assert quinn.submit(f"/jobs/{job_id}/again", page=f"/jobs/{job_id}").status_code == 303
    assert Runner(app).run_waiting() == 3
    with app.app_context():
        acts = [json.loads(body) for body in db.session.scalars(select(ActRow.body).order_by(ActRow.seq))][-5:]
        issuers = set(db.session.scalars(select(IssuedPdf.issued_by).order_by(IssuedPdf.id.desc()).limit(3)))
        quality = db.session.scalars(select(Person.id).where(Person.user_name == "quinn")).one()
    assert [act["action"] for act in acts[:2]] == ["house:job:stop", "house:job:again"]
    assert ({act["actor"] for act in acts}, issuers) == ({quality}, {quality}), "who asked last issues"


def test_a_line_stopped_while_it_is_drawn_is_not_kept(
    app: Flask, as_: SignedInAs, closed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    selma, real = as_("S"), issue.render
    job_id = ask(selma)

    def stopped(*arguments: object) -> Rendered:
        rendered = real(*arguments)  # type: ignore[arg-type]
        assert selma.submit(f"/jobs/{job_id}/stop", page=f"/jobs/{job_id}").status_code == 303
        return rendered

    monkeypatch.setattr(issue, "render", stopped)
    Runner(app).run_waiting()
    assert issues(app) == 0
    assert states(app, job_id) == ["stopped"] * 3


def test_nothing_more_is_done_in_the_name_of_who_may_not_any_more(
    app: Flask, as_: SignedInAs, closed: list[str]
) -> None:
    job_id = ask(as_("S"))
    with app.app_context(), store.act("people:person:change"):
        selma = select(Person.id).where(Person.user_name == "selma").scalar_subquery()
        db.session.execute(delete(PersonRole).where(PersonRole.person_id == selma))
    Runner(app).run_waiting()
    assert issues(app) == 0
    assert "may not do it any more" in as_("Q").get(f"/jobs/{job_id}").text


def test_a_double_tap_asks_once(app: Flask, as_: SignedInAs, closed: list[str]) -> None:
    selma = as_("S")
    fields = selma.hidden("/calibration/", "/calibration/certificates")
    places = {selma.post("/calibration/certificates", data=fields).location for _ in range(2)}
    assert len(places) == 1
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Job)) == 1


def test_an_empty_choice_is_refused_with_what_to_do(as_: SignedInAs, closed: list[str]) -> None:
    selma = as_("S")
    fields = selma.hidden("/calibration/", "/calibration/certificates")
    answer = selma.post("/calibration/certificates?since=2026-12-01", data=fields)
    assert answer.status_code == 422
    assert "Choose others, then ask again." in answer.text


@pytest.mark.pages
def test_a_job_is_shown_to_who_asked_and_to_who_may_do_the_same(app: Flask, as_: SignedInAs, closed: list[str]) -> None:
    job_id = ask(as_("S"))
    assert as_("Q").get(f"/jobs/{job_id}").status_code == 200
    assert as_("A").get(f"/jobs/{job_id}").status_code == 404
    assert as_("A").get(f"/jobs/{job_id}/all.pdf").status_code == 404
    assert as_("S").get("/jobs/999").status_code == 404
    assert "Calibration certificates" in as_("S").get("/jobs").text
    assert "Nothing yet." in as_("O").get("/jobs").text


def test_nothing_is_printed_while_it_goes_on(app: Flask, as_: SignedInAs, closed: list[str]) -> None:
    selma = as_("S")
    job_id = ask(selma)
    fields = selma.hidden(f"/jobs/{job_id}", f"/jobs/{job_id}/stop")
    answer = selma.post(f"/jobs/{job_id}/print", data=fields)
    assert answer.status_code == 422
    assert "Wait until it has ended" in answer.text
    assert selma.get(f"/jobs/{job_id}/all.pdf").status_code == 404


@pytest.fixture
def ran(app: Flask) -> Iterator[Runner]:
    """The application's own runner, in its thread."""
    runner: Runner = app.extensions["techfloor"].jobs
    runner.start()
    yield runner
    runner.stop()


def test_the_running_server_begins_at_once(app: Flask, ran: Runner, as_: SignedInAs, closed: list[str]) -> None:
    job_id = ask(as_("S"))
    ended = threading.Event()
    for _ in range(200):
        if set(states(app, job_id)) == {"done"}:
            break
        ended.wait(0.05)
    assert states(app, job_id) == ["done"] * 3


def test_a_kind_of_job_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared already"):
        jobs.declare(CERTIFICATES)
