// Draws points on a canvas, shows the picture of the one under the pointer, and keeps which are chosen. The same code
// runs for two elements of a page: the map, and the one that hands it pictures. Text only ever enters as text.
const MARGIN = 18; // pixels that stay free around all points
const REACH = 12; // how many pixels beside a point one may point
const CLOSEST = 60; // how many times one can zoom in
const STILL = 5; // a press that moves less is a click
const PATIENCE = 2000; // milliseconds until a picture is asked for once more
const PAUSE = 40; // milliseconds that the pointer rests before one is asked for
const AHEAD = 8; // how many points beside the one in view have their pictures fetched as well
const PICTURES_KEPT = 2000;
const CELLS = 24; // into which names are placed, each way
const LARGE = 3.5; // from how many pixels of radius a ring has room for a gap
const ABOVE = 16; // pixels from such a place to its name
const FINEST = 65535;
const MODES = [
  ["lasso", "Lasso", "Draw around points to choose them; with Shift, in addition to those chosen"],
  ["box", "Box", "Choose the points in a box; with Shift, in addition to those chosen"],
  ["move", "Move", "Drag the map"],
];

// What is kept of each map, by its name: Streamlit makes elements anew where something else appears above them.
const maps = new Map();

export default function ({ data, parentElement, setStateValue }) {
  const map = mapOf(data.name);
  if (data.kind === "pictures") {
    receive(map, data, (rows) => setStateValue("wanted", { points: map.points, rows }));
    return undefined;
  }
  const root = parentElement.querySelector(".points");
  map.tell = (bits) => setStateValue("chosen", { token: map.token, bits });
  read(map, data);
  build(map, root);
  const watch = new ResizeObserver(() => drawSoon(map));
  watch.observe(map.stage);
  root.ontransitionend = (event) => {
    if (event.target === root) drawSoon(map);
  };
  drawSoon(map);
  return () => watch.disconnect();
}

function mapOf(name) {
  if (!maps.has(name)) {
    const coarse = matchMedia("(pointer: coarse)").matches;
    // A finger that scrolls the page must not choose points on the way.
    maps.set(name, { mode: coarse ? "" : "lasso", pictures: new Map(), hidden: new Set(), pointers: new Map() });
  }
  return maps.get(name);
}

// What is drawn -----------------------------------------------------------------------------------------------------

