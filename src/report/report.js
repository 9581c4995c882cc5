"use strict";

// Everything that comes from a list, a server or a disk is in the JSON of #data, and gets into the
// page as text only; never as markup.

const data = JSON.parse(document.getElementById("data").textContent);

const whole = new Intl.NumberFormat("en");
const dayAndTime = new Intl.DateTimeFormat("en-GB", { dateStyle: "medium", timeStyle: "short" });

const count = (number) => whole.format(number);
const plural = (number, one, many) => `${count(number)} ${number === 1 ? one : many}`;

// Three digits, as the program's own summary has them.
function digits(value) {
  return value.toFixed(value >= 99.95 || value === 0 ? 0 : value >= 9.995 ? 1 : 2);
}

// Which of these units, each a thousand times the one before, suits a value.
function unitFor(value, units) {
  let unit = 0;
  while (value >= 999.5 * 1000 ** unit && unit + 1 < units.length) ++unit;
  return unit;
}

function scaled(value, units) {
  const unit = unitFor(value, units);
  const shown = value / 1000 ** unit;
  return [units[unit] === "B" ? shown.toFixed(0) : digits(shown), units[unit]];
}

const byteUnits = ["B", "kB", "MB", "GB", "TB", "PB"];

// A number and its unit.
const bytesParts = (value) => scaled(value, byteUnits);
const bytes = (value) => bytesParts(value).join("\u00a0");
const rateParts = (value) => [value >= 999.5 ? count(Math.round(value)) : digits(value), ""];

function secondsParts(value) {
  const inSixtieths = (big, small, part) => {
    const parts = Math.floor(value / part);
    return [`${Math.floor(parts / 60)}\u00a0${big} ${parts % 60}`, small];
  };
  if (value >= 3600) return inSixtieths("h", "min", 60);
  if (value >= 60) return inSixtieths("min", "s", 1);
  return scaled(value * 1e6, ["\u00b5s", "ms", "s"]);
}

const seconds = (value) => secondsParts(value).join("\u00a0");

function share(part, all) {
  const percent = (100 * part) / all;
  if (part > 0 && percent < 0.1) return "less than 0.1\u00a0%";
  if (part < all && percent > 99.9) return "more than 99.9\u00a0%";
  return `${Number(percent.toFixed(1))}\u00a0%`;
}

// Elements. `attributes` are set as they are, children may be text.
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function drawn(name, attributes, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const line = (name, x1, y1, x2, y2) => drawn("line", { class: name, x1, y1, x2, y2 });

const place = (id) => document.getElementById(id);

function reveal(id) {
  place(id).hidden = false;
  return place(id);
}

// A URL is a link only when it can be nothing but a web address; anything else stays text.
function address(url) {
  const isWeb = /^https?:\/\/[!-[\]-~]+$/i.test(url);
  if (!isWeb) return element("bdi", {}, url);
  return element("a", { href: url, rel: "noreferrer", target: "_blank" }, element("bdi", {}, url));
}

// Rows of which only a page is in the document. `text` is what the filter looks at; `show` puts
// rows into `body`.
function pages({ rows, size, text, show, body, what }) {
  let found = rows;
  let first = 0;
  const purpose = `Filter ${what}`;
  const input = element("input", {
    type: "search", placeholder: purpose, "aria-label": purpose,
  });
  const said = element("span", { class: "place", role: "status" });
  const back = element("button", { type: "button" }, "Previous");
  const on = element("button", { type: "button" }, "Next");

  function update() {
    const end = Math.min(first + size, found.length);
    show(found.slice(first, end));
    said.textContent = found.length === 0 ? `no ${what} match`
      : found.length <= size ? plural(found.length, what.replace(/s$/, ""), what)
      : `${count(first + 1)}\u2013${count(end)} of ${count(found.length)}`;
    back.disabled = first === 0;
    on.disabled = end >= found.length;
    back.hidden = on.hidden = found.length <= size;
  }

  function turn(by) {
    first += by;
    update();
  }

  function choose() {
    const wanted = input.value.trim().toLowerCase();
    found = wanted ? rows.filter((row) => text(row).toLowerCase().includes(wanted)) : rows;
    first = 0;
    update();
  }

  input.addEventListener("input", choose);
  back.addEventListener("click", () => turn(-size));
  on.addEventListener("click", () => turn(size));
  const tools = element("div", { class: "tools" }, said, back, on);
  if (rows.length > 10) tools.prepend(input);
  update();
  return { view: [tools, body], refresh: choose };
}

// Charts: one row of bars over an axis. They are drawn for the width that they have, and again when
// that changes, so that letters keep their size.
function niceStep(span, most) {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough * 0.999);
}

