"""Where the house's own type lies."""

from pathlib import Path

FONTS = Path(__file__).parents[1] / "static" / "vendor" / "fonts"
