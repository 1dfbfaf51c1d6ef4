"""Published examples of control charts, run lengths, capability and the interval of a mean."""

from collections.abc import Callable
from fractions import Fraction

from techfloor.cli.validation.examples.terms import Inputs, Results, number
from techfloor.measures.capability import Index, Spec, indices
from techfloor.measures.chart_constants import factors
from techfloor.measures.chart_parts import Chart, Charts, given
from techfloor.measures.chart_rules import WESTERN_ELECTRIC, Rule
from techfloor.measures.control_charts import c_chart, np_chart, u_chart, x_r_charts, x_s_charts
from techfloor.measures.estimates import mean_interval_of
from techfloor.measures.memory_charts import cusum_chart, ewma_chart
from techfloor.measures.run_length import cusum_run_length, false_alarm_rate, shewhart_run_length

WORDED = {
    "1 of 1 >3s": Rule.western_1,
    "2 of 3 >2s": Rule.western_2,
    "4 of 5 >1s": Rule.western_3,
    "8 one side": Rule.western_4,
}


def chart_factors(inputs: Inputs) -> Results:
    """The factors of one subgroup size, as tables print them."""
    return dict(factors(inputs["n"]).rounded())


def _of_pair(inputs: Inputs, chart: Callable[..., Charts]) -> tuple[Charts, Chart, Results]:
    found = chart([[number(value) for value in group] for group in inputs["data"]])
    assert found.spread is not None
    limits = found.location.limits
    return found, found.spread, {"xbarbar": limits.centre, "xUCL": limits.upper, "xLCL": limits.lower}


def means_and_ranges(inputs: Inputs) -> Results:
    """Means and ranges of subgroups."""
    found, ranges, results = _of_pair(inputs, x_r_charts)
    limits = ranges.limits
    spread = {"Rbar": limits.centre, "R_UCL": limits.upper, "R_LCL": limits.lower}
    return results | spread | {"sigma": float(found.parameters.sigma or 0)}


def means_and_deviations(inputs: Inputs) -> Results:
    """Means and standard deviations of subgroups."""
    _, deviations, results = _of_pair(inputs, x_s_charts)
    return results | {"sbar": deviations.limits.centre}


def _of_counts(found: Charts, centre: str) -> Results:
    limits = found.location.limits
    out = list(found.location.beyond_limits)
    return {centre: limits.centre, "UCL": limits.upper, "LCL": limits.lower, "out": out}


def defectives(inputs: Inputs) -> Results:
    """How many of each sample are defective."""
    return _of_counts(np_chart(inputs["D"], inputs["n"]), "CL")


def defects(inputs: Inputs) -> Results:
    """Defects of each unit."""
    return _of_counts(c_chart(inputs["x"]), "cbar")


def defect_rate(inputs: Inputs) -> Results:
    """Defects by unit."""
    return _of_counts(u_chart(inputs["x"], inputs["n"]), "ubar")


def moving_average(inputs: Inputs) -> Results:
    """An exponentially weighted moving average; the limits at its end."""
    known = given(number(inputs["target"]), number(inputs["s"]))
    values = [number(value) for value in inputs["x"]]
    found = ewma_chart(values, known, weight=number(inputs["lambda"])).location
    return {
        "z": [point.value for point in found.points],
        "UCL": found.limits.upper,
        "LCL": found.limits.lower,
    }


def cumulative_sum(inputs: Inputs) -> Results:
    """A tabular CUSUM, its allowance and interval in the unit of the values."""
    values = [number(value) for value in inputs["x"]]
    known = given(number(inputs["target"]), Fraction(1))
    found = cusum_chart(values, known, k=number(inputs["k"]), h=number(inputs["h"]))
    return {"Shi": [point.high for point in found.points], "first_signal": found.shifts[0].at}


def run_lengths(inputs: Inputs) -> Results:
    """How long a chart with limits alone runs after a shift."""
    limit = inputs["L"]
    lengths = [shewhart_run_length([Rule.western_1], shift, limit=limit).mean for shift in inputs["shift"]]
    return {"alpha": false_alarm_rate(limit), "ARL": lengths}


def run_length_of_rules(inputs: Inputs) -> Results:
    """How long a chart runs in control under the rules of Western Electric."""
    rules = [WORDED[words] for words in inputs["rules"]]
    assert set(rules) <= set(WESTERN_ELECTRIC)
    return {"ARL0": shewhart_run_length(rules).mean}


def run_lengths_of_cusum(inputs: Inputs) -> Results:
    """How long a CUSUM runs in control."""
    return {"ARL0": [cusum_run_length(inputs["k"], h) for h in inputs["h"]]}


def process_capability(inputs: Inputs) -> Results:
    """The indices of a mean and a standard deviation."""
    found = indices(Spec(number(inputs["LSL"]), number(inputs["USL"])), inputs["mean"], inputs["s"])
    assert found.p is not None
    assert found.pu is not None
    assert found.pl is not None
    named: list[Index] = [found.p, found.pu, found.pl, found.pk]
    return {index.name: index.value for index in named} | {"k": found.k}


def interval_of_mean(inputs: Inputs) -> Results:
    """The interval of a mean, 95 %."""
    found = mean_interval_of(inputs["n"], inputs["mean"], inputs["s"])
    return {"lo": found.low, "hi": found.high}