function niceTimeStep(span, most) {
  const steps = [60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  if (span / most <= 30) {
    const step = niceStep(span, most);
    return step > 10 && step < 60 ? 30 : step;
  }
  return steps.find((step) => span / step <= most) || 86400 * Math.ceil(span / most / 86400);
}

// Round numbers from 0 to `top`, in the unit that suits that.
function plainTicks(top, most, units) {
  const unit = units[unitFor(top, units)];
  const power = 1000 ** unitFor(top, units);
  const step = niceStep(top / power, most);
  const ticks = [];
  for (let n = 0; n * step * power <= top * 1.0001; ++n) {
    const words = whole.format(Number((n * step).toPrecision(6)));
    ticks.push([n * step * power, n > 0 && unit ? `${words}\u00a0${unit}` : words]);
  }
  return ticks;
}

function timeTicks(span, most) {
  const step = niceTimeStep(span, most);
  const ticks = [];
  for (let n = 0; n * step <= span * 1.0001; ++n) ticks.push([n * step, clock(n * step, step)]);
  return ticks;
}

// "1:05" of what has sixty parts.
function sixtieths(at, part) {
  const parts = Math.round(at / part);
  return `${Math.floor(parts / 60)}:${String(parts % 60).padStart(2, "0")}`;
}

function clock(at, step) {
  if (at === 0) return "0";
  if (step >= 3600) return `${at / 3600}\u00a0h`;
  if (step >= 60) return at >= 3600 ? `${sixtieths(at, 60)}\u00a0h` : `${at / 60}\u00a0min`;
  if (step >= 1 && at >= 60) return `${sixtieths(at, 1)}\u00a0min`;
  if (at < 1e-3) return `${Number((at * 1e6).toPrecision(4))}\u00a0\u00b5s`;
  if (step < 0.1) return `${Number((at * 1e3).toPrecision(4))}\u00a0ms`;
  return `${Number(at.toPrecision(4))}\u00a0s`;
}

// `series`: [class, values] from the bottom to the top. `marks`: [position in bars, words].
function chart({ title, alt, series, height, tickY, ticksX, tell, marks, pauses }) {
  const bars = series[0][1].length;
  const tops = (_, i) => series.reduce((sum, [, values]) => sum + values[i], 0);
  const sums = series[0][1].map(tops);
  const peak = Math.max(...sums) || 1;
  const said = element("output");
  const svg = drawn("svg", { role: "img", "aria-label": alt, height });
  const figure = element("figure", { class: "chart" },
    element("header", {}, element("h3", {}, title), said), svg);

  function draw(width) {
    svg.replaceChildren();
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const rows = tickY(peak, 5);
    const top = Math.max(peak, rows.at(-1)[0]);
    const left = 10 + 6.6 * Math.max(...rows.map(([, words]) => words.length));
    const bottom = height - 22;
    const ceiling = marks && marks.length ? 18 : 6;
    const across = width - left - 4;
    const x = (bar) => left + (across * bar) / bars;
    const y = (value) => bottom - ((bottom - ceiling) * value) / top;

    for (const [value, words] of rows) {
      const name = value === 0 ? "axis" : "grid";
      svg.append(line(name, left, y(value), left + across, y(value)),
        drawn("text", { x: left - 7, y: y(value) + 4, "text-anchor": "end" }, words));
    }
    const gap = across / bars > 5 ? 1 : across / bars > 2.5 ? 0.5 : 0;
    for (let i = 0; i < bars; ++i) {
      let below = 0;
      for (const [name, values] of series) {
        if (values[i] > 0) {
          const tall = Math.max(y(below) - y(below + values[i]), 1);
          const wide = Math.max(x(i + 1) - x(i) - gap, 0.5);
          svg.append(drawn("rect", {
            class: name, x: x(i), y: y(below) - tall, width: wide, height: tall,
          }));
        }
        below += values[i];
      }
    }
    for (const at of pauses || []) {
      svg.append(line("pause", x(at), ceiling, x(at), bottom));
    }
    // Words that would meet make room for those to their right.
    let free = left + across + 12;
    for (const [at, words] of [...(marks || [])].reverse()) {
      const half = 4.8 * words.length;
      const middle = Math.min(x(at), free - half);
      free = middle - half;
      svg.append(line("marker", x(at), ceiling - 2, x(at), bottom),
        drawn("text", { class: "mark", x: middle, y: 10, "text-anchor": "middle" }, words));
    }
    let used = -Infinity;
    for (const [at, words] of ticksX(Math.max(2, Math.floor(across / 64)))) {
      const half = 3.4 * words.length;
      const middle = Math.min(Math.max(x(at), half), width - half);
      svg.append(line("axis", x(at), bottom, x(at), bottom + 4));
      if (middle - half < used) continue;
      used = middle + half + 4;
      svg.append(drawn("text", { x: middle, y: bottom + 17, "text-anchor": "middle" }, words));
    }

    const cursor = drawn("rect", { class: "cursor", y: ceiling, height: bottom - ceiling });
    svg.append(cursor);
    svg.onpointermove = (event) => {
      const box = svg.getBoundingClientRect();
      const bar = Math.floor(((event.clientX - box.left - left) / across) * bars);
      if (bar < 0 || bar >= bars) return svg.onpointerleave();
      cursor.setAttribute("x", x(bar));
      cursor.setAttribute("width", x(bar + 1) - x(bar));
      cursor.classList.add("on");
      said.textContent = tell(bar);
    };
    svg.onpointerleave = () => {
      cursor.classList.remove("on");
      said.textContent = "";
    };
  }

  let drawnFor = 0;
  new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== drawnFor) draw((drawnFor = width));
  }).observe(svg);
  return figure;
}

