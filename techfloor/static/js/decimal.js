// Exact decimals: { digits, places } stands for digits / 10^places. No float ever touches a reading.

const SHAPE = /^([+-]?)(\d*)(?:[.,](\d*))?$/;
const SPACES = /[\s\u00a0\u202f]/g;
const AMBIGUOUS = /^[+-]?\d{1,3},\d{3}$/;

/** Whether `text` may mean thousands as well as decimals: 1,234. */
export function isAmbiguous(text) {
  return AMBIGUOUS.test(tidy(text));
}

/** Read what a person typed; null when it is no number (yet). */
export function parse(text) {
  const match = SHAPE.exec(tidy(text));
  if (!match || !(match[2] || match[3])) return null;
  const [, sign, whole, part = ""] = match;
  const size = BigInt((whole || "") + part || "0");
  return { digits: sign === "-" ? -size : size, places: part.length };
}

export function subtract(a, b) {
  const places = Math.max(a.places, b.places);
  return { digits: raise(a, places) - raise(b, places), places };
}

/** Below 0, 0 or above 0, as a is less than, equal to or more than b. */
export function compare(a, b) {
  const { digits } = subtract(a, b);
  return digits < 0n ? -1 : digits > 0n ? 1 : 0;
}

export function negate(a) {
  return { digits: -a.digits, places: a.places };
}

/** a / b rounded half to even to `places`; null when b is zero. */
export function divide(a, b, places) {
  if (b.digits === 0n) return null;
  const shift = places + b.places - a.places;
  let top = a.digits * 10n ** BigInt(Math.max(shift, 0));
  let bottom = b.digits * 10n ** BigInt(Math.max(-shift, 0));
  if (bottom < 0n) [top, bottom] = [-top, -bottom];
  const size = top < 0n ? -top : top;
  const twice = (size % bottom) * 2n;
  let digits = size / bottom;
  if (twice > bottom || (twice === bottom && digits % 2n === 1n)) digits += 1n;
  return { digits: top < 0n ? -digits : digits, places };
}

/** To two significant digits, half to even, but up where that would lower it by more than 5 %; a is not below zero. */
export function twoDigits(a) {
  if (a.digits === 0n) return a;
  const places = a.places - a.digits.toString().length + 2;
  const rounded = divide(a, { digits: 1n, places: 0 }, places);
  const lost = subtract(a, rounded);
  if (lost.digits * 20n > raise(a, lost.places)) rounded.digits += 1n;
  if (rounded.digits < 100n) return rounded.places < 0 ? { digits: raise(rounded, 0), places: 0 } : rounded;
  return twoDigits({ digits: rounded.digits / 10n, places: rounded.places - 1 });
}

/** As text with a true minus sign; `signed` also writes the plus. */
export function show(a, signed = false) {
  const size = (a.digits < 0n ? -a.digits : a.digits).toString().padStart(a.places + 1, "0");
  const cut = size.length - a.places;
  const text = a.places ? `${size.slice(0, cut)}.${size.slice(cut)}` : size;
  if (a.digits < 0n) return `\u2212${text}`;
  return signed && a.digits > 0n ? `+${text}` : text;
}

/** For drawing only: a place on the screen needs no exactness. */
export function toFloat(a) {
  return Number(a.digits) / 10 ** a.places;
}

function tidy(text) {
  return text.replace(SPACES, "").replace(/[\u2212\u2013]/, "-");
}

function raise(a, places) {
  return a.digits * 10n ** BigInt(places - a.places);
}
