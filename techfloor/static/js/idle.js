// The idle lock of a shared tablet. The moment of the last touch is shared by all tabs, and counts while the tablet sleeps.

const WARNING = 30_000;
const KEY = "techfloor-touched";
const minutes = Number(document.body.dataset.idleMinutes ?? 0);
const warning = document.querySelector("[data-idle-warning]");
let touched = Date.now();

function touch() {
  touched = Date.now();
  try {
    localStorage.setItem(KEY, String(touched));
  } catch {
    // Without storage each tab counts for itself.
  }
  if (warning) warning.hidden = true;
}

function lastTouch() {
  try {
    return Math.max(touched, Number(localStorage.getItem(KEY) ?? 0));
  } catch {
    return touched;
  }
}

function look() {
  const left = lastTouch() + minutes * 60_000 - Date.now();
  if (warning) warning.hidden = left > WARNING;
  if (left <= 0) lock();
}

function lock() {
  const form = document.getElementById("lock");
  clearInterval(watch);
  if (form) form.submit();
  else location.assign("/sign-in/lock");
}

let watch = 0;
if (minutes > 0) {
  touch();
  for (const event of ["pointerdown", "keydown", "wheel", "touchstart"]) addEventListener(event, touch, { passive: true });
  document.addEventListener("visibilitychange", look);
  watch = setInterval(look, 1_000);
}
