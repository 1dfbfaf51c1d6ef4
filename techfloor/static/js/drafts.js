// Drafts: what is typed is kept on the server, or on this tablet while the server cannot be reached. Saving never signs.

import { say } from "./words.js";

const WAIT = 300;
const PREFIX = "techfloor-draft:";

sweep();
for (const form of document.querySelectorAll("form[data-draft]")) keep(form);

function keep(form) {
  let timer = 0;
  restore(form);
  const stop = () => {
    clearTimeout(timer);
    timer = 0;
  };
  const now = () => {
    stop();
    save(form);
  };
  form.addEventListener("input", () => {
    stop();
    timer = setTimeout(now, WAIT);
  });
  form.addEventListener("submit", () => {
    stop();
    flag(form);
  });
  // Who leaves in the moment after the last letter leaves nothing behind.
  addEventListener("pagehide", () => timer && now());
  document.addEventListener("techfloor:reachable", (event) => event.detail && read(form) && save(form));
}

async function save(form) {
  const values = valuesOf(form);
  try {
    const answer = await fetch(form.dataset.draft, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": token(form) },
      body: JSON.stringify({ page: location.pathname, values }),
      credentials: "same-origin",
      keepalive: true,
    });
    if (!answer.ok) throw new Error(answer.statusText);
    const { saved_at: savedAt } = await answer.json().catch(() => ({}));
    forget(form);
    tell(form, say("saved", { time: savedAt ?? clockTime() }));
  } catch {
    write(form, { owner: form.dataset.draftOwner, path: location.pathname, values });
    tell(form, say("kept"));
  }
}

// Named values only; secrets, tokens and files never enter a draft.
function valuesOf(form) {
  const values = {};
  for (const item of form.elements) {
    if (!item.name || item.name === "csrf_token" || item.disabled || item.matches("[type=password], [type=file], [data-secret], button")) continue;
    if (item.matches("[type=radio], [type=checkbox]") && !item.checked) continue;
    values[item.name] = item.name in values ? [values[item.name], item.value].flat() : item.value;
  }
  return values;
}

function restore(form) {
  const draft = read(form);
  if (!draft || draft.owner !== form.dataset.draftOwner) return;
  for (const [name, value] of Object.entries(draft.values)) {
    for (const item of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) fill(form, item, [value].flat());
  }
  tell(form, say("kept"));
  save(form);
}

function fill(form, item, values) {
  if (item.matches("[type=hidden], [type=password], [type=file]")) return;
  if (item.matches("[type=radio], [type=checkbox]")) {
    const touched = item.type === "radio" && form.querySelector(`[name="${CSS.escape(item.name)}"]:checked`);
    if (!touched && values.includes(item.value)) item.checked = true;
  } else if (!item.value) {
    item.value = values[0];
    item.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

// A sent form's copy goes once a page has come back; a refused form, or an error page, keeps it.
function sweep() {
  if (document.querySelector("[data-error-page]")) return;
  for (const key of Object.keys(storage())) {
    if (!key.startsWith(PREFIX)) continue;
    const draft = JSON.parse(storage()[key]);
    if (!draft.sent) continue;
    if (draft.path === location.pathname && document.querySelector("[data-error-summary], [aria-invalid=true]")) continue;
    storage().removeItem(key);
  }
}

function flag(form) {
  const draft = read(form);
  if (draft) write(form, { ...draft, sent: true });
}

function key(form) {
  return `${PREFIX}${form.dataset.draftOwner}:${location.pathname}`;
}

function read(form) {
  return JSON.parse(storage().getItem?.(key(form)) ?? "null");
}

function write(form, draft) {
  try {
    storage().setItem(key(form), JSON.stringify(draft));
  } catch {
    tell(form, "");
  }
}

function forget(form) {
  storage().removeItem?.(key(form));
}

// A browser may forbid storage altogether; then drafts live on the server only.
function storage() {
  try {
    return localStorage;
  } catch {
    return {};
  }
}

function token(form) {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? form.elements.csrf_token?.value ?? "";
}

function tell(form, words) {
  const place = form.querySelector("[data-draft-state]") ?? document.querySelector("[data-draft-state]");
  if (place) place.textContent = words;
}

function clockTime() {
  return new Date().toTimeString().slice(0, 5);
}
