"""Published examples of uncertainty: GUM (JCGM 100:2008), EA-4/02 and NIST TN 1900."""

import math
from decimal import Decimal

from techfloor.cli.validation.examples.terms import (
    HERE,
    Inputs,
    Results,
    certificate,
    normal,
    number,
    shaped,
    terms_alone,
    u_of,
)
from techfloor.measures.repeats import type_a
from techfloor.measures.uncertainty import (
    Budget,
    Distribution,
    DofRule,
    evaluate,
    normal_divisor,
    propagate,
    report_round,
    round_to,
    t_factor,
)


def gum_type_a(given: Inputs) -> Results:
    """Twenty repeated readings (4.4.3)."""
    found = type_a([number(value) for value in given["t_C"]])
    return {"mean": found.mean, "s": found.s, "s_mean": found.s_mean}


def gum_shapes(given: Inputs) -> Results:
    """Limits taken as a rectangle and as a triangle (4.4.5)."""
    half = (given["a_plus"] - given["a_minus"]) / 2
    return {
        "u_rect": u_of(shaped("t", half)),
        "u_tri": u_of(shaped("t", half, Distribution.triangular)),
    }


def gum_three_sigma(given: Inputs) -> Results:
    """A certificate that states three standard deviations (4.3.3)."""
    return {"u_ug": u_of(certificate("m", given["U_ug"], given["k"]))}


def gum_99_percent(given: Inputs) -> Results:
    """A certificate that states a level of 99 % (4.3.4)."""
    u = u_of(certificate("R", given["U_uohm"], normal_divisor(given["p"])))
    return {"u_uohm": u, "u_rel": u * 1e-6 / given["R"]}


def gum_50_percent(given: Inputs) -> Results:
    """Limits that hold a half of the values (4.3.5)."""
    divisor = normal_divisor(given["p"])
    return {"u_mm": u_of(certificate("l", given["a_mm"], divisor)), "factor": 1 / divisor}


def gum_end_gauge(given: Inputs) -> Results:
    """The end gauge with its terms of second order (H.1)."""
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


def gum_welch_satterthwaite(given: Inputs) -> Results:
    """Effective degrees of freedom of a product (G.4.1)."""
    terms = zip(given["u_rel_pct"], given["n"], strict=True)
    budget = Budget(tuple(normal(f"X{i}", u, dof=n - 1) for i, (u, n) in enumerate(terms)))
    found = evaluate(budget, HERE, coverage=0.95, dof_rule=DofRule.interpolated)
    return {"uc_pct": found.u, "nu_eff": found.dof, "k95": found.k, "U95_pct": found.U}


def gum_t_table(given: Inputs) -> Results:
    """Factors of the t distribution (Table G.2)."""
    return {"t": [t_factor(dof, coverage) for dof, coverage in given["rows"]]}


def gum_rounding(given: Inputs) -> Results:
    """An uncertainty rounded up and to the nearest, and the result rounded to it (7.2.6)."""
    kept = round_to(Decimal(given["y_ohm"]), Decimal(given["uc_mohm"]).scaleb(-3))
    return {
        "u_up": str(report_round(Decimal(given["u_up_mohm"]), allowed_loss=Decimal(0))),
        "u_near": str(report_round(Decimal(given["u_near_kHz"]))),
        "y": str(kept),
    }


def ea_mass(given: Inputs) -> Results:
    """A weight of 10 kg compared with a standard (S2)."""
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
    return {
        "m_g": number(given["m_S_g"]) + number(given["dm_g"]),
        "u_mg": found.u,
        "U_mg": found.U,
        "method": found.method,
        "reported": str(report_round(found.U, 2)),
    }


def ea_length(given: Inputs) -> Results:
    """A gauge block of 50 mm in a comparator (S4)."""
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
    """A vernier caliper, where one rectangle dominates (S10)."""
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
    return {
        "E_mm": number(given["l_iX"]) - number(given["l_S"]),
        "u_um": found.u,
        "k": found.k,
        "U_mm": found.U / 1000,
        "method": found.method,
        "reported": str(report_round(found.U / 1000, 1)),
    }


def nist_expansion(given: Inputs) -> Results:
    """A coefficient of thermal expansion, propagated through its function."""
    names = ("L0", "L1", "T0", "T1")
    alpha, u, _ = propagate(
        lambda l0, l1, t0, t1: (l1 - l0) / (l0 * (t1 - t0)),
        [(given[name], given[f"u_{name}"]) for name in names],
    )
    return {"alpha": alpha, "u": u}
