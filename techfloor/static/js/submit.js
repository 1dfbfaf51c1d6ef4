// A second tap on a sending form is not a second record. The server knows it by the entry key; here it is not even sent.

import { say } from "./words.js";

const sending = new Map();

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
  for (const [form, restore] of sending) {
    restore();
    sending.delete(form);
  }
});

function mark(form, button) {
  const label = button && [...button.childNodes];
  sending.set(form, () => {
    if (!button) return;
    button.replaceChildren(...label);
    button.removeAttribute("aria-disabled");
  });
  if (!button) return;
  // Not `disabled`: a disabled button would neither be sent nor keep the focus.
  button.setAttribute("aria-disabled", "true");
  button.textContent = say("sending");
}
