// A second tap on a sending form is not a second record. The server knows it by the entry key; here it is not even sent.

import { heartbeat } from "./heartbeat.js";
import { say } from "./words.js";

const sending = new Map();
const reached = new WeakSet();

// A form is sent once the server answers: where it is away, the browser's own page would take the place of this one and
// of all that stands in it. The form keeps its entry key, so that what arrives twice is one entry.
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.requestSubmit || form.getAttribute("method")?.toLowerCase() !== "post") return;
    if (form.matches("[data-download], [target]") || reached.delete(form)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!sending.has(form)) send(form, event.submitter);
  },
  true,
);

async function send(form, submitter) {
  mark(form, submitter);
  const there = await answers();
  document.dispatchEvent(new CustomEvent("techfloor:asked", { detail: there }));
  release(form);
  document.querySelector("[data-unsent]")?.remove();
  if (there) {
    reached.add(form);
    form.requestSubmit(submitter);
  } else tellUnsent(form, submitter);
}

async function answers() {
  try {
    await heartbeat();
    return true;
  } catch {
    return false;
  }
}

function tellUnsent(form, submitter) {
  const words = document.getElementById("page-unsent").content.firstElementChild.cloneNode(true);
  words.querySelector("button").addEventListener("click", () => form.requestSubmit(submitter));
  const place = submitter?.closest(".actions") ?? form.lastElementChild;
  place.before(words);
  words.scrollIntoView({ block: "nearest" });
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.matches("[data-download], [target]")) return;
  if (sending.has(form)) {
    event.preventDefault();
    return;
  }
  mark(form, event.submitter ?? form.querySelector("button[type=submit], button:not([type])"));
});

// Back shows the page as it was left: free its buttons.
addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of [...sending.keys()]) release(form);
});

function release(form) {
  sending.get(form)();
  sending.delete(form);
}

function mark(form, button) {
  const label = button && [...button.childNodes];
  sending.set(form, () => {
    if (!button) return;
    button.textContent = "";
    button.append(...label);
    button.removeAttribute("aria-disabled");
  });
  if (!button) return;
  // Not `disabled`: a disabled button would neither be sent nor keep the focus.
  button.setAttribute("aria-disabled", "true");
  button.textContent = say("sending");
}
