// The sentences of the page's word list, translated with the page: say("saved", { time: "14:32" }).

const list = document.getElementById("page-words");

export function say(name, parts = {}) {
  const sentence = list?.content.querySelector(`[data-word="${name}"]`)?.textContent ?? "";
  return sentence.replace(/\{(\w+)\}/g, (whole, part) => parts[part] ?? whole);
}
