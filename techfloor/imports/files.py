"""Reading a file of either kind: which it is is told from its bytes, never from its name."""

from techfloor.imports.csv_files import read_csv
from techfloor.imports.sheet import Sheet
from techfloor.imports.xlsx_files import read_xlsx
from techfloor.refusals import Refusal

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CSV = "text/csv"
ENDINGS = {XLSX: ".xlsx", CSV: ".csv"}

_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PDF = b"%PDF-"


def kind_of(data: bytes) -> str:
    """Tell what kind of file bytes are; raises Refusal for one that holds no table."""
    if not data.strip():
        raise Refusal("The file is empty. Choose another.", field="file")
    if data.startswith(_ZIP):
        return XLSX
    if data.startswith(_OLD_EXCEL):
        raise Refusal("This is an old or a locked workbook. Open it and save it as XLSX.", field="file")
    if data.startswith(_PDF):
        raise Refusal("This is a PDF. Choose the sheet itself, as CSV or XLSX.", field="file")
    return CSV


def read_file(data: bytes) -> Sheet:
    """Read the table of a file; raises Refusal at `file`."""
    return read_xlsx(data) if kind_of(data) == XLSX else read_csv(data)
