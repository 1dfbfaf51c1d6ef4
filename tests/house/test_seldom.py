"""What few plants need has no place in the menu and is found under More."""

import pytest
from plant_client import SignedInAs

pytestmark = pytest.mark.pages


@pytest.mark.parametrize("url", ["/checks/", "/studies/"])
def test_a_duty_that_few_need_stands_under_more_alone(as_: SignedInAs, url: str) -> None:
    quinn = as_("Q")
    assert f'href="{url}"' not in quinn.get("/").text
    assert f'href="{url}"' in quinn.get("/more").text
    assert quinn.get(url).status_code == 200


def test_bringing_in_from_a_sheet_stands_under_more_for_whoever_may(as_: SignedInAs) -> None:
    assert 'href="/imports/"' in as_("Q").get("/more").text
    assert 'href="/imports/"' not in as_("T").get("/more").text
