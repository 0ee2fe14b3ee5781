// A matrix of true and predicted classes, a click in which tells Python the cell: how many images are in each, or how
// many more or fewer one run has there than another. Up to forty classes it is a table of buttons; beyond, a map that one
// zooms and scrolls, of the cells that hold images. Text only ever enters as text, never as markup.
const FEW = 6;
const LARGEST_TABLE = 40;
const TALLEST_MAP = 420; // pixels
const REACH = 7; // how many pixels beside a cell of the map one may point
const LABELLED = 13; // from how many pixels a cell on the map's classes are named beside it
const STRONG = 0.45; // from which share on a fill needs white text

// How far each map is zoomed, by its name: Streamlit makes the elements anew where something else appears above.
const zooms = new Map();

// Of each matrix on the page what it shows, all but the selected cell, and what is to be done with a click.
const drawn = new WeakMap();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".matrix");
  const before = drawn.get(root)?.shown;
  const shown = JSON.stringify({ ...data, selected: "" });
  const choose = (cell) => {
    if (data.selected) mark(root, cell.id); // at once; Python answers with its images
    setTriggerValue("cell", cell.id);
  };
  drawn.set(root, { shown, choose });
  if (shown === before) mark(root, data.selected);
  else draw(root, data, parentElement.activeElement?.dataset.cell);
}

function draw(root, data, focused) {
  const view = { ...read(data), choose: (cell) => drawn.get(root).choose(cell) };
  const large = Math.max(data.rows.length, data.columns.length) > LARGEST_TABLE;
  const words = make("p", "words");
  words.setAttribute("aria-live", "polite");
  root.replaceChildren(...(large ? map(view, words) : [table(view)]), words);
  root.onkeydown = (event) => move(root, view, event);
  root.onpointerover = root.onfocusin = (event) => {
    const cell = view.byId.get(event.target.closest?.("[data-cell]")?.dataset.cell);
    if (cell) words.textContent = cell.title;
  };
  words.textContent = view.byId.get(data.selected)?.title ?? "";
  const first = view.byId.get(data.selected) ?? view.cells.find((cell) => !cell.passed);
  if (first) enter(root, root.querySelector(`[data-cell="${first.id}"]`));
  // Drawing anew would lose the keyboard's place.
  if (focused) root.querySelector(`[data-cell="${focused}"]`)?.focus({ preventScroll: true });
}

// The same matrix with another cell selected.
function mark(root, id) {
  const [before, after] = ['[aria-pressed="true"]', `[data-cell="${id}"]`].map((found) => root.querySelector(found));
  if (before === after) return;
  before?.setAttribute("aria-pressed", false);
  after?.setAttribute("aria-pressed", true);
  if (after) enter(root, after);
  root.querySelector(".words").textContent = after?.title ?? "";
}

// Tab enters the matrix at one cell, and arrow keys go on from there.
function enter(root, made) {
  root.querySelector('[data-cell][tabindex="0"]')?.setAttribute("tabindex", -1);
  made.tabIndex = 0;
}

// What is drawn of each cell ------------------------------------------------------------------------------------------

// The cells of the classes that are shown: where each stands, what it says, and how it looks.
export function read(data) {
  const rows = new Map(data.rows.map((index, place) => [index, place]));
  const columns = new Map(data.columns.map((index, place) => [index, place]));
  const many = Math.max(data.rows.length, data.columns.length) > FEW;
  const describe = data.by === "changes" ? change : count;
  const cells = data.cells
    .filter(([row, column]) => rows.has(row) && columns.has(column))
    .map(([row, column, number, share]) => ({
      id: `${row}-${column}`,
      row: rows.get(row),
      column: columns.get(column),
      ...describe(data, many, { row, column, number, share }),
    }));
  return { ...data, many, cells, byId: new Map(cells.map((cell) => [cell.id, cell])) };
}