export function bytes(text) {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

function read(map, data) {
  const groups = JSON.stringify(data.groups.map((group) => group.name));
  if (map.points !== data.points) {
    Object.assign(map, { zoom: 1, centre: null, hover: -1, token: null, edition: null });
    map.x = new Uint16Array(bytes(data.x).buffer);
    map.y = new Uint16Array(bytes(data.y).buffer);
  }
  if (map.groupNames !== groups) map.hidden = new Set();
  if (map.token !== data.token) map.chosen = new Uint8Array(map.x.length);
  if (map.edition !== data.edition) map.pictures.clear();
  Object.assign(map, data, { x: map.x, y: map.y, groupNames: groups });
  map.group = bytes(data.group);
  map.ringed = bytes(data.ringed);
  map.order = order(map);
  map.labels = null;
  const [width, height] = [extent(map.x), extent(map.y)];
  map.middle = [width.middle, height.middle];
  map.span = [Math.max(width.span, 1), Math.max(height.span, 1)];
  map.centre ??= [...map.middle];
  if (map.hover >= map.x.length) map.hover = -1;
}

export function extent(values) {
  let [low, high] = [FINEST, 0];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return values.length ? { middle: (low + high) / 2, span: high - low } : { middle: 0, span: 1 };
}

const background = (map, row) => !map.groups[map.group[row]].colour;
const stands = (map, row) => map.ringed[row] === 1 && !background(map, row);
const shown = (map, row) => !map.hidden.has(map.group[row]);

// The background first, what has a ring last; within each in no order, or the last class would hide the others.
export function order(map) {
  const count = map.x.length;
  // Steps of a prime number come by every row once.
  const step = count % 7919 === 0 ? 1 : 7919;
  const rows = Array.from({ length: count }, (_, place) => (place * step) % count);
  const layer = (row) => (background(map, row) ? 0 : stands(map, row) ? 2 : 1);
  const layers = [[], [], []];
  for (const row of rows) layers[layer(row)].push(row);
  return Uint32Array.from(layers.flat());
}

// Elements ----------------------------------------------------------------------------------------------------------

function make(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function build(map, root) {
  if (map.root !== root || !root.firstChild) {
    map.root = root;
    map.stage = make("div", "stage");
    map.dots = make("canvas", "dots");
    map.marks = make("canvas", "marks");
    map.card = make("div", "card");
    map.card.hidden = true;
    map.legend = make("div", "legend");
    map.words = make("p", "words");
    map.words.setAttribute("aria-live", "polite");
    map.stage.append(map.dots, map.marks, map.card);
    map.tools = tools(map);
    root.replaceChildren(map.tools, map.stage, map.legend, map.words);
    listen(map);
  }
  map.stage.tabIndex = 0;
  map.stage.setAttribute("role", "application");
  map.stage.setAttribute("aria-label", `${map.alt} ${KEYS}`);
  fillLegend(map);
  showMode(map);
  showHover(map);
  say(map);
}

const KEYS =
  "Arrow keys go from image to image, Space chooses one, Control and A all that are shown, Escape none. " +
  "Plus and minus zoom.";

function tools(map) {
  const bar = make("div", "tools");
  const button = (label, title, action) => {
    const made = make("button", "", label);
    made.type = "button";
    made.title = title;
    made.setAttribute("aria-label", title);
    made.onclick = action;
    return made;
  };
  const modes = make("span", "modes");
  for (const [mode, label, title] of MODES) {
    const made = button(label, title, () => {
      map.mode = map.mode === mode ? "" : mode;
      showMode(map);
    });
    made.dataset.mode = mode;
    modes.append(made);
  }
  const zooms = make("span", "zooms");
  zooms.append(
    button("−", "Zoom out", () => zoom(map, 1 / 1.6)),
    button("+", "Zoom in", () => zoom(map, 1.6)),
    button("Fit", "Show the whole map", () => fit(map)),
  );
  const all = make("span", "");
  all.append(
    button("All shown", "Choose all images that are shown", () => choose(map, everyShown(map))),
  );
  const saving = make("span", "");
  saving.append(button("PNG", "Save as PNG", () => save(map)));
  bar.append(modes, zooms, all, saving);
  return bar;
}

function showMode(map) {
  for (const made of map.tools.querySelectorAll("[data-mode]")) {
    made.setAttribute("aria-pressed", made.dataset.mode === map.mode);
  }
  map.stage.dataset.mode = map.mode;
}

function fillLegend(map) {
  const counts = new Array(map.groups.length).fill(0);
  for (const group of map.group) counts[group] += 1;
  const focused = map.root.getRootNode().activeElement?.dataset?.group;
  map.legend.replaceChildren(
    ...map.groups.map((group, index) => {
      const made = make("button", "entry");
      made.type = "button";
      made.dataset.group = index;
      const swatch = make("canvas", "swatch");
      made.append(swatch, make("span", "name", group.name), make("span", "count", counts[index].toLocaleString("en")));
      made.title = `${group.name}: click to hide or show, with Shift to show nothing else`;
      made.onclick = (event) => toggle(map, index, event.shiftKey);
      return made;
    }),
  );
  if (map.ring && map.order.some((row) => stands(map, row))) {
    const note = make("span", "entry ring");
    note.append(make("canvas", "swatch"), make("span", "name", map.ring));
    map.legend.append(note);
  }
  if (focused !== undefined) map.legend.querySelector(`[data-group="${focused}"]`)?.focus({ preventScroll: true });
  showHidden(map);
}

function toggle(map, index, alone) {
  const others = map.groups.map((_, other) => other).filter((other) => other !== index);
  if (alone) {
    const isAlone = !map.hidden.has(index) && others.every((other) => map.hidden.has(other));
    map.hidden = new Set(isAlone ? [] : others);
  } else if (!map.hidden.delete(index)) map.hidden.add(index);
  map.labels = null;
  if (map.hover >= 0 && !shown(map, map.hover)) map.hover = -1;
  showHidden(map);
  showHover(map);
  say(map);
  drawSoon(map);
}

function showHidden(map) {
  for (const made of map.legend.querySelectorAll("[data-group]")) {
    made.setAttribute("aria-pressed", !map.hidden.has(Number(made.dataset.group)));
  }
}

// The view ----------------------------------------------------------------------------------------------------------

// From a place on the map to pixels: (place - centre) * scale + half of the size.
function view(map) {
  const [width, height] = [map.stage.clientWidth, map.stage.clientHeight];
  const whole = Math.min((width - 2 * MARGIN) / map.span[0], (height - 2 * MARGIN) / map.span[1]);
  return { width, height, scale: Math.max(whole, 1e-6) * map.zoom };
}

function at(map, seen, row) {
  return [
    (map.x[row] - map.centre[0]) * seen.scale + seen.width / 2,
    (map.centre[1] - map.y[row]) * seen.scale + seen.height / 2,
  ];
}

function zoom(map, factor, x, y) {
  const seen = view(map);
  const [right, down] = [(x ?? seen.width / 2) - seen.width / 2, (y ?? seen.height / 2) - seen.height / 2];
  const next = Math.min(CLOSEST, Math.max(1, map.zoom * factor));
  const scale = (seen.scale / map.zoom) * next;
  // What is under the pointer stays under it.
  map.centre[0] += right / seen.scale - right / scale;
  map.centre[1] -= down / seen.scale - down / scale;
  map.zoom = next;
  keepInView(map);
}

function move(map, right, down) {
  const { scale } = view(map);
  map.centre[0] -= right / scale;
  map.centre[1] += down / scale;
  keepInView(map);
}

function keepInView(map) {
  if (map.zoom === 1) map.centre = [...map.middle];
  for (const side of [0, 1]) {
    const most = map.span[side] / 2;
    map.centre[side] = Math.min(map.middle[side] + most, Math.max(map.middle[side] - most, map.centre[side]));
  }
  drawSoon(map);
  showHover(map);
}

function fit(map) {
  map.zoom = 1;
  keepInView(map);
}

// Drawing -----------------------------------------------------------------------------------------------------------

function drawSoon(map) {
  if (map.frame) return;
  map.frame = requestAnimationFrame(() => {
    map.frame = 0;
    if (map.stage.clientWidth) draw(map);
  });
}

function radiusOf(map) {
  const count = map.x.length;
  const usual = count <= 500 ? 5 : count <= 3000 ? 4 : count <= 10000 ? 2.8 : 2;
  return Math.min(8, usual * Math.min(map.zoom, 16) ** 0.35);
}

function look(map) {
  const style = getComputedStyle(map.root);
  const paper = style.getPropertyValue("--st-background-color").trim() || "#fff";
  return { text: style.color, paper, font: style.fontFamily };
}

function sharpened(canvas, width, height) {
  const dense = Math.min(devicePixelRatio || 1, 2);
  if (canvas.width !== Math.round(width * dense) || canvas.height !== Math.round(height * dense)) {
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
  }
  const context = canvas.getContext("2d", { willReadFrequently: canvas.className === "dots" });
  context.setTransform(dense, 0, 0, dense, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

const CORNERS = {
  triangle: [[0, -1.2], [1.1, 0.8], [-1.1, 0.8]],
  diamond: [[0, -1.25], [1.25, 0], [0, 1.25], [-1.25, 0]],
};

function outline(context, shape, x, y, radius) {
  context.beginPath();
  if (shape === "square") context.rect(x - radius * 0.88, y - radius * 0.88, radius * 1.76, radius * 1.76);
  else if (shape === "circle") context.arc(x, y, radius, 0, 2 * Math.PI);
  else {
    for (const [right, down] of CORNERS[shape]) context.lineTo(x + right * radius, y + down * radius);
    context.closePath();
  }
}

// A point of its colour and, where it stands out, with a ring: with a gap in between where there is room.
function point(context, group, ringed, x, y, radius, { text, paper }) {
  outline(context, group.shape, x, y, radius);
  // Grey is what covers what lies below it: thousands of points that let it through would add up to black.
  for (const [colour, share] of group.colour ? [[group.colour, 0.85]] : [[paper, 1], [text, 0.25]]) {
    context.fillStyle = colour;
    context.globalAlpha = share;
    context.fill();
  }
  context.globalAlpha = 1;
  if (!ringed) return;
  const width = Math.max(1, radius / 3.5);
  const rings = radius < LARGE ? [[text, 0]] : [[paper, width / 2], [text, width * 1.3]];
  for (const [colour, beyond] of rings) {
    outline(context, group.shape, x, y, radius + beyond);
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.stroke();
  }
}

// Stamps are drawn once, and their pixels put down thousands of times: without a graphics card, that takes a fraction
// of what a canvas needs to draw as many images.
function stamps(map, radius, colours, dense) {
  const key = JSON.stringify([map.groups, radius, colours, dense]);
  if (map.stampKey !== key) {
    // Before a background, the others are larger.
    const larger = map.groups.some((group) => !group.colour) ? 1.5 : 1;
    const size = (group) => (group.colour ? radius * larger : radius);
    const made = (group, ringed) => stamp(group, ringed, size(group), colours, dense);
    const both = (group) => [made(group, false), made(group, Boolean(group.colour))];
    Object.assign(map, { stampKey: key, stamps: map.groups.map(both) });
  }
  return map.stamps;
}

function stamp(group, ringed, radius, colours, dense) {
  const half = Math.ceil((radius * 2.2 + 2) * dense);
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 2 * half;
  const context = canvas.getContext("2d");
  context.scale(dense, dense);
  point(context, group, ringed, half / dense, half / dense, radius, colours);
  const { data } = context.getImageData(0, 0, 2 * half, 2 * half);
  const made = { half, right: [], down: [], red: [], green: [], blue: [], share: [] };
  for (let pixel = 0; pixel < data.length / 4; pixel++) {
    if (!data[4 * pixel + 3]) continue;
    made.right.push((pixel % (2 * half)) - half);
    made.down.push(Math.floor(pixel / (2 * half)) - half);
    ["red", "green", "blue"].forEach((name, channel) => made[name].push(data[4 * pixel + channel]));
    made.share.push(data[4 * pixel + 3] / 255);
  }
  return made;
}

function put({ right, down, red, green, blue, share }, sheet, x, y, strength) {
  const { data, width, height } = sheet;
  for (let pixel = 0; pixel < share.length; pixel++) {
    const [column, row] = [x + right[pixel], y + down[pixel]];
    if (column < 0 || row < 0 || column >= width || row >= height) continue;
    const place = 4 * (row * width + column);
    const part = share[pixel] * strength;
    data[place] += (red[pixel] - data[place]) * part;
    data[place + 1] += (green[pixel] - data[place + 1]) * part;
    data[place + 2] += (blue[pixel] - data[place + 2]) * part;
  }
}

function draw(map) {
  const [seen, colours, radius] = [view(map), look(map), radiusOf(map)];
  const context = sharpened(map.dots, seen.width, seen.height);
  const dense = map.dots.width / seen.width;
  const sheet = blank(map, context, colours.paper);
  const all = stamps(map, radius, colours, dense);
  const visible = map.groups.map((_, group) => !map.hidden.has(group));
  const some = map.chosen.includes(1);
  const [scale, left, top] = [seen.scale * dense, (seen.width / 2) * dense, (seen.height / 2) * dense];
  for (const pass of some ? [0, 1] : [0]) {
    for (const row of map.order) {
      const group = map.group[row];
      if (!visible[group] || (some && map.chosen[row] !== pass)) continue;
      const x = Math.round((map.x[row] - map.centre[0]) * scale + left);
      const y = Math.round((map.centre[1] - map.y[row]) * scale + top);
      const stamped = all[group][map.ringed[row]];
      const edge = stamped.half;
      if (x < -edge || y < -edge || x > sheet.width + edge || y > sheet.height + edge) continue;
      put(stamped, sheet, x, y, some && !pass ? 0.25 : 1);
    }
  }
  context.putImageData(sheet, 0, 0);
  if (map.named) drawNames(map, context, seen, colours);
  drawSwatches(map, colours);
  drawMarks(map);
}

// Pixels to draw on, all of the colour of the page.
function blank(map, context, paper) {
  const { width, height } = map.dots;
  if (map.sheet?.width !== width || map.sheet?.height !== height) map.sheet = context.createImageData(width, height);
  context.fillStyle = paper;
  context.fillRect(0, 0, 1, 1);
  const [red, green, blue] = context.getImageData(0, 0, 1, 1).data;
  new Uint32Array(map.sheet.data.buffer).fill(((255 << 24) | (blue << 16) | (green << 8) | red) >>> 0);
  return map.sheet;
}

// A group is named above the place where most of its points lie.
function drawNames(map, context, seen, colours) {
  map.labels ??= labels(map);
  context.font = `600 12px ${colours.font}`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.lineJoin = "round";
  const taken = [];
  for (const { text, place } of map.labels) {
    const x = (place[0] - map.centre[0]) * seen.scale + seen.width / 2;
    const y = (map.centre[1] - place[1]) * seen.scale + seen.height / 2 - ABOVE;
    const half = context.measureText(text).width / 2 + 3;
    const box = [Math.min(Math.max(x, half), seen.width - half), y];
    if (x < 0 || y < 8 || x > seen.width || y > seen.height - 8) continue;
    const overlaps = ([left, top, other]) => Math.abs(left - box[0]) < half + other && Math.abs(top - y) < ABOVE;
    if (taken.some(overlaps)) continue;
    taken.push([...box, half]);
    context.strokeStyle = colours.paper;
    context.lineWidth = 4;
    context.strokeText(text, ...box);
    context.fillStyle = colours.text;
    context.fillText(text, ...box);
  }
}

export function labels(map) {
  const cells = map.groups.map(() => new Map());
  for (let row = 0; row < map.x.length; row++) {
    if (!shown(map, row) || background(map, row)) continue;
    const [column, line] = [map.x, map.y].map((places) => Math.floor((places[row] / (FINEST + 1)) * CELLS));
    const cell = column * CELLS + line;
    const sum = cells[map.group[row]].get(cell) ?? [0, 0, 0];
    cells[map.group[row]].set(cell, [sum[0] + 1, sum[1] + map.x[row], sum[2] + map.y[row]]);
  }
  const found = cells.map((sums, index) => {
    const [count, x, y] = [...sums.values()].reduce((most, sum) => (sum[0] > most[0] ? sum : most), [0, 0, 0]);
    const { name } = map.groups[index];
    return { count, place: [x / count, y / count], text: name.length > 18 ? `${name.slice(0, 17)}…` : name };
  });
  return found.filter(({ count }) => count).sort((one, other) => other.count - one.count);
}

function drawSwatches(map, colours) {
  const swatches = [...map.legend.querySelectorAll(".swatch")];
  swatches.forEach((canvas, index) => {
    const context = sharpened(canvas, 16, 16);
    const group = map.groups[index];
    if (group) point(context, group, false, 8, 8, 5, colours);
    else point(context, { colour: "transparent", shape: "circle" }, true, 8, 8, 4, colours);
  });
}

function drawMarks(map) {
  const seen = view(map);
  const context = sharpened(map.marks, seen.width, seen.height);
  const { text, paper } = look(map);
  if (map.hover >= 0) {
    const [x, y] = at(map, seen, map.hover);
    for (const [colour, width] of [[paper, 5], [text, 2.5]]) {
      context.beginPath();
      context.arc(x, y, radiusOf(map) + 5, 0, 2 * Math.PI);
      context.strokeStyle = colour;
      context.lineWidth = width;
      context.stroke();
    }
  }
  const path = map.drag?.path;
  if (!path || path.length < 2) return;
  context.beginPath();
  for (const [x, y] of path) context.lineTo(x, y);
  context.closePath();
  context.fillStyle = text;
  context.globalAlpha = 0.08;
  context.fill("evenodd");
  context.globalAlpha = 1;
  context.strokeStyle = text;
  context.setLineDash([5, 4]);
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
}

// Pointing ----------------------------------------------------------------------------------------------------------

function placeOf(map, event) {
  const box = map.stage.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

// The points nearest to a place, the nearest first.
function nearest(map, x, y, reach, count) {
  const seen = view(map);
  const found = [];
  for (let row = 0; row < map.x.length; row++) {
    if (!shown(map, row)) continue;
    const [right, down] = at(map, seen, row);
    const distance = Math.hypot(right - x, down - y);
    if (distance > reach) continue;
    if (found.length === count && distance >= found[count - 1].distance) continue;
    const index = found.findIndex((other) => other.distance > distance);
    found.splice(index < 0 ? found.length : index, 0, { row, distance });
    if (found.length > count) found.pop();
  }
  return found.map(({ row }) => row);
}

function listen(map) {
  const { stage } = map;
  stage.onpointerdown = (event) => press(map, event);
  stage.onpointermove = (event) => pointed(map, event);
  stage.onpointerup = (event) => release(map, event, true);
  stage.onpointercancel = (event) => release(map, event, false);
  stage.onpointerleave = () => {
    map.engaged = false;
    if (!map.drag) hover(map, -1);
  };
  stage.onblur = () => hover(map, -1);
  stage.onkeydown = (event) => pressKey(map, event);
  stage.addEventListener("wheel", (event) => wheel(map, event), { passive: false });
}

function press(map, event) {
  if (event.button > 0) return;
  const here = placeOf(map, event);
  map.pointers.set(event.pointerId, here);
  map.engaged = true;
  if (map.pointers.size === 2) {
    map.drag = { mode: "pinch" };
    return;
  }
  // Without a mode a mouse moves the map, and a finger the page.
  const mode = map.mode || (event.pointerType === "touch" ? "" : "move");
  map.drag = { mode, start: here, last: here, path: mode === "lasso" ? [here] : null, moved: false };
  if (mode) capture(map, event);
}

function capture(map, event) {
  try {
    map.stage.setPointerCapture(event.pointerId);
  } catch {
    // The pointer is gone already.
  }
}

function pointed(map, event) {
  if (event.movementX || event.movementY) map.engaged = true;
  const here = placeOf(map, event);
  const drag = map.drag;
  if (!drag) {
    hover(map, nearest(map, ...here, REACH + radiusOf(map), 1)[0] ?? -1);
    return;
  }
  const before = map.pointers.get(event.pointerId);
  map.pointers.set(event.pointerId, here);
  if (drag.mode === "pinch") {
    pinch(map, event.pointerId, before, here);
    return;
  }
  drag.moved ||= Math.hypot(here[0] - drag.start[0], here[1] - drag.start[1]) >= STILL;
  if (!drag.moved) return;
  if (drag.mode === "move") move(map, here[0] - drag.last[0], here[1] - drag.last[1]);
  if (drag.mode === "lasso") drag.path.push(here);
  if (drag.mode === "box") drag.path = corners(drag.start, here);
  drag.last = here;
  if (drag.mode !== "move") {
    map.hover = -1;
    map.card.hidden = true;
  }
  drawMarks(map);
}

const corners = ([left, top], [right, bottom]) => [[left, top], [right, top], [right, bottom], [left, bottom]];

function pinch(map, id, before, here) {
  const other = [...map.pointers].find(([each]) => each !== id)?.[1];
  if (!other || !before) return;
  const distance = ([x, y]) => Math.max(1, Math.hypot(x - other[0], y - other[1]));
  zoom(map, distance(here) / distance(before), (here[0] + other[0]) / 2, (here[1] + other[1]) / 2);
}

function release(map, event, finished) {
  const drag = map.drag;
  map.pointers.delete(event.pointerId);
  if (drag?.mode === "pinch" && map.pointers.size) return;
  map.drag = null;
  if (!drag || drag.mode === "pinch") return;
  if (finished && !drag.moved) click(map, drag.start, event);
  else if (finished && drag.path?.length > 2) {
    choose(map, inside(map, drag.path), event.shiftKey);
  }
  drawMarks(map);
}

// A finger first looks at a point, and chooses it by a second tap; a mouse has looked before it clicks.
function click(map, [x, y], event) {
  const [row] = nearest(map, x, y, REACH + radiusOf(map), 1);
  if (row === undefined) {
    hover(map, -1);
    return;
  }
  const looked = map.hover === row;
  hover(map, row);
  if (event.pointerType === "touch" && !looked) return;
  if (event.shiftKey) toggleChosen(map, row);
  else choose(map, [row]);
}

function wheel(map, event) {
  // A page that is scrolled under a resting pointer goes on scrolling, and so does one below a map that shows it all.
  if (!map.engaged && !event.ctrlKey) return;
  if (event.deltaY > 0 && map.zoom === 1) return;
  event.preventDefault();
  const lines = event.deltaMode === 1 ? 30 : 1;
  const turned = Math.max(-200, Math.min(200, event.deltaY * lines));
  zoom(map, Math.exp(-turned / (event.ctrlKey ? 100 : 400)), ...placeOf(map, event));
}

const ARROWS = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };

function pressKey(map, event) {
  if (ARROWS[event.key]) stepTo(map, ...ARROWS[event.key]);
  else if ((event.key === " " || event.key === "Enter") && map.hover >= 0) toggleChosen(map, map.hover);
  else if (event.key === "Escape") choose(map, []);
  else if (event.key === "+" || event.key === "=") zoom(map, 1.6);
  else if (event.key === "-") zoom(map, 1 / 1.6);
  else if (event.key === "0") fit(map);
  else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) choose(map, everyShown(map));
  else return;
  event.preventDefault();
  event.stopPropagation();
}

// To the next point in a direction; sideways counts twice, so that one goes straight on.
function stepTo(map, right, down) {
  const seen = view(map);
  const [x, y] = map.hover < 0 ? [seen.width / 2, seen.height / 2] : at(map, seen, map.hover);
  if (map.hover < 0) {
    hover(map, nearest(map, x, y, Infinity, 1)[0] ?? -1);
    return;
  }
  let [best, least] = [-1, Infinity];
  for (let row = 0; row < map.x.length; row++) {
    if (row === map.hover || !shown(map, row)) continue;
    const [toRight, toBottom] = at(map, seen, row);
    const ahead = (toRight - x) * right + (toBottom - y) * down;
    const aside = Math.abs((toRight - x) * down) + Math.abs((toBottom - y) * right);
    if (ahead <= 0.5 || aside > 2 * ahead) continue;
    if (ahead + 2 * aside < least) [best, least] = [row, ahead + 2 * aside];
  }
  if (best < 0) return;
  const [toRight, toBottom] = at(map, seen, best);
  const outside = toRight < 0 || toBottom < 0 || toRight > seen.width || toBottom > seen.height;
  if (outside) move(map, x - toRight, y - toBottom);
  hover(map, best);
}

// Choosing ----------------------------------------------------------------------------------------------------------

function everyShown(map) {
  return [...map.x.keys()].filter((row) => shown(map, row));
}

function inside(map, path) {
  const seen = view(map);
  const [across, along] = [path.map(([x]) => x), path.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...across), Math.max(...across), Math.min(...along), Math.max(...along)];
  return everyShown(map).filter((row) => {
    const [x, y] = at(map, seen, row);
    if (x < left || x > right || y < top || y > bottom) return false;
    return encloses(path, x, y);
  });
}

// Even–odd: a ray to the right crosses the outline an odd number of times.
export function encloses(path, x, y) {
  let odd = false;
  for (let one = 0, other = path.length - 1; one < path.length; other = one++) {
    const [[x1, y1], [x2, y2]] = [path[one], path[other]];
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
  }
  return odd;
}

function toggleChosen(map, row) {
  const rows = [...map.chosen.keys()].filter((each) => map.chosen[each]);
  choose(map, map.chosen[row] ? rows.filter((each) => each !== row) : [...rows, row]);
}

function choose(map, rows, more = false) {
  const chosen = more ? map.chosen.slice() : new Uint8Array(map.x.length);
  for (const row of rows) chosen[row] = 1;
  if (chosen.every((each, row) => each === map.chosen[row])) return;
  map.chosen = chosen;
  map.tell(packed(chosen));
  say(map);
  drawSoon(map);
}

// A bit a point, the first in the lowest of the first byte, in base64.
export function packed(chosen) {
  const bits = new Uint8Array(Math.ceil(chosen.length / 8));
  chosen.forEach((each, row) => (bits[row >> 3] |= each << (row & 7)));
  let letters = "";
  for (const byte of bits) letters += String.fromCharCode(byte);
  return btoa(letters);
}

// Pictures ----------------------------------------------------------------------------------------------------------

function hover(map, row) {
  if (map.hover === row) return;
  map.hover = row;
  showHover(map);
  say(map);
  drawMarks(map);
  clearTimeout(map.pause);
  if (row >= 0) map.pause = setTimeout(() => askFor(map), PAUSE);
}

// One question at a time: the next one is then about where the pointer is by that time.
function askFor(map) {
  if (map.hover < 0 || map.pictures.has(map.hover) || !map.ask) return;
  if (map.asked && performance.now() - map.asked < PATIENCE) return;
  const [x, y] = at(map, view(map), map.hover);
  const beside = nearest(map, x, y, 80, AHEAD + 1).filter((row) => row !== map.hover && !map.pictures.has(row));
  map.asked = performance.now();
  map.ask([map.hover, ...beside]);
}

function receive(map, data, ask) {
  map.ask = ask;
  if (data.points !== map.points || data.edition !== map.edition) return;
  if (map.pictures.size > PICTURES_KEPT) map.pictures.clear();
  for (const [row, tile] of data.tiles) map.pictures.set(row, tile);
  map.asked = 0;
  if (!map.stage) return;
  showHover(map);
  say(map);
  askFor(map);
}

function showHover(map) {
  const { card, hover: row } = map;
  card.hidden = row < 0;
  if (row < 0) return;
  const tile = map.pictures.get(row);
  card.replaceChildren(picture(tile));
  if (tile) {
    card.append(make("span", "caption", tile.caption));
    if (tile.second) card.append(make("span", tile.wrong ? "second wrong" : "second", tile.second));
    card.append(make("span", "title", tile.id));
  } else card.append(make("span", "caption", map.groups[map.group[row]].name));
  const seen = view(map);
  const [x, y] = at(map, seen, row);
  const [width, height] = [card.offsetWidth, card.offsetHeight];
  const left = x + 16 + width < seen.width ? x + 16 : x - 16 - width;
  card.style.left = `${Math.max(0, Math.min(left, seen.width - width))}px`;
  card.style.top = `${Math.max(0, Math.min(y - height / 2, seen.height - height))}px`;
}

function picture(tile) {
  const frame = make("span", "picture");
  if (!tile) frame.classList.add("coming");
  else if (!tile.source) frame.append(make("span", "missing", "This file is gone or cannot be read any more."));
  else {
    const image = make("img", "");
    image.alt = tile.title;
    image.onload = () => image.classList.toggle("enlarged", frame.clientWidth > 2 * image.naturalWidth);
    image.src = tile.source;
    frame.append(image);
  }
  return frame;
}

function say(map) {
  const tile = map.hover >= 0 && map.pictures.get(map.hover);
  const count = map.chosen.reduce((sum, each) => sum + each, 0);
  const chosen = count ? `${count.toLocaleString("en")} chosen. ` : "";
  const hidden = map.hidden.size ? `${map.hidden.size} of ${map.groups.length} hidden. ` : "";
  map.words.textContent = `${chosen}${hidden}${tile ? [tile.caption, tile.second].filter(Boolean).join(", ") : ""}`;
}

// Taking it along ---------------------------------------------------------------------------------------------------

// The map as it is drawn now, with the legend below it, as a file.
function save(map) {
  const dense = map.dots.width / map.dots.clientWidth;
  const colours = getComputedStyle(map.root);
  const canvas = make("canvas", "");
  const context = canvas.getContext("2d");
  const font = `${13 * dense}px sans-serif`;
  context.font = font;
  const entries = [...map.legend.children].map((entry) => ({
    swatch: entry.querySelector(".swatch"),
    name: entry.querySelector(".name").textContent,
  }));
  const places = inRows(entries.map(({ name }) => context.measureText(name).width / dense + 36), map.dots.clientWidth);
  canvas.width = map.dots.width;
  canvas.height = map.dots.height + (places.at(-1)?.top + 28 || 0) * dense;
  context.fillStyle = colours.getPropertyValue("--st-background-color");
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(map.dots, 0, 0);
  context.drawImage(map.marks, 0, 0);
  Object.assign(context, { font, fillStyle: colours.color, textBaseline: "middle" });
  entries.forEach(({ swatch, name }, index) => {
    const left = places[index].left * dense, top = map.dots.height + (places[index].top + 6) * dense;
    context.drawImage(swatch, left, top, 16 * dense, 16 * dense);
    context.fillText(name, left + 20 * dense, top + 8 * dense);
  });
  const link = make("a", "");
  link.download = "map.png";
  link.href = canvas.toDataURL("image/png");
  link.click();
}

// Where things of these widths go, one behind the other, in as many rows of this width as it takes.
export function inRows(widths, whole, height = 24) {
  let left = 0, top = 0;
  return widths.map((width) => {
    if (left > 0 && left + width > whole) [left, top] = [0, top + height];
    const place = { left, top };
    left += width;
    return place;
  });
}
