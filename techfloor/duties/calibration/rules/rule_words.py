"""The words of a decision rule on a certificate, and whether they speak of the rule that decides. Pure."""

from collections.abc import Mapping

from techfloor.measures.decision import Rule

USUAL: Mapping[Rule, str] = {
    Rule.simple: "Simple acceptance: a result on the limit or inside it passes",
    Rule.guard_band: "Guard band: U is taken off each limit",
    Rule.method_6: "Guard band by ANSI/NCSL Z540.3 method 6",
    Rule.four_outcome: "Four outcomes: a result nearer to a limit than U passes or fails conditionally",
    Rule.pfa: "Guard band by risk: at most 2 % risk of a false accept of each result (specific risk)",
}
"""What each rule is called where nobody has written other words."""
_BEFORE = frozenset({"Guard band by risk: at most 2 % risk of a false accept"})
"""Usual words of before, that stand in older versions."""
_NAMES: Mapping[Rule, tuple[str, ...]] = {
    Rule.simple: ("simple acceptance",),
    Rule.guard_band: ("guard band", "guarded"),
    Rule.method_6: ("method 6", "z540.3"),
    Rule.four_outcome: ("four outcomes", "conditional"),
    Rule.pfa: ("risk", "pfa"),
}
"""What gives away which rule some words speak of."""


def words_for(rule: Rule, typed: str) -> str:
    """Return the words for a rule: the usual ones of another rule become its own, what somebody wrote stays."""
    return USUAL[rule] if typed in {*USUAL.values(), *_BEFORE} else typed


def speaks_of(rule: Rule, words: str) -> Rule | None:
    """Return the other rule that some words name without naming this one; None where they name this one, or none."""
    said = words.casefold()
    named = [each for each, names in _NAMES.items() if any(name in said for name in names)]
    return None if rule in named or not named else named[0]
