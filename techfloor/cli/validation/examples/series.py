"""Published examples of series of values: calibration intervals, drift, and the NIST StRD data sets."""

from decimal import Decimal

from techfloor.cli.validation.examples.terms import Inputs, Results, number
from techfloor.measures.drift import fit_line, fit_powers, lag_1, mean, sd
from techfloor.measures.interval import method_a3


def ncsli_interval(given: Inputs) -> Results:
    """The interval that the history of a gauge asks for, method A3."""
    found = method_a3(
        given["in_tol"],
        given["n"],
        given["I0_days"],
        given["target"],
        max_change=given["maxchange"],
        confidence=given["conf"],
    )
    return {
        "interval": found.interval,
        "rejection": found.rejection,
        "RL": found.lower,
        "RU": found.upper,
    }


def nasa_drift(given: Inputs) -> Results:
    """A drift fitted with its first two powers."""
    fit = fit_powers(given["dt_days"], [number(value) for value in given["delta"]], (1, 2))
    return {"b1": fit.coefficients[0], "b2": fit.coefficients[1], "s": fit.residual_sd}


def _univariate(values: list[Decimal]) -> Results:
    return {"mean": mean(values), "sd": sd(values), "r1": lag_1(values)}


def listed(given: Inputs) -> Results:
    """Mean, standard deviation and lag-1 autocorrelation of values that are listed."""
    return _univariate([number(value) for value in given["data"]])


def spelled(given: Inputs) -> Results:
    """Read "1.2 then 500 x (1.1,1.3)"; where a pair starts with a point, the whole part is the first's."""
    first, rest = given["data"].split(" then 500 x ")
    whole = first.split(".")[0]
    pair = [Decimal(whole + text if text[0] == "." else text) for text in rest.strip("()").split(",")]
    return _univariate([Decimal(first), *pair * 500])


def norris(given: Inputs) -> Results:
    """A straight line with its standard errors."""
    fit = fit_line([Decimal(x) for _, x in given["y_x"]], [Decimal(y) for y, _ in given["y_x"]])
    return {
        "b0": fit.coefficients[0],
        "b1": fit.coefficients[1],
        "se0": fit.standard_errors[0],
        "se1": fit.standard_errors[1],
        "rsd": fit.residual_sd,
    }


def through_origin(given: Inputs) -> Results:
    """A line through the origin."""
    fit = fit_powers(given["x"], given["y"], (1,))
    return {"b1": fit.coefficients[0], "se1": fit.standard_errors[0], "rsd": fit.residual_sd}


def wampler(given: Inputs) -> Results:
    """A polynomial of the fifth degree through 21 points."""
    assert given["x"] == "0..20"
    ys = [sum(x**power for power in range(6)) for x in range(21)]
    return {"b": list(fit_powers(range(21), ys, range(6)).coefficients)}
