"""The list of all records: what stands in it, what narrows it, and what of it can be taken away."""

import io
import json
import re
import zipfile
from collections import Counter

import pytest
from bench_work import give_all, sign, start
from flask import Flask
from plant_client import ClockAt, PlantClient, SignedInAs
from sqlalchemy import select
from stages import Reach
from statements import Statements

from house.test_access_review import review
from house.test_policy import CALIPER, approve, drafted
from techfloor.places.models import Area
from techfloor.reports.models import ExportTaken
from techfloor.store import db, search

NEVER = "No record fits"


def kinds(client: PlantClient, asked: str = "") -> Counter[str]:
    """Return how many records of each kind a list shows, by the letters of their numbers."""
    answer = client.get(f"/records{asked}")
    assert answer.status_code == 200
    return Counter(re.findall(r'<span class="code">(CAL-P|CAL|POL|ACR)-', answer.text))


@pytest.fixture
def number(reach: Reach, as_: SignedInAs) -> str:
    """A signed calibration; another is under way."""

    def made() -> str:
        tara = as_("T", tablet=True)
        made = start(tara, "G-014")
        give_all(tara, made, "indication", CALIPER)
        assert sign(tara, made).status_code == 303
        start(tara, "G-021")
        return made

    return reach(made)


def test_a_policy_in_force_stands_beside_one_that_waits_and_is_gone_from_that_day_on(
    as_: SignedInAs, clock_at: ClockAt
) -> None:
    quinn = as_("Q")
    drafted(quinn, effective_from="2026-11-24")
    assert approve(as_("D")).status_code == 303
    page = re.sub("<[^>]+>", "", quinn.get("/records?kind=policy").text)
    assert page.count("version 2") == 1
    assert "In force from 24 Nov 2026" in page
    assert len(re.findall(r"In force(?! from)", page)) == 1
    assert kinds(quinn, "?kind=policy") == {"POL": 2}
    clock_at("2026-11-24 08:00")
    quinn = as_("Q")
    assert kinds(quinn, "?kind=policy") == {"POL": 1}
    page = quinn.get("/records?kind=policy").text
    assert "version 2" in page
    assert "In force from" not in page


def test_it_is_narrowed_by_kind_state_days_area_and_words(app: Flask, as_: SignedInAs, number: str) -> None:
    quinn = as_("Q")
    assert kinds(quinn) == {"CAL": 2, "POL": 1, "ACR": 1, "CAL-P": 14}
    assert kinds(quinn, "?kind=calibration") == {"CAL": 2}
    assert kinds(quinn, "?state=in+progress") == {"CAL": 1}
    assert kinds(quinn, "?since=2026-11-18&until=2026-11-18&kind=calibration") == {"CAL": 2}
    assert NEVER in quinn.get("/records?since=2026-11-19").text
    assert NEVER in quinn.get("/records?until=2020-01-01").text
    assert kinds(quinn, "?q=POL-") == {"POL": 1}
    assert kinds(quinn, "?q=g14") == {"CAL": 1}
    assert kinds(quinn, f"?q={number.lower()}") == {"CAL": 1}
    with app.app_context():
        area = {each.key: each.id for each in db.session.scalars(select(Area))}
    assert kinds(quinn, f"?area={area['machining']}")["POL"] == 0
    assert kinds(quinn, f"?area={area['machining']}")["CAL"] >= 1


def test_documents_are_found_by_their_words_by_who_may_open_them(as_: SignedInAs, number: str) -> None:
    quinn, tara = as_("Q"), as_("T")
    assert kinds(quinn, "?q=signing") == {"POL": 1}, "by its title"
    assert kinds(quinn, "?q=access") == {"ACR": 1}, "by its kind"
    assert kinds(quinn, "?q=quinn") == {"POL": 1, "ACR": 1, "CAL-P": 14}, "by who signed it"
    assert NEVER in as_("S").get("/records?q=access").text
    drafted(quinn, title="Badges here")
    assert approve(as_("D")).status_code == 303
    assert kinds(quinn, "?q=badges") == {"POL": 1}
    assert "Badges here" in tara.get("/search?q=POL").text
    assert "Review of access" in quinn.get("/search?q=access").text
    assert "ACR-" not in tara.get("/search?q=access").text