// The sections.

function inOneSentence() {
  const onDisk = data.saved + data.skipped;
  const isOne = data.lines === 1;
  const all = count(data.lines);
  if (data.lines === 0) return "The log has no records yet";
  if (data.failed === 0) return isOne ? "The one line is on disk" : `All ${all} lines are on disk`;
  if (onDisk === 0) return isOne ? "The one line failed" : `All ${all} lines failed`;
  return `${count(onDisk)} of ${all} lines are on disk`;
}

function headline() {
  const from = element("b", {}, element("bdi", {}, data.log));
  place("origin").append("fetcher report on ", from);
  if (data.from !== null) {
    const began = dayAndTime.format(data.from);
    const ended = dayAndTime.format(data.to);
    place("origin").append(`, ${began === ended ? began : `${began} to ${ended}`}`);
  }
  place("headline").textContent = inOneSentence();
  if (data.lines === 0) return;
  const bar = element("div", { class: "bar", "aria-hidden": "true" });
  const legend = element("ul", { class: "legend" });
  for (const [name, number, words] of [
    ["saved", data.saved, "saved"],
    ["there", data.skipped, "there before"],
    ["failed", data.failed, "failed"],
  ]) {
    if (number === 0) continue;
    const part = element("span", { class: name });
    part.style.flexGrow = number;
    bar.append(part);
    legend.append(element("li", {}, element("i", { class: name }), element("b", {}, count(number)),
      ` ${words}, ${share(number, data.lines)}`));
  }
  place("shares").append(bar, legend);
}

