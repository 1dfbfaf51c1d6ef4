"""Small certificates as PDF: one page of plain text, the same bytes on every run."""

from collections.abc import Sequence

from techfloor.cli.demo.history import OutsideCertificate, OutsideResult
from techfloor.cli.demo.shapes import Gauge

PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
TOP, LEFT, LEADING = 790, 50, 14


def certificate_pdf(certificate: OutsideCertificate, gauge: Gauge) -> bytes:
    """Print a laboratory's certificate of a gauge; its date is the certificate's, so it moves with the plant."""
    return _pdf(f"DEMO certificate {certificate.number}", _lines(certificate, gauge))


def _lines(certificate: OutsideCertificate, gauge: Gauge) -> list[str]:
    return [
        f"DEMO certificate {certificate.number}, invented, page 1 of 1",
        "",
        certificate.laboratory,
        f"Item: {gauge.name}, serial number {certificate.serial}",
        "Owner: Plant North",
        f"Calibrated on {certificate.performed.isoformat()}",
        f"Method: {certificate.method}",
        f"Environment: {certificate.environment}",
        "",
        f"As found: {certificate.as_found}. As left: {certificate.as_left}.",
        "",
        *(_result(result) for result in certificate.results),
        "",
        "U is the expanded uncertainty, k = 2, coverage probability about 95 %.",
        f"Conformity: {certificate.conformity_rule}. Results relate only to the item calibrated.",
        "End of certificate",
    ]


def _result(result: OutsideResult) -> str:
    return (
        f"{result.function}: nominal {result.nominal}, shown {result.indication}, error {result.error}, "
        f"U {result.u} {result.unit}, {result.verdict}"
    )


def _text(line: str) -> bytes:
    # The page's font knows the letters of Windows-1252; an ohm sign is not among them.
    escaped = line.replace("Ω", "ohm").replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    return escaped.encode("cp1252")


def _pdf(title: str, lines: Sequence[str]) -> bytes:
    shown = b"\n".join(b"(" + _text(line) + b") '" for line in lines)
    stream = b"BT /F1 10 Tf %d TL %d %d Td\n%s\nET" % (LEADING, LEFT, TOP, shown)
    return _file(
        [
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
            PAGE,
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
            b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
            b"<< /Title (%s) >>" % _text(title),
        ]
    )


def _file(objects: Sequence[bytes]) -> bytes:
    """Number the objects, and tell in the table at the end where each begins."""
    whole, offsets = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, body in enumerate(objects, start=1):
        offsets.append(len(whole))
        whole += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    size = len(objects) + 1
    return whole + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, table, size, len(whole))
    )
