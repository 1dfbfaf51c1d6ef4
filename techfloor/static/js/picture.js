// The tolerance as a picture, drawn at the width it has on the screen so that its letters keep their size.

import { parse, toFloat } from "./decimal.js";
import { errorOf } from "./verdict.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 0.14;
const NARROW = 340;
const HEIGHT = 92;

/** Draw limits, guard band, marker and uncertainty of `value` (null: no marker yet) into `box`. */
export function draw(box, live, value) {
  const scale = scaleOf(live, box.clientWidth);
  if (!scale) {
    box.hidden = true;
    return;
  }
  const svg = shape("svg", { viewBox: `0 0 ${scale.width} ${HEIGHT}`, width: scale.width, height: HEIGHT });
  svg.append(...zones(live, scale), ...limits(live, scale));
  if (value) svg.append(...marker(live, scale, value));
  box.textContent = "";
  box.append(svg);
}

function scaleOf(live, width) {
  const [low, high] = [number(live.low), number(live.high)];
  if (low === null || high === null || !(high > low) || !width) return null;
  const [left, right] = [width * MARGIN, width * (1 - MARGIN)];
  const at = (share) => left + share * (right - left);
  const flipped = live.mode === "match";
  const share = (v) => (flipped ? high - v : v - low) / (high - low);
  return { width, at, share, place: (v) => at(share(v)), left, right };
}

function zones(live, { width, place, left, right }) {
  const parts = [zone("fail", 0, width), zone("pass", left, right)];
  const inner = [live.accept_low ?? live.low, live.accept_high ?? live.high].map((v) => place(number(v))).sort((a, b) => a - b);
  if (inner[0] > left) parts.push(zone("guard", left, inner[0]));
  if (inner[1] < right) parts.push(zone("guard", inner[1], right));
  return parts;
}

function limits(live, scale) {
  const lower = live.lower_error ?? live.low;
  const upper = live.upper_error ?? live.high;
  const signed = live.lower_error != null;
  const unit = live.error_unit ?? live.unit ?? "";
  const parts = [limit(scale.left), limit(scale.right)];
  parts.push(label(scale.left, said(lower, signed)), label(scale.right, scale.width < NARROW ? said(upper, signed) : `${said(upper, signed)} ${unit}`));
  const zero = live.reference == null ? null : scale.place(number(live.reference));
  if (signed && zero > scale.left && zero < scale.right) {
    parts.push(shape("path", { class: "centre", d: `M${zero} 26v32` }), label(zero, "0"));
  }
  return parts;
}

function marker(live, scale, value) {
  const x = Math.min(Math.max(scale.place(toFloat(value)), 10), scale.width - 10);
  const half = halfWidth(live, scale);
  const parts = [];
  if (half) parts.push(shape("path", { class: "whisker", d: whisker(Math.max(x - half, 2), Math.min(x + half, scale.width - 2)) }));
  const error = errorOf(value, live);
  const text = error ? error.text : live.shown ?? "";
  const words = shape("text", { class: "marker-text", x: Math.min(Math.max(x, 40), scale.width - 40), y: 13 });
  words.textContent = text;
  parts.push(shape("path", { class: "marker", d: `M${x - 8} 21h16l-8 10zM${x} 30v28` }), words);
  return parts;
}

function halfWidth(live, { left, right }) {
  const u = number(live.u);
  const [lower, upper] = [number(live.lower_error ?? live.low), number(live.upper_error ?? live.high)];
  return u && upper > lower ? (u / (upper - lower)) * (right - left) : 0;
}

function whisker(from, to) {
  return `M${from} 36v12M${to} 36v12M${from} 42H${to}`;
}

function zone(kind, from, to) {
  return shape("rect", { class: `zone-${kind}`, x: from, y: 30, width: Math.max(to - from, 0), height: 24 });
}

function limit(x) {
  return shape("path", { class: "limit", d: `M${x} 24v36` });
}

function label(x, text) {
  const words = shape("text", { x, y: 80 });
  words.textContent = text;
  return words;
}

function said(text, signed) {
  const plain = text.replace("-", "\u2212");
  return signed && !/^[\u2212+]/.test(plain) && number(text) !== 0 ? `+${plain}` : plain;
}

function number(text) {
  const value = text == null ? null : parse(text);
  return value && toFloat(value);
}

function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  return node;
}
