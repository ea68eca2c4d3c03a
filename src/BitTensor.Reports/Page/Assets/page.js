"use strict";
// What all figures of a page share: data, styles, theme, number texts, and the tables behind figures.
const page = {
  data: JSON.parse(document.getElementById("data").textContent),
  live: document.getElementById("live"),

  // 8 colours by 4 patterns: 32 styles before one repeats. Neighbours differ in both.
  color(style) { return getComputedStyle(document.documentElement).getPropertyValue("--s" + (style % 8)).trim(); },
  pattern(style) { return (style + Math.floor(style / 8)) % 4; },
  dash(style) { return [[], [9, 4], [2, 3], [10, 3, 2, 3]][page.pattern(style)]; },
  ink(name) { return getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim(); },

  // Missing, zero and not finite are three different things.
  finite(value) { return typeof value === "number" ? value : null; },
  text(value) {
    if (value === null || value === undefined) return "not measured";
    if (value === "NaN") return "not a number";
    if (typeof value === "string") return value === "Infinity" ? "infinite" : "minus infinite";
    return String(Number(value.toPrecision(4)));
  },

  element(name, attributes, ...children) {
    const svg = ["svg", "path", "line", "text", "title", "g"].includes(name);
    const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
    made.append(...children);
    return made;
  },

  // Fills the table behind a figure when a reader opens it, and again when what it shows changes.
  behind(figure, rows) {
    const details = figure.querySelector("details.behind");
    const fill = () => {
      if (!details.open) return;
      const [head, ...body] = rows();
      const table = page.element("table", {},
        page.element("caption", {}, page.element("span", {}, figure.querySelector("h3").textContent)),
        page.element("thead", {}, page.element("tr", {}, ...head.map((h, c) => page.element("th", c === 0 ? { scope: "col" } : { scope: "col", class: "number" }, h)))),
        page.element("tbody", {}, ...body.map(row => page.element("tr", {}, ...row.map((cell, c) => c === 0
          ? page.element("th", { scope: "row" }, String(cell))
          : page.element("td", { class: "number" }, cell))))));
      const box = page.element("div", { class: "wide", tabindex: "0", role: "group", "aria-label": "Numbers" }, table);
      details.lastElementChild.replaceChildren(box);
    };
    details.addEventListener("toggle", fill);
    return fill;
  },

  mark(style) {
    return [
      "M-4,0 A4,4 0 1 0 4,0 A4,4 0 1 0 -4,0 z", "M-4,-4 H4 V4 H-4 z", "M0,-5 L5,4 H-5 z", "M0,-5.5 L5,0 L0,5.5 L-5,0 z",
    ][page.pattern(style)];
  },

  setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    const button = document.getElementById("theme");
    if (button) button.setAttribute("aria-pressed", String(theme === "dark"));
    document.dispatchEvent(new Event("themed"));
  },
};
