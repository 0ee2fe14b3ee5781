// Draws a picture and its answer, and shows the numbers at the pointer. The same code runs for two elements of a page:
// the lens, and the one that hands it the picture. Text only ever enters as text, never as markup.
const AROUND = 7; // cells each way of what is around a place
const BESIDE = 3; // the same where it is shown of picture and answer
const [FEWEST, MOST_AROUND] = [3, 15]; // to which one can zoom
const MOST_CELLS = 11; // each way; of a larger window, the middle
const FAR = 10; // pixels that an arrow moves with Shift
const FEW_TERMS = 9; // of a sum that is written out with its zeros
const MOST_TERMS = 25; // of one that is written out at all
const SUM_DIGITS = 5;
const ALIKE = 1e-4; // by how much of their size numbers differ that count as the same
const CHANNELS = ["Red", "Green", "Blue"];
const KEYS = "Arrow keys move by a pixel, with Shift by ten. Enter keeps the place. Plus and minus show more or fewer.";
const ZOOMS = { "+": 2, "-": -2 };
const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// What is kept of each lens, by its name: Streamlit makes elements anew where something else appears above them.
const lenses = new Map();

export default function ({ data, parentElement, setTriggerValue }) {
  const { header, images } = unpacked(data);
  const lens = lensOf(header.name);
  if (header.kind === "picture") {
    lens.picture = images[0];
  } else {
    lens.tell = (place) => setTriggerValue("place", place);
    Object.assign(lens, header, { answer: images[0] ?? null, root: parentElement.querySelector(".lens") });
  }
  // Whichever of the two elements comes last draws.
  if (lens.picture && lens.root) show(lens);
}

function lensOf(name) {
  if (!lenses.has(name)) lenses.set(name, { cursor: null, hover: null, channel: 0, side: null });
  return lenses.get(name);
}

// Numbers -----------------------------------------------------------------------------------------------------------

const KINDS = { u1: Uint8Array, i2: Int16Array, u2: Uint16Array, f4: Float32Array };

// Four bytes say how long the header is, then follow the header and the numbers of each array.
export function unpacked(data) {
  const content = data.slice().buffer;
  const length = new DataView(content).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(content, 4, length)));
  let begin = 4 + length;
  const images = header.arrays.map((array) => {
    const Kind = KINDS[array.numbers];
    const end = begin + array.height * array.width * array.channels * Kind.BYTES_PER_ELEMENT;
    const values = new Kind(content.slice(begin, end));
    begin = end;
    return { ...array, values };
  });
  return { header, images };
}

// Whole numbers whole, others with a few digits.
export function written(number, digits = 3) {
  if (Number.isNaN(number)) return "–";
  const isWhole = Number.isInteger(number) && Math.abs(number) < 1e15;
  const text = String(isWhole ? number : Number(number.toPrecision(digits)));
  return text.replaceAll("-", "−").replaceAll("Infinity", "∞");
}

// Where the value comes from that stands at an index: -1 is zero, null is nothing.
export function source(index, length, outside) {
  if (index >= 0 && index < length) return index;
  if (outside === "nearest") return index < 0 ? 0 : length - 1;
  const turned = (whole) => ((index % whole) + whole) % whole;
  if (outside === "wrap") return turned(length);
  if (outside === "reflect") return Math.min(turned(2 * length), 2 * length - 1 - turned(2 * length));
  if (outside === "mirror") {
    const whole = Math.max(1, 2 * length - 2);
    return Math.min(turned(whole), whole - turned(whole));
  }
  return outside === "zero" ? -1 : null;
}

export function value(image, row, column, channel, outside) {
  const [from, across] = [source(row, image.height, outside), source(column, image.width, outside)];
  if (from === null || across === null) return null;
  if (from < 0 || across < 0) return 0;
  return image.values[(from * image.width + across) * image.channels + Math.min(channel, image.channels - 1)];
}

export function holds(image, row, column) {
  return row >= 0 && column >= 0 && row < image.height && column < image.width;
}

export function shade(image, number) {
  return Math.round(255 * clamped((number - image.low) / (image.high - image.low || 1), 0, 1));
}

const clamped = (number, low, high) => Math.min(high, Math.max(low, number));

