"""While the review of an amendment waits, and once it is refused, every page says which version counts, and why."""

import pytest
from amending_work import WHY, amended, amending, calibrated, words
from bench_work import review, sign
from flask import Flask
from flask.testing import FlaskClient
from plant_client import SignedInAs
from test_who_amended import code_of

WAITS = "The review of version 2 is still waiting"


@pytest.fixture
def code(app: Flask, as_: SignedInAs) -> tuple[str, str]:
    """A calibration that was reviewed, and the code of its certificate."""
    quinn = as_("Q")
    number = calibrated(as_("T", tablet=True))
    assert review(quinn, number).status_code == 303
    return number, code_of(app, quinn, number)


def verify(client: FlaskClient, code: str) -> str:
    return words(client.get(f"/verify/{code}").text)


@pytest.mark.pages
def test_version_1_and_its_paper_say_that_the_review_of_version_2_waits(
    app: Flask, as_: SignedInAs, code: tuple[str, str]
) -> None:
    number, paper = code
    amended(app, as_("T", tablet=True), number)
    quinn = as_("Q")
    page = words(quinn.get(f"/calibration/{number}/versions/1").text)
    assert f"because: {WHY}. {WAITS}; if it refuses that, this one counts again." in page
    said = verify(quinn, paper)
    assert "Replaced by version 2 since 20 Nov 2026 10:00:00. Ask the plant for it." in said
    assert f"The reason: {WHY}. {WAITS}." in said
    assert "It counts since it was signed. Its review is still waiting" in words(
        quinn.get(f"/calibration/{number}").text
    )
    assert review(quinn, number).status_code == 303
    old = quinn.get(f"/calibration/{number}/versions/1").text
    assert WAITS not in words(old)
    assert 'class="notice is-caution"' not in old, "nothing is to be done there"
    assert WAITS not in verify(quinn, paper)
    assert WHY in verify(quinn, paper)


@pytest.mark.pages
def test_a_withdrawal_that_waits_says_so_too(app: Flask, as_: SignedInAs, code: tuple[str, str]) -> None:
    number, paper = code
    tara = as_("T", tablet=True)
    amending(tara, number, "entered in error", "this was G-013")
    assert sign(tara, number).status_code == 303
    said = verify(as_("Q"), paper)
    assert "Entered in error" in said
    assert f"Do not rely on it. The reason: this was G-013. {WAITS}." in said
    stranger = as_("Q").application.test_client()
    said = verify(stranger, paper)
    assert f"Do not rely on it. {WAITS}." in said
    assert "G-013" not in said, "the plant's own words are not for everybody who holds the paper"
    assert review(as_("Q"), number).status_code == 303
    withdrawn = code_of(app, as_("Q"), number)
    assert withdrawn != paper
    assert "as entered in error; Tara Kowalski" in verify(stranger, withdrawn)
    assert "G-013" not in verify(stranger, withdrawn)


@pytest.mark.pages
def test_version_1_names_the_version_that_counts_now(app: Flask, as_: SignedInAs, code: tuple[str, str]) -> None:
    number, paper = code
    tara, quinn = as_("T", tablet=True), as_("Q")
    amended(app, tara, number)
    assert review(quinn, number).status_code == 303
    amended(app, tara, number, "150.10")
    said = verify(quinn, paper)
    assert "Replaced by version 3" in said
    assert "The review of version 3 is still waiting." in said
    assert "version 2" not in said


@pytest.mark.pages
def test_the_page_that_begins_an_amendment_says_when_it_takes_its_place(
    app: Flask, as_: SignedInAs, code: tuple[str, str]
) -> None:
    number, _paper = code
    tara = as_("T", tablet=True)
    amended(app, tara, number)
    page = words(tara.get(f"/calibration/{number}/amend").text)
    assert "takes its place the moment you sign it; until then version 2 stands" in page
    assert "if it refuses version 3, version 2 stands again" in page


@pytest.mark.pages
def test_version_1_says_that_its_amendment_was_rejected_and_stands_again(
    app: Flask, as_: SignedInAs, code: tuple[str, str]
) -> None:
    number, paper = code
    amended(app, as_("T", tablet=True), number)
    quinn = as_("Q")
    assert review(quinn, number, "reject", remark="the sheet says 150.10").status_code == 303
    page = words(quinn.get(f"/calibration/{number}").text)
    assert (
        "Version 2, an amendment, was rejected by Quinn Bauer on 20 Nov 2026: the sheet says 150.10. "
        "This version stands as before." in page
    )
    assert "version current" in verify(quinn, paper)
