// The matrix, a click in which tells Python the cell. Up to forty classes it is a table of buttons; beyond, a map that
// one zooms and scrolls, of the cells that hold images. Text only ever enters as text, never as markup.
const FEW = 6;
const LARGEST_TABLE = 40;
const TALLEST_MAP = 420; // pixels
const REACH = 7; // how many pixels beside a cell of the map one may point
const LABELLED = 13; // from how many pixels a cell on the map's classes are named beside it

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
  const view = read(data, (cell) => drawn.get(root).choose(cell));
  const large = Math.max(data.rows.length, data.columns.length) > LARGEST_TABLE;
  const words = make("p", "words");
  words.setAttribute("aria-live", "polite");
  root.replaceChildren(...(large ? map(view, words) : [table(view)]), words);
  root.onkeydown = (event) => move(root, event);
  root.onpointerover = root.onfocusin = (event) => {
    const cell = view.byId.get(event.target.closest?.("[data-cell]")?.dataset.cell);
    if (cell) words.textContent = cell.title;
  };
  words.textContent = view.byId.get(data.selected)?.title ?? "";
  // Drawing anew would lose the keyboard's place.
  if (focused) root.querySelector(`[data-cell="${focused}"]`)?.focus({ preventScroll: true });
}

// The same matrix with another cell selected.
function mark(root, id) {
  const [before, after] = ['[aria-pressed="true"]', `[data-cell="${id}"]`].map((found) => root.querySelector(found));
  if (before === after) return;
  for (const made of [before, after]) {
    if (!made) continue;
    made.setAttribute("aria-pressed", made === after);
    made.tabIndex = made === after ? 0 : -1;
  }
  root.querySelector(".words").textContent = after?.title ?? "";
}

function read(data, choose) {
  const rows = new Map(data.rows.map((index, place) => [index, place]));
  const columns = new Map(data.columns.map((index, place) => [index, place]));
  const cells = data.cells.filter(([row, column]) => rows.has(row) && columns.has(column));
  const made = cells.map(([row, column, count, share]) => ({
    id: `${row}-${column}`,
    right: row === column,
    row: rows.get(row),
    column: columns.get(column),
    count,
    share,
    title: inWords(data, row, column, count, share),
  }));
  return { ...data, cells: made, byId: new Map(made.map((cell) => [cell.id, cell])), choose };
}

function inWords(data, row, column, count, share) {
  const images = count === 1 ? "image" : "images";
  const whole = data.by === "by column" ? "of those taken for it" : "of its class";
  const happened = row === column ? "recognised" : `taken for “${data.labels[column]}”`;
  return `${count.toLocaleString("en")} ${images} of “${data.labels[row]}” ${happened}, ${percent(share)} % ${whole}`;
}

function percent(share) {
  const number = 100 * share;
  return number > 0 && number < 0.5 ? "<1" : number < 100 && number > 99.5 ? ">99" : number.toFixed(0);
}

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

// A cell with images is a button.
function button(view, cell, text) {
  const made = make("button", cell.share > 0.45 ? "strong" : "", text);
  made.type = "button";
  made.classList.toggle("wrong", !cell.right);
  made.style.setProperty("--share", Math.max(cell.right ? 0.2 : 0.3, cell.share));
  made.dataset.cell = cell.id;
  made.setAttribute("aria-pressed", view.selected === cell.id);
  made.tabIndex = view.selected === cell.id ? 0 : -1;
  made.title = cell.title;
  made.setAttribute("aria-label", cell.title);
  made.onclick = (event) => {
    event.stopPropagation();
    view.choose(cell);
  };
  return made;
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The arrow keys go to the next cell in their direction that holds images; Tab enters the matrix at the selected one.
function move(root, event) {
  const [down, right] = ARROWS[event.key] ?? [0, 0];
  const start = event.target.closest("[data-place]");
  if (!start || (!down && !right)) return;
  event.preventDefault();
  const [row, column] = start.dataset.place.split("-").map(Number);
  const ahead = [...root.querySelectorAll("[data-place]")].filter((made) => {
    const [r, c] = made.dataset.place.split("-").map(Number);
    return down ? c === column && (r - row) * down > 0 : r === row && (c - column) * right > 0;
  });
  const far = (made) => made.dataset.place.split("-").reduce((sum, at, i) => sum + Math.abs(at - [row, column][i]), 0);
  ahead.sort((one, other) => far(one) - far(other))[0]?.focus();
}

// The table ---------------------------------------------------------------------------------------------------------

function table(view) {
  const many = Math.max(view.rows.length, view.columns.length) > FEW;
  const scroll = make("div", "scroll");
  const made = make("table", many ? "many" : "");
  // In percent there is but one number of three digits, 100: smaller, it leaves room for twenty classes side by side.
  const most = view.by === "counts" ? Infinity : 2;
  const letters = Math.min(most, Math.max(...view.cells.map((cell) => text(view, cell, many).length), 1));
  made.style.setProperty("--cell", many ? `${Math.max(1.1, 0.15 + 0.43 * letters)}rem` : "4.2rem");
  made.append(head(view), body(view, many));
  scroll.append(made);
  return scroll;
}

function text(view, cell, many) {
  if (view.by === "counts") return cell.count.toLocaleString("en");
  return many ? percent(cell.share) : `${percent(cell.share)} %`;
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

function body(view, many) {
  const made = document.createElement("tbody");
  for (const row of view.rows) {
    const line = document.createElement("tr");
    const header = make("th", "row", view.labels[row]);
    header.scope = "row";
    header.title = view.labels[row];
    line.append(header);
    for (const column of view.columns) line.append(holder(view, view.byId.get(`${row}-${column}`), many));
    made.append(line);
  }
  return made;
}

function holder(view, cell, many) {
  if (!cell) return make("td", "none", many ? "" : "0");
  const made = make("td", "");
  const words = text(view, cell, many);
  const pressed = button(view, cell, words);
  pressed.classList.toggle("tight", many && view.by !== "counts" && words.length > 2);
  pressed.dataset.place = `${cell.row}-${cell.column}`;
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
  made.dataset.place = `${cell.row}-${cell.column}`;
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
  const nearest = (event) => {
    const box = field.getBoundingClientRect();
    const size = box.width / view.columns.length;
    const [x, y] = [(event.clientX - box.left) / size - 0.5, (event.clientY - box.top) / size - 0.5];
    const distance = (cell) => Math.hypot(cell.column - x, cell.row - y);
    let best = null;
    for (const cell of view.cells) if (!best || distance(cell) < distance(best)) best = cell;
    return best && distance(best) <= Math.max(0.8, REACH / size) ? best : null;
  };
  field.onpointermove = (event) => {
    const cell = nearest(event);
    field.style.cursor = cell ? "pointer" : "";
    if (cell) words.textContent = cell.title;
  };
  field.onclick = (event) => {
    const cell = nearest(event);
    if (cell) view.choose(cell);
  };
}
