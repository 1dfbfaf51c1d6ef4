"""What the boxes of a procedure, and what is chosen in them, are called wherever they are shown."""

from flask_babel import lazy_gettext as _l

from techfloor.duties.calibration.rules.procedure import FIXED, Mode
from techfloor.measures.decision import Rule

MODES = {
    Mode.apply.value: _l("The reference is applied, the gauge is read"),
    Mode.match.value: _l("The gauge is brought to the point, the standard is read"),
    Mode.both.value: _l("Both are read"),
    Mode.comparison.value: _l("The difference to the standard is read"),
    Mode.attribute.value: _l("It goes, or does not go"),
    Mode.certificate.value: _l("Nothing: an outside laboratory's certificate is reviewed"),
}
RULES = {
    Rule.simple.value: _l("Simple acceptance: on the limit or inside passes"),
    Rule.guard_band.value: _l("Guard band: U is taken off each limit"),
    Rule.method_6.value: _l("Method 6 of ANSI/NCSL Z540.3: the guard band follows from the TUR"),
    Rule.four_outcome.value: _l("Four outcomes: a result nearer to the limit than U is conditional"),
    Rule.pfa.value: _l("At most 2 % risk of a false accept, for each result by itself (specific risk)"),
}
COVERAGES = {
    "k": _l("From the budget: 2, or what its distributions ask for"),
    "convolution": _l("From the budget: below 2, as one rectangular part outweighs the rest"),
    FIXED: _l("Fixed: the k that is typed beside"),
}
BOXES = {
    "title": _l("Title"),
    "mode": _l("What is typed at a point?"),
    "unit": _l("Unit"),
    "tolerance": _l("Tolerance"),
    "standards": _l("Standards it is done with"),
    "point_sets": _l("Points"),
    "in_percent": _l("Errors are shown in % of the reference"),
    "repeats": _l("Readings at each point"),
    "verdict_on": _l("What decides?"),
    "rule": _l("Decision rule"),
    "rule_text": _l("The rule in words, as the certificate prints it"),
    "min_tur": _l("Least TUR"),
    "tur_flag": _l("Note where the TUR is smaller"),
    "budget_unit": _l("Unit of the budget"),
    "budget": _l("Uncertainty budget"),
    "coverage": _l("Coverage factor k"),
    "k": _l("k"),
    "significant_digits": _l("Digits of U as printed"),
    "environment": _l("The room"),
    "soak_minutes": _l("Soak, in minutes"),
    "method": _l("How it is done"),
    "preload": _l("Before the first reading"),
    "derived": _l("Computed results"),
    "checks": _l("What is checked on a certificate"),
    "change": _l("What is new"),
}
METHODS = {
    "none": _l("No method: intervals are not proposed"),
    "staircase": _l("Staircase: longer after three passes with a reserve, shorter after a fail"),
    "reliability": _l("Reliability: as often in tolerance as wanted, over like gauges"),
    "drift": _l("Drift: as long as every point is expected within its limits"),
}
"""How another interval is found."""
CHOSEN = {"mode": MODES, "rule": RULES, "coverage": COVERAGES}
"""What stands in a box where it is chosen among words."""
