// Whether the server is reachable: a heartbeat decides, not what the browser believes of its network.

import { heartbeat } from "./heartbeat.js";

const PERIOD = 15_000;
const sign = document.querySelector("[data-online]");

async function beat() {
  if (document.hidden) return;
  try {
    show((await heartbeat()).ok);
  } catch {
    show(false);
  }
}

function show(reachable) {
  const state = reachable ? "on" : "off";
  if (sign.dataset.state === state) return;
  sign.dataset.state = state;
  sign.textContent = reachable ? sign.dataset.wordOn : sign.dataset.wordOff;
  document.dispatchEvent(new CustomEvent("techfloor:reachable", { detail: reachable }));
}

if (sign) {
  setInterval(beat, PERIOD);
  for (const event of ["online", "offline"]) addEventListener(event, beat);
  document.addEventListener("visibilitychange", beat);
  document.addEventListener("techfloor:asked", (event) => show(event.detail));
}
