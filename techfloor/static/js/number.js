// Number boxes: the sign button, the pad, only characters of a decimal, Enter to the next box, and the live verdict.

import { draw } from "./picture.js";
import { judge } from "./verdict.js";

const ALLOWED = /^[\d.,+\-\u2212\s\u00a0\u202f]*$/;
const LONG = 7;
const SYMBOLS = { pass: "check", fail: "cross", conditional: "warning", waiting: "clock" };

for (const box of document.querySelectorAll("[data-number]")) {
  box.addEventListener("beforeinput", refuseLetters);
  box.addEventListener("input", () => box.classList.toggle("long", box.value.length > LONG));
  box.addEventListener("input", () => takeBack(box));
  if (box.dataset.live) follow(box, JSON.parse(box.dataset.live));
}
for (const button of document.querySelectorAll("[data-sign-for]")) {
  button.addEventListener("click", () => changeSign(document.getElementById(button.dataset.signFor)));
}
for (const pad of document.querySelectorAll("[data-keypad-for]")) attach(pad, pad.dataset.keypadFor.split(" ").map((id) => document.getElementById(id)));
for (const form of document.querySelectorAll('form[data-enter="next"]')) form.addEventListener("keydown", goToNext);

function refuseLetters(event) {
  if (event.data && !ALLOWED.test(event.data)) event.preventDefault();
}

// A yes was one to the value that was asked about, not to the next.
function takeBack(box) {
  const yes = box.form?.elements.confirmed;
  if (yes) yes.checked = false;
}

function changeSign(box) {
  const text = box.value.trim();
  set(box, /^[-\u2212]/.test(text) ? text.slice(1) : `-${text.replace(/^\+/, "")}`);
  box.focus();
}

function set(box, text) {
  box.value = text;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function attach(pad, boxes) {
  let box = boxes[0];
  for (const each of boxes) {
    // The page has its own pad: the tablet's keyboard would only cover it.
    if (matchMedia("(pointer: coarse)").matches) each.inputMode = "none";
    each.addEventListener("focus", () => (box = each));
  }
  for (const key of pad.querySelectorAll("[data-key]")) {
    key.addEventListener("pointerdown", (event) => event.preventDefault());
    key.addEventListener("click", () => press(box, key.dataset.key));
  }
  if (pad.closest(".bench")) keepInSight(pad, boxes);
}

// A pad that is called comes with the first touch of a box and goes with a tap elsewhere: after the tap, or it would miss.
function keepInSight(pad, boxes) {
  const show = (box) => {
    pad.classList.add("is-open");
    box.scrollIntoView({ block: "nearest" });
  };
  for (const box of boxes) box.addEventListener("focus", () => show(box));
  const typedInto = boxes.find((box) => box === document.activeElement || box.matches('[aria-invalid="true"]'));
  if (typedInto || !pad.closest(".pad-called")) show(typedInto ?? boxes[0]);
  document.addEventListener("click", ({ target }) => {
    if (!pad.contains(target) && !boxes.includes(document.activeElement)) pad.classList.remove("is-open");
  });
}

function press(box, key) {
  if (key === "clear") {
    set(box, "");
    return;
  }
  const end = box.value.length;
  const focused = document.activeElement === box;
  let [from, to] = focused ? [box.selectionStart, box.selectionEnd] : [end, end];
  if (key === "back" && from === to) from = Math.max(from - 1, 0);
  box.setRangeText(key === "back" ? "" : key, from, to, "end");
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

function goToNext(event) {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input:not([type=submit])")) return;
  const boxes = [...event.currentTarget.elements].filter(
    (item) => item.matches("input:not([type=hidden]), select, button.button-primary") && !item.disabled && item.offsetParent,
  );
  const next = boxes[boxes.indexOf(event.target) + 1];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select?.();
}

function follow(box, live) {
  const area = document.querySelector(`[data-live-for="${box.id}"]`);
  const picture = area.querySelector("[data-live-picture]");
  const update = () => {
    const verdict = judge(box.value, live);
    tell(area.querySelector("[data-live-panel]"), verdict);
    draw(picture, { ...live, shown: box.value.trim() }, verdict.value);
  };
  box.addEventListener("input", update);
  new ResizeObserver(update).observe(picture);
}

function tell(panel, { kind, words }) {
  panel.className = `panel is-${kind}`;
  const line = panel.querySelector("[data-live-words]");
  if (line.textContent !== words) line.textContent = words;
  const symbol = panel.querySelector("use");
  symbol.setAttribute("href", symbol.getAttribute("href").replace(/#.*/, `#${SYMBOLS[kind]}`));
}