function totals() {
  if (data.lines === 0) {
    place("origin").append(". Ask again when a fetch has written to it.");
    return;
  }
  const rate = (amount) => (data.seconds > 0 ? amount / data.seconds : 0);
  const tile = (name, [figure, unit], words, isBad) => {
    const shown = element("p", { class: "figure" }, figure);
    if (unit) shown.append(element("small", {}, unit));
    place("totals").append(element("div", { class: isBad ? "tile bad" : "tile" },
      element("p", {}, name), shown, element("p", {}, words || "\u00a0")));
  };
  const there = data.skipped > 0 ? `and ${count(data.skipped)} there before` : "saved";
  const sessions = data.pauses.length + 1;
  const inSessions = sessions > 1 ? `in ${count(sessions)} sessions` : "in one session";
  const bits = bytes(8 * rate(data.bytes)).replace("B", "bit");
  tile("Files", [count(data.saved), ""], there);
  tile("Bytes", bytesParts(data.bytes), data.size ? `${bytes(data.size.mean)} per file` : "");
  tile("Failures", [count(data.failed), ""], `${share(data.failed, data.lines)} of the lines`,
    data.failed > 0);
  tile("Duration", secondsParts(data.seconds), inSessions);
  tile("Files per second", rateParts(rate(data.saved)), "saved, on average");
  tile("Bytes per second", bytesParts(rate(data.bytes)), `${bits} per second`);
}

function course() {
  const { saved, failed, bytes: amounts } = data.columns;
  const fewest = 10; // too few for a course
  if (data.saved + data.failed < fewest || data.seconds === 0) return;
  reveal("course");
  if (data.pauses.length > 0) {
    place("course-note").textContent =
      "A dashed line is a pause: time in which nothing was under way is left out.";
  }
  const width = data.seconds / saved.length;
  const perSecond = (values) => values.map((value) => value / width);
  const when = (bar) => `at ${seconds((bar + 0.5) * width)}`;
  const common = {
    height: 190,
    ticksX: (most) => timeTicks(data.seconds, most).map(([at, words]) => [at / width, words]),
    pauses: data.pauses.map((at) => at / width),
  };
  place("course-charts").append(
    chart({
      ...common,
      title: "Files per second",
      alt: `Files per second over ${seconds(data.seconds)}`,
      series: [["saved", perSecond(saved)], ["failed", perSecond(failed)]],
      tickY: (top, most) => plainTicks(top, most, [""]),
      tell: (bar) => `${when(bar)}: ${digits(saved[bar] / width)} files/s` +
        (failed[bar] > 0 ? `, ${plural(failed[bar], "failure", "failures")}` : ""),
    }),
    chart({
      ...common,
      title: "Bytes per second",
      alt: `Bytes per second over ${seconds(data.seconds)}`,
      series: [["bytes", perSecond(amounts)]],
      tickY: (top, most) => plainTicks(top, most, byteUnits),
      tell: (bar) => `${when(bar)}: ${bytes(amounts[bar] / width)}/s`,
    }),
  );
}

function spread(title, told, format, name) {
  const { edges, counts } = told;
  const bars = counts.length;
  const low = Math.log10(edges[0]);
  const perPower = bars / (Math.log10(edges[bars]) - low);
  const at = (value) => Math.min(Math.max((Math.log10(value) - low) * perPower, 0), bars);
  const marks = [["p50", told.p50], ["p90", told.p90], ["p99", told.p99]]
    .map(([words, value]) => [at(value), words]);
  const steps = bars / perPower > 2.5 ? [1] : bars / perPower > 1.2 ? [1, 3] : [1, 2, 3, 5, 7];
  const ticks = [];
  for (let power = Math.floor(low); power <= Math.ceil(low + bars / perPower); ++power) {
    for (const times of steps) {
      const value = times * 10 ** power;
      const isInside = value >= edges[0] * 0.999 && value <= edges[bars] * 1.001;
      if (isInside) ticks.push([at(value), tick(value, format)]);
    }
  }
  const figure = chart({
    title,
    alt: `${title}: median ${format(told.p50)}, 99 % within ${format(told.p99)}`,
    height: 180,
    series: [[name, counts]],
    tickY: (top, most) => plainTicks(top, Math.min(most, top), [""]),
    ticksX: () => ticks,
    marks,
    tell: (bar) => `${format(edges[bar])} to ${format(edges[bar + 1])}: ` +
      plural(counts[bar], "file", "files"),
  });
  const facts = element("dl", { class: "facts" });
  for (const word of ["mean", "p50", "p90", "p99", "max"]) {
    facts.append(element("dt", {}, word), element("dd", {}, format(told[word])));
  }
  figure.append(facts);
  return figure;
}