def test_nobody_is_shown_or_takes_away_what_they_may_not_open(as_: SignedInAs, number: str) -> None:
    assert kinds(as_("A"), "?kind=access-review") == {"ACR": 1}
    selma = as_("S")
    assert kinds(selma) == {"CAL": 2, "POL": 1, "CAL-P": 14}
    assert kinds(selma, "?kind=access-review") == {"CAL": 2, "POL": 1, "CAL-P": 14}, (
        "a kind that is not offered is none"
    )
    assert not [name for name in taken(selma).namelist() if name.startswith("ACR")]
    assert [name for name in taken(as_("A")).namelist() if name.startswith("ACR")]


def taken(client: PlantClient, asked: str = "") -> zipfile.ZipFile:
    """Return the archive of what the list shows."""
    token = client.hidden(f"/records{asked}", f"/records/export{asked}")
    answer = client.post(f"/records/export{asked}", data=token)
    assert answer.status_code == 303, answer.text
    return zipfile.ZipFile(io.BytesIO(client.get(answer.location).data))


def test_what_it_shows_is_taken_away_with_every_version_and_kept_in_words(
    app: Flask, as_: SignedInAs, number: str
) -> None:
    quinn = as_("Q")
    drafted(quinn)
    assert approve(as_("D")).status_code == 303
    assert quinn.get("/records?kind=policy").text.count("version 1") == 0
    names = taken(quinn, "?kind=policy").namelist()
    assert {name.split("/")[1] for name in names if name.count("/") > 1} >= {"version-1", "version-2"}
    manifest = json.loads(taken(quinn, "?kind=policy").read("manifest.json"))
    assert (manifest["kind"], manifest["asked"]) == ("records", {"kind": "policy"})
    assert (manifest["records"], manifest["versions"], manifest["all_versions"]) == (1, 2, True)
    with app.app_context():
        mine = db.session.scalars(select(ExportTaken.id)).first()
    assert as_("A").get(f"/records/exports/{mine}.zip").status_code == 404
    assert as_("T").get(f"/records/exports/{mine}.zip").status_code == 403
    assert "Kind: E-signature policy" in as_("A").get("/trail/exports").text


@pytest.mark.clause("21 CFR 11.10(b)")
@pytest.mark.parametrize("list_of", ["/records", "/calibration/"])
def test_what_a_search_cut_short_is_not_taken_for_all_that_fits(
    app: Flask, as_: SignedInAs, number: str, monkeypatch: pytest.MonkeyPatch, list_of: str
) -> None:
    quinn, export = as_("Q"), f"{list_of.rstrip('/')}/export?q=g14"
    token = quinn.hidden(f"{list_of}?q=g14", export)
    monkeypatch.setattr(search, "MOST_FOUND", 1)
    answer = quinn.post(export, data=token)
    assert answer.status_code == 422
    assert "only the newest would be taken" in answer.text
    with app.app_context():
        assert not db.session.scalars(select(ExportTaken)).all()


@pytest.mark.pages
def test_who_may_not_take_records_away_is_not_offered_it(as_: SignedInAs, number: str) -> None:
    assert "Export these" not in as_("T").get("/records").text


def test_a_page_of_it_takes_as_many_statements_for_many_records_as_for_few(
    app: Flask, as_: SignedInAs, number: str
) -> None:
    quinn, counts = as_("Q"), []
    for more in (0, 4):
        for _each in range(more):
            assert review(as_("D")).status_code == 303
        quinn.get("/records")
        with Statements(app) as statements:
            quinn.get("/records")
        counts.append(len(statements.seen))
        assert len(statements.about("record")) == 2, "the page, and who performed what came from outside or from paper"
    assert counts[0] == counts[1]
