"use strict";
// Curves: one uPlot per figure, all on one axis of blocks with one range, one cursor and one choice of populations.
const charts = {
  all: [],
  range: null,
  hidden: new Set(),
  neurons: [],

  start() {
    for (const figure of page.data.figures) {
      const place = document.getElementById("figure-" + figure.id);
      if (place) charts.all.push(charts.make(figure, place));
    }
    document.addEventListener("themed", () => charts.all.forEach(charts.draw));
  },

  make(figure, place) {
    const chart = { figure, place, plot: place.querySelector(".plot"), at: null };
    chart.x = figure.x || page.data.blocks;
    chart.ofPopulations = Boolean(figure.neurons);
    chart.refill = page.behind(place, () => charts.rows(chart));
    chart.plot.tabIndex = 0;
    chart.plot.setAttribute("role", "img");
    chart.plot.setAttribute("aria-label", charts.label(chart));
    chart.plot.addEventListener("keydown", event => charts.key(chart, event));
    charts.legend(chart);
    charts.draw(chart);
    new ResizeObserver(() => {
      const width = chart.plot.clientWidth;
      if (width > 0 && chart.u && Math.abs(chart.u.width - width) > 1) chart.u.setSize({ width, height: chart.u.height });
    }).observe(chart.plot);
    return chart;
  },

  label(chart) {
    const names = chart.figure.curves.map(c => c.name);
    const more = names.length > 6 ? " and " + (names.length - 6) + " more" : "";
    return chart.place.querySelector("h3").textContent + ", " + chart.figure.yLabel + " over " + chart.figure.xLabel + ": "
      + names.slice(0, 6).join(", ") + more + ". Arrow keys move a cursor; the table below has the numbers.";
  },

  // The curves as they are drawn: a range is two curves without a line.
  series(chart) {
    const made = [];
    const crowd = chart.figure.curves.filter(c => c.low).length > 8;
    for (const curve of chart.figure.curves) {
      if (chart.ofPopulations && charts.hidden.has(curve.name)) continue;
      if (!chart.ofPopulations && charts.hidden.has(chart.figure.id + "/" + curve.name)) continue;
      made.push({ curve, values: curve.values, width: curve.kind === "bound" ? 1.2 : 2 });
      if (curve.low && (!crowd || charts.hidden.size > 0)) {
        made.push({ curve, values: curve.low, width: 0, range: true });
        made.push({ curve, values: curve.high, width: 0, range: true });
      }
    }
    for (const [k, neuron] of charts.neurons.entries()) {
      const values = chart.figure.neurons && chart.figure.neurons[neuron];
      if (values) made.push({ curve: { name: "neuron " + neuron, kind: "line", style: k, values }, values, width: 1, own: true });
    }
    return made;
  },

  draw(chart) {
    if (chart.u) chart.u.destroy();
    const { figure } = chart;
    const drawn = chart.drawn = charts.series(chart);
    const axis = { stroke: page.ink("soft"), grid: { stroke: page.ink("grid"), width: 1 }, ticks: { stroke: page.ink("line") },
      font: "12px DejaVu Sans, system-ui, sans-serif", labelFont: "12px DejaVu Sans, system-ui, sans-serif" };
    const series = drawn.map(({ curve, width, range, own }) => {
      const color = curve.kind === "bound" ? page.ink("soft") : own ? page.ink("ink") : page.color(curve.style);
      return { label: curve.name, stroke: color, width, dash: curve.kind === "bound" ? [4, 4] : page.dash(curve.style), spanGaps: false,
        paths: curve.kind === "points" ? () => null : undefined,
        points: { show: curve.kind === "points" && !range, filter: range || curve.kind === "points" ? null : charts.lonely,
          size: curve.kind === "points" ? 9 : 5, fill: color } };
    });
    const bands = drawn.flatMap(({ curve, range }, k) => range && curve.kind !== "points" && drawn[k + 1] && drawn[k + 1].curve === curve
      ? [{ series: [k + 2, k + 1], fill: charts.faint(page.color(curve.style)) }] : []);
    const numbers = figure.x ? chart.x : page.data.blocks;
    const single = numbers.length === 1;
    const counts = drawn.every(d => d.values.every(v => typeof v !== "number" || Number.isInteger(v)));
    const height = chart.plot.clientWidth < 480 ? 220 : 250;
    chart.u = new uPlot({
      width: Math.max(200, chart.plot.clientWidth || 320), height,
      legend: { show: false },
      scales: { x: { time: false, distr: figure.logX ? 3 : 1, range: charts.xRange(chart, single) }, y: { range: charts.yRange } },
      axes: [
        { ...axis, label: figure.xLabel, labelSize: 18, size: 30, incrs: figure.overBlocks ? charts.steps : undefined,
          splits: figure.names || figure.logX && numbers.length <= 8 ? () => numbers : undefined, values: charts.places(figure, numbers) },
        { ...axis, label: charts.fit(figure.yLabel, height), labelSize: 20, size: 58, incrs: counts ? charts.steps : undefined,
          values: (u, at) => at.map(v => charts.tick(v)) },
      ],
      cursor: { sync: figure.overBlocks ? { key: "blocks", setSeries: false } : undefined, drag: { x: true, y: false, setScale: false }, y: false },
      series: [{}, ...series], bands,
      hooks: {
        drawClear: [u => charts.shade(chart, u)],
        draw: [u => charts.unusual(chart, u)],
        setCursor: [u => charts.read(chart, u.cursor.idx)],
        setSelect: [u => charts.select(chart, u)],
      },
    }, [numbers, ...drawn.map(d => d.values.map(page.finite))], chart.plot);
    chart.refill();
  },

  xRange(chart, single) {
    return (u, low, high) => {
      if (chart.figure.overBlocks && charts.range) return charts.range;
      if (chart.figure.overBlocks && page.data.blocks) return charts.whole();
      return single || low === high ? [low - 1, high + 1] : chart.figure.logX ? [low, high] : [low - (high - low) * 0.04, high + (high - low) * 0.04];
    };
  },

  whole() {
    const blocks = page.data.blocks;
    return [blocks[0], Math.max(blocks[0] + 1, blocks[blocks.length - 1])];
  },

  yRange(u, low, high) {
    if (low === null) return [0, 1];
    if (low === high) return [low - Math.max(1e-9, Math.abs(low) * 0.1), high + Math.max(1e-9, Math.abs(high) * 0.1)];
    return uPlot.rangeNum(low, high, 0.08, true);
  },

  steps: [1, 2, 5].flatMap(d => Array.from({ length: 10 }, (_, power) => d * 10 ** power)).sort((a, b) => a - b),

  // Texts of the places on the x axis: names, or numbers that leave each other room.
  places(figure, numbers) {
    if (figure.names) return (u, at) => at.map(v => figure.names[numbers.indexOf(v)]);
    let last;
    return (u, at) => at.map((v, k) => {
      if (v === null) return "";
      const x = u.valToPos(v, "x");
      if (k > 0 && figure.logX && x - last < 28) return "";
      last = x;
      return charts.tick(v);
    });
  },

  // A value between two that are missing has no line, so it is a point.
  lonely(u, k) {
    const values = u.data[k];
    return values.flatMap((v, at) => v !== null && (values[at - 1] ?? null) === null && (values[at + 1] ?? null) === null ? [at] : []);
  },

  // A label as long as its axis.
  fit(label, height) {
    const room = Math.floor((height - 56) / 7);
    return label.length <= room ? label : label.slice(0, room - 1) + "…";
  },

  faint(color) { return color.startsWith("#") ? color + "2e" : color; },

  tick(value) {
    const size = Math.abs(value);
    return size !== 0 && (size >= 1e6 || size < 1e-3) ? value.toExponential().replace("e+", "e") : String(Number(value.toPrecision(6)));
  },

  // Faults and outages lie behind every curve over blocks.
  shade(chart, u) {
    const { ctx } = u, { left, top, width, height } = u.bbox;
    ctx.save();
    if (chart.figure.overBlocks) for (const { span: [from, to] } of page.data.shades || []) {
      const a = Math.max(left, u.valToPos(from, "x", true)), b = Math.min(left + width, u.valToPos(to, "x", true));
      if (b >= left && a <= left + width) {
        ctx.fillStyle = page.ink("shade");
        ctx.fillRect(a, top, Math.max(2, b - a), height);
      }
    }
    ctx.restore();
  },

  // The place that decided, and values that are not finite: a cross at the upper edge, in the colour of the curve.
  unusual(chart, u) {
    const { ctx } = u, { top, height } = u.bbox, ratio = devicePixelRatio || 1;
    ctx.save();
    ctx.setLineDash([]);
    if (chart.figure.marked !== undefined) {
      const x = u.valToPos(chart.figure.marked, "x", true);
      ctx.strokeStyle = page.ink("fail"); ctx.lineWidth = 1.5 * ratio;
      ctx.beginPath(); ctx.moveTo(x, top); ctx.lineTo(x, top + height); ctx.stroke();
    }
    charts.intervals(chart, u, ratio);
    let row = 0;
    for (const { curve, values, range } of chart.drawn) {
      if (range) continue;
      const odd = values.flatMap((v, k) => typeof v === "string" ? [k] : []);
      if (odd.length === 0) continue;
      ctx.strokeStyle = page.color(curve.style); ctx.lineWidth = 2 * ratio;
      for (const k of odd) {
        const x = u.valToPos(u.data[0][k], "x", true), y = top + (8 + 11 * row) * ratio, r = 4 * ratio;
        ctx.beginPath(); ctx.moveTo(x - r, y - r); ctx.lineTo(x + r, y + r); ctx.moveTo(x - r, y + r); ctx.lineTo(x + r, y - r); ctx.stroke();
      }
      row++;
    }
    ctx.restore();
  },

  // Between names there is no band: an interval is a line through its point.
  intervals(chart, u, ratio) {
    const { ctx } = u;
    for (const { curve, range } of chart.drawn) {
      if (curve.kind !== "points" || !curve.low || range) continue;
      ctx.strokeStyle = page.color(curve.style); ctx.lineWidth = 2 * ratio;
      curve.low.forEach((low, k) => {
        if (typeof low !== "number" || typeof curve.high[k] !== "number") return;
        const x = u.valToPos(u.data[0][k], "x", true), bar = 5 * ratio;
        const ends = [low, curve.high[k]].map(v => u.valToPos(v, "y", true));
        ctx.beginPath(); ctx.moveTo(x, ends[0]); ctx.lineTo(x, ends[1]);
        for (const y of ends) { ctx.moveTo(x - bar, y); ctx.lineTo(x + bar, y); }
        ctx.stroke();
      });
    }
  },

  place(chart, k) {
    const x = chart.u.data[0][k];
    const name = chart.figure.names ? chart.figure.names[k] : chart.figure.xLabel + " " + x;
    const at = chart.figure.overBlocks ? (page.data.blocks || []).indexOf(x) : -1;
    const shades = chart.figure.overBlocks ? (page.data.shades || []).filter(s => x >= s.span[0] && x <= s.span[1] + 1).map(s => s.name) : [];
    return name + (at >= 0 && page.data.seconds ? " (" + page.text(page.data.seconds[at]) + " s)" : "")
      + (shades.length ? ", in force: " + [...new Set(shades)].slice(0, 3).join(", ") : "");
  },

  read(chart, k) {
    const output = chart.place.querySelector(".readout");
    if (k === null || k === undefined) { output.textContent = ""; return ""; }
    chart.at = k;
    const parts = chart.drawn.filter(d => !d.range).map(d => {
      const low = d.curve.low && d.curve.low[k], high = d.curve.high && d.curve.high[k];
      const range = typeof low === "number" ? " (" + page.text(low) + " to " + page.text(high) + ")" : "";
      return { order: typeof d.values[k] === "number" ? -d.values[k] : 0, text: d.curve.name + " " + page.text(d.values[k]) + range };
    });
    const many = parts.length > 8;
    if (many) parts.sort((a, b) => a.order - b.order);
    const text = charts.place(chart, k) + ": " + parts.slice(0, 8).map(p => p.text).join("; ")
      + (many ? "; and " + (parts.length - 8) + " more in the table" : "");
    output.textContent = text;
    return text;
  },

  key(chart, event) {
    const last = chart.u.data[0].length - 1, [low, high] = [chart.u.scales.x.min, chart.u.scales.x.max];
    const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: -10, PageDown: 10, Home: -last - 1, End: last + 1 }[event.key];
    if (event.key === "Escape") { chart.u.setCursor({ left: -10, top: -10 }); return; }
    if (step === undefined) return;
    event.preventDefault();
    const first = chart.u.data[0].findIndex(x => x >= low);
    let end = last;
    while (end > first && chart.u.data[0][end] > high) end--;
    const from = chart.at === null ? (step > 0 ? first - 1 : end + 1) : chart.at;
    const k = Math.min(end, Math.max(first, from + step));
    chart.u.setCursor({ left: chart.u.valToPos(chart.u.data[0][k], "x"), top: 10 });
    page.live.textContent = charts.read(chart, k);
  },

  select(chart, u) {
    if (u.select.width > 4 && chart.figure.overBlocks) {
      const [from, to] = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")];
      charts.setRange(Math.floor(from), Math.ceil(to));
    }
    if (u.select.width > 0) u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  },

  // One range for every curve over blocks.
  setRange(from, to) {
    const [first, last] = charts.whole();
    const low = Math.max(first, Math.min(from, to)), high = Math.min(last, Math.max(from, to));
    charts.range = low === first && high === last || !(high > low) ? null : [low, high];
    const [a, b] = charts.range || [first, last];
    document.getElementById("from").value = a;
    document.getElementById("to").value = b;
    for (const chart of charts.all.filter(c => c.figure.overBlocks)) chart.u.setData(chart.u.data);
    charts.all.forEach(c => c.refill());
  },

  setNeurons(text) {
    const wanted = text.split(/[ ,;]+/).filter(t => t !== "").map(Number);
    const known = new Set(page.data.shown || []);
    const lacking = wanted.filter(n => !known.has(n));
    charts.neurons = wanted.filter(n => known.has(n)).slice(0, 8);
    charts.all.filter(c => c.ofPopulations).forEach(c => { charts.legend(c); charts.draw(c); });
    return lacking;
  },

  legend(chart) {
    const place = chart.place.querySelector(".legend");
    const curves = chart.figure.curves;
    const entries = curves.map(curve => {
      const key = chart.ofPopulations ? curve.name : chart.figure.id + "/" + curve.name;
      const first = curve.values.findIndex(v => typeof v === "string");
      const odd = first >= 0 ? " (not finite from " + charts.name(chart, first) + ")" : "";
      const button = page.element("button", { type: "button", "aria-pressed": String(!charts.hidden.has(key)) }, charts.swatch(curve), curve.name + odd);
      button.addEventListener("click", () => {
        if (!charts.hidden.delete(key)) charts.hidden.add(key);
        for (const other of charts.all.filter(c => c === chart || c.ofPopulations && chart.ofPopulations)) {
          charts.legend(other); charts.draw(other);
        }
        const again = [...place.querySelectorAll("button")].find(b => b.textContent === button.textContent);
        if (again) again.focus();
      });
      return button;
    });
    const own = charts.neurons.filter(n => chart.figure.neurons && chart.figure.neurons[n])
      .map((n, k) => page.element("span", {}, charts.swatch({ kind: "own", style: k }), "neuron " + n));
    if (chart.figure.overBlocks) own.push(...charts.shaded());
    if (entries.length <= 8) { place.replaceChildren(...entries, ...own); return; }
    const open = place.querySelector("details")?.open;
    const list = page.element("details", {}, page.element("summary", {}, entries.length + " curves: which is which"), page.element("div", { class: "legend" }, ...entries));
    list.open = Boolean(open);
    place.replaceChildren(list, ...own);
  },

  // What is shaded: the first names of the timeline, and how many more.
  shaded() {
    const names = [...new Set((page.data.shades || []).map(s => s.name))];
    const text = names.slice(0, 3).join(", ") + (names.length > 3 ? " and " + (names.length - 3) + " more" : "");
    return names.length === 0 ? [] : [page.element("span", { class: "shaded" }, page.element("i", { "aria-hidden": "true" }), text)];
  },

  name(chart, k) { return chart.figure.names ? chart.figure.names[k] : chart.figure.xLabel + " " + chart.x[k]; },

  swatch(curve) {
    const color = curve.kind === "bound" ? "var(--soft)" : curve.kind === "own" ? "var(--ink)" : "var(--s" + (curve.style % 8) + ")";
    const dash = curve.kind === "bound" ? [4, 4] : page.dash(curve.style);
    const shape = curve.kind === "points"
      ? page.element("path", { d: page.mark(0), transform: "translate(13,6)", style: "fill:" + color })
      : page.element("line", { x1: 0, y1: 6, x2: 26, y2: 6, style: "stroke:" + color, "stroke-width": 2.5, "stroke-dasharray": dash.join(" ") });
    return page.element("svg", { width: 26, height: 12, "aria-hidden": "true" }, shape);
  },

  rows(chart) {
    const curves = [...chart.figure.curves, ...charts.neurons.flatMap(n => chart.figure.neurons && chart.figure.neurons[n]
      ? [{ name: "neuron " + n, values: chart.figure.neurons[n] }] : [])];
    const head = [chart.figure.xLabel, ...curves.flatMap(c => c.low ? [c.name, c.name + ", low", c.name + ", high"] : [c.name])];
    const [low, high] = chart.figure.overBlocks && charts.range || [-Infinity, Infinity];
    const body = chart.x.map((x, k) => [x, k]).filter(([x]) => x >= low && x <= high).map(([x, k]) =>
      [chart.figure.names ? chart.figure.names[k] : x,
        ...curves.flatMap(c => (c.low ? [c.values[k], c.low[k], c.high[k]] : [c.values[k]]).map(page.text))]);
    return [head, ...body];
  },
};