function count(data, many, { row, column, number, share }) {
  const right = row === column;
  const images = number === 1 ? "image" : "images";
  const whole = data.by === "by column" ? "of those taken for it" : "of its class";
  const happened = right ? "recognised" : `taken for “${data.labels[column]}”`;
  const part = many ? percent(share) : `${percent(share)} %`;
  return {
    text: data.by === "counts" ? number.toLocaleString("en") : part,
    title: `${number.toLocaleString("en")} ${images} of “${data.labels[row]}” ${happened}, ${percent(share)} % ${whole}`,
    tone: right ? "right" : "wrong",
    fill: Math.max(right ? 0.2 : 0.3, share),
    strong: share > STRONG,
  };
}

function change(data, many, { row, column, number, share }) {
  const [before, now] = data.runs;
  const images = `${Math.abs(number)} ${Math.abs(number) === 1 ? "image" : "images"}`;
  const much = number ? `${images} ${number > 0 ? "more" : "fewer"} than ${before}` : `as many images as ${before}`;
  // More right answers and fewer wrong ones are both good.
  const good = (row === column) === number > 0;
  return {
    // Zeros, of which a large table is full, would hide what is not.
    text: number > 0 ? `+${number}` : number < 0 ? `−${-number}` : many ? "" : "0",
    title: `“${data.labels[row]}” taken for “${data.labels[column]}”: ${now} has ${much}`,
    tone: number === 0 ? "same" : good ? "good" : "bad",
    fill: number ? 0.2 + 0.6 * share : 0,
    strong: false,
    passed: many && number === 0,
  };
}

export function percent(share) {
  const number = 100 * share;
  return number > 0 && number < 0.5 ? "<1" : number < 100 && number > 99.5 ? ">99" : number.toFixed(0);
}

// In percent there is but one number of three digits, 100: smaller, it leaves room for twenty classes side by side.
export function cellWidth(view) {
  if (!view.many) return "4.2rem";
  const most = view.by.startsWith("by ") ? 2 : Infinity;
  const letters = Math.min(most, Math.max(...view.cells.map((cell) => cell.text.length), 1));
  return `${Math.max(1.1, 0.15 + 0.43 * letters)}rem`;
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The next cell in the direction of an arrow key, for the same class; undefined where none is left.
export function ahead(view, cell, key) {
  const [down, right] = ARROWS[key] ?? [0, 0];
  const steps = (other) => (other.row - cell.row) * down + (other.column - cell.column) * right;
  const inLine = (other) => (down ? other.column === cell.column : other.row === cell.row);
  const found = view.cells.filter((other) => !other.passed && inLine(other) && steps(other) > 0);
  return found.sort((one, other) => steps(one) - steps(other))[0];
}

// The cell nearest to a place, in cells from the upper left one's middle; null where none is within `reach` of them.
export function nearest(view, x, y, reach) {
  const distance = (cell) => Math.hypot(cell.column - x, cell.row - y);
  let best = null;
  for (const cell of view.cells) if (!best || distance(cell) < distance(best)) best = cell;
  return best && distance(best) <= reach ? best : null;
}

// Elements ------------------------------------------------------------------------------------------------------------

function make(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) {
    const words = document.createElement("span");
    words.textContent = text;
    made.append(words);
  }
  return made;
}

function button(view, cell, text) {
  const made = make("button", cell.tone, text);
  made.type = "button";
  made.classList.toggle("strong", cell.strong);
  made.style.setProperty("--share", cell.fill);
  made.dataset.cell = cell.id;
  made.setAttribute("aria-pressed", view.selected === cell.id);
  made.tabIndex = -1;
  made.title = cell.title;
  made.setAttribute("aria-label", cell.title);
  made.onclick = (event) => {
    event.stopPropagation();
    view.choose(cell);
  };
  return made;
}

function move(root, view, event) {
  const start = view.byId.get(event.target.closest("[data-cell]")?.dataset.cell);
  if (!start || !(event.key in ARROWS)) return;
  event.preventDefault();
  const next = ahead(view, start, event.key);
  if (next) root.querySelector(`[data-cell="${next.id}"]`).focus();
}

// The table ---------------------------------------------------------------------------------------------------------

function table(view) {
  const scroll = make("div", "scroll");
  const made = make("table", view.many ? "many" : "");
  made.style.setProperty("--cell", cellWidth(view));
  made.append(head(view), body(view));
  scroll.append(made);
  return scroll;
}

