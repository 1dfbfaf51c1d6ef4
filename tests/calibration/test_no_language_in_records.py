"""What is signed and what is kept knows no language: whoever reads it, reads it in their own."""

import json

from bench_work import eventful, review
from flask import Flask
from outside_work import entered
from plant_client import SignedInAs
from pseudo import CLOSE, OPEN, spoken
from sqlalchemy import inspect, select, text

from techfloor.duties.calibration.content import content_shown
from techfloor.duties.calibration.queries.bench import bench_of
from techfloor.places.queries import read_plant
from techfloor.records.models import RecordContent
from techfloor.records.signing import canonical
from techfloor.store import db


def signed_text(app: Flask, number: str) -> str:
    """Return the canonical text that was signed."""
    with app.app_context():
        return db.session.scalars(select(RecordContent.body).where(RecordContent.body.contains(number))).one()


def test_what_is_signed_does_not_depend_on_the_language_of_the_signer(app: Flask, as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    with spoken():
        number = eventful(tara)
    signed = signed_text(app, number)
    assert OPEN not in signed
    with app.app_context():
        plant = read_plant(db.session())
        assert plant is not None
        again = canonical(content_shown(bench_of(number), plant), 1).text
    assert again == signed
    found = json.loads(signed)
    assert [one["say"] for one in found["deviations"]] == [
        "calibration.not-settled",
        "calibration.ambient-outside",
        "calibration.point-not-measured",
    ]
    assert found["corrections"], "a correction is in it too"


def test_an_outside_certificate_is_signed_without_language_too(app: Flask, as_: SignedInAs) -> None:
    with spoken():
        number = entered(as_("Q"))
    assert OPEN not in signed_text(app, number)


def test_no_row_keeps_what_the_program_says_in_the_language_of_who_did_it(app: Flask, as_: SignedInAs) -> None:
    tara, quinn = as_("T", tablet=True), as_("Q")
    with spoken():
        number = eventful(tara)
        assert review(quinn, number).status_code == 303
        quinn.submit("/equipment/G-014/move", {"place": "", "words": "for the new line"})
        quinn.submit("/equipment/G-014/hold", {"reason": "damaged", "remark": "jaw chipped"})
    with app.app_context():
        rows = 0
        for table in inspect(db.engine).get_table_names():
            for row in db.session.execute(text(f'SELECT * FROM "{table}"')).mappings():
                rows += 1
                assert OPEN not in str(dict(row)), (table, dict(row))
    assert rows > 1000, "it saw the rows of a plant"


def test_the_certificate_is_printed_in_the_reader_s_language(app: Flask, as_: SignedInAs) -> None:
    number = eventful(as_("T", tablet=True))
    with spoken():
        page = as_("Q").get(f"/calibration/{number}/review").text
    assert f"{OPEN}Temperature" in page or f"{OPEN}temperature" in page.lower()
    assert CLOSE in page
