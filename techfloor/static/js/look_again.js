// A page about work that goes on looks again by itself, until it has ended; what was read stays where it was.

const place = () => document.querySelector("[data-look-again]");

async function look() {
  const shown = place();
  if (!shown.contains(document.activeElement)) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const newer = page.querySelector("[data-look-again]");
      if (answer.ok && newer) shown.replaceWith(newer);
    } catch {
      // The server is away: the page says so by itself, and this looks again later.
    }
  }
  wait();
}

function wait() {
  const period = Number(place()?.dataset.lookAgain);
  if (period) setTimeout(look, document.hidden ? period * 10 : period);
}

wait();
