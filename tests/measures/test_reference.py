"""Published worked examples, each computed by the product's own functions."""

import json
import math
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from techfloor.measures.convolution import HALF_WIDTHS
from techfloor.measures.decision import (
    Decision,
    Rule,
    Verdict,
    conformance_probability,
    decide,
    dobbert_multiplier,
    specific_risk,
    tur,
)
from techfloor.measures.drift import fit_line, fit_powers, lag_1, mean, sd
from techfloor.measures.interval import method_a3
from techfloor.measures.repeats import type_a
from techfloor.measures.risk import Zone, global_risk, process_sd_for, worst_case_pfa
from techfloor.measures.uncertainty import (
    Budget,
    Component,
    Distribution,
    DofRule,
    Method,
    Point,
    evaluate,
    normal_divisor,
    propagate,
    report_round,
    round_to,
    t_factor,
)

Inputs = dict[str, Any]
Results = dict[str, Any]

CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in json.loads((Path(__file__).parents[1] / "reference" / "cases.json").read_text("utf-8"))
}

STILL_TO_COME = {
    "ANOVA",
    "MSA/Gage R&R",
    "OEE",
    "Pareto",
    "SPC/CUSUM",
    "SPC/EWMA",
    "SPC/X-R",
    "SPC/X-s",
    "SPC/c chart",
    "SPC/constants",
    "SPC/np chart",
    "SPC/rules",
    "SPC/u chart",
    "capability",
    "maintenance KPI",
    "productivity",
    "sampling/AOQL",
    "sampling/OC",
    "sampling/code letters",
    "sampling/design",
    "sampling/tables",
    "sampling/variables",
    "statistics/CI",
    "training",
}

HERE = Point(Decimal(1))


def number(value: float | str) -> Decimal:
    return Decimal(str(value))


def normal(name: str, u: float, *, dof: float | None = None, sensitivity: float = 1.0) -> Component:
    return Component(name, number(u), dof=dof, sensitivity=sensitivity)


def shaped(
    name: str,
    half_width: float,
    distribution: Distribution = Distribution.rectangular,
    *,
    dof: float | None = None,
    sensitivity: float = 1.0,
) -> Component:
    divisor = number(HALF_WIDTHS[distribution])
    return Component(name, number(half_width), distribution, divisor, dof=dof, sensitivity=sensitivity)


def certificate(name: str, expanded: float, k: float) -> Component:
    return Component(name, number(expanded), Distribution.normal, number(k))


def u_of(*components: Component) -> float:
    return evaluate(Budget(components), HERE).u


def gum_type_a(given: Inputs) -> Results:
    found = type_a([number(value) for value in given["t_C"]])
    return {"mean": found.mean, "s": found.s, "s_mean": found.s_mean}


def gum_shapes(given: Inputs) -> Results:
    half = (given["a_plus"] - given["a_minus"]) / 2
    return {
        "u_rect": u_of(shaped("t", half)),
        "u_tri": u_of(shaped("t", half, Distribution.triangular)),
    }


def gum_three_sigma(given: Inputs) -> Results:
    return {"u_ug": u_of(certificate("m", given["U_ug"], given["k"]))}


def gum_99_percent(given: Inputs) -> Results:
    u = u_of(certificate("R", given["U_uohm"], normal_divisor(given["p"])))
    return {"u_uohm": u, "u_rel": u * 1e-6 / given["R"]}


def gum_50_percent(given: Inputs) -> Results:
    divisor = normal_divisor(given["p"])
    return {"u_mm": u_of(certificate("l", given["a_mm"], divisor)), "factor": 1 / divisor}


