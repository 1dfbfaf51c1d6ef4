"""Scan, type or search: a label leads to the one thing that is due now."""

import io
import json

import pytest
import segno
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import insert

from techfloor import store
from techfloor.equipment.models import Equipment
from techfloor.house import scanning
from techfloor.records import drafts
from techfloor.refusals import Refusal
from techfloor.store import search

from .conftest import VisitAs


def picture(text: str, *, turned: int = 0, form: str = "PNG") -> bytes:
    """Return a photo of a label: a QR on grey ground, in the middle of much else."""
    code = io.BytesIO()
    segno.make(text, error="m", micro=False).save(code, kind="png", scale=6, border=4)
    label = Image.open(code).convert("RGB").rotate(turned, expand=True, fillcolor="white")
    photo = Image.new("RGB", (1600, 1200), (150, 155, 150))
    photo.paste(label, (500, 400))
    out = io.BytesIO()
    photo.save(out, form)
    return out.getvalue()


@pytest.fixture
def machine(house_app: Flask) -> str:
    """A machine that no duty knows."""
    with house_app.app_context(), store.act("test:equipment:add"):
        store.db.session.execute(insert(Equipment).values(code="M-203", kind="machine", name="Lathe"))
        search.put("equipment", "M-203", "Lathe", "turning")
    return "M-203"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("G-014", "G-014"),
        (" G-014\r\n", "G-014"),
        ("http://plant.local:8080/e/G-014", "G-014"),
        ("https://plant.example/e/G%2D014?x=1", "G-014"),
        ("/e/G-014", "G-014"),
        ("http://plant.local/e/", ""),
        ("", ""),
        ("G-014\x00\x1b", "G-014"),
        ("https://elsewhere.example/shop", "https://elsewhere.example/shop"),
    ],
)
def test_the_code_is_the_end_of_a_labels_address(text: str, code: str) -> None:
    assert scanning.code_of(text) == code


@pytest.mark.parametrize(("turned", "form"), [(0, "PNG"), (0, "JPEG"), (90, "JPEG"), (17, "JPEG")])
def test_a_photo_of_a_label_is_read(turned: int, form: str) -> None:
    photo = picture("http://plant.local/e/G-014", turned=turned, form=form)

    assert scanning.read_photo(io.BytesIO(photo)) == "G-014"


def test_a_photo_without_a_code_says_what_to_do() -> None:
    out = io.BytesIO()
    Image.new("RGB", (400, 300), "white").save(out, "PNG")

    with pytest.raises(Refusal, match="No code was found"):
        scanning.read_photo(io.BytesIO(out.getvalue()))


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7 not a picture", picture("G-014")[:900]])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal, match="not a picture"):
        scanning.read_photo(io.BytesIO(data))


def test_a_picture_of_too_many_pixels_is_refused_unread() -> None:
    out = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(out, "PNG")

    with pytest.raises(Refusal, match="too large"):
        scanning.read_photo(io.BytesIO(out.getvalue()))


def test_a_photo_leads_to_its_code(visit: VisitAs) -> None:
    photo = (io.BytesIO(picture("http://plant.local/e/M-203")), "label.png")

    answer = visit("technician").post("/scan", data={"photo": photo})

    assert (answer.status_code, answer.location) == (303, "/e/M-203")


def test_a_typed_code_leads_to_its_page(visit: VisitAs) -> None:
    assert visit("technician").post("/scan", data={"code": " m-203 "}).location == "/e/m-203"


def test_nothing_typed_is_said_beside_the_field(visit: VisitAs) -> None:
    page = visit("technician").post("/scan", data={"code": " "})

    assert page.status_code == 422
    assert "Type a code" in page.text


def test_a_photo_that_is_none_is_said_beside_the_field(visit: VisitAs) -> None:
    page = visit("technician").post("/scan", data={"photo": (io.BytesIO(b"nothing"), "x.png")})

    assert page.status_code == 422
    assert 'id="photo-error"' in page.text


def test_a_photo_over_the_limit_is_refused_with_the_limit(visit: VisitAs) -> None:
    client = visit("technician")

    answer = client.post("/scan", data=b"x" * 3_200_000, content_type="multipart/form-data; boundary=x")

    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.text


def test_a_photo_a_little_over_the_limit_is_refused_beside_its_box_and_what_was_typed_stays(visit: VisitAs) -> None:
    photo = (io.BytesIO(b"x" * 1_100_000), "label.jpg")

    answer = visit("technician").post("/scan", data={"code": "typed by hand", "photo": photo})
    answer.request.environ["wsgi.input"].close()  # the test client lets its temporary file lie

    assert answer.status_code == 422
    assert answer.text.count("The file is larger than 1 MB. Choose a smaller one.") == 2
    assert "typed by hand" in answer.text


class Sending(io.BytesIO):
    """What a browser sends, counted as it is read."""

    def __init__(self, size: int) -> None:
        super().__init__(bytes(size))
        self.size, self.taken = size, 0

    def read(self, size: int | None = -1) -> bytes:
        """Read on."""
        piece = super().read(size)
        self.taken += len(piece)
        return piece


