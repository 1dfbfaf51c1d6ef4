// A value outside of its limits is told at once beside its box; nothing stops it, and the server decides.

import { compare, isAmbiguous, parse } from "./decimal.js";

for (const area of document.querySelectorAll("[data-outside-for]")) {
  const box = document.getElementById(area.dataset.outsideFor);
  const words = area.firstElementChild;
  const update = () => {
    words.hidden = !isOutside(box.value, area.dataset);
  };
  box.addEventListener("input", update);
  update();
}

function isOutside(typed, { low, high }) {
  const value = isAmbiguous(typed) ? null : parse(typed);
  if (!value) return false;
  return Boolean((low && compare(value, parse(low)) < 0) || (high && compare(value, parse(high)) > 0));
}
