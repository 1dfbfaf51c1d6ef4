"""Published examples of decisions by a tolerance: JCGM 106, ILAC-G8, ANSI/NCSL Z540.3 and what rests on them."""

from decimal import Decimal

from techfloor.cli.validation.examples.terms import Inputs, Results, number
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
from techfloor.measures.risk import Zone, global_risk, process_sd_for, worst_case_pfa


def zener_diode(given: Inputs) -> Results:
    """How likely a diode conforms to its one limit."""
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
    """Pass, conditional pass, conditional fail and fail by where the error lies."""
    limit, expanded = Decimal(given["MPE_um"]), Decimal(given["U_um"])
    verdicts = [
        decide(Decimal(error), -limit, limit, u=expanded / 2, k=Decimal(2), rule=Rule.four_outcome).verdict
        for error in given["errors_um"]
    ]
    return {"verdicts": verdicts}


def guard_band_risk(given: Inputs) -> Results:
    """What remains of the risk at the acceptance limit of two guard bands."""
    u = Decimal(1)
    ends = [
        decide(
            Decimal(0), None, Decimal(0), u=u, k=Decimal(given["k"]), rule=Rule.guard_band, r=Decimal(share)
        ).acceptance_upper
        for share in given["w_over_U"]
    ]
    return {"pfa_at_limit": [specific_risk(float(end), 1.0, None, 0.0) for end in ends if end is not None]}


def uncertainty_ratio(given: Inputs) -> Results:
    """The test uncertainty ratio."""
    return {"TUR": tur(number(given["LSL"]), number(given["USL"]), number(given["U95"]) / 2)}


def ncsli_false_accepts(given: Inputs) -> Results:
    """False accepts by the share that is in tolerance, of all and of what was accepted."""
    found = []
    for share in given["itp"]:
        spread = process_sd_for(share, 1.0)
        found.append(global_risk(Zone(-1, 1), Zone(-1, 1), spread, spread / given["sigma_ratio"]))
    return {
        "PFA_pct": [100 * risk.pfa for risk in found],
        "CPFA_pct": [100 * risk.conditional_pfa for risk in found],
    }


def deaver(given: Inputs) -> Results:
    """False accepts and false rejects at one ratio."""
    zone = Zone(-given["limit"], given["limit"])
    found = global_risk(zone, zone, given["sigma_proc"], given["sigma_meas"])
    return {"PFA": found.pfa, "PFR": found.pfr}


def worst_case(given: Inputs) -> Results:
    """The worst false accepts that a ratio leaves."""
    return {"max_PFA": worst_case_pfa(given["TUR"])}


def dobbert(given: Inputs) -> Results:
    """The guard band that keeps false accepts under 2 % whatever the process does."""
    multipliers = [float(dobbert_multiplier(number(ratio))) for ratio in given["TUR"]]
    risks = [worst_case_pfa(ratio, m) for ratio, m in zip(given["TUR"], multipliers, strict=True)]
    return {"M": multipliers, "worst_PFA_le_2pct": max(risks) <= 0.0205}
