"""Part of duty 2: a check in use shows between two calibrations that a gauge still measures as it should.

ISO/IEC 17025:2017, 6.4.10 calls it an intermediate check. A check says what is applied (a standard, a check piece of
the plant's own, a fixed point such as ice), between which limits the gauge must show it, and how often. A value
outside is tried once more after cleaning; outside again, the gauge is held. A signal is a value within the limits that
the chart of the gauge finds unusual: a caution, never a hold.
"""
