// The report of a run. `run` is what `cm-sim --json` writes; `timeline` has the
// work of the stages over time. Nothing is loaded from elsewhere.
"use strict";
const byId = id => document.getElementById(id);
const run = JSON.parse(byId("run").textContent);
const timeline = JSON.parse(byId("timeline").textContent);
const picks = [];  // called with the name of the core that is picked
let picked = null;

function pick(core) {
  picked = core;
  for (const act of picks) act(core);
}

function element(name, attributes = {}, text = "") {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.textContent = text;
  return made;
}

const number = value => value === null || value === undefined ? "" : value.toLocaleString("en");
const percent = part => (100 * part).toFixed(1) + " %";

function tip(event, text) {
  const box = byId("tip");
  box.style.display = text ? "block" : "none";
  box.textContent = text || "";
  if (!text) return;
  box.style.left = Math.min(event.clientX + 12, innerWidth - box.offsetWidth - 8) + "px";
  box.style.top = event.clientY + 14 + "px";
}

// ---- Summary ----------------------------------------------------------------

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[sorted.length >> 1] : null;
}

function showSummary() {
  byId("title").textContent = `${run.program} on ${run.machine}`;
  const tile = (value, what) => {
    const box = element("div", {class: "tile"});
    box.append(element("b", {}, value), element("span", {}, what));
    byId("summary").append(box);
  };
  const perSecond = run.ii_cycles && run.clock_ghz ? 1e9 * run.clock_ghz / run.ii_cycles : 0;
  tile(number(run.images), "images");
  tile(run.ii_cycles === null ? "-" : number(run.ii_cycles), "cycles between images");
  if (perSecond) tile(number(Math.round(perSecond)), "images per second");
  tile(number(median(run.latency_cycles)), "cycles of latency, median");
  tile(number(run.cycles), "cycles in all");
  if (run.energy.total) {
    tile((run.energy.total / run.images / 1e9).toPrecision(4), "µJ per image");
    const parts = Object.entries(run.energy).filter(([key, value]) =>
      !["unit", "total", "unknown"].includes(key) && value > 0);
    parts.sort((a, b) => b[1] - a[1]);
    if (parts.length)
      tile(percent(parts[0][1] / run.energy.total), "of the energy: " + parts[0][0].replace("_", " "));
  }
  const compared = (value, peak, unit) => {
    if (value !== null)
      tile(value.toPrecision(4), unit + (peak ? `, ${percent(value / peak)} of the peak of ${peak.toPrecision(4)}` : ""));
  };
  compared(run.throughput.tops, run.throughput.peak_tops, "TOPS");
  compared(run.throughput.tops_per_watt, run.throughput.peak_tops_per_watt, "TOPS/W");
}

// ---- Tables -----------------------------------------------------------------

// columns: {title, value(row), show(row) -> text or node, text: bool, part(row)}
function makeTable(table, columns, rows, coreOf) {
  let order = null, up = false, filter = "";
  const head = table.createTHead().insertRow();
  const body = table.createTBody();
  function fill() {
    const shown = rows.filter(row => !filter || columns.some(column =>
      column.text && String(column.value(row)).includes(filter)));
    if (order)
      shown.sort((a, b) => {
        const x = order.value(a), y = order.value(b);
        const sign = x < y ? -1 : x > y ? 1 : 0;
        return up ? sign : -sign;
      });
    body.replaceChildren(...shown.map(row => {
      const line = element("tr");
      line.dataset.core = coreOf(row);
      line.classList.toggle("picked", coreOf(row) === picked);
      for (const column of columns) {
        const cell = line.insertCell();
        if (column.text) cell.className = "text";
        cell.append(column.show ? column.show(row) : number(column.value(row)));
        if (column.part) {
          cell.classList.add("bar");
          cell.style.setProperty("--part", 100 * Math.min(1, column.part(row)) + "%");
        }
      }
      return line;
    }));
  }
  columns.forEach(column => {
    const cell = element("th", {class: column.text ? "text" : ""}, column.title);
    cell.onclick = () => {
      up = order === column ? !up : !!column.text;
      order = column;
      for (const other of head.cells) delete other.dataset.order;
      cell.dataset.order = up ? "up" : "down";
      fill();
    };
    head.append(cell);
  });
  picks.push(() => {
    for (const line of body.rows) line.classList.toggle("picked", line.dataset.core === picked);
  });
  fill();
  return text => { filter = text; fill(); };
}

