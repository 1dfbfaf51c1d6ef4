"""The sheet of a document: what is signed and is no work at a bench, drawn from its content and from nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from techfloor.records.signing import SignatureFacts
from techfloor.records.wording import meaning_words
from techfloor.reports import amendments
from techfloor.reports.issue import IssueFacts
from techfloor.reports.sheets import Fact, FactColumn, PageWords, Sheet, SignatureBox, Table, Tone, VerdictBox
from techfloor.reports.sheets import VerdictLine as Line
from techfloor.reports.words import PaperWords, Translate, in_fours
from techfloor.said import in_words

TEMPLATE = "house/document_sheet.html"


@dataclass(frozen=True)
class DocumentSheet(Sheet):
    """A sheet of paragraphs and tables."""

    paragraphs: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Said:
    """What one kind of document says: its title, the answer top right with a note, facts, paragraphs and tables."""

    title: str
    subtitle: str
    answer: str
    note: str
    facts: tuple[FactColumn, ...]
    paragraphs: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()


def words_of(content: Mapping[str, Any], issue: IssueFacts, gettext: Translate) -> PaperWords:
    """Return how this paper writes."""
    return PaperWords(issue.language, ZoneInfo(content["plant"]["zone"]), gettext)


def sheet(
    said: Said, content: Mapping[str, Any], signatures: Sequence[SignatureFacts], issue: IssueFacts, words: PaperWords
) -> DocumentSheet:
    """Put what a document says on a sheet, with its signatures, its number and its anchor."""
    _ = words.translate
    named = {"number": content["number"], "version": content["version"]}
    return DocumentSheet(
        house=content["plant"]["name"],
        title=said.title,
        qualifier="",
        subtitle=(Fact("", said.subtitle),) if said.subtitle else (),
        number=content["number"],
        version=_("version %(version)s · issue %(issue)s") % {**named, "issue": issue.issue_no},
        language=issue.language,
        demo=_("DEMO, not a real record") if content["plant"]["demo"] else "",
        verdict=VerdictBox((Line("", said.answer, Tone.PLAIN),), said.note, Tone.PLAIN),
        facts=said.facts,
        tables=said.tables,
        chart=None,
        chart_title="",
        remarks=(),
        signatures=tuple(_box(each, words) for each in signatures),
        verify_url=issue.verify_url,
        verify_code=in_fours(issue.code, "-"),
        trail=words.trail(issue.trail_seq, issue.trail_head),
        footer=said.title,
        page_words=PageWords.of(_),
        annexes=(),
        end=_("End of %(number)s, version %(version)s") % named,
        amendment=amendments.box(content, signatures, words),
        paragraphs=said.paragraphs,
    )


def _box(signature: SignatureFacts, words: PaperWords) -> SignatureBox:
    lines = (words.to_the_second(signature.signed_at, ZoneInfo(signature.zone)), in_words(signature.method))
    return SignatureBox(meaning_words(signature.meaning, words.translate), signature.printed_name, lines)
