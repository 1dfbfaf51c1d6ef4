"""Who measures in a study sees no value of others before it is signed, whichever page or file they try."""

import io
import re
import zipfile

import pytest
from flask import Flask
from plant_client import PlantClient, SignedInAs
from study_work import (
    JUDGED,
    READ,
    Read,
    appraiser_urls,
    begun,
    correct_urls,
    fill,
    give,
    give_all,
    persons,
    sign,
)
from werkzeug.routing import Rule

from techfloor.duties.gauge_studies import queries
from techfloor.house import record_list

OTTO: Read = {
    "1": ("24.3519", "24.3527"),
    "2": ("25.1519", "25.1031"),
    "3": ("24.8013", "24.8017"),
    "4": ("25.6519", "25.6023"),
    "5": ("24.1029", "24.0541"),
}
"""What nobody else reads by chance."""
SECRETS = tuple(value for cell in OTTO.values() for value in cell)
_USUAL: dict[str, object] = {"turn": 3, "value_id": 1, "appraiser_id": 1, "version": 1, "code": "G-014", "number": ""}


BESIDE = ("/", "/records?q=MSA", "/search?q=MSA", "/equipment/G-014", "/calibration/gauges/G-014", "/trail/people")
"""Pages of the house that name a study or its gauge."""


def addresses(app: Flask, number: str) -> list[str]:
    """Return every address by which a study is named, and the pages beside."""
    urls, found = app.url_map.bind(""), list(BESIDE)
    for rule in app.url_map.iter_rules():
        if str(rule.endpoint).startswith("gauge_studies.") and "GET" in (rule.methods or ()):
            found += [urls.build(rule.endpoint, given) for given in _given(rule, number)]
    return found


_SEVERAL: dict[str, tuple[object, ...]] = {"value_id": (1, 2, 11), "appraiser_id": (1, 2)}
"""Values of Otto and one of who looks; appraisers."""


def _given(rule: Rule, number: str) -> list[dict[str, object]]:
    """Return what the arguments of an address may be."""
    usual = {name: value for name, value in {**_USUAL, "number": number}.items() if name in rule.arguments}
    varied = next((name for name in _SEVERAL if name in rule.arguments), None)
    return [usual] if varied is None else [{**usual, varied: one} for one in _SEVERAL[varied]]


def archive(client: PlantClient, query: str = "q=MSA") -> bytes | None:
    """Take away what the list of records shows; None where nothing is given."""
    answer = client.submit(f"/records/export?{query}", {}, page=f"/records?{query}")
    return client.get(answer.location).data if answer.status_code == 303 else None


def leaks(data: bytes) -> bool:
    """Tell whether a value of Otto's stands in what was sent, also within an archive."""
    parts = [data]
    if data.startswith(b"PK"):
        packed = zipfile.ZipFile(io.BytesIO(data))
        parts = [packed.read(name) for name in packed.namelist()]
    return any(value.encode() in part for value in SECRETS for part in parts)


def looks(app: Flask, client: PlantClient, number: str) -> list[str]:
    """Return where a value of Otto's is seen."""
    return [each for each in addresses(app, number) if leaks(client.get(each, follow_redirects=True).data)]