function coreLink(name) {
  const link = element("a", {}, name);
  link.onclick = () => pick(name);
  return link;
}

const share = (title, of) => ({title, value: of, show: row => percent(of(row)), part: of});
const stallKinds = [["data", "#e8590c"], ["credit", "#7048e8"], ["resource", "#adb5bd"]];
const stallSum = row => stallKinds.reduce((sum, [kind]) => sum + row.stalls[kind], 0);

function stallBar(row, most) {
  const bar = element("div", {class: "stack"});
  for (const [kind, colour] of stallKinds)
    bar.append(element("i", {style:
      `width:${most ? 100 * row.stalls[kind] / most : 0}%;background:${colour}`}));
  bar.onmousemove = event => tip(event, stallKinds.map(([kind]) =>
    `${kind}: ${number(row.stalls[kind])}`).join("\n"));
  bar.onmouseleave = event => tip(event);
  return bar;
}

function showCores() {
  const most = Math.max(0, ...run.cores.map(stallSum));
  makeTable(byId("cores"), [
    {title: "core", text: true, value: core => core.name, show: core => coreLink(core.name)},
    share("crossbars", core => core.mvm), share("DPU", core => core.dpu),
    share("SRAM ports", core => core.port),
    {title: "waits for", value: stallSum, show: core => stallBar(core, most)},
    {title: "MVMs", value: core => core.mvms},
    {title: "SRAM peak", value: core => core.sram.peak},
    {title: "allocated", value: core => core.sram.allocated}], run.cores, core => core.name);
}

function showStages() {
  const most = Math.max(0, ...run.contexts.map(stallSum));
  const filter = makeTable(byId("stages"), [
    {title: "stage", text: true, value: stage => stage.name, show: stage => stage.name},
    {title: "node", text: true, value: stage => stage.node,
     show: stage => coreLink(timeline.nodes[stage.node])},
    {title: "iterations", value: stage => stage.iterations},
    {title: "waits for data", value: stage => stage.stalls.data},
    {title: "for credits", value: stage => stage.stalls.credit},
    {title: "for registers", value: stage => stage.stalls.resource},
    {title: "", value: stallSum, show: stage => stallBar(stage, most)}],
    run.contexts, stage => timeline.nodes[stage.node]);
  byId("find").oninput = event => filter(event.target.value);
}

function showLinks() {
  const load = link => link.capacity ? link.mean / link.capacity : 0;
  makeTable(byId("links"), [
    {title: "link", text: true, value: link => link.name, show: link => link.name},
    share("mean load", load),
    {title: "mean, B/cycle", value: link => link.mean, show: link => link.mean.toFixed(3)},
    {title: "peak, B/cycle", value: link => link.peak, show: link => link.peak.toFixed(3)},
    {title: "capacity", value: link => link.capacity},
    {title: "mean, Gbit/s", value: link => link.mean,
     show: link => (8 * link.mean * (run.clock_ghz || 0)).toFixed(3)}],
    run.links, link => link.name.split(" ")[0].split("->")[0]);
}

// ---- Topology ---------------------------------------------------------------

const metrics = {
  "utilisation": core => core.utilisation, "crossbars": core => core.mvm,
  "DPU": core => core.dpu, "SRAM ports": core => core.port,
  "SRAM in use": core => core.sram.capacity ? core.sram.peak / core.sram.capacity : 0};

