"""The published examples, each computed by the functions that plants rely on, by the name of its case."""

from collections.abc import Callable

from techfloor.cli.validation.examples import decisions, series, uncertainty
from techfloor.cli.validation.examples.terms import Inputs, Results

COMPUTED: dict[str, Callable[[Inputs], Results]] = {
    "GUM-4.4.3": uncertainty.gum_type_a,
    "GUM-4.4.5-rect": uncertainty.gum_shapes,
    "GUM-4.3.3": uncertainty.gum_three_sigma,
    "GUM-4.3.4": uncertainty.gum_99_percent,
    "GUM-4.3.5": uncertainty.gum_50_percent,
    "GUM-H.1": uncertainty.gum_end_gauge,
    "GUM-G.4.1": uncertainty.gum_welch_satterthwaite,
    "GUM-TableG.2": uncertainty.gum_t_table,
    "GUM-7.2.6": uncertainty.gum_rounding,
    "EA-4/02-S2": uncertainty.ea_mass,
    "EA-4/02-S4": uncertainty.ea_length,
    "EA-4/02-S10": uncertainty.ea_caliper,
    "NIST-TN1900-E13": uncertainty.nist_expansion,
    "JCGM106-zener": decisions.zener_diode,
    "JCGM106-speed": decisions.speed_limit,
    "ILAC-G8-nonbinary": decisions.four_outcomes,
    "ILAC-G8-risk": decisions.guard_band_risk,
    "TUR-Z540.3": decisions.uncertainty_ratio,
    "NCSLI-RP19-PFA": decisions.ncsli_false_accepts,
    "Deaver-1": decisions.deaver,
    "PFA-worstcase-4.6": decisions.worst_case,
    "Dobbert-M2": decisions.dobbert,
    "NCSLI-A3-asset1": series.ncsli_interval,
    "NCSLI-A3-asset3": series.ncsli_interval,
    "NASA-8739.19-5-drift": series.nasa_drift,
    "StRD-NumAcc1": series.listed,
    "StRD-NumAcc2": series.spelled,
    "StRD-NumAcc3": series.spelled,
    "StRD-Michelso": series.listed,
    "StRD-Mavro": series.listed,
    "StRD-Norris": series.norris,
    "StRD-NoInt1": series.through_origin,
    "StRD-Wampler1": series.wampler,
}
