// What a typed value means against the limits the server put into the page. The server's verdict is the record.

import { compare, divide, isAmbiguous, negate, parse, show, subtract } from "./decimal.js";
import { say } from "./words.js";

const PERCENT_PLACES = 2;
const HUNDRED = { digits: 100n, places: 0 };

/** { kind, words, value } for what was typed; value is null while there is nothing to judge. */
export function judge(typed, live) {
  if (isAmbiguous(typed)) return { kind: "waiting", words: say("ambiguous", { typed }), value: null };
  const value = parse(typed);
  if (!value) return { kind: "waiting", words: say("waiting"), value: null };
  return { ...decide(value, live), value };
}

/** The error of a value, as { text, unit }; null for limits without a reference. */
export function errorOf(value, live) {
  const reference = live.reference == null || live.mode === "limits" ? null : parse(live.reference);
  if (!reference) return null;
  const raw = subtract(value, reference);
  const error = live.mode === "match" ? negate(raw) : raw;
  if (live.error_unit !== "%") return { amount: error, text: show(error, true), unit: live.unit };
  const base = live.mode === "match" ? value : reference;
  const share = divide({ digits: error.digits * HUNDRED.digits, places: error.places }, base, PERCENT_PLACES);
  return share && { amount: share, text: show(share, true), unit: "%" };
}

function decide(value, live) {
  const space = spaceOf(value, live);
  const side = sideOf(value, live, space.flipped);
  if (side) return said("fail", side, gap(space, side), space);
  const margin = nearest(space);
  if (isGuarded(value, live)) return live.between === "fail" ? said("fail", "guarded", margin, space) : said("conditional", "conditional", margin, space);
  const onLimit = isOnLimit(value, live);
  return said("pass", space.error ? (onLimit ? "on_limit" : "pass_error") : onLimit ? "on_limit_plain" : "pass", margin, space);
}

// Margins are told where the tolerance is written: on the error where it has limits, else on the value.
function spaceOf(value, live) {
  const error = errorOf(value, live);
  const [lower, upper] = pair(live.lower_error, live.upper_error);
  if (error && (lower || upper)) return { amount: error.amount, lower, upper, unit: error.unit, error, flipped: live.mode === "match" };
  const [low, high] = pair(live.low, live.high);
  return { amount: value, lower: low, upper: high, unit: live.unit ?? "", error, flipped: false };
}

function sideOf(value, live, flipped) {
  const [low, high] = pair(live.low, live.high);
  if (high && compare(value, high) > 0) return flipped ? "under" : "over";
  if (low && compare(value, low) < 0) return flipped ? "over" : "under";
  return "";
}

function gap({ amount, lower, upper }, side) {
  const missing = side === "over" ? !upper : !lower;
  if (missing) return null;
  return side === "over" ? subtract(amount, upper) : subtract(lower, amount);
}

function nearest({ amount, lower, upper }) {
  const gaps = [lower && subtract(amount, lower), upper && subtract(upper, amount)].filter(Boolean);
  return gaps.sort(compare)[0] ?? null;
}

function isOnLimit(value, live) {
  return pair(live.low, live.high).some((limit) => limit && compare(value, limit) === 0);
}

function isGuarded(value, live) {
  const [low, high] = pair(live.accept_low, live.accept_high);
  return Boolean((low && compare(value, low) < 0) || (high && compare(value, high) > 0));
}

function pair(lower, upper) {
  return [lower, upper].map((limit) => (limit == null ? null : parse(limit)));
}

function said(kind, word, margin, { unit, error }) {
  const parts = { margin: margin ? show(margin) : "", unit, error: error?.text, error_unit: error?.unit };
  return { kind, words: say(word, parts) };
}