def gum_end_gauge(given: Inputs) -> Results:
    parts = Budget(
        tuple(
            normal(f"d{i}", u, dof=dof)
            for i, (u, dof) in enumerate(zip(given["u_d_parts"], given["nu_d_parts"], strict=True))
        )
    )
    difference = evaluate(parts, HERE)
    length = given["l_S_nm"]
    terms = (
        normal("standard", given["u_lS"], dof=given["nu_lS"]),
        normal("difference", difference.u, dof=difference.dof),
        shaped(
            "expansion",
            given["dalpha_halfwidth"],
            dof=given["nu_dalpha"],
            sensitivity=length * given["theta"],
        ),
        shaped(
            "temperature",
            given["dtheta_halfwidth"],
            dof=given["nu_dtheta"],
            sensitivity=length * given["alpha_s"],
        ),
    )
    first = evaluate(Budget(terms), HERE, coverage=0.99)
    u_theta = u_of(
        normal("mean", given["u_theta_mean"]),
        shaped("cycle", given["Delta_arcsine_halfwidth"], Distribution.arcsine),
    )
    products = (
        normal("expansion x theta", length * u_of(terms_alone(terms[2])) * u_theta),
        normal(
            "alpha x temperature",
            length * u_of(shaped("alpha", given["alpha_halfwidth"])) * u_of(terms_alone(terms[3])),
        ),
    )
    return {
        "l_nm": length + given["d_nm"],
        "u_d_nm": difference.u,
        "c_da_nm": first.rows[2].u,
        "c_dt_nm": first.rows[3].u,
        "uc_nm": first.u,
        "nu_eff": math.floor(first.dof),
        "k99": first.k,
        "U99_nm": first.U,
        "uc_2nd_nm": u_of(*terms, *products),
    }


def terms_alone(component: Component) -> Component:
    return Component(component.name, component.value, component.distribution, component.divisor)


def gum_welch_satterthwaite(given: Inputs) -> Results:
    terms = zip(given["u_rel_pct"], given["n"], strict=True)
    budget = Budget(tuple(normal(f"X{i}", u, dof=n - 1) for i, (u, n) in enumerate(terms)))
    found = evaluate(budget, HERE, coverage=0.95, dof_rule=DofRule.interpolated)
    return {"uc_pct": found.u, "nu_eff": found.dof, "k95": found.k, "U95_pct": found.U}


def gum_t_table(given: Inputs) -> Results:
    return {"t": [t_factor(dof, coverage) for dof, coverage in given["rows"]]}


def gum_rounding(given: Inputs) -> Results:
    kept = round_to(Decimal(given["y_ohm"]), Decimal(given["uc_mohm"]).scaleb(-3))
    return {
        "u_up": str(report_round(Decimal(given["u_up_mohm"]), allowed_loss=Decimal(0))),
        "u_near": str(report_round(Decimal(given["u_near_kHz"]))),
        "y": str(kept),
    }


def ea_mass(given: Inputs) -> Results:
    found = evaluate(
        Budget(
            (
                certificate("standard", given["U_S_mg"], given["k"]),
                shaped("drift", given["drift_half_mg"]),
                normal("difference", given["s_p_mg"] / math.sqrt(given["n"])),
                shaped("eccentricity", given["ecc_half_mg"]),
                shaped("buoyancy", given["buoy_half_mg"]),
            )
        ),
        HERE,
    )
    assert found.method is Method.k_2
    assert str(report_round(found.U, 2)) == "59"
    return {"m_g": number(given["m_S_g"]) + number(given["dm_g"]), "u_mg": found.u, "U_mg": found.U}


def ea_length(given: Inputs) -> Results:
    found = evaluate(
        Budget(
            (
                normal("standard", given["u_S_nm"]),
                shaped("drift", given["drift_half_nm"]),
                normal("difference", given["s_nm"] / math.sqrt(given["n"])),
                shaped("comparator", given["comparator_half_nm"]),
                shaped("temperature", given["dt_half_C"], sensitivity=given["alpha_L_nm_per_C"]),
                normal("second order", given["second_order_nm"]),
                shaped("variation", given["variation_half_nm"]),
            )
        ),
        HERE,
    )
    return {"l_mm": number(given["l_S_mm"]) + number(given["dl_mm"]), "u_nm": found.u, "U_nm": found.U}


def ea_caliper(given: Inputs) -> Results:
    found = evaluate(
        Budget(
            (
                shaped("blocks", given["block_half_um"]),
                shaped("temperature", given["dt_half_C"], sensitivity=given["alphaL_um_per_C"]),
                shaped("resolution", given["res_half_um"]),
                shaped("mechanical", given["mech_half_um"]),
            )
        ),
        HERE,
    )
    assert found.method is Method.convolution
    assert found.k == pytest.approx(1.834, abs=0.001)
    assert str(report_round(found.U / 1000, 1)) == "0.06"
    return {
        "E_mm": number(given["l_iX"]) - number(given["l_S"]),
        "u_um": found.u,
        "k": found.k,
        "U_mm": found.U / 1000,
    }


