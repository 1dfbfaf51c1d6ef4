"""The computed files of the demo plant are what the generator writes, to the byte."""

from datetime import timedelta
from pathlib import Path

import pikepdf
import pytest
from tellings import seen

from techfloor.cli.demo.days import ANCHOR, DATA
from techfloor.cli.demo.plant.generate import generate
from techfloor.cli.demo.plant.paper import certificate_pdf
from techfloor.cli.demo.reading import Plant, load_plant, plant_file


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("generated")
    generate(folder)
    return folder


@pytest.mark.parametrize("name", ["history.json", "drift.json"])
def test_the_history_is_written_again_byte_for_byte(written: Path, name: str) -> None:
    assert (written / name).read_bytes() == (DATA / name).read_bytes()


def test_the_certificates_are_written_again_byte_for_byte(written: Path) -> None:
    def files(folder: Path) -> dict[str, bytes]:
        return {file.name: file.read_bytes() for file in (folder / "files").iterdir()}

    assert files(written) == files(DATA)


def test_a_laboratorys_certificate_is_a_sound_pdf_of_one_page(plant: Plant) -> None:
    for paper in seen(plant.outside):
        with pikepdf.open(plant_file(paper.file)) as pdf:
            assert pdf.check_pdf_syntax() == []
            assert len(pdf.pages) == 1
            assert str(pdf.docinfo["/Title"]) == f"DEMO certificate {paper.number}"


def test_a_laboratorys_certificate_shows_its_results(plant: Plant) -> None:
    paper = plant.outside[0]
    with pikepdf.open(plant_file(paper.file)) as pdf:
        shown = pdf.pages[0].Contents.read_bytes().decode("cp1252")
    assert paper.serial in shown
    assert all(result.indication in shown and result.u in shown for result in paper.results)


def test_a_laboratorys_certificate_made_for_a_later_day_shows_the_moved_date() -> None:
    moved = load_plant(ANCHOR + timedelta(weeks=10))
    paper = moved.outside[0]
    assert paper.performed.isoformat().encode() in certificate_pdf(paper, moved.gauge(paper.gauge))
