// A hand scanner types like a very fast person and ends with Enter or Tab. Outside of a field its code opens /e/<code>. In
// a number box, where the focus is all day, it asks first: the digits of a code are no reading. What a measuring device
// types is digits alone, and stays a reading.

const GAP = 60;
const SHORTEST = 3;
const ENDS = new Set(["Enter", "Tab"]);
const NUMBER = /^[\d.,+\-\u2212\s]*$/;
let burst = "";
let last = 0;
let before = "";

addEventListener(
  "keydown",
  (event) => {
    const field = event.target.closest?.("input, textarea, select, [contenteditable]");
    if ((field && !field.matches("[data-number]")) || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.timeStamp - last > GAP) burst = "";
    last = event.timeStamp;
    if (ENDS.has(event.key) && burst.length >= SHORTEST) scanned(event, field);
    else if (event.key.length === 1) {
      if (!burst) before = field?.value ?? "";
      burst += event.key;
    }
  },
  { capture: true },
);

function scanned(event, box) {
  const typed = burst;
  burst = "";
  if (box && NUMBER.test(typed)) return;
  event.preventDefault();
  event.stopPropagation();
  const code = decode(typed.replace(/^.*\/e\//, "").trim());
  const url = `/e/${encodeURIComponent(code)}`;
  if (box) ask(box, code, url);
  else location.assign(url);
}

function ask(box, code, url) {
  box.value = before;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  document.querySelector("[data-scanned]")?.remove();
  const question = document.getElementById("page-scanned").content.firstElementChild.cloneNode(true);
  const way = question.querySelector("a");
  way.href = url;
  question.querySelector("[data-code]").textContent = code;
  question.querySelector("button").addEventListener("click", () => {
    question.remove();
    box.focus();
  });
  box.closest(".field").append(question);
  question.scrollIntoView({ block: "nearest" });
  way.focus();
}

function decode(code) {
  try {
    return decodeURIComponent(code);
  } catch {
    return code;
  }
}
