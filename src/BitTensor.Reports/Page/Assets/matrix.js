"use strict";
// The matrix is drawn by the program that wrote the page; its slider changes colours, numbers and titles.
const matrix = {
  start() {
    const graph = document.getElementById("figure-graph");
    if (graph) page.behind(graph, () => [["from", "to", "weight"], ...page.data.graph.map(([a, b, w]) => [a, b, page.text(w)])]);
    const data = page.data.matrix, place = document.getElementById("figure-matrix");
    if (!data || !place) return;
    const slider = place.querySelector("input"), names = page.data.populations;
    const refill = page.behind(place, () => [["from \\ to", ...names],
      ...names.map((name, p) => [name, ...names.map((_, q) => page.text(data.values[Number(slider.value)][p * names.length + q]))])]);
    const draw = () => { matrix.draw(place, data, names, Number(slider.value), slider); refill(); };
    slider.addEventListener("input", draw);
    draw();
  },

  color(share) {
    const stops = [[68, 1, 84], [59, 82, 139], [33, 145, 140], [94, 201, 98], [253, 231, 37]];
    const at = Math.min(1, Math.max(0, share)) * (stops.length - 1), k = Math.min(Math.floor(at), stops.length - 2);
    return "rgb(" + stops[k].map((a, c) => Math.round(a + (stops[k + 1][c] - a) * (at - k))).join(",") + ")";
  },

  draw(place, data, names, block, slider) {
    const texts = place.querySelectorAll("svg text.value");
    place.querySelectorAll("svg rect").forEach((cell, k) => {
      const value = data.values[block][k];
      cell.setAttribute("fill", matrix.color(page.finite(value) || 0));
      cell.querySelector("title").textContent = "a neuron of " + names[Math.floor(k / names.length)] + " gives " + names[k % names.length] + " " + page.text(value);
      if (texts.length) { texts[k].textContent = typeof value === "number" ? value.toFixed(3) : page.text(value); texts[k].setAttribute("fill", value > 0.55 ? "#000" : "#fff"); }
    });
    const text = "block " + data.blocks[block];
    place.querySelector("output").textContent = text;
    slider.setAttribute("aria-valuetext", text);
  },
};
