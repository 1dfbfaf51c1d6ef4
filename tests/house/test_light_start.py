"""The server starts without what only few requests need."""

import subprocess
import sys

HEAVY = ("openpyxl", "numpy", "scipy", "weasyprint")
LOOK = f"import sys, techfloor.app; print(*[name for name in {HEAVY!r} if name in sys.modules])"


def test_what_is_heavy_to_import_waits_for_its_first_use() -> None:
    done = subprocess.run([sys.executable, "-c", LOOK], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
