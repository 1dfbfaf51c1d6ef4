"""Duty 2: calibrate and adjust equipment so that it runs efficiently and safely; precision measurement.

Error is indication minus reference, always. As found is what the gauge showed when it came, as left what it
showed when it went; a run is all readings of one of the two. A point is a place of the scale; an entry is a value
typed only for a derived result. Out of tolerance means: as found failed.
"""
