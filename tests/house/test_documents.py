"""The documents say what is there: every setting, every room, working links, ticks that are earned."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

import techfloor
from techfloor.cli import COMMANDS
from techfloor.cli.demo.cast import accounts
from techfloor.roster import DUTIES
from techfloor.settings import Settings

ROOT = Path(__file__).parents[2]
_FOLDERS = (".ci", "benchmarks", "docs", "sop_templates", "techfloor", "templates", "tests")
_TEXTS = {".css", ".html", ".js", ".json", ".mako", ".md", ".py", ".svg", ".toml", ".txt", ""}
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_TICKED = re.compile(
    r"^\|\s*(?P<tick>\S?)\s*\|\s*(?P<number>\d+)\s*\|[^|]*\|\s*(?P<modules>[^|]+?)\s*\|$", re.MULTILINE
)
# Put together here, so that this file does not hold what it looks for.
_ELSEWHERE = (
    "/wor" + "k/",
    "/roo" + "t/",
    "/ho" + "me/",
    "/Use" + "rs/",
    "pypi" + ".org",
    "python" + "hosted",
    "npm" + "js",
    "index" + "-url",
    "find" + "-links",
)


def texts() -> Iterator[Path]:
    """Give every text file of the project."""
    files = [file for file in ROOT.iterdir() if file.is_file()]
    for folder in _FOLDERS:
        files.extend((ROOT / folder).rglob("*"))
    for file in files:
        if file.is_file() and file.suffix in _TEXTS and not {"__pycache__", "vendor"} & set(file.parts):
            yield file


DOCUMENTS = sorted(file for file in texts() if file.suffix == ".md")


def rooms() -> list[str]:
    """Name every room: packages and modules right under techfloor/."""
    found = [path for path in (ROOT / "techfloor").iterdir() if not path.name.startswith((".", "__"))]
    return sorted(path.name for path in found if path.is_dir() or path.suffix == ".py")


def duty_lines() -> list[tuple[bool, set[str]]]:
    """Read the duty list of the README: whether each line is ticked, and its modules."""
    text = (ROOT / "README.md").read_text("utf-8")
    return [(bool(line["tick"]), set(line["modules"].split(", "))) for line in _TICKED.finditer(text)]


@pytest.mark.clause("ISO/IEC 17025 7.11.5")
@pytest.mark.parametrize("name", [field.name for field in fields(Settings)])
def test_a_setting_of_the_installation_is_documented(name: str) -> None:
    assert f"`{name}`" in (ROOT / "docs" / "settings.md").read_text("utf-8")


@pytest.mark.parametrize("name", [field.name for field in fields(Settings) if field.name != "instance"])
def test_a_documented_setting_names_its_variable_and_its_usual_value(name: str) -> None:
    default = getattr(Settings, name)
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    cells = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |")).split(" | ")
    usual = f"`{str(default).lower()}`" if default != "" else "empty"
    assert cells[1] == f"`TECHFLOOR_{name.upper()}`"
    assert cells[2].startswith(usual)


@pytest.mark.parametrize("room", rooms())
def test_a_room_is_named_in_the_architecture(room: str) -> None:
    named = room if room.endswith(".py") else f"{room}/"
    assert f"| `{named}` |" in (ROOT / "ARCHITECTURE.md").read_text("utf-8")


@pytest.mark.clause("ISO/IEC 17025 7.11.5")
@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_link_within_the_project_leads_somewhere(document: Path) -> None:
    links = [link.partition("#")[0] for link in _LINK.findall(document.read_text("utf-8"))]
    inside = [link for link in links if link and "://" not in link and not link.startswith("mailto:")]
    assert [link for link in inside if not (document.parent / link).exists()] == []


def test_the_readme_lists_the_fifteen_documented_duties() -> None:
    assert len(duty_lines()) == 15


def test_a_tick_in_the_readme_stands_beside_a_duty_of_the_roster() -> None:
    built = {duty.key for duty in DUTIES}
    assert [modules for ticked, modules in duty_lines() if ticked and not modules <= built] == []


def test_the_readme_names_the_accounts_of_the_demo_plant() -> None:
    text = (ROOT / "README.md").read_text("utf-8")
    rows = [f"`{each.user_name}` | `{each.password}` | {each.pin} |" for each in accounts()]
    assert [row for row in rows if row not in text] == []


def test_the_version_is_the_same_everywhere() -> None:
    declared = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    assert declared == techfloor.__version__
    assert f"## {declared}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_commands_of_the_documents_exist() -> None:
    named = {
        word
        for document in DOCUMENTS
        for word in re.findall(r"python3? -m techfloor ([a-z][a-z-]+)", document.read_text("utf-8"))
    }
    assert named <= COMMANDS.keys()


def test_no_text_names_a_machine_or_a_registry() -> None:
    found = [
        f"{file.relative_to(ROOT)}: {sign}"
        for file in texts()
        for sign in _ELSEWHERE
        if sign in file.read_text("utf-8", errors="replace")
    ]
    assert found == []
