// A refused form leads Back to itself, not to the browser's question whether to send it again: its place in the history
// becomes the page it was sent from.
if (document.body.hasAttribute("data-answers-post")) {
  const from = document.referrer && new URL(document.referrer);
  history.replaceState(history.state, "", from && from.origin === location.origin ? from.href : location.href);
}

// After a refused form the error summary is where reading starts; without one the box that has what is wrong beside it.

const summary = document.querySelector("[data-error-summary]");
if (summary) summary.focus();
else document.querySelector('.field-error [aria-invalid="true"]')?.focus();

// A link of the summary leads to the field itself, with what is wrong selected.
summary?.addEventListener("click", (event) => {
  const target = event.target.closest("a") && document.querySelector(event.target.closest("a").getAttribute("href"));
  if (!target) return;
  event.preventDefault();
  target.scrollIntoView({ block: "center" });
  target.focus();
  target.select?.();
});
