"""Opening a file that may be hostile: XML without entities and without depth, also from within a PDF."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from techfloor.refusals import Refusal
from techfloor.reports.unpacking import Budget, unpacked

DCC = "{https://ptb.de/dcc}"
SI = "{https://ptb.de/si}"
SIGNATURE = "{http://www.w3.org/2000/09/xmldsig#}Signature"
ROOT = "digitalCalibrationCertificate"
MEGABYTE = 1024 * 1024
LARGEST = 10 * MEGABYTE
DEEPEST = 100
MOST = 200_000
"""How many elements a certificate may have: one of 10 000 points has a tenth of that, and it takes a second to read."""

MOST_STREAMS = 20_000
"""How many streams of a PDF are looked into; a certificate of a hundred pages has a thousand."""
MOST_INFLATED = 2 * LARGEST
"""How much of a PDF is inflated in all to find its certificate: streams that begin like one and break count too."""
MOST_READ = 16 * MEGABYTE
"""How much of a PDF is read to inflate it: the marks of streams may all lie before one tail."""
_PDF = b"%PDF-"
_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_PEEK = 4096
_MARK = b"digitalCalibrationCertificate"


class _Builder(TreeBuilder):
    """A tree that refuses to grow without end."""

    def __init__(self) -> None:
        super().__init__()
        self.depth = self.count = 0

    def start(self, tag: Any, attrs: Any, /) -> Element:
        self.depth += 1
        self.count += 1
        if self.depth > DEEPEST or self.count > MOST:
            raise Refusal(
                "This XML is built too deep or too large to be a certificate. Ask the laboratory for another."
            )
        return super().start(tag, attrs)

    def end(self, tag: Any, /) -> Element:
        self.depth -= 1
        return super().end(tag)


def certificate_in(data: bytes) -> bytes:
    """Return the XML of a digital certificate: the file itself, or what a PDF carries.

    Raises Refusal for a PDF without one.
    """
    if not data.lstrip()[:5].startswith(_PDF):
        return data
    for stream in _streams(data):
        if _MARK in stream[:_PEEK]:
            return stream
    raise Refusal(
        "This PDF carries no digital certificate. Choose the XML file of the laboratory, or type the certificate in."
    )


def _streams(data: bytes) -> Iterator[bytes]:
    """Yield the streams of a PDF that may be XML.

    An embedded file is a stream of its own that stands in the file as it is (ISO 32000-1, 7.5.7 keeps streams out of
    object streams), deflated or plain; an encrypted PDF does not show its files.
    """
    budget, view = Budget(MOST_READ, MOST_INFLATED), memoryview(data)
    for found in islice(_STREAM.finditer(data), MOST_STREAMS):
        began = found.end()
        if budget.spent:
            return
        if _MARK in unpacked(view[began : began + _PEEK], budget, _PEEK):
            yield unpacked(view[began : began + LARGEST + MEGABYTE], budget, LARGEST + 1)
            continue
        head = data[began : began + _PEEK].partition(b"endstream")[0]
        if _MARK in head:
            ended = data.find(b"endstream", began)
            yield data[began : ended if ended >= 0 else len(data)].rstrip()


def root_of(data: bytes) -> Element:
    """Parse a digital certificate and return its first element; raises Refusal for whatever else it is."""
    if not data.strip():
        raise Refusal("The file is empty. Choose another.")
    if len(data) > LARGEST:
        raise Refusal(
            "The certificate is larger than %(most)s MB. Ask the laboratory for one without pictures.", most=10
        )
    root = _parsed(data)
    _check_root(root)
    return root


def _parsed(data: bytes) -> Element:
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True)
    try:
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException as no:
        raise Refusal(
            "This XML declares a document type or entities of its own, which a certificate never does, so it was not "
            "read. Ask the laboratory for the file as it was issued."
        ) from no
    except (ParseError, ValueError, LookupError) as no:
        line = getattr(no, "position", (0, 0))[0]
        raise Refusal(
            "This is no whole XML: it breaks off or is damaged at line %(line)s. Fetch it again from the laboratory.",
            line=line,
        ) from no
    assert isinstance(root, Element)
    return root


def _check_root(root: Element) -> None:
    """Refuse what is no certificate, one of a namespace that is not PTB's, and a version that is not known."""
    namespace, _, name = root.tag.rpartition("}")
    if name != ROOT:
        raise Refusal(
            "This XML is no digital calibration certificate: it begins with “%(name)s”. "
            "Choose the file that begins with digitalCalibrationCertificate.",
            name=name[:60],
        )
    if root.tag != DCC + ROOT:
        raise Refusal(
            "This certificate is of another kind than PTB's (%(namespace)s). Ask the laboratory for one of "
            "https://ptb.de/dcc, or type it in.",
            namespace=namespace.lstrip("{")[:80] or "no namespace",
        )
    version = root.get("schemaVersion", "")
    if version.partition(".")[0] not in {"2", "3"}:
        raise Refusal(
            "This certificate has the version “%(version)s”; versions 2 and 3 can be read. "
            "Ask the laboratory for one of these, or type it in.",
            version=version[:20],
        )