// A round number without the zeros that three digits would give it.
function tick(value, format) {
  return format(value).replace(/(\.\d*?)0+(?=\D)/, "$1").replace(/\.(?=\D)/, "");
}

function spreads() {
  if (data.saved < 2) return;
  reveal("spreads");
  place("spread-charts").append(
    spread("Time to first byte", data.first_byte, seconds, "saved"),
    spread("Time in all", data.total, seconds, "saved"),
    spread("Size", data.size, bytes, "bytes"),
  );
}

const kinds = {
  bad_url: "Lines that are no URL",
  scheme: "Other schemes than http and https",
  resolve: "Host names that were not found",
  connect: "No connection",
  tls: "No trusted connection",
  timeout: "Too slow",
  protocol: "Answers that are no HTTP",
  truncated: "Bodies that broke off",
  too_large: "Too large",
  redirect: "Redirects that lead nowhere",
  http_status: "The server answered with an error",
  not_wanted: "Not what was asked for",
  checksum: "Not the expected digest",
  name_conflict: "No name on disk",
  disk: "The disk failed",
  cancelled: "Interrupted",
  denied: "Addresses that were denied",
};

function failures() {
  if (data.lines === 0) return;
  reveal("failures");
  if (data.failures.length === 0) {
    place("failure-groups").append(element("div", { class: "table empty" }, "Nothing failed."));
    return;
  }
  const shown = data.failures.reduce((sum, group) => sum + group.lines.length, 0);
  if (shown < data.failed) {
    place("failures-note").textContent =
      `The first ${count(shown)} are shown; ${count(data.failed - shown)} more are in the log.`;
  }
  for (const group of data.failures) {
    const body = element("div");
    const details = element("details", {},
      element("summary", {},
        element("b", {}, kinds[group.kind] || group.kind),
        element("code", { class: "minor" }, group.kind),
        element("span", { class: "count" }, count(group.count))),
      body);
    details.addEventListener("toggle", () => body.append(...failedLines(group)), { once: true });
    place("failure-groups").append(details);
  }
  if (data.failures.length === 1) place("failure-groups").firstChild.open = true;
}

function failedLines(group) {
  const body = element("ol", { class: "lines" });
  const show = (rows) => body.replaceChildren(...rows.map(([n, url, words, list]) =>
    element("li", {},
      element("span", {}, list ? element("bdi", {}, `${list}, line ${n}`) : `line ${count(n)}`),
      element("span", {}, address(url)), element("bdi", { class: "words" }, words))));
  const text = ([n, url, words, list]) => `${n} ${url} ${words} ${list || ""}`;
  return pages({ rows: group.lines, size: 25, text, show, body, what: "lines" }).view;
}

// A host's name, which may be broken after its dots, and where it would be too wide for a phone.
function breakable(host) {
  const parts = host.match(/[^.]{0,18}\.?/g).flatMap((part) => [part, element("wbr")]);
  return element("bdi", {}, ...parts);
}

