"use strict";
// The page: two maps, their time and legend, and the choices. All that is drawn comes from the
// page's own data; maps, legend, tooltip and player are those of map.js.
const { html, svg, swatch } = PlazasMap;
const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const { drawing, scenarios, rates, front_deaths: frontDeaths, empty } = data;
const FRAME = 130; // milliseconds between two months when playing
const MOST_FRONTS = 5; // of a place in the tooltip, and of the country in the lists
const LED_STEPS = [0, 1, 10, 25, 50, 75, 90];
const PLAIN = 0.12; // how much of a cartel's colour the lowest step above zero has
const LAST = data.months.length - 1;
const places = drawing.names.map((_, p) => p);

const state = { policy: 1, layer: "primary", founder: Math.max(0, data.riser), place: -1 };
const listeners = []; // called after every change
const maps = [];
const tip = PlazasMap.tip($("tip"));
const player = PlazasMap.player({ last: LAST, delay: FRAME, onFrame: show, onPlay: showPlaying });

const count = (value, decimals = 0) =>
  value.toLocaleString("en-GB", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

function monthName(month, form = "long") {
  return new Date(Date.UTC(2000, month - 1)).toLocaleString("en-GB", { month: form, timeZone: "UTC" });
}

function monthLabel(m) {
  const [year, month] = data.months[m].split("-");
  return `${monthName(Number(month))} ${year}`;
}

function decimalYear(text) {
  const [year, month, day = 1] = text.split("-").map(Number);
  return year + (month - 1) / 12 + (day - 1) / 365;
}

const shownScenario = (side) => scenarios[side === 0 ? 0 : state.policy];

// --- what a scenario has in a place in the month shown

// Homicides per 100,000 inhabitants a year over the last twelve months, to one decimal.
function rateOf(s, p, m) {
  const rate = (1e5 * s.homicides[m][p]) / data.years[m] / Math.max(1, data.population[p]);
  return Math.round(10 * rate) / 10;
}

// The fronts of a place, or of the country, in the month shown: most deaths first.
function frontsOf(s, p = null) {
  const all = s.fronts[player.frame];
  const here = p === null ? all : all.filter((front) => front[0] === p);
  return here.map(([place, one, other, deaths, active]) =>
    ({ place, one: s.cast[one], other: s.cast[other], deaths, active: active === 1 }));
}

function frontWords({ one, other, deaths, active }) {
  const killed = deaths > 0 ? `${count(deaths)} killed in 12 months` : "none killed yet";
  return `${one[1]} and ${other[1]}: ${killed}${active ? "" : ", silent now"}`;
}

function reading(s, p) {
  const m = player.frame;
  const fronts = frontsOf(s, p);
  const row = s.primary[m][p];
  return {
    leader: row < 0 ? null : s.cast[row],
    share: s.share[m][p],
    contested: row >= 0 && s.share[m][p] < 50,
    rate: rateOf(s, p, m),
    fronts,
    onFronts: fronts.reduce((sum, front) => sum + front.deaths, 0),
    silent: fronts.length > 0 && !fronts.some((front) => front.active),
    led: s.led ? s.led[state.founder][m][p] : 0,
  };
}

function ledColour(percent) {
  const i = PlazasMap.step(percent, LED_STEPS);
  const amount = PLAIN + ((1 - PLAIN) * i) / (LED_STEPS.length - 1);
  return i === 0 ? empty : PlazasMap.mix(empty, data.founders[state.founder][2], amount);
}

// A place with an active front has a colour even before anybody is killed.
function frontColour(now) {
  const step = PlazasMap.step(now.onFronts, frontDeaths.steps);
  return frontDeaths.colours[now.fronts.length ? Math.max(1, step) : 0];
}

function hatchedOf(now) {
  if (state.layer === "fronts") return now.silent;
  return state.layer === "primary" && now.contested;
}

function fillOf(now) {
  if (state.layer === "rate") return rates.colours[PlazasMap.step(now.rate, rates.steps)];
  if (state.layer === "led") return ledColour(now.led);
  if (state.layer === "fronts") return frontColour(now);
  return now.leader ? now.leader[2] : empty;
}

// --- the two maps

function buildMap(figure, side) {
  const map = PlazasMap.draw(figure, drawing, {
    onPoint: (p, x, y) => pointAt(p, side, x, y),
    onLeave: pointAtNothing,
  });
  maps.push({ ...map, side, caption: figure.querySelector("figcaption") });
}

function paint(map) {
  const s = shownScenario(map.side);
  const m = player.frame;
  const now = places.map((p) => reading(s, p));
  const homicides = s.homicides[m].reduce((sum, n) => sum + n, 0) / data.years[m];
  const active = frontsOf(s).filter((front) => front.active).length;
  const facts = `${count(homicides)} homicides a year (last 12 months) · ${count(s.members[m])} cartel members · ${count(active)} active fronts`;
  map.paint({
    fills: now.map(fillOf),
    hatched: now.map(hatchedOf),
    label: `Map of ${s.title}, ${monthLabel(m)}: ${facts}. Arrow keys move from place to place.`,
  });
  map.caption.replaceChildren(html("b", {}, s.title), html("span", {}, `${map.side === 0 ? "Baseline" : "Policy"} · ${facts}`));
  map.caption.style.setProperty("--colour", s.colour);
}

// --- pointing at a place

function pointAt(p, side, x, y) {
  state.place = p;
  const s = shownScenario(side);
  const now = reading(s, p);
  const lines = [html("b", {}, drawing.names[p])];
  if (now.leader) {
    const contested = now.contested ? ", contested" : "";
    lines.push(html("div", {}, swatch(now.leader[2]), `${now.leader[1]}: ${now.share}\u00a0% of members${contested}`));
  } else {
    lines.push(html("div", {}, "No cartel"));
  }
  lines.push(html("div", {}, `${count(now.rate, 1)} homicides per 100,000 a year`));
  if (state.layer === "fronts") {
    now.fronts.slice(0, MOST_FRONTS).forEach((front) => {
      lines.push(html("div", {}, swatch(front.one[2]), swatch(front.other[2]), frontWords(front)));
    });
    if (now.fronts.length > MOST_FRONTS) lines.push(html("div", {}, `and ${now.fronts.length - MOST_FRONTS} more`));
    if (!now.fronts.length) lines.push(html("div", {}, "No front"));
  }
  if (state.layer === "led") {
    lines.push(html("div", {}, `${data.founders[state.founder][1]} or a faction leads in ${now.led} % of replicates`));
  }
  lines.push(html("em", {}, `${s.title}, ${monthLabel(player.frame)}`));
  tip.show(x, y, ...lines);
  maps.forEach((map) => map.point(p));
  readOut();
}

function pointAtNothing() {
  state.place = -1;
  tip.hide();
  maps.forEach((map) => map.point(-1));
}

function sentence(s, p) {
  const now = reading(s, p);
  const who = now.leader ? `led by ${now.leader[1]} (${now.share} % of cartel members)` : "no cartel";
  const fights = now.fronts.slice(0, MOST_FRONTS).map(frontWords).join("; ");
  const fronts = state.layer !== "fronts" ? "" : `, ${fights ? `fronts: ${fights}` : "no front"}`;
  return `${s.title}: ${who}, ${count(now.rate, 1)} homicides per 100,000 a year${fronts}`;
}

function readOut() {
  if (state.place < 0) return;
  const both = [0, 1].map((side) => sentence(shownScenario(side), state.place));
  $("readout").textContent = `${drawing.names[state.place]}, ${monthLabel(player.frame)}. ${both.join(". ")}.`;
}

// --- the fronts of the country as text

function listFronts() {
  $("frontlists").hidden = state.layer !== "fronts";
  if ($("frontlists").hidden) return;
  $("frontlists").replaceChildren(...[0, 1].map((side) => {
    const s = shownScenario(side);
    const fronts = frontsOf(s);
    const active = fronts.filter((front) => front.active);
    const where = new Set(active.map((front) => front.place)).size;
    const items = fronts.slice(0, MOST_FRONTS).map((front) =>
      html("li", {}, html("b", {}, drawing.names[front.place]), ` ${frontWords(front)}`));
    const title = `${s.title}: ${count(active.length)} active fronts in ${count(where)} ${data.places_are}`;
    return html("div", {}, html("h3", {}, items.length ? `${title}; those with most killed:` : title), html("ol", {}, ...items));
  }));
}

// --- legend

// The cartels of either map that ever lead: [colour, name, "left | right", leads nowhere now].
function leaders() {
  const rows = new Map();
  [0, 1].forEach((side) => {
    const s = shownScenario(side);
    s.primary.forEach((row, m) => row.forEach((k) => {
      if (k < 0) return;
      const [key, name, colour] = s.cast[k];
      if (!rows.has(key)) rows.set(key, { name, colour, now: [0, 0], ever: 0 });
      rows.get(key).ever += 1;
      if (m === player.frame) rows.get(key).now[side] += 1;
    }));
  });
  const most = [...rows.values()].sort((a, b) => b.ever - a.ever);
  return most.map(({ colour, name, now }) => [colour, name, now.join(" | "), now[0] + now[1] === 0]);
}

function scale(steps, colours, ending) {
  return steps.map((low, i) => [colours[i], i + 1 < steps.length ? `${low}–${steps[i + 1]}` : `${low}${ending}`]);
}

function legendOf() {
  if (state.layer === "rate") {
    return {
      title: "Homicides per 100,000 inhabitants a year, last 12 months",
      scale: scale(rates.steps, rates.colours, " +"),
    };
  }
  if (state.layer === "led") {
    const name = data.founders[state.founder][1];
    return {
      title: `Share of ${data.replicates} replicates, in %, in which ${name} or a faction of it leads`,
      scale: scale(LED_STEPS, LED_STEPS.map(ledColour), "–100"),
    };
  }
  if (state.layer === "fronts") {
    const none = [frontDeaths.colours[0], "no front"];
    const steps = scale(frontDeaths.steps, frontDeaths.colours, " +").slice(1);
    steps[0][1] = `0–${frontDeaths.steps[2]}`;
    return {
      title: "Members of cartels killed on fronts, last 12 months",
      scale: steps,
      hatched: "hatched: all fronts are silent now",
      none,
    };
  }
  return {
    title: `Number of ${data.places_are} led, left | right:`,
    items: leaders(),
    hatched: "hatched: the leader has less than half of the members",
    none: [empty, "no cartel"],
  };
}

// --- time and choices

function show() {
  $("slider").value = player.frame;
  $("slider").setAttribute("aria-valuetext", monthLabel(player.frame));
  $("when").textContent = monthLabel(player.frame);
  maps.forEach(paint);
  PlazasMap.legend($("legend"), legendOf());
  listFronts();
  readOut();
  document.querySelectorAll(".outcomes").forEach((box) => { box.hidden = Number(box.dataset.scenario) !== state.policy; });
  $("founder").hidden = state.layer !== "led";
  listeners.forEach((listener) => listener());
}

function showPlaying(on) {
  $("play").setAttribute("aria-label", on ? "Pause" : "Play");
  $("play").querySelector("path").setAttribute("d", on ? PlazasMap.ICONS.pause : PlazasMap.ICONS.play);
  $("readout").setAttribute("aria-live", on ? "off" : "polite"); // not every month is read out
}

function buildTicks() {
  const years = data.months.map((text, m) => [text, m]).filter(([text]) => text.endsWith("-01"));
  const every = Math.ceil(years.length / (innerWidth < 760 ? 6 : 16));
  const at = (m) => m / Math.max(1, LAST);
  $("ticks").replaceChildren();
  years.filter((_, i) => i % every === 0).forEach(([text, m]) => {
    const tick = html("span", {}, text.slice(0, 4));
    tick.style.left = `${100 * at(m)}%`;
    $("ticks").append(tick);
  });
  if (data.begins === null) return;
  const late = at(data.begins) > 0.45;
  const mark = html("span", { class: late ? "policy late" : "policy" }, late ? "the scenarios differ from here ▲" : "▲ the scenarios differ from here");
  mark.style.left = `${100 * at(data.begins)}%`;
  $("ticks").append(mark);
}

function choosePolicy(i) {
  state.policy = i;
  document.querySelector(`input[name=policy][value="${i}"]`).checked = true;
  show();
}

function buildChoices() {
  scenarios.slice(1).forEach((s, i) => {
    const input = html("input", { type: "radio", name: "policy", value: i + 1 });
    input.checked = i + 1 === state.policy;
    input.addEventListener("change", () => choosePolicy(i + 1));
    $("policies").append(html("label", {}, input, html("span", {}, s.title)));
  });
  document.querySelectorAll("input[name=layer]").forEach((input) => {
    input.addEventListener("change", () => { state.layer = input.value; show(); });
    if (input.value === "led" && !scenarios[0].led) input.parentElement.remove();
  });
  data.founders.forEach((row, i) => $("founder").append(html("option", { value: i }, row[1])));
  $("founder").value = state.founder;
  $("founder").addEventListener("change", (event) => { state.founder = Number(event.target.value); show(); });
  document.querySelectorAll(".see").forEach((button) => {
    button.addEventListener("click", () => {
      choosePolicy(Number(button.dataset.scenario));
      $("map").scrollIntoView();
    });
  });
}

function buildTime() {
  $("slider").max = LAST;
  $("slider").addEventListener("input", (event) => { player.play(false); player.go(Number(event.target.value)); });
  $("play").addEventListener("click", () => player.play(!player.playing));
  document.addEventListener("keydown", (event) => {
    if (event.key !== " " || event.target.closest("button, input, select, summary, a")) return;
    event.preventDefault();
    player.play(!player.playing);
  });
  buildTicks();
  addEventListener("resize", buildTicks);
}

function start() {
  $("mapnote").textContent = `Both maps show replicate ${data.replicate} (counted from 0) of ${data.replicates}: the one nearest the median of homicides in all scenarios together. They use the same random draws, so they are the same until the scenarios differ. Every place has the colour of the group with most members there; a faction has a tint of the colour of the cartel it split from.`;
  buildChoices();
  buildTime();
  buildMap($("left"), 0);
  buildMap($("right"), 1);
  buildCharts();
  show();
}