@pytest.mark.pages
def test_an_appraiser_finds_no_value_of_others_on_any_page_under_way_or_complete(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    number = begun(app, quinn, ("S", "O", "T"))
    selma, tara = as_("S"), as_("T", tablet="T-03")
    fill(app, number, {"O": OTTO})
    give(tara, number, value="25.00")
    assert looks(app, selma, number) == []
    assert looks(app, tara, number) == []
    fill(app, number, {"S": READ["S"]})
    give_all(tara, number, READ["T"])
    assert looks(app, selma, number) == [], "a supervisor who measured in it does not evaluate it"
    assert sign(quinn, number).status_code == 303
    assert leaks(selma.get(f"/studies/{number}").data), "all see it once it is signed"


def test_no_appraiser_and_nobody_else_takes_a_study_away_before_it_is_signed(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"), ("S", "O"))
    fill(app, number, {"O": OTTO})
    assert archive(as_("S")) is None
    assert [archive(as_(key)) for key in "AQ"] == [None, None]
    fill(app, number, {"S": READ["S"]})
    sign(as_("Q"), number)
    taken = archive(as_("S"))
    assert taken is not None
    assert leaks(taken)


def test_who_took_a_study_away_and_measures_in_it_since_is_not_given_it(app: Flask, as_: SignedInAs) -> None:
    quinn, selma = as_("Q"), as_("S")
    number = begun(app, quinn, ("T", "O"))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(record_list, "_sealed", set)  # as if it had been taken before this was barred
        answer = selma.submit("/records/export?q=MSA", {}, page="/records?q=MSA")
    url = appraiser_urls(quinn, number)[0]
    assert quinn.submit(f"{url}/replace", {"person": persons(app, ["S"])[0]}, page=url).status_code == 303
    fill(app, number, {"O": OTTO})
    assert not leaks(selma.get(answer.location).data)


def test_whether_a_value_is_asked_about_tells_nothing_of_what_others_read(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"), ("T", "O"), basis="none", lower="", upper="")
    fill(app, number, {"O": OTTO})
    assert give(as_("T"), number, value="149.95").status_code == 303, "far from all that Otto read"


def test_an_appraiser_does_not_sign_what_they_measured_in_while_another_can(app: Flask, as_: SignedInAs) -> None:
    quinn, selma = as_("Q"), as_("S")
    number = begun(app, quinn, ("S", "O"))
    fill(app, number, {"S": READ["S"], "O": OTTO})
    assert selma.get(f"/studies/{number}/check").status_code == 303
    assert "Evaluate" not in selma.get("/").text
    page = quinn.get(f"/studies/{number}/check").text
    shown = re.search(r'name="shown"[^>]*value="(\w{64})"', page)
    assert shown is not None
    typed = {**selma.hidden(f"/studies/{number}/give-up", f"/studies/{number}/give-up"), "shown": shown[1]}
    answer = selma.post(f"/studies/{number}/sign", data={**typed, "secret": selma.secret, "user_name": "selma"})
    assert answer.status_code == 303
    assert "In progress" in quinn.get(f"/studies/{number}").text
    assert not leaks(answer.data)


def test_where_nobody_else_can_an_appraiser_signs_and_changes_nothing_more(app: Flask, as_: SignedInAs) -> None:
    number = begun(app, as_("Q"), ("Q", "S"))  # nobody else of the cast evaluates studies
    fill(app, number, {"Q": READ["T"], "S": READ["O"]})
    assert as_("S").get(f"/studies/{number}/check").status_code == 200
    with app.app_context():
        study = queries.study(number)
        mine = study.staying[1].id
        own = {f"/studies/{number}/values/{row.id}/correct" for row in study.rows if row.appraiser_id == mine}
    offered = set(correct_urls(as_("S"), f"/studies/{number}/values"))
    assert offered
    assert offered & own == set(), "of their own they change nothing"
    assert as_("S").get(next(iter(own))).status_code == 404


def test_who_knows_which_parts_are_bad_judges_none(app: Flask, as_: SignedInAs) -> None:
    quinn = as_("Q")
    given = {"subject": "burr", "good": "A\nC", "bad": "B\nE", "repeats": "2", "appraisers": persons(app, ("Q", "T"))}
    answer = quinn.submit("/studies/gauges/G-014/new-attribute", given)
    assert "You know which parts are bad" in answer.text
    number = begun(app, quinn, ("T", "O"), kind="new-attribute")
    url = appraiser_urls(as_("S"), number)[0]
    answer = as_("S").submit(f"{url}/replace", {"person": persons(app, ["Q"])[0]}, page=url)
    assert "Quinn Bauer knows which parts are bad." in answer.text
    fill(app, number, JUDGED)
    assert correct_urls(as_("T"), f"/studies/{number}") == [], "once all are in, who evaluates changes a value"