function head(view) {
  const top = document.createElement("tr");
  top.append(make("th", "axis", "true ↓   predicted →"));
  for (const index of view.columns) {
    const column = make("th", "column", view.labels[index]);
    column.scope = "col";
    column.title = view.labels[index];
    top.append(column);
  }
  const made = document.createElement("thead");
  made.append(top);
  return made;
}

function body(view) {
  const made = document.createElement("tbody");
  for (const row of view.rows) {
    const line = document.createElement("tr");
    const header = make("th", "row", view.labels[row]);
    header.scope = "row";
    header.title = view.labels[row];
    line.append(header);
    for (const column of view.columns) line.append(holder(view, view.byId.get(`${row}-${column}`)));
    made.append(line);
  }
  return made;
}

// A cell without images is no button.
function holder(view, cell) {
  if (!cell) return make("td", "none", view.many ? "" : "0");
  const made = make("td", "");
  const pressed = button(view, cell, cell.text);
  pressed.classList.toggle("tight", view.many && view.by.startsWith("by ") && cell.text.length > 2);
  made.append(pressed);
  return made;
}

// The map -----------------------------------------------------------------------------------------------------------

function map(view, words) {
  const [down, across] = [view.rows.length, view.columns.length];
  const scroll = make("div", "scroll map");
  const field = make("div", "field");
  const sheet = make("div", "sheet");
  sheet.style.setProperty("--down", down);
  sheet.style.setProperty("--across", across);
  field.append(...view.cells.map((cell) => dot(view, cell)));
  sheet.append(names(view, "columns"), names(view, "rows"), field);
  scroll.append(sheet);
  point(view, field, words);
  const fit = () => Math.min((scroll.clientWidth || 480) / across, TALLEST_MAP / down);
  const zoom = (factor) => {
    const size = factor ? Math.min(32, Math.max(fit(), (zooms.get(view.name) ?? fit()) * factor)) : fit();
    zooms.set(view.name, size);
    sheet.style.setProperty("--size", `${size}px`);
    sheet.classList.toggle("labelled", size >= LABELLED);
  };
  requestAnimationFrame(() => {
    zoom(zooms.has(view.name) ? 1 : 0);
    const chosen = field.querySelector('[aria-pressed="true"]');
    if (!chosen) return;
    scroll.scrollLeft = chosen.offsetLeft - scroll.clientWidth / 2;
    scroll.scrollTop = chosen.offsetTop - scroll.clientHeight / 2;
  });
  return [tools(zoom), scroll];
}

function tools(zoom) {
  const made = make("div", "tools");
  made.append(make("span", "axis", "true ↓   predicted →"));
  for (const [label, name, factor] of [["−", "Zoom out", 0.5], ["+", "Zoom in", 2], ["Fit", "Show all of it", 0]]) {
    const pressed = make("button", "tool", label);
    pressed.type = "button";
    pressed.title = name;
    pressed.setAttribute("aria-label", name);
    pressed.onclick = () => zoom(factor);
    made.append(pressed);
  }
  return made;
}

function dot(view, cell) {
  const made = button(view, cell, "");
  made.style.setProperty("--row", cell.row);
  made.style.setProperty("--column", cell.column);
  return made;
}

function names(view, side) {
  const made = make("div", `names ${side}`);
  view[side].forEach((index, place) => {
    const label = make("span", "");
    label.textContent = label.title = view.labels[index];
    label.style.setProperty("--place", place);
    made.append(label);
  });
  return made;
}

// Cells of a few pixels are hard to hit: the nearest one counts.
function point(view, field, words) {
  const pointed = (event) => {
    const box = field.getBoundingClientRect();
    const size = box.width / view.columns.length;
    const [x, y] = [(event.clientX - box.left) / size - 0.5, (event.clientY - box.top) / size - 0.5];
    return nearest(view, x, y, Math.max(0.8, REACH / size));
  };
  field.onpointermove = (event) => {
    const cell = pointed(event);
    field.style.cursor = cell ? "pointer" : "";
    if (cell) words.textContent = cell.title;
  };
  field.onclick = (event) => {
    const cell = pointed(event);
    if (cell) view.choose(cell);
  };
}
