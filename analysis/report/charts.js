// Charts of all replicates, drawn at the width they have so that their words keep their size.
const HEIGHT = 270;
const EDGE = { left: 52, right: 16, top: 20, bottom: 26 };

function niceStep(span, most) {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((k) => k * power).find((k) => k >= rough);
}

function chartScale(chart, width) {
  const xs = chart.bands[0].x;
  const first = Math.floor(xs[0]);
  const last = Math.ceil(xs[xs.length - 1] + 0.01);
  const tops = [...chart.bands.flatMap((band) => band.high90), ...chart.observed.map((row) => row[1])];
  const tick = niceStep(Math.max(1, ...tops), 5);
  const top = Math.ceil(Math.max(1, ...tops) / tick) * tick;
  return {
    first, last, tick, top,
    x: (value) => EDGE.left + ((value - first) / (last - first)) * (width - EDGE.left - EDGE.right),
    y: (value) => HEIGHT - EDGE.bottom - (value / top) * (HEIGHT - EDGE.top - EDGE.bottom),
  };
}

function line(band, values, at) {
  return values.map((value, i) => `${i ? "L" : "M"}${at.x(band.x[i]).toFixed(1)},${at.y(value).toFixed(1)}`).join("");
}

function area(band, low, high, at) {
  const back = high.map((value, i) => `L${at.x(band.x[i]).toFixed(1)},${at.y(value).toFixed(1)}`).reverse();
  return `${line(band, low, at)}${back.join("")}Z`;
}

function lineAcross(x, kind) {
  return svg("line", { class: kind, x1: x, x2: x, y1: EDGE.top, y2: HEIGHT - EDGE.bottom });
}

function axes(root, at, width) {
  for (let value = 0; value <= at.top; value += at.tick) {
    root.append(
      svg("line", { class: "grid", x1: EDGE.left, x2: width - EDGE.right, y1: at.y(value), y2: at.y(value) }),
      svg("text", { x: EDGE.left - 8, y: at.y(value) + 4, "text-anchor": "end" }, count(value)),
    );
  }
  const every = Math.ceil((at.last - at.first) / Math.max(3, (width - 80) / 62));
  for (let year = at.first; year <= at.last; year += every) {
    root.append(svg("text", { x: at.x(year), y: HEIGHT - 6, "text-anchor": "middle" }, `${year}`));
  }
}

function differenceLine(root, at) {
  if (data.begun === null) return;
  const x = at.x(decimalYear(data.begun));
  root.append(
    lineAcross(x, "start"),
    svg("text", { class: "starting", x: x - 5, y: EDGE.top - 6, "text-anchor": "middle" }, "scenarios differ"),
  );
}

function drawBands(root, chart, at) {
  scenarios.forEach((s, i) => {
    const band = chart.bands[i];
    const main = i === 0 || i === state.policy;
    if (main) {
      root.append(
        svg("path", { d: area(band, band.low90, band.high90, at), fill: s.colour, "fill-opacity": 0.13 }),
        svg("path", { d: area(band, band.low50, band.high50, at), fill: s.colour, "fill-opacity": 0.22 }),
      );
    }
    root.append(svg("path", { d: line(band, band.median, at), fill: "none", stroke: s.colour, "stroke-width": main ? 2.4 : 1.3, "stroke-opacity": main ? 1 : 0.55, "stroke-dasharray": i ? "" : "6 3" }));
  });
  const dot = { class: "observed", r: 4, fill: "#fbf9f5", stroke: "#1d1c1a", "stroke-width": 2 };
  root.append(...chart.observed.map(([x, y]) => svg("circle", { ...dot, cx: at.x(x), cy: at.y(y) })));
}

function chartTip(chart, at, event) {
  const box = event.currentTarget.getBoundingClientRect();
  const xs = chart.bands[0].x;
  const wanted = at.first + ((event.clientX - box.x - EDGE.left) / (box.width - EDGE.left - EDGE.right)) * (at.last - at.first);
  let i = 0;
  xs.forEach((x, j) => { if (Math.abs(x - wanted) < Math.abs(xs[i] - wanted)) i = j; });
  const yearly = Math.abs(xs[i] % 1 - 0.5) < 0.01 && xs.length < 60;
  const year = Math.floor(xs[i] + 1e-6);
  const month = monthName(1 + Math.min(11, Math.round((xs[i] - year) * 12)));
  const decimals = at.top < 100 ? 1 : 0;
  const rows = [...scenarios.keys()].map((k) => {
    const band = chart.bands[k];
    return html("tr", {}, html("td", {}, swatch(scenarios[k].colour), scenarios[k].title), html("td", {}, count(band.median[i], decimals)), html("td", {}, `${count(band.low90[i], decimals)}–${count(band.high90[i], decimals)}`));
  });
  const seen = chart.observed.find((row) => Math.abs(row[0] - xs[i]) < 0.01);
  if (seen) rows.push(html("tr", {}, html("td", {}, "Observed"), html("td", {}, count(seen[1])), html("td", {})));
  tip.show(event.clientX, event.clientY, html("b", {}, yearly ? `${year}` : `${month} ${year}`), html("table", {}, ...rows), html("em", {}, "median and middle 90 %"));
}

function drawChart(holder, chart) {
  const width = Math.max(280, holder.clientWidth);
  const at = chartScale(chart, width);
  holder.querySelector("svg").remove();
  const last = chart.bands.map((band, i) => `${scenarios[i].title} ${count(band.median[band.median.length - 1])}`);
  const root = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, role: "img", "aria-label": `${chart.title}; medians at the end: ${last.join(", ")}` });
  axes(root, at, width);
  drawBands(root, chart, at);
  differenceLine(root, at);
  root.append(lineAcross(at.x(decimalYear(data.months[player.frame])), "cursor"));
  root.addEventListener("pointermove", (event) => chartTip(chart, at, event));
  root.addEventListener("pointerleave", tip.hide);
  holder.append(root);
}

function drawKeys() {
  const root = $("keys");
  root.replaceChildren();
  scenarios.forEach((s, i) => {
    const mark = html("i");
    mark.style.borderTop = `3px ${i ? "solid" : "dashed"} ${s.colour}`;
    root.append(html("span", {}, mark, i ? s.title : `${s.title} (baseline)`));
  });
  if (data.charts.some((chart) => chart.observed.length)) root.append(html("span", {}, html("i", { class: "dots" }), "observed"));
}

function moveCursor(holders) {
  holders.forEach(([holder, chart]) => {
    const at = chartScale(chart, Math.max(280, holder.clientWidth));
    const x = at.x(decimalYear(data.months[player.frame]));
    holder.querySelector(".cursor").replaceWith(lineAcross(x, "cursor"));
  });
}

function buildCharts() {
  const holders = data.charts.map((chart) => {
    const holder = html("div", { class: "chart" }, html("h3", {}, chart.title), svg("svg", {}));
    $("chartlist").append(holder);
    return [holder, chart];
  });
  const redraw = () => holders.forEach(([holder, chart]) => drawChart(holder, chart));
  let drawn = null;
  listeners.push(() => {
    if (drawn === state.policy) { moveCursor(holders); return; }
    drawn = state.policy;
    redraw();
  });
  addEventListener("resize", redraw);
  drawKeys();
}

start();
