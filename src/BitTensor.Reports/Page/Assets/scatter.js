"use strict";
// Points by a slider: drawn as SVG, each point with its title. The axes are those of all places of the slider together.
const scatter = {
  start() {
    const data = page.data.scatter, place = document.getElementById("figure-scatter");
    if (!data || !place) return;
    const state = { data, place, slider: place.querySelector("input"), refill: null };
    state.refill = page.behind(place, () => scatter.rows(state));
    state.slider.addEventListener("input", () => scatter.draw(state));
    addEventListener("resize", () => scatter.draw(state));
    scatter.legend(state);
    scatter.draw(state);
  },

  bounds(rows) {
    const values = rows.flat().filter(v => typeof v === "number");
    if (values.length === 0) return [0, 1];
    const low = Math.min(...values), high = Math.max(...values), room = (high - low || Math.abs(high) || 1) * 0.06;
    return [low - room, high + room];
  },

  ticks(low, high) {
    const rough = (high - low) / 5, power = Math.pow(10, Math.floor(Math.log10(rough)));
    const step = [1, 2, 5, 10].map(f => f * power).find(s => s >= rough);
    const ticks = [];
    for (let at = Math.ceil(low / step); at * step <= high; at++) ticks.push(Number((at * step).toPrecision(12)));
    return ticks;
  },

  draw(state) {
    const { data, place } = state, k = Number(state.slider.value);
    const w = Math.max(300, Math.min(620, place.clientWidth || 620)), h = Math.round(w * 0.65), [left, bottom] = [62, 46];
    const [x0, x1] = scatter.bounds(data.x), [y0, y1] = scatter.bounds(data.y);
    const px = v => left + (v - x0) / (x1 - x0) * (w - left - 12), py = v => h - bottom - (v - y0) / (y1 - y0) * (h - bottom - 12);
    const svg = page.element("svg", { viewBox: "0 0 " + w + " " + h, role: "img", "aria-labelledby": "title-scatter", class: "picture" });
    for (const t of scatter.ticks(x0, x1)) svg.append(page.element("line", { x1: px(t), x2: px(t), y1: 12, y2: h - bottom, style: "stroke:var(--grid)" }),
      page.element("text", { x: px(t), y: h - bottom + 18, "text-anchor": "middle" }, charts.tick(t)));
    for (const t of scatter.ticks(y0, y1)) svg.append(page.element("line", { x1: left, x2: w - 12, y1: py(t), y2: py(t), style: "stroke:var(--grid)" }),
      page.element("text", { x: left - 6, y: py(t) + 4, "text-anchor": "end" }, charts.tick(t)));
    svg.append(page.element("path", { class: "axis", d: "M" + left + ",12 V" + (h - bottom) + " H" + (w - 12) }),
      page.element("text", { x: (w + left) / 2, y: h - 8, "text-anchor": "middle" }, data.xLabel),
      page.element("text", { x: 14, y: (h - bottom) / 2, "text-anchor": "middle", transform: "rotate(-90 14 " + (h - bottom) / 2 + ")" }, data.yLabel));
    let without = 0;
    data.x[k].forEach((x, i) => {
      const y = data.y[k][i], p = data.populations ? data.populations[i] : 0;
      if (typeof x !== "number" || typeof y !== "number") { without++; return; }
      const title = scatter.name(data, i) + ": worth " + page.text(x) + ", rank " + page.text(y);
      svg.append(page.element("path", { class: "point", d: page.mark(p), transform: "translate(" + px(x).toFixed(1) + "," + py(y).toFixed(1) + ")",
        style: "fill:var(--s" + (p % 8) + ");stroke:var(--paper)" }, page.element("title", {}, title)));
    });
    place.querySelector("div.picture").replaceChildren(svg);
    const text = (data.place || "block") + " " + data.blocks[k] + ": Pearson " + (data.pearson[k] === null ? "undefined" : page.text(data.pearson[k]))
      + (without ? ", " + without + " not measured or not finite" : "");
    place.querySelector("output").textContent = text;
    state.slider.setAttribute("aria-valuetext", text);
    state.refill();
  },

  name(data, i) {
    if (data.labels) return data.labels[i];
    const p = data.populations[i];
    return "neuron " + data.neurons[i] + " (" + (page.data.populations[p] || "population " + p) + ")";
  },

  legend(state) {
    if (!state.data.populations) return;
    const used = [...new Set(state.data.populations)].sort((a, b) => a - b);
    state.place.querySelector(".legend").replaceChildren(...used.map(p => page.element("span", {},
      page.element("svg", { width: 14, height: 12, "aria-hidden": "true" }, page.element("path", { d: page.mark(p), transform: "translate(7,6)", style: "fill:var(--s" + (p % 8) + ")" })),
      " " + (page.data.populations[p] || "population " + p))));
  },

  rows({ data, slider }) {
    const k = Number(slider.value);
    return [["neuron", data.xLabel, data.yLabel],
      ...data.x[k].map((x, i) => [scatter.name(data, i), page.text(x), page.text(data.y[k][i])])];
  },
};
