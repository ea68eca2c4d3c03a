"use strict";
// Opens the page: theme, figures, and the controls that all figures share.
(() => {
  const asked = matchMedia("(prefers-color-scheme: dark)");
  page.setTheme(asked.matches ? "dark" : "light");
  charts.start();
  scatter.start();
  matrix.start();
  const by = id => document.getElementById(id);
  if (!by("theme")) return;
  by("theme").addEventListener("click", () => page.setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"));
  // Paper is white whatever the screen is.
  let before = null;
  addEventListener("beforeprint", () => { before = document.documentElement.dataset.theme; page.setTheme("light"); });
  addEventListener("afterprint", () => before && page.setTheme(before));
  // A link to something inside a closed part opens the part.
  const reveal = () => {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    for (let part = target && target.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
    if (target) target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();
  if (!page.data.blocks) {
    document.querySelectorAll(".toolbar .range, .toolbar .single").forEach(part => part.remove());
    return;
  }
  const change = () => charts.setRange(Number(by("from").value), Number(by("to").value));
  by("from").addEventListener("change", change);
  by("to").addEventListener("change", change);
  by("all").addEventListener("click", () => charts.setRange(-Infinity, Infinity));
  charts.setRange(-Infinity, Infinity);
  if (!page.data.shown) return;
  by("neurons").addEventListener("change", () => {
    const lacking = charts.setNeurons(by("neurons").value);
    by("note").textContent = lacking.length ? "not in this page: " + lacking.join(", ") + "; bta export has every neuron" : "";
  });
})();