@pytest.mark.parametrize("who", ["technician", None])
def test_what_is_too_large_is_read_to_its_end_before_the_answer(house_app: Flask, visit: VisitAs, who: str) -> None:
    """A browser that still sends takes an early answer for a broken connection."""
    if who:
        visit(who)
    client, body = FlaskClient(house_app, house_app.response_class), Sending(3_300_000)

    answer = client.post(
        "/verify", input_stream=body, content_length=body.size, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status_code == 413
    assert body.taken == body.size


def test_what_is_far_too_large_is_not_read_for_ever(house_app: Flask) -> None:
    body = Sending(50_000_000)

    FlaskClient(house_app, house_app.response_class).post(
        "/verify", input_stream=body, content_length=body.size, content_type="multipart/form-data; boundary=x"
    )

    assert 0 < body.taken < 5_000_000


@pytest.mark.parametrize("typed", ["M-203", "m-203"])
def test_a_code_of_no_duty_opens_its_own_page(visit: VisitAs, machine: str, typed: str) -> None:
    assert visit("technician").get(f"/e/{typed}").location == f"/equipment/{machine}"


@pytest.mark.parametrize("typed", ["m203", "M 203", "203", "M-0203"])
def test_a_code_typed_as_people_say_it_leads_to_the_only_one_like_it(visit: VisitAs, machine: str, typed: str) -> None:
    technician = visit("technician")
    assert technician.get(f"/e/{typed}").location == f"/equipment/{machine}"
    assert f'href="/equipment/{machine}"' in technician.get("/search", query_string={"q": typed}).text


@pytest.mark.parametrize("typed", ["03", "20", "x203", "0", ""])
def test_a_code_is_never_guessed(visit: VisitAs, machine: str, typed: str) -> None:
    assert visit("technician").get(f"/e/{typed}").status_code == 404


def test_type_code_opens_with_its_box_ready(visit: VisitAs) -> None:
    technician = visit("technician")
    assert 'href="/scan?type=1"' in technician.get("/").text
    assert " autofocus" in technician.get("/scan?type=1").text
    assert " autofocus" not in technician.get("/scan").text


def test_an_unknown_code_is_kept_and_can_be_searched(visit: VisitAs) -> None:
    page = visit("technician").get("/e/G-999")

    assert page.status_code == 404
    assert 'value="G-999"' in page.text
    assert 'action="/search"' in page.text


def test_an_unknown_code_is_shown_as_text(visit: VisitAs) -> None:
    assert "<script>alert" not in visit("technician").get("/e/<script>alert(1)</script>").text


def test_a_stranger_who_scans_signs_in_first(house_app: Flask) -> None:
    assert house_app.test_client().get("/e/G-014").location == "/sign-in?next=%2Fe%2FG-014"


def test_search_finds_equipment_by_the_beginning_of_a_word(visit: VisitAs, machine: str) -> None:
    assert f'href="/equipment/{machine}"' in visit("technician").get("/search?q=turn").text


def test_search_without_a_hit_says_what_to_try(visit: VisitAs) -> None:
    assert "Nothing was found" in visit("technician").get("/search?q=zzz").text


def test_records_of_an_empty_plant_say_where_to_begin(visit: VisitAs) -> None:
    assert "No record yet" in visit("technician").get("/records").text


@pytest.mark.parametrize("before", ["x", "²", "9" * 40, "-1"])
def test_a_strange_key_of_the_list_is_no_fault(visit: VisitAs, before: str) -> None:
    assert visit("technician").get("/records", query_string={"before": before}).status_code == 200


def test_a_draft_is_kept_for_its_page(house_app: Flask, visit: VisitAs) -> None:
    body = {"page": "/calibration/CAL-1/next", "values": {"indication": "150.10", "pin": "274913"}}
    answer = visit("technician").post("/draft", json=body)

    assert answer.status_code == 204
    with house_app.app_context():
        kept = drafts.values_of(1, "/calibration/CAL-1/next")
    assert kept == {"indication": "150.10"}


def test_a_draft_may_name_its_page_in_the_address(house_app: Flask, visit: VisitAs) -> None:
    answer = visit("technician").post("/draft?page=/calibration/CAL-1/next", json={"note": "worn", "box": ["a", "b"]})

    assert answer.status_code == 204
    with house_app.app_context():
        kept = drafts.values_of(1, "/calibration/CAL-1/next")
    assert kept == {"note": "worn", "box": "a"}


@pytest.mark.parametrize("body", [[], "x", {"page": "//elsewhere", "values": {}}, {"page": "x", "values": {}}])
def test_a_draft_of_no_page_is_refused_as_json(visit: VisitAs, body: object) -> None:
    answer = visit("technician").post("/draft", data=json.dumps(body), content_type="application/json")

    assert answer.status_code == 422
    assert "error" in (answer.json or {})


def test_a_draft_has_a_limit(visit: VisitAs) -> None:
    body = {"page": "/x", "values": {"note": "x" * 300_000}}

    assert visit("technician").post("/draft", json=body).status_code == 413


def test_a_strangers_draft_is_refused_as_json(house_app: Flask) -> None:
    answer = house_app.test_client().post("/draft", json={"page": "/x", "values": {}})

    assert answer.status_code == 401
    assert answer.json is not None
