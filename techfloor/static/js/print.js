// A button that prints the page, or the frame it names; without scripts it is not shown, and the browser's own menu prints.
const showsPdf = navigator.pdfViewerEnabled !== false;

for (const button of document.querySelectorAll("[data-print]")) {
  const frame = document.getElementById(button.dataset.print);
  if (frame && !showsPdf) continue;
  button.hidden = false;
  button.addEventListener("click", () => (frame ? frame.contentWindow : window).print());
}

// A browser that shows no PDF within a page would leave the frame black.
for (const frame of document.querySelectorAll("[data-paper]")) {
  frame.hidden = !showsPdf;
}
for (const words of document.querySelectorAll("[data-no-paper]")) {
  words.hidden = showsPdf;
}