// The pixels as a canvas takes them.
export function pixels(image) {
  const { values, channels } = image;
  const made = new Uint8ClampedArray(image.height * image.width * 4);
  for (let pixel = 0; pixel < image.height * image.width; pixel++) {
    for (let channel = 0; channel < 3; channel++) {
      made[4 * pixel + channel] = shade(image, values[pixel * channels + Math.min(channel, channels - 1)]);
    }
    made[4 * pixel + 3] = 255;
  }
  return made;
}

// Places ------------------------------------------------------------------------------------------------------------
// The cursor is a pixel of the answer where there is one, else of the picture.

const field = (lens) => lens.answer ?? lens.picture;

const extent = (lens, side) => lens.dilation * (lens.window[side] - 1) + 1;

// Whether what is shown is a window of the picture that makes a pixel of the answer, rather than what lies around.
export function isWindow(lens) {
  return Boolean(lens.answer) && (Boolean(lens.kernel) || lens.window.some((size) => size > 1));
}

function sameSize({ answer, picture, scale }) {
  return scale === 1 && answer.height === picture.height && answer.width === picture.width;
}

function offset(lens, side) {
  return lens.offset?.[side] ?? (sameSize(lens) ? -Math.floor((extent(lens, side) - 1) / 2) : 0);
}

// How far behind its window's beginning the pixel lies that a pixel of the answer belongs to.
function lead(lens, side) {
  return sameSize(lens) ? -offset(lens, side) : Math.floor((extent(lens, side) - lens.scale) / 2);
}

// Where in the picture the window of a pixel of the answer begins.
export function windowStart(lens, cursor) {
  return cursor.map((part, side) => part * lens.scale + offset(lens, side));
}

// The pixel of the picture that the cursor stands for; in the padding, the nearest.
export function picturePlace(lens, cursor) {
  if (!lens.answer) return cursor;
  const sizes = [lens.picture.height, lens.picture.width];
  return windowStart(lens, cursor).map((part, side) => clamped(part + lead(lens, side), 0, sizes[side] - 1));
}

// The cursor for a pixel of the picture.
export function cursorAt(lens, place) {
  if (!lens.answer) return within(lens, place);
  const back = (part, side) => Math.floor((part - offset(lens, side) - lead(lens, side)) / lens.scale);
  return within(lens, place.map(back));
}

function within(lens, cursor) {
  const { height, width } = field(lens);
  return [clamped(cursor[0], 0, height - 1), clamped(cursor[1], 0, width - 1)];
}

// Tables ------------------------------------------------------------------------------------------------------------

const middle = (size) => {
  const count = Math.min(size, MOST_CELLS);
  const first = Math.floor((size - count) / 2);
  return Array.from({ length: count }, (_, index) => first + index);
};

// What is around a place: a cell has the place of its pixel, its numbers, a channel a line, and its colour.
export function around(image, [row, column], outside, side = AROUND) {
  const reach = Math.floor(side / 2);
  const steps = Array.from({ length: side }, (_, index) => index - reach);
  return steps.map((down) =>
    steps.map((right) => {
      const cell = cellOf(image, row + down, column + right, null, outside);
      return { ...cell, centre: down === 0 && right === 0 };
    }),
  );
}

// What lies under the window, with the kernel's weights.
export function underWindow(lens, cursor, channel) {
  const [top, left] = windowStart(lens, cursor);
  const own = picturePlace(lens, cursor);
  return middle(lens.window[0]).map((down) =>
    middle(lens.window[1]).map((right) => {
      const [row, column] = [top + down * lens.dilation, left + right * lens.dilation];
      const cell = cellOf(lens.picture, row, column, channel, lens.outside);
      return {
        ...cell,
        weight: lens.kernel ? lens.kernel[down][right] : null,
        centre: Boolean(lens.kernel) && row === own[0] && column === own[1],
      };
    }),
  );
}

function cellOf(image, row, column, channel, outside) {
  const channels = channel === null ? Array.from({ length: image.channels }, (_, index) => index) : [channel];
  const numbers = channels.map((index) => value(image, row, column, index, outside));
  const colour = [0, 1, 2].map((index) => value(image, row, column, channel ?? index, outside));
  return {
    place: [row, column],
    inside: holds(image, row, column),
    numbers: numbers.filter((number) => number !== null),
    colour: colour.includes(null) ? null : colour.map((number) => shade(image, number)),
  };
}

