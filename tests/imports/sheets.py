"""Files as plants have them, and as nobody should have them."""

import io
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl

HEAD = ("Gauge No.", "Description", "Type", "Department", "Interval (months)", "Unit", "Min", "Max", "Step", "Accuracy")
CALIPER = ("G-201", "Caliper 0–150 mm", "digital caliper", "Machining", "6", "mm", "0", "150", "0.01", "± 0.03 mm")
WRENCH = ("G-202", "Torque wrench", "torque wrench", "", "12", "N m", "20", "100", "0.5", "± 4 % of reading")


def csv_of(*rows: Sequence[str], sep: str = ";", encoding: str = "utf-8") -> bytes:
    """Write rows as a CSV of some kind; no cell holds the separator."""
    return "\r\n".join(sep.join(row) for row in rows).encode(encoding)


def xlsx_of(*rows: Sequence[Any], change: Callable[[Any], object] = lambda _sheet: None) -> bytes:
    """Write rows as a workbook; `change` may do more to the sheet."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    change(book.active)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def repacked(data: bytes, name: str, put: Callable[[bytes], bytes]) -> bytes:
    """Change one part of a workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            body = old.read(part)
            new.writestr(part.filename, put(body) if part.filename == name else body)
    return out.getvalue()