def nist_expansion(given: Inputs) -> Results:
    names = ("L0", "L1", "T0", "T1")
    alpha, u, _ = propagate(
        lambda l0, l1, t0, t1: (l1 - l0) / (l0 * (t1 - t0)),
        [(given[name], given[f"u_{name}"]) for name in names],
    )
    return {"alpha": alpha, "u": u}


def zener_diode(given: Inputs) -> Results:
    return {"pc": conformance_probability(given["y"], given["u"], None, given["TU"])}


def speed_limit(given: Inputs) -> Results:
    """The lowest measured speed that is taken for speeding, found with the rule itself."""

    def decided(speed: Decimal) -> Decision:
        return decide(
            speed,
            Decimal(given["v0"]),
            None,
            u=speed * number(given["u_rel"]),
            rule=Rule.pfa,
            max_pfa=1 - number(given["p"]),
        )

    low, high = Decimal(100), Decimal(200)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (low, middle) if decided(middle).verdict is Verdict.pass_ else (middle, high)
    return {"z": float(decided(high).guard / (high * number(given["u_rel"]))), "vmax": float(high)}


def four_outcomes(given: Inputs) -> Results:
    limit, expanded = Decimal(given["MPE_um"]), Decimal(given["U_um"])
    verdicts = [
        decide(Decimal(error), -limit, limit, u=expanded / 2, k=Decimal(2), rule=Rule.four_outcome).verdict
        for error in given["errors_um"]
    ]
    return {"verdicts": verdicts}


def guard_band_risk(given: Inputs) -> Results:
    u = Decimal(1)
    ends = [
        decide(
            Decimal(0), None, Decimal(0), u=u, k=Decimal(given["k"]), rule=Rule.guard_band, r=Decimal(share)
        ).acceptance_upper
        for share in given["w_over_U"]
    ]
    return {"pfa_at_limit": [specific_risk(float(end), 1.0, None, 0.0) for end in ends if end is not None]}


def uncertainty_ratio(given: Inputs) -> Results:
    return {"TUR": tur(number(given["LSL"]), number(given["USL"]), number(given["U95"]) / 2)}


def ncsli_false_accepts(given: Inputs) -> Results:
    found = []
    for share in given["itp"]:
        spread = process_sd_for(share, 1.0)
        found.append(global_risk(Zone(-1, 1), Zone(-1, 1), spread, spread / given["sigma_ratio"]))
    return {
        "PFA_pct": [100 * risk.pfa for risk in found],
        "CPFA_pct": [100 * risk.conditional_pfa for risk in found],
    }


def deaver(given: Inputs) -> Results:
    zone = Zone(-given["limit"], given["limit"])
    found = global_risk(zone, zone, given["sigma_proc"], given["sigma_meas"])
    return {"PFA": found.pfa, "PFR": found.pfr}


def worst_case(given: Inputs) -> Results:
    return {"max_PFA": worst_case_pfa(given["TUR"])}


def dobbert(given: Inputs) -> Results:
    multipliers = [float(dobbert_multiplier(number(ratio))) for ratio in given["TUR"]]
    risks = [worst_case_pfa(ratio, m) for ratio, m in zip(given["TUR"], multipliers, strict=True)]
    return {"M": multipliers, "worst_PFA_le_2pct": max(risks) <= 0.0205}


def ncsli_interval(given: Inputs) -> Results:
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
    fit = fit_powers(given["dt_days"], [number(value) for value in given["delta"]], (1, 2))
    return {"b1": fit.coefficients[0], "b2": fit.coefficients[1], "s": fit.residual_sd}


def _univariate(values: list[Decimal]) -> Results:
    return {"mean": mean(values), "sd": sd(values), "r1": lag_1(values)}


def listed(given: Inputs) -> Results:
    return _univariate([number(value) for value in given["data"]])


def spelled(given: Inputs) -> Results:
    """Read "1.2 then 500 x (1.1,1.3)"; where a pair starts with a point, the whole part is the first's."""
    first, rest = given["data"].split(" then 500 x ")
    whole = first.split(".")[0]
    pair = [Decimal(whole + text if text[0] == "." else text) for text in rest.strip("()").split(",")]
    return _univariate([Decimal(first), *pair * 500])