// The products of what lies under the kernel, all of them, and their sum.
export function weighted(lens, cursor, channel) {
  const [top, left] = windowStart(lens, cursor);
  const terms = lens.kernel.flatMap((weights, down) =>
    weights.map((weight, right) => {
      const [row, column] = [top + down * lens.dilation, left + right * lens.dilation];
      return [value(lens.picture, row, column, channel, lens.outside) ?? 0, weight];
    }),
  );
  return { terms, sum: terms.reduce((total, [number, weight]) => total + number * weight, 0) };
}

const bracketed = (number) => (number < 0 ? `(${written(number)})` : written(number));

// The sum in writing, and what the answer holds where that is something else.
export function sumInWords({ terms, sum }, answered) {
  const counted = terms.length > FEW_TERMS ? terms.filter(([, weight]) => weight !== 0) : terms;
  const some = counted.slice(0, MOST_TERMS).map(([number, weight]) => `${bracketed(number)}·${bracketed(weight)}`);
  if (counted.length > MOST_TERMS) some.push(`… (${counted.length} products)`);
  const rounded = Math.abs(sum - Math.round(sum)) < 1e-9 ? Math.round(sum) : sum;
  const result = `${some.join(" + ") || "0"} = ${written(rounded, SUM_DIGITS)}`;
  const alike = Math.abs(sum - answered) <= ALIKE * Math.max(1, Math.abs(sum));
  return alike ? result : `${result}; the answer holds ${written(answered, SUM_DIGITS)}`;
}

function numbersIn(image, [row, column]) {
  const all = Array.from({ length: image.channels }, (_, channel) => value(image, row, column, channel, "none"));
  const numbers = all.map((number) => written(number));
  if (image.channels === 1) return numbers[0] + (image.same ? " in all three channels" : "");
  return numbers.map((number, channel) => `${CHANNELS[channel].toLowerCase()} ${number}`).join(", ");
}

// What a screen reader says, and what stands below the numbers.
export function inWords(lens, cursor) {
  const [row, column] = picturePlace(lens, cursor);
  const words = `Row ${row}, column ${column}: ${numbersIn(lens.picture, [row, column])}.`;
  if (!lens.answer) return words;
  const where = sameSize(lens) ? "" : ` at row ${cursor[0]}, column ${cursor[1]}`;
  return `${words} Answer${where}: ${numbersIn(lens.answer, cursor)}.`;
}

// Elements ----------------------------------------------------------------------------------------------------------

