"""Signs and numbers that no row can hold are no fault: they are not found, or not let in, on both databases."""

import json

import pytest
from plant_client import SignedInAs


@pytest.mark.parametrize("path", ["/equipment/%00", "/people/2147483648", f"/devices/{2**80}", "/e/a%00b", "/%00"])
def test_an_address_of_what_no_row_can_hold_is_not_found(as_: SignedInAs, path: str) -> None:
    assert as_("D").get(path).status_code == 404


@pytest.mark.parametrize("path", ["/search?q=%00", "/records?q=a%00", "/equipment/?before=%00", "/sign-in?next=%00"])
def test_a_question_with_such_a_sign_is_not_read(as_: SignedInAs, path: str) -> None:
    assert as_("D").get(path).status_code == 400


def test_a_form_with_such_a_sign_is_not_read(as_: SignedInAs) -> None:
    client = as_("Q")
    typed = {"code": "M-900", "name": "Press\0", "lifecycle": "in service"}

    assert client.submit("/equipment/new/machine", typed).status_code == 400
    assert "M-900" not in client.get("/equipment/?kind=machine").text


def test_a_draft_of_a_page_that_cannot_be_is_refused(as_: SignedInAs) -> None:
    client = as_("T")
    token = client.hidden("/about", "/display")["csrf_token"]
    body = json.dumps({"page": "/scan\0", "values": {"code": "\0"}})

    assert client.post("/draft", data=body, headers={"X-CSRFToken": token}).status_code == 422
