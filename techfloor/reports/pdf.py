"""PDF files: PDF/A-3a with the record's own bytes attached. The only importer of WeasyPrint."""

import functools
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from techfloor import clock
from techfloor.reports.fonts import FONTS
from techfloor.reports.press import PdfFailed, PdfUnavailable, Press

__all__ = ["FONTS", "Asset", "Attachment", "PdfFailed", "PdfUnavailable", "press", "render", "warm"]

ROOT = Path(__file__).parents[2]
VARIANT = "pdf/a-3a"
"""For archives (ISO 19005-3), tagged, with files inside."""

STYLESHEET = ROOT / "templates" / "_house" / "print.css"


@dataclass(frozen=True)
class Attachment:
    """A file that travels inside the PDF; its name's ending tells its kind (`.json` is application/json)."""

    name: str
    content: bytes
    description: str = ""
    relationship: str = "Source"


@dataclass(frozen=True)
class Asset:
    """A picture that a document shows by the address `job:<name>`."""

    name: str
    mime: str
    content: bytes


@functools.cache
def press() -> Press:
    """Return the one press of this process."""
    return Press(FONTS, STYLESHEET)


def warm() -> None:
    """Start the press ahead of the first document."""
    press().warm()


def render(
    html: str,
    attachments: Sequence[Attachment] = (),
    *,
    title: str,
    lang: str,
    assets: Sequence[Asset] = (),
    by: Press | None = None,
) -> bytes:
    """Draw `html` as PDF/A-3a with `attachments` inside, by the press of this process unless another is given.

    Raises PdfUnavailable when this machine cannot draw, PdfFailed when this document could not be drawn.
    """
    header: dict[str, object] = {
        "title": title,
        "lang": lang,
        "at": clock.now().isoformat(),
        "attachments": [[a.name, a.description, a.relationship] for a in attachments],
        "assets": [[a.name, a.mime] for a in assets],
    }
    frames = [html.encode(), *(a.content for a in attachments), *(a.content for a in assets)]
    return (by or press()).draw(header, frames)


# --- inside the child ---


@dataclass
class Warnings(logging.Handler):
    """Collects what the layout engine complains about."""

    lines: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the line."""
        self.lines.append(record.getMessage())

    def __hash__(self) -> int:
        return id(self)


@dataclass(frozen=True)
class Job:
    """One document as the child receives it."""

    html: str
    title: str
    lang: str
    at: str
    attachments: tuple[Attachment, ...] = ()
    assets: tuple[Asset, ...] = ()

    @classmethod
    def of(cls, header: Mapping[str, Any], frames: Sequence[bytes]) -> "Job":
        """Put a message together again."""
        named, shown = header["attachments"], header["assets"]
        contents = frames[1 : 1 + len(named)]
        pictures = frames[1 + len(named) :]
        return cls(
            html=frames[0].decode(),
            title=header["title"],
            lang=header["lang"],
            at=header["at"],
            attachments=tuple(
                Attachment(name, content, description, relationship)
                for (name, description, relationship), content in zip(named, contents, strict=True)
            ),
            assets=tuple(Asset(name, mime, content) for (name, mime), content in zip(shown, pictures, strict=True)),
        )


class Drawer:
    """WeasyPrint with its fonts and style loaded once.

    Imported here, so that all but PDF works where Pango is missing: there, making a Drawer raises OSError.
    """

    def __init__(self, fonts: Path, stylesheet: Path) -> None:
        import weasyprint  # noqa: PLC0415 - loads Pango, which may be missing
        from weasyprint.text.fonts import FontConfiguration  # noqa: PLC0415
        from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415

        class Shelf(URLFetcher):  # type: ignore[misc]
            """Serves what lies on it by exact address; there is no path to walk and no network to reach."""

            def __init__(self, items: Mapping[str, tuple[str, bytes]]) -> None:
                super().__init__(allowed_protocols=())
                self.items = items

            def fetch(self, url: str, headers: object = None) -> URLFetcherResponse:  # noqa: ARG002
                if url not in self.items:
                    raise ValueError("not an asset of this document")
                mime, content = self.items[url]
                return URLFetcherResponse(url, content, {"Content-Type": mime})

        self._weasyprint = weasyprint
        self._shelf = Shelf
        self._fonts = FontConfiguration()
        house = {f"font:{file.name}": ("font/woff2", file.read_bytes()) for file in fonts.glob("*.woff2")}
        self._style = weasyprint.CSS(
            string=stylesheet.read_text("utf-8"), url_fetcher=Shelf(house), font_config=self._fonts
        )

    def draw(self, job: Job) -> bytes:
        """Lay out and write one document."""
        shelf = self._shelf({f"job:{a.name}": (a.mime, a.content) for a in job.assets})
        document = self._weasyprint.HTML(string=job.html, url_fetcher=shelf).render(
            font_config=self._fonts, stylesheets=[self._style], pdf_variant=VARIANT
        )
        document.metadata.title = job.title
        document.metadata.lang = job.lang
        document.metadata.created = document.metadata.modified = job.at
        document.metadata.generator = "techfloor"
        document.metadata.attachments = [self._attached(a, job.at) for a in job.attachments]
        pdf: bytes = document.write_pdf(pdf_variant=VARIANT, finisher=_name_files_once)
        return pdf

    def _attached(self, attachment: Attachment, at: str) -> object:
        moment = datetime.fromisoformat(at)
        return self._weasyprint.Attachment(
            string=attachment.content,
            name=attachment.name,
            description=attachment.description or None,
            relationship=attachment.relationship,
            created=moment,
            modified=moment,
        )


def _name_files_once(_document: object, pdf: Any) -> None:
    """Drop the second mention of each associated file: WeasyPrint finds an attachment by two ways and lists both."""
    files = pdf.catalog.get("AF")
    if files:
        files[:] = dict.fromkeys(files)