function make(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function show(lens) {
  if (lens.built !== lens.root || !lens.root.firstChild) build(lens);
  const stages = [[lens.first, lens.picture], [lens.second, lens.answer]];
  stages.forEach(([stage, image], index) => {
    stage.sheet.hidden = !image;
    if (image) paint(stage, image, lens.captions[index]);
  });
  lens.first.stage.setAttribute("aria-label", `${lens.alt} ${KEYS}`.trim());
  lens.second.stage.setAttribute("aria-label", lens.captions[1] || "The answer");
  const { place, number } = lens.jump;
  if (place && number !== lens.jumped) lens.cursor = cursorAt(lens, place);
  lens.jumped = number;
  const { height, width } = field(lens);
  lens.cursor = within(lens, lens.cursor ?? [Math.floor(height / 2), Math.floor(width / 2)]);
  if (lens.hover) lens.hover = within(lens, lens.hover);
  fill(lens);
}

function build(lens) {
  lens.built = lens.root;
  lens.first = stageOf(lens, (place) => cursorAt(lens, place));
  lens.second = stageOf(lens, (place) => within(lens, place));
  lens.numbers = make("div", "numbers");
  lens.channels = make("div", "choice");
  lens.zooms = make("div", "choice");
  lens.tables = make("div", "tables");
  lens.sum = make("p", "sum");
  lens.words = make("p", "words");
  lens.words.setAttribute("aria-live", "polite");
  const foot = make("div", "foot");
  foot.append(lens.zooms, lens.words);
  lens.numbers.append(lens.channels, lens.tables, lens.sum, foot);
  lens.root.replaceChildren(lens.first.sheet, lens.second.sheet, lens.numbers);
  lens.first.stage.tabIndex = 0;
  lens.first.stage.setAttribute("role", "application");
  lens.second.stage.setAttribute("role", "img");
  lens.first.stage.onkeydown = (event) => press(lens, event);
  const choose = (channel) => {
    lens.channel = channel;
    fill(lens);
  };
  lens.channels.append(...CHANNELS.map((name, channel) => button(name, name, () => choose(channel))));
  lens.zooms.append(
    button("−", "Fewer numbers", () => zoom(lens, "-")),
    button("+", "More numbers", () => zoom(lens, "+")),
  );
}

function button(label, title, action) {
  const made = make("button", "", label);
  made.type = "button";
  made.title = title;
  made.setAttribute("aria-label", title);
  made.onclick = action;
  return made;
}

function stageOf(lens, cursorOf) {
  const made = {
    sheet: make("figure", "sheet"),
    stage: make("div", "stage"),
    paper: make("div", "paper"),
    canvas: make("canvas", ""),
    mark: make("span", "mark"),
    caption: make("figcaption", ""),
  };
  made.paper.append(made.canvas, made.mark);
  made.stage.append(made.paper);
  made.sheet.append(made.stage, made.caption);
  const pointed = (event) => {
    const box = made.paper.getBoundingClientRect();
    const [down, right] = [(event.clientY - box.top) / box.height, (event.clientX - box.left) / box.width];
    const { height, width } = made.canvas;
    const row = clamped(Math.floor(down * height), 0, height - 1);
    return cursorOf([row, clamped(Math.floor(right * width), 0, width - 1)]);
  };
  made.stage.onpointermove = (event) => hover(lens, pointed(event));
  made.stage.onpointerleave = () => hover(lens, null);
  // A click comes in whole pixels of the screen, which may lie beside what was shown.
  made.stage.onclick = (event) => keep(lens, lens.hover ?? pointed(event));
  return made;
}

function paint(stage, image, caption) {
  stage.caption.textContent = caption;
  if (stage.painted === image) return;
  stage.painted = image;
  stage.sheet.style.setProperty("--width", image.width);
  stage.sheet.style.setProperty("--height", image.height);
  stage.canvas.width = image.width;
  stage.canvas.height = image.height;
  stage.canvas.getContext("2d").putImageData(new ImageData(pixels(image), image.width, image.height), 0, 0);
  requestAnimationFrame(() => stage.canvas.classList.toggle("enlarged", stage.paper.clientWidth > 2 * image.width));
}

// What one does -----------------------------------------------------------------------------------------------------

function hover(lens, cursor) {
  lens.hover = cursor;
  if (lens.frame) return;
  lens.frame = requestAnimationFrame(() => {
    lens.frame = 0;
    fill(lens);
  });
}

function keep(lens, cursor) {
  lens.cursor = cursor;
  fill(lens);
  lens.tell(picturePlace(lens, cursor));
}

function press(lens, event) {
  if (event.key === "Enter") {
    event.preventDefault();
    keep(lens, lens.cursor);
    return;
  }
  const arrow = ARROWS[event.key];
  if (!(arrow || event.key in ZOOMS) || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (!arrow) {
    zoom(lens, event.key);
    return;
  }
  const far = event.shiftKey ? FAR : 1;
  lens.hover = null;
  lens.cursor = within(lens, [lens.cursor[0] + far * arrow[0], lens.cursor[1] + far * arrow[1]]);
  fill(lens);
}

// By how many cells each way what is around a place grows or shrinks.
function zoom(lens, key) {
  lens.side = clamped(sideOf(lens) + ZOOMS[key], FEWEST, MOST_AROUND);
  fill(lens);
}

const sideOf = (lens) => lens.side ?? (lens.answer ? BESIDE : AROUND);

// What is shown -----------------------------------------------------------------------------------------------------

function fill(lens) {
  const cursor = lens.hover ?? lens.cursor;
  placeMarks(lens, cursor);
  const windowed = isWindow(lens);
  const many = windowed && lens.picture.channels > 1;
  lens.numbers.classList.toggle("beside", Boolean(lens.answer));
  lens.numbers.classList.toggle("wide", Boolean(lens.answer) && !windowed && sideOf(lens) > BESIDE);
  lens.channels.hidden = !many;
  lens.zooms.hidden = windowed;
  lens.channels.childNodes.forEach((made, channel) => made.setAttribute("aria-pressed", channel === lens.channel));
  const channel = many ? lens.channel : 0;
  lens.tables.replaceChildren(...(windowed ? windowTables(lens, cursor, channel) : aroundTables(lens, cursor)));
  lens.sum.textContent = lens.kernel && lens.answer ? sumAt(lens, cursor, channel) : "";
  lens.words.textContent = inWords(lens, cursor);
}

function sumAt(lens, cursor, channel) {
  return sumInWords(weighted(lens, cursor, channel), value(lens.answer, ...cursor, channel, "none"));
}

function placeMarks(lens, cursor) {
  const isOne = !isWindow(lens);
  const [row, column] = isOne ? picturePlace(lens, cursor) : windowStart(lens, cursor);
  const [down, right] = isOne ? [1, 1] : [extent(lens, 0), extent(lens, 1)];
  mark(lens.first.mark, lens.picture, row, column, down, right);
  if (lens.answer) mark(lens.second.mark, lens.answer, ...cursor, 1, 1);
}

function mark(made, image, row, column, down, right) {
  const percent = (part, whole) => `${(100 * part) / whole}%`;
  made.style.left = percent(column + right / 2, image.width);
  made.style.top = percent(row + down / 2, image.height);
  made.style.width = percent(right, image.width);
  made.style.height = percent(down, image.height);
}

function aroundTables(lens, cursor) {
  const side = sideOf(lens);
  const coloured = lens.picture.channels > 1;
  // Beside another table there is room for a few words only.
  const few = coloured ? "Red, green, blue" : "In the picture";
  const caption = lens.answer ? few : `Around this pixel${coloured ? ": red, green, blue" : ""}`;
  const own = around(lens.picture, picturePlace(lens, cursor), lens.outside, side);
  const tables = [table(caption, own, (place) => keep(lens, cursorAt(lens, place)))];
  if (lens.answer) {
    const there = around(lens.answer, cursor, "none", side);
    tables.push(table("In the answer", there, (place) => keep(lens, within(lens, place))));
  }
  return tables;
}

function windowTables(lens, cursor, channel) {
  const move = (place) => keep(lens, cursorAt(lens, place));
  const [rows, columns] = lens.window;
  const part = rows > MOST_CELLS || columns > MOST_CELLS ? `, the middle of ${rows} × ${columns}` : "";
  const caption = lens.kernel ? `Under the kernel, with its weights${part}` : `What it is made of${part}`;
  const tables = [table(caption, underWindow(lens, cursor, channel), move)];
  if (!lens.kernel) {
    const answer = cellOf(lens.answer, ...cursor, lens.answer.channels > 1 ? channel : 0, "none");
    tables.push(table("The answer", [[{ ...answer, centre: true }]], () => {}));
  }
  return tables;
}

function table(caption, rows, move) {
  const made = document.createElement("table");
  made.append(make("caption", "", caption));
  for (const row of rows) {
    const line = document.createElement("tr");
    line.append(...row.map((cell) => cellElement(cell, move)));
    made.append(line);
  }
  const scroll = make("div", "scroll");
  scroll.append(made);
  return scroll;
}

function cellElement(cell, move) {
  const made = make("td", cell.inside ? "" : "outside");
  made.classList.toggle("centre", cell.centre);
  made.append(...cell.numbers.map((number) => make("span", "", written(number))));
  if (Number.isFinite(cell.weight)) made.append(make("span", "weight", `× ${written(cell.weight)}`));
  if (cell.inside) {
    made.style.background = `rgb(${cell.colour.join(" ")})`;
    made.style.color = isDark(cell.colour) ? "#fff" : "#000";
    made.onclick = () => move(cell.place);
  }
  return made;
}

export const isDark = ([red, green, blue]) => 0.299 * red + 0.587 * green + 0.114 * blue < 128;