// From pale over orange to red.
function heat(part) {
  const stops = [[255, 247, 230], [245, 159, 0], [201, 42, 42]];
  const at = 2 * Math.min(1, Math.max(0, part)), low = Math.min(1, Math.floor(at));
  const mix = stops[low].map((value, i) =>
    Math.round(value + (at - low) * (stops[low + 1][i] - value)));
  return `rgb(${mix})`;
}

function showTopology() {
  const place = byId("topology");
  if (!timeline.links) {
    place.textContent = "too many nodes to draw";
    return;
  }
  place.append(byId("picture").content.cloneNode(true));
  const nodes = [...place.querySelectorAll("g > title")].map(title => title.parentNode);
  const lines = place.querySelector("svg > g[stroke]").children;
  const coreByName = new Map(run.cores.map(core => [core.name, core]));
  // A large machine is shown whole first.
  const whole = byId("whole");
  whole.checked = nodes.length > 200;
  const fit = () => place.classList.toggle("whole", whole.checked);
  whole.onchange = fit;
  fit();
  const metric = byId("metric");
  for (const name of Object.keys(metrics)) metric.append(element("option", {}, name));
  const paint = () => nodes.forEach((node, i) => {
    const core = coreByName.get(timeline.nodes[i]);
    node.classList.add("node");
    if (core) node.querySelector("circle").setAttribute("fill", heat(metrics[metric.value](core)));
  });
  metric.onchange = paint;
  paint();
  nodes.forEach((node, i) => {
    node.onclick = () => pick(timeline.nodes[i]);
    node.onmousemove = event => {
      const core = coreByName.get(timeline.nodes[i]);
      tip(event, timeline.nodes[i] + (core ? `\ncrossbars ${percent(core.mvm)}, DPU ` +
        `${percent(core.dpu)}, SRAM ports ${percent(core.port)}` : ""));
    };
    node.onmouseleave = event => tip(event);
  });
  picks.push(core => nodes.forEach((node, i) =>
    node.classList.toggle("picked", timeline.nodes[i] === core)));
  paintLinks(lines);
}

// Links are drawn once for both directions: the busier one colours them.
function paintLinks(lines) {
  const load = new Map(run.links.map(link => [link.name, link]));
  timeline.links.forEach((names, i) => {
    const used = names.map(name => load.get(name)).filter(link => link);
    const part = Math.max(0, ...used.map(link => link.mean / link.capacity));
    if (part === 0 || !lines[i]) return;
    lines[i].setAttribute("stroke", heat(0.15 + 0.85 * part));
    lines[i].setAttribute("stroke-width", 2 + 4 * part);
    lines[i].onmousemove = event => tip(event, used.map(link =>
      `${link.name}: ${link.mean.toFixed(3)} of ${link.capacity} B/cycle`).join("\n"));
    lines[i].onmouseleave = event => tip(event);
  });
}

// ---- Pipeline ---------------------------------------------------------------

const bytesOf = text => Uint8Array.from(atob(text), char => char.charCodeAt(0));
const hueOf = image => (210 + 67 * image) % 360;

