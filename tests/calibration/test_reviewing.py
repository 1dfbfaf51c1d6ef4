"""What waits for a review: how home says it, in which order it is done, and what a decision means for the gauge."""

import re
from collections.abc import Callable, Sequence

import pytest
from bench_work import give_all, problems, review, sign, start
from plant_client import PlantClient, SignedInAs
from stages import Reach

PASSING = ("0.00", "25.00", "50.05", "100.00", "150.10", "25.00")
DRIFTED = [*["19.12"] * 5, *["57.85"] * 5, *["96.72"] * 5]
FAILING = ("0.00", "25.00", "50.05", "100.00", "150.25", "25.00")


def done(tara: PlantClient, readings: Sequence[str] = PASSING, code: str = "G-014") -> str:
    """Calibrate a caliper and sign; one that fails is left as it is."""
    number = start(tara, code)
    give_all(tara, number, "indication", readings)
    if readings == FAILING:
        tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    assert sign(tara, number).status_code == 303
    return number


def failed_wrench(otto: PlantClient) -> str:
    """Calibrate a torque wrench that shows too little and is left as it is, and sign."""
    number = start(otto, "G-011")
    give_all(otto, number, "reference", DRIFTED)
    otto.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    assert sign(otto, number).status_code == 303
    return number


@pytest.fixture
def backlog(reach: Reach, as_: SignedInAs, profile: Callable[[str], None]) -> list[str]:
    """Six that wait: the first is of a first use, the last failed, the others are clean."""

    def made() -> list[str]:
        profile("regulated")
        tara = as_("T", tablet=True)
        return [*(done(tara) for _ in range(5)), failed_wrench(as_("O", tablet=True))]

    return reach(made)


@pytest.mark.pages
def test_home_says_how_many_wait_and_names_what_failed(backlog: list[str], as_: SignedInAs) -> None:
    home = as_("Q").get("/").text
    assert "6 calibrations wait for your review" in home
    assert "1 of them failed" in home
    named = re.findall(r'href="/calibration/(CAL-[^"]+)/review"', home)
    assert named == [backlog[-1]]


@pytest.mark.pages
def test_home_counts_each_of_them_once(backlog: list[str], as_: SignedInAs) -> None:
    selma = as_("S").get("/").text
    others = len(re.findall('class="tile ', selma)) - 2
    assert f"{6 + others} open" in selma


@pytest.mark.pages
def test_what_failed_is_reviewed_first_then_what_is_unusual(backlog: list[str], as_: SignedInAs) -> None:
    page = as_("Q").get("/calibration/review").text
    assert re.findall(r'class="button" href="/calibration/(CAL-[^"]+)/review"', page) == [backlog[-1], backlog[0]]
    assert "out of tolerance as found" in page


@pytest.mark.pages
def test_clean_ones_have_a_tab_with_their_signature(backlog: list[str], as_: SignedInAs) -> None:
    quinn = as_("Q")
    assert 'name="chosen"' not in quinn.get("/calibration/review").text
    page = quinn.get("/calibration/review?show=clean&all=1").text
    assert len(re.findall(r'name="chosen" value="[^"]+" checked', page)) == 4
    assert "Clean passes (4)" in page


@pytest.mark.pages
def test_an_auditor_reads_the_list_and_signs_nothing(backlog: list[str], as_: SignedInAs) -> None:
    amal = as_("A")
    page = amal.get("/calibration/review").text
    assert backlog[-1] in page
    clean = amal.get("/calibration/review?show=clean").text
    assert backlog[1] in clean
    for html in (page, clean):
        assert '/review"' not in html.replace('/calibration/review"', "")
        assert 'name="secret"' not in html
    token = amal.hidden("/calibration/review", "/sign-out")["csrf_token"]
    assert amal.post("/calibration/review", data={"chosen": backlog[1], "csrf_token": token}).status_code == 403
    assert "/calibration/review" in amal.get("/calibration/").text


def test_a_signed_list_says_how_many_are_left(backlog: list[str], as_: SignedInAs) -> None:
    quinn = as_("Q")
    chosen = re.findall(r'name="chosen" value="([^"]+)"', quinn.get("/calibration/review?show=clean").text)
    given = {"chosen": chosen[:3], "secret": quinn.secret, "user_name": quinn.who.user_name}
    answer = quinn.submit("/calibration/review", given, page="/calibration/review?show=clean")
    assert answer.location == "/calibration/review?show=clean"
    assert "3 reviewed, 3 left." in quinn.get(answer.location).text


def test_sign_and_next_says_what_was_decided_on_the_next_review(backlog: list[str], as_: SignedInAs) -> None:
    quinn = as_("Q")
    answer = review(quinn, backlog[0], then="next")
    assert answer.location == f"/calibration/{backlog[-1]}/review", "the fail comes next"
    assert f"{backlog[0]}: Accepted. G-014 is in " in quinn.get(answer.location).text


# What a decision means for the gauge


def decision(page: str) -> str:
    """Return the look and the words of what was just decided."""
    decided = r'class="notice is-(\w+)">.*?<strong>((?:Accepted|Rejected|Failed|Signed)\.)</strong> (.*?)</div>'
    found = re.search(decided, page, re.DOTALL)
    assert found is not None
    return " ".join(found.groups())


@pytest.mark.pages
def test_an_accepted_pass_says_when_it_is_next_due(as_: SignedInAs) -> None:
    quinn, number = as_("Q"), done(as_("T", tablet=True))
    said = decision(quinn.get(review(quinn, number).location).text)
    assert said == "pass Accepted. G-014 is in limited use, next due 20 May 2027."


@pytest.mark.pages
def test_a_rejection_says_who_is_asked_again(as_: SignedInAs) -> None:
    quinn, number = as_("Q"), done(as_("T", tablet=True))
    said = decision(quinn.get(review(quinn, number, "reject", remark="wrong blocks").location).text)
    assert said == "fail Rejected. G-014 stays held; Tara Kowalski is asked to calibrate it again."


@pytest.mark.pages
def test_a_signed_fail_is_not_green_and_the_hold_is_told_once(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = done(tara, FAILING)
    hold = f"G-014 is held: out of tolerance, as found, {number}. It returns when it passes as left"
    page = tara.get(f"/calibration/{number}?signed=1").text
    assert decision(page).startswith("fail Failed. Put G-014 aside and tag it: it is held.")
    assert hold not in page
    assert hold in tara.get(f"/calibration/{number}").text
    assert 'href="/equipment/G-014/label"' in page


@pytest.mark.pages
def test_an_accepted_fail_stays_held(as_: SignedInAs) -> None:
    quinn, number = as_("Q"), done(as_("T", tablet=True), FAILING)
    assert decision(quinn.get(review(quinn, number).location).text).startswith("hold Accepted. G-014 stays held")


# The check before signing


@pytest.mark.pages
def test_the_check_says_first_what_it_comes_to(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", FAILING)
    answer = tara.submit(f"/calibration/{number}/adjust", {"adjusted": "no"})
    page = tara.get(answer.location, follow_redirects=True).text
    panel = page[page.index('class="panel is-') :][:600]
    assert panel.startswith('class="panel is-fail"')
    assert "As found: 1 of 6 points out of tolerance" in panel


@pytest.mark.pages
def test_a_wrong_pin_is_said_beside_its_box_and_nowhere_else(as_: SignedInAs) -> None:
    tara = as_("T", tablet=True)
    number = start(tara, "G-014")
    give_all(tara, number, "indication", PASSING)
    answer = sign(tara, number, secret="111222")
    assert "data-error-summary" not in answer.text
    assert "PIN" in problems(answer)[0]
