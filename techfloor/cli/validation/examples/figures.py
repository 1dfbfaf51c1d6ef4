"""Published examples of the figures of a plant: OEE, reliability, productivity, Pareto, scores of a certification."""

from decimal import Decimal
from fractions import Fraction

from techfloor.cli.validation.examples.terms import Inputs, Results, number
from techfloor.measures.oee import Oee, Work, oee
from techfloor.measures.pareto import pareto
from techfloor.measures.productivity import change, multifactor, productivity
from techfloor.measures.reliability import Life, reliability
from techfloor.measures.score import MT1, award


def _factors(found: Oee, scale: int = 1) -> Results:
    assert found.agrees
    shares = {"A": found.availability, "P": found.effectiveness, "Q": found.quality, "OEE": found.oee}
    return {name: share * scale for name, share in shares.items() if share is not None}


def shift_log(given: Inputs) -> Results:
    """The OEE of a shift from its log, in per cent."""
    ideal = 1 / Fraction(number(given["ideal_ppm"]))
    shift, breaks, down = (number(given[name]) for name in ("shift", "breaks", "down"))
    work = Work.in_shift(shift, breaks, down, ideal, number(given["total"]), number(given["reject"]))
    return {"planned": work.planned, "run": work.ran} | _factors(oee([work]), 100)


def run_and_planned(given: Inputs) -> Results:
    """The OEE of a shift from its run time and its ideal cycle time."""
    return _factors(oee([Work(*(number(given[name]) for name in ("planned", "run", "ict", "total", "good")))]))


def elements_of_the_standard(given: Inputs) -> Results:
    """The OEE from the time and quantity elements of ISO 22400-2, in per cent."""
    elements = (Fraction(str(given[name])) for name in ("PBT", "APT", "PRI", "PQ", "GQ"))
    return {"OEE_pct": _factors(oee([Work(*elements)]), 100)["OEE"]}


def lives(given: Inputs) -> Results:
    """The mean time between failures of lives that all ended with one."""
    return {"MTBF": reliability([Life(number(hours)) for hours in given["h"]]).mtbf}


def before_and_after(given: Inputs) -> Results:
    """Productivity of labour and of all costs before and after a change, and how much labour's grew."""
    out, hours = [number(each) for each in given["out"]], number(given["hours"])
    labour = [productivity(each, hours) or Fraction(0) for each in out]
    costs = [multifactor(each, [number(cost)]) for each, cost in zip(out, given["cost"], strict=True)]
    return {"lab": labour, "change_pct": 100 * (change(labour[1], labour[0]) or 0), "mfp": costs}


def defects(given: Inputs) -> Results:
    """The causes of defects, the most frequent first, in per cent and cumulated."""
    bars = pareto({cause: number(count) for cause, count in given["counts"].items()})
    return {
        "pct": [100 * bar.share for bar in bars if bar.share is not None],
        "cum": [100 * bar.cumulative for bar in bars if bar.cumulative is not None],
    }


def certifications(given: Inputs) -> Results:
    """What rows of three scores earn."""
    keys = [module.key for module in MT1.modules]
    rows = ([Decimal(str(score)) for score in row] for row in given["scores_MM_SR_QB"])
    earned = [award(MT1, dict(zip(keys, row, strict=True))).certification for row in rows]
    return {"cert": [each.key if each else "none" for each in earned]}
