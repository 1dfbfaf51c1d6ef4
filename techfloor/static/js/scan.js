// A hand scanner types like a very fast person and ends with Enter. Outside of a field its code opens /e/<code>.

const GAP = 60;
const SHORTEST = 3;
let burst = "";
let last = 0;

addEventListener(
  "keydown",
  (event) => {
    if (event.target.closest?.("input, textarea, select, [contenteditable]") || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - last > GAP) burst = "";
    last = event.timeStamp;
    if (event.key === "Enter" && burst.length >= SHORTEST) open(event);
    else if (event.key.length === 1) burst += event.key;
  },
  { capture: true },
);

function open(event) {
  event.preventDefault();
  event.stopPropagation();
  const code = burst.replace(/^.*\/e\//, "").trim();
  burst = "";
  location.assign(`/e/${encodeURIComponent(decode(code))}`);
}

function decode(code) {
  try {
    return decodeURIComponent(code);
  } catch {
    return code;
  }
}