class Pipeline {
  constructor(canvas) {
    this.canvas = canvas;
    this.rows = timeline.rows.map(row =>
      ({...row, busy: bytesOf(row.busy), image: bytesOf(row.image)}));
    this.slices = timeline.slices;
    this.all();
    canvas.onwheel = event => { event.preventDefault(); this.zoom(event); };
    canvas.ondblclick = () => { this.all(); this.draw(); };
    canvas.onmousedown = event => { this.held = [event.clientX, event.clientY]; };
    onmouseup = () => { this.held = null; };
    canvas.onmousemove = event => this.held ? this.move(event) : this.tell(event);
    canvas.onmouseleave = event => tip(event);
    canvas.onclick = event => {
      const row = this.rowAt(event);
      if (row) pick(timeline.nodes[row.node]);
    };
    picks.push(() => this.draw());
    addEventListener("resize", () => this.draw());
    this.draw();
  }
  all() {
    this.view = {begin: timeline.begin, end: Math.max(timeline.end, timeline.begin + 1),
                 top: 0, bottom: this.rows.length};
  }
  get left() { return 150; }
  cycleAt(x) {
    const {begin, end} = this.view;
    return begin + (x - this.left) / (this.canvas.clientWidth - this.left) * (end - begin);
  }
  rowAt(event) {
    const {top, bottom} = this.view;
    return this.rows[Math.floor(top + event.offsetY / this.canvas.clientHeight * (bottom - top))];
  }
  zoom(event) {
    const factor = event.deltaY < 0 ? 0.8 : 1.25, view = this.view;
    const cycle = this.cycleAt(event.offsetX);
    view.begin = Math.max(timeline.begin, cycle - factor * (cycle - view.begin));
    view.end = Math.min(timeline.end, cycle + factor * (view.end - cycle));
    if (view.end - view.begin < 16) view.end = view.begin + 16;
    if (!event.shiftKey) {
      const row = view.top + event.offsetY / this.canvas.clientHeight * (view.bottom - view.top);
      const least = Math.min(4, this.rows.length);
      view.top = Math.max(0, row - factor * (row - view.top));
      view.bottom = Math.min(this.rows.length, row + factor * (view.bottom - row));
      if (view.bottom - view.top < least) view.bottom = view.top + least;
    }
    this.draw();
  }
  move(event) {
    const view = this.view, [x, y] = this.held;
    const cycles = (x - event.clientX) / (this.canvas.clientWidth - this.left) * (view.end - view.begin);
    const rows = (y - event.clientY) / this.canvas.clientHeight * (view.bottom - view.top);
    const along = Math.max(timeline.begin - view.begin, Math.min(cycles, timeline.end - view.end));
    const down = Math.max(-view.top, Math.min(rows, this.rows.length - view.bottom));
    view.begin += along, view.end += along, view.top += down, view.bottom += down;
    this.held = [event.clientX, event.clientY];
    this.draw();
  }
  tell(event) {
    const row = this.rowAt(event), cycle = Math.floor(this.cycleAt(event.offsetX));
    if (!row || event.offsetX < this.left) return tip(event);
    const bin = Math.floor((cycle - timeline.begin) / timeline.window);
    tip(event, `${row.name} on ${timeline.nodes[row.node]}, cycle ${number(cycle)}\n` +
      (row.busy[bin] ? `image ${row.image[bin]}, busy ${percent(row.busy[bin] / 255)}` : "idle"));
  }
  draw() {
    const canvas = this.canvas, scale = devicePixelRatio || 1;
    canvas.width = canvas.clientWidth * scale;
    canvas.height = canvas.clientHeight * scale;
    const context = canvas.getContext("2d");
    context.scale(scale, scale);
    const {top, bottom} = this.view, height = canvas.clientHeight / (bottom - top);
    for (let i = Math.floor(top); i < Math.min(bottom, this.rows.length); ++i)
      this.drawRow(context, this.rows[i], (i - top) * height, height);
    this.drawNames(context, height);
    this.drawAxis(context);
  }
  drawRow(context, row, y, height) {
    const {begin, end} = this.view, width = this.canvas.clientWidth - this.left;
    const window = timeline.window, perCycle = width / (end - begin);
    const first = Math.max(0, Math.floor((begin - timeline.begin) / window));
    const last = Math.min(row.busy.length - 1, Math.ceil((end - timeline.begin) / window));
    if (timeline.nodes[row.node] === picked) {
      context.fillStyle = "#fff1e8";
      context.fillRect(0, y, this.canvas.clientWidth, height);
    }
    const gap = height > 4 ? 1 : 0;
    if (this.slices && window * perCycle > 6) {
      for (const slice of this.slices[row.context] || [])
        this.drawSlice(context, slice, y, height - gap, perCycle);
    } else {
      for (let bin = first; bin <= last; ++bin) {
        if (!row.busy[bin]) continue;
        const x = this.left + (timeline.begin + bin * window - begin) * perCycle;
        const from = Math.max(this.left, x);
        context.fillStyle =
          `hsl(${hueOf(row.image[bin])} 65% ${90 - 50 * row.busy[bin] / 255}%)`;
        context.fillRect(from, y, x + window * perCycle - from + 0.5, height - gap);
      }
    }
  }
  // Of all rows, or of so many that their names do not meet.
  drawNames(context, height) {
    const {top, bottom} = this.view, step = Math.ceil(11 / height);
    context.font = `${Math.min(12, Math.max(10, height - 1))}px sans-serif`;
    context.fillStyle = "#1b1f24";
    for (let i = Math.floor(top); i < Math.min(bottom, this.rows.length); ++i)
      if (i % step === 0)
        context.fillText(this.rows[i].name, 4, Math.max(10, (i - top + 0.5) * height + 4),
                         this.left - 8);
  }
  drawSlice(context, [unit, begin, cycles, image], y, height, perCycle) {
    const x = this.left + (begin - this.view.begin) * perCycle;
    const end = x + cycles * perCycle;
    if (end < this.left || x > this.canvas.clientWidth) return;
    const from = Math.max(this.left, x), part = height / timeline.units.length;
    context.fillStyle = `hsl(${hueOf(image)} 65% ${40 + 8 * unit}%)`;
    context.fillRect(from, y + unit * part, Math.max(0.5, end - from), part);
  }
  drawAxis(context) {
    const {begin, end} = this.view, width = this.canvas.clientWidth - this.left;
    const step = 10 ** Math.floor(Math.log10((end - begin) / 3));
    context.fillStyle = "#0009";
    context.font = "11px sans-serif";
    for (let cycle = Math.ceil(begin / step) * step, last = -100; cycle < end; cycle += step) {
      const x = this.left + (cycle - begin) / (end - begin) * width;
      if (x - last < 110) continue;
      last = x;
      context.fillRect(x, 0, 0.5, this.canvas.clientHeight);
      context.fillText(number(cycle), x + 3, this.canvas.clientHeight - 4);
    }
  }
}

