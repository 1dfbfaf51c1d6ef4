// What a typed value means against the limits the server put into the page. The server's verdict is the record.

import { compare, divide, isAmbiguous, negate, parse, show, subtract, twoDigits } from "./decimal.js";
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
  const [verdict, where] = placed(value, live, space);
  const kind = verdict.replace(/_.*/, "");
  const head = space.error ? "verdict_error" : "verdict";
  return { kind, words: say(head, { verdict: say(verdict), error: space.error?.text, error_unit: space.error?.unit, where }) };
}

// Margins are told where the tolerance is written: on the error where it has limits, else on the value.
function spaceOf(value, live) {
  const error = errorOf(value, live);
  const [lower, upper] = pair(live.lower_error, live.upper_error);
  if (error && (lower || upper)) return { amount: error.amount, lower, upper, guard: live.guard ? parse(live.guard) : null, unit: error.unit, error };
  const [low, high] = pair(live.low, live.high);
  return { amount: value, lower: low, upper: high, guard: null, unit: live.unit ?? "", error };
}

// The verdict of a value, and where it lies: in the words of the strip that the server shows after Next.
function placed(value, live, space) {
  const room = nearest(space.amount, space.lower, space.upper);
  const verdict = verdictOn(value, live, room, space.guard);
  const [word, margin] = where(value, live, room, space.guard, verdict);
  return [verdict, say(word, { margin: margin ? show(margin) : "", unit: space.unit })];
}

function verdictOn(value, live, room, guard) {
  if (!isInside(value, live.low, live.high)) return isConditional(live, room, guard) ? "conditional_fail" : "fail";
  if (isInside(value, live.accept_low, live.accept_high)) return "pass";
  return live.between === "fail" ? "fail" : "conditional_pass";
}

function where(value, live, room, guard, verdict) {
  if (room && room.digits < 0n) return ["outside", negate(room)];
  const side = verdict === "pass" ? "inside" : "outside";
  if (guard) return [`${side}_${live.taken ?? "guard"}`, twoDigits(size(subtract(room, guard)))];
  if (verdict === "fail") return ["just_outside"]; // by less than the words round to
  if (side === "outside") return ["outside_guard", gapTo(value, live)];
  return room.digits === 0n ? ["on_limit"] : ["inside", room];
}

// Outside the tolerance, but by no more than the guard band, four outcomes do not yet say fail.
function isConditional(live, room, guard) {
  return live.between === "conditional" && room && guard && compare(negate(room), guard) <= 0;
}

function gapTo(value, live) {
  const gap = nearest(value, ...pair(live.accept_low, live.accept_high));
  return gap && size(gap);
}

function nearest(amount, lower, upper) {
  const gaps = [lower && subtract(amount, lower), upper && subtract(upper, amount)].filter(Boolean);
  return gaps.sort(compare)[0] ?? null;
}

function isInside(value, lower, upper) {
  const [low, high] = pair(lower, upper);
  return !(low && compare(value, low) < 0) && !(high && compare(value, high) > 0);
}

function size(a) {
  return a.digits < 0n ? negate(a) : a;
}

function pair(lower, upper) {
  return [lower, upper].map((limit) => (limit == null ? null : parse(limit)));
}