def norris(given: Inputs) -> Results:
    fit = fit_line([Decimal(x) for _, x in given["y_x"]], [Decimal(y) for y, _ in given["y_x"]])
    return {
        "b0": fit.coefficients[0],
        "b1": fit.coefficients[1],
        "se0": fit.standard_errors[0],
        "se1": fit.standard_errors[1],
        "rsd": fit.residual_sd,
    }


def through_origin(given: Inputs) -> Results:
    fit = fit_powers(given["x"], given["y"], (1,))
    return {"b1": fit.coefficients[0], "se1": fit.standard_errors[0], "rsd": fit.residual_sd}


def wampler(given: Inputs) -> Results:
    assert given["x"] == "0..20"
    ys = [sum(x**power for power in range(6)) for x in range(21)]
    return {"b": list(fit_powers(range(21), ys, range(6)).coefficients)}


FUNCTIONS: dict[str, Callable[[Inputs], Results]] = {
    "GUM-4.4.3": gum_type_a,
    "GUM-4.4.5-rect": gum_shapes,
    "GUM-4.3.3": gum_three_sigma,
    "GUM-4.3.4": gum_99_percent,
    "GUM-4.3.5": gum_50_percent,
    "GUM-H.1": gum_end_gauge,
    "GUM-G.4.1": gum_welch_satterthwaite,
    "GUM-TableG.2": gum_t_table,
    "GUM-7.2.6": gum_rounding,
    "EA-4/02-S2": ea_mass,
    "EA-4/02-S4": ea_length,
    "EA-4/02-S10": ea_caliper,
    "NIST-TN1900-E13": nist_expansion,
    "JCGM106-zener": zener_diode,
    "JCGM106-speed": speed_limit,
    "ILAC-G8-nonbinary": four_outcomes,
    "ILAC-G8-risk": guard_band_risk,
    "TUR-Z540.3": uncertainty_ratio,
    "NCSLI-RP19-PFA": ncsli_false_accepts,
    "Deaver-1": deaver,
    "PFA-worstcase-4.6": worst_case,
    "Dobbert-M2": dobbert,
    "NCSLI-A3-asset1": ncsli_interval,
    "NCSLI-A3-asset3": ncsli_interval,
    "NASA-8739.19-5-drift": nasa_drift,
    "StRD-NumAcc1": listed,
    "StRD-NumAcc2": spelled,
    "StRD-NumAcc3": spelled,
    "StRD-Michelso": listed,
    "StRD-Mavro": listed,
    "StRD-Norris": norris,
    "StRD-NoInt1": through_origin,
    "StRD-Wampler1": wampler,
}


def allowed(case: dict[str, Any], key: str, expected: float) -> float:
    """Give the absolute tolerance of one expected number."""
    tolerance = case["tolerance"]
    if not isinstance(tolerance, dict):
        return float(tolerance)
    if "rel" in tolerance:
        return float(tolerance["rel"]) * abs(expected)
    return float(tolerance.get(key, 0))


def agree(case: dict[str, Any], key: str, found: Any, expected: Any) -> bool:
    if isinstance(expected, list):
        return len(found) == len(expected) and all(
            agree(case, key, one, other) for one, other in zip(found, expected, strict=True)
        )
    if isinstance(expected, str | bool):
        return bool(found == expected)
    return bool(abs(float(found) - expected) <= allowed(case, key, expected))


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_published_example_comes_out_as_printed(name: str) -> None:
    case = CASES[name]
    found = FUNCTIONS[name](case["inputs"])
    wrong = {
        key: (found[key], expected)
        for key, expected in case["expected"].items()
        if not agree(case, key, found[key], expected)
    }
    assert wrong == {}


def test_every_area_is_either_computed_or_named_as_still_to_come() -> None:
    computed = {CASES[name]["area"] for name in FUNCTIONS}
    assert computed | STILL_TO_COME == {case["area"] for case in CASES.values()}
    assert computed & STILL_TO_COME == set()


def test_every_case_of_a_computed_area_has_its_function() -> None:
    computed = {CASES[name]["area"] for name in FUNCTIONS}
    assert {name for name, case in CASES.items() if case["area"] in computed} == set(FUNCTIONS)