// ---- Buffers ----------------------------------------------------------------

function bufferChart(buffer) {
  const width = 300, height = 90, levels = buffer.live || [];
  const most = Math.max(1, buffer.capacity, ...levels);
  const y = value => height - 18 - value / most * (height - 36);
  const points = levels.map((value, i) =>
    `${i / Math.max(1, levels.length - 1) * width},${y(value)}`);
  const box = document.createElement("span");
  box.innerHTML = `<svg width="${width}" height="${height}"><polyline fill="none" ` +
    `stroke="#3b6fb6" points="${points.join(" ")}"/><line x1="0" x2="${width}" ` +
    `y1="${y(buffer.capacity)}" y2="${y(buffer.capacity)}" stroke="#c92a2a"/>` +
    `<text x="4" y="12" font-size="11"></text></svg>`;
  box.querySelector("text").textContent =
    `${buffer.object}: peak ${number(buffer.peak)} of ${number(buffer.capacity)} B`;
  return box;
}

function showBuffers(name) {
  const core = run.cores.find(core => core.name === name);
  if (!core) return;
  byId("bufferCore").textContent = " of " + name;
  const live = new Map((timeline.buffers[name] || []).map(entry => [entry.object, entry.live]));
  byId("buffers").replaceChildren(...core.buffers.map(buffer =>
    bufferChart({...buffer, live: live.get(buffer.object)})));
}

// ---- All --------------------------------------------------------------------

showSummary();
showCores();
showStages();
showLinks();
showTopology();
const pipeline = new Pipeline(byId("pipeline"));
picks.push(showBuffers);
if (run.cores.length)
  pick(run.cores.reduce((a, b) => a.utilisation >= b.utilisation ? a : b).name);
// What a test asks for.
document.body.dataset.ready = "yes";