function hosts() {
  if (data.hosts.length === 0) return;
  reveal("hosts");
  if (data.other_hosts > 0) {
    place("hosts-note").textContent = `The first ${count(data.hosts.length)} hosts; ` +
      `${plural(data.other_hosts, "line", "lines")} of further ones are not counted here.`;
  }
  const time = (value) => (value === null ? "\u2013" : seconds(value));
  // Name, class, what is sorted by, what is shown. A row: host, saved, failed, skipped, bytes, mean
  // seconds to the first byte and in all.
  const columns = [
    ["Host", "", (row) => row[0], (row) => breakable(row[0])],
    ["Lines", "minor", (row) => row[1] + row[2] + row[3], (row) => count(row[1] + row[2] + row[3])],
    ["Saved", "", (row) => row[1], (row) => count(row[1])],
    ["Failed", "", (row) => row[2], (row) => count(row[2])],
    ["There before", "minor", (row) => row[3], (row) => count(row[3])],
    ["Bytes", "", (row) => row[4], (row) => (row[1] > 0 ? bytes(row[4]) : "\u2013")],
    ["First byte", "minor", (row) => row[5], (row) => time(row[5])],
    ["Time", "minor", (row) => row[6], (row) => time(row[6])],
  ].filter(([name]) => name !== "There before" || data.skipped > 0);
  const body = element("tbody");
  const cell = ([name, minor, , shown], row) => {
    const isBad = name === "Failed" && row[2] > 0;
    const words = shown(row);
    const isNone = words === "0" || words === "\u2013";
    const names = [minor, isBad && "bad", isNone && "none"].filter(Boolean);
    return element("td", { class: names.join(" ") }, words);
  };
  const show = (rows) => body.replaceChildren(...rows.map((row) =>
    element("tr", {}, ...columns.map((column) => cell(column, row)))));
  const heads = columns.map(([name, minor]) => element("th", { scope: "col", class: minor },
    element("button", { type: "button" }, name)));
  const table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  const box = element("div", { class: "table" }, table);
  const text = (row) => row[0];
  const paged = pages({ rows: data.hosts, size: 25, text, show, body: box, what: "hosts" });

  function sortBy(index, isDown) {
    const key = columns[index][2];
    const order = (a, b) => (typeof a === "string" ? a.localeCompare(b) : (a ?? -1) - (b ?? -1));
    data.hosts.sort((a, b) => (isDown ? order(key(b), key(a)) : order(key(a), key(b))));
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    heads[index].setAttribute("aria-sort", isDown ? "descending" : "ascending");
    paged.refresh();
  }
  heads.forEach((head, index) => head.firstChild.addEventListener("click", () => {
    const before = head.getAttribute("aria-sort");
    sortBy(index, before ? before === "ascending" : index > 0);
  }));
  sortBy(1, true);
  place("host-table").append(...paged.view);
}

function pictures() {
  const { count: all, files } = data.pictures;
  if (files.length === 0) return;
  reveal("pictures");
  if (files.length < all) {
    const more = count(all - files.length);
    place("pictures-note").textContent =
      `The first ${count(files.length)} that are there; ${more} more were saved.`;
  }
  const body = element("ul", { class: "sheet" });
  // A row: name, address, bytes, width, height; the last two are 0 when nobody knows.
  const show = (rows) => body.replaceChildren(...rows.map(([name, href, size, width, height]) => {
    const picture = element("img", { loading: "lazy", decoding: "async", alt: name });
    if (width > 0) {
      picture.setAttribute("width", width);
      picture.setAttribute("height", height);
    }
    picture.setAttribute("src", href);
    const known = width > 0 ? `${width}\u00a0\u00d7\u00a0${height}, ${bytes(size)}` : bytes(size);
    return element("li", {},
      element("a", { href, target: "_blank", rel: "noreferrer" }, picture),
      element("p", { title: name }, element("bdi", {}, name)),
      element("p", {}, known));
  }));
  const text = ([name]) => name;
  const paged = pages({ rows: files, size: 60, text, show, body, what: "pictures" });
  place("picture-sheet").append(...paged.view);
}

headline();
totals();
course();
failures();
spreads();
hosts();
pictures();
document.documentElement.dataset.ready = "yes";
