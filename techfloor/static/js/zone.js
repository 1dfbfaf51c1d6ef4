// A new plant is most likely where its first browser is; what the server thought of its own place comes second.

const zones = document.querySelector("select[data-zone-of-browser]");
const here = zones && Intl.DateTimeFormat().resolvedOptions().timeZone;

if (here && [...zones.options].some((option) => option.value === here)) zones.value = here;
