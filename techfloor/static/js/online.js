// Whether the server is reachable: a heartbeat decides, not what the browser believes of its network.

const PERIOD = 15_000;
const PATIENCE = 5_000;
const sign = document.querySelector("[data-online]");

async function beat() {
  if (document.hidden) return;
  try {
    const answer = await fetch("/healthz", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
    show(answer.ok);
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
}
