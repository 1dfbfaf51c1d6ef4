"""techfloor: the records of a plant floor, logged on a tablet, signed, printed."""

__version__ = "0.1.0"
