// Draws the layers as rows; sections open here, a chosen row is told to Python, which sends its sums. Text only ever
// enters as text, never as markup.
const HEADINGS = [
  ["Layer", ""],
  ["Output", "What leaves it: height × width × channels"],
  ["Parameters", "How many numbers it holds"],
  ["Sees", "Its receptive field: the part of the image, in pixels, that one number behind it depends on"],
  ["Multiply–adds", "Multiplications for one image, each with an addition"],
  ["", ""],
];
// Which sections stand open, by the network; kept here, since Streamlit may draw the element anew.
const opened = new Map();
let awaited = null; // the row that was clicked, whose sums are to come into view

export default function ({ data, parentElement, setStateValue }) {
  const table = parentElement.querySelector("table");
  if (!opened.has(data.token)) {
    const start = sectionOf(data.sections, data.chosen);
    opened.set(data.token, new Set(start < 0 ? [] : [start]));
  }
  const focused = parentElement.activeElement?.dataset.id; // drawing anew would lose the keyboard's place
  const draw = () => table.replaceChildren(head(), body(data, choose, toggle));
  const choose = (index) => {
    awaited = index;
    setStateValue("row", index === data.chosen ? -1 : index);
  };
  const toggle = (place) => {
    const open = opened.get(data.token);
    if (!open.delete(place)) open.add(place);
    draw();
    table.querySelector(`[data-id="section-${place}"]`)?.focus({ preventScroll: true });
  };
  draw();
  if (focused) table.querySelector(`[data-id="${focused}"]`)?.focus({ preventScroll: true });
  if (awaited === data.chosen) table.querySelector(".sums")?.scrollIntoView({ block: "nearest" });
  awaited = null;
}

// In which section a row is; -1 where it is in none.
export function sectionOf(sections, index) {
  return sections.findIndex((section) => section.first <= index && index < section.end);
}

function make(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function head() {
  const line = make("tr");
  for (const [heading, meaning] of HEADINGS) {
    const cell = make("th");
    const words = make(meaning ? "span" : "b", "", heading);
    words.title = meaning;
    cell.scope = "col";
    cell.append(words);
    line.append(cell);
  }
  const made = make("thead");
  made.append(line);
  return made;
}

function body(data, choose, toggle) {
  const made = make("tbody");
  if (!data.sections.length) {
    made.append(...layers(data, 0, data.rows.length, "", choose));
    return made;
  }
  data.sections.forEach((section, place) => {
    const open = opened.get(data.token).has(place);
    const line = row("section", section.title, section.cells, `section-${place}`, open, () => toggle(place));
    line.firstChild.append(make("small", "", section.layers));
    made.append(line);
    if (open) made.append(...layers(data, section.first, section.end, "inside", choose, section.title));
  });
  return made;
}

function row(className, name, cells, id, open, act) {
  const line = make("tr", className);
  const first = make("td");
  const button = make("button", "", name);
  button.type = "button";
  button.dataset.id = id;
  button.setAttribute("aria-expanded", String(open));
  first.append(button);
  line.append(first, ...cells.map((text, place) => make("td", place === cells.length - 1 ? "frozen" : "", text)));
  line.onclick = act;
  return line;
}

// The layers from `first` to before `end`, with a line above each block that is not the section itself, called `title`.
function layers(data, first, end, inside, choose, title = "") {
  const lines = [];
  let block = title;
  for (let index = first; index < end; index++) {
    const layer = data.rows[index];
    if (layer.block && layer.block !== block) {
      const line = make("tr", `block ${inside}`);
      const cell = make("td", "", layer.block);
      cell.colSpan = HEADINGS.length;
      line.append(cell);
      lines.push(line);
    }
    block = layer.block;
    const chosen = index === data.chosen;
    const className = `layer ${inside} ${chosen ? "chosen" : ""}`;
    lines.push(row(className, layer.name, layer.cells, `layer-${index}`, chosen, () => choose(index)));
    if (chosen) lines.push(written(data.sums));
  }
  return lines;
}

// The pieces of a sum, and what each is there: what stands behind the first "=" is the outcome.
export function termsOf(sum) {
  const equals = sum.terms.findIndex(([text]) => text.endsWith("="));
  return sum.terms.map(([text, meaning], place) => {
    const total = equals >= 0 && place > equals;
    const roles = [meaning || total ? "term" : "operator"];
    if (text.includes(" × ")) roles.push("many");
    if (total) roles.push("total");
    return { text, meaning, roles };
  });
}

function written(sums) {
  const box = make("div", "written");
  for (const sum of sums) {
    box.append(make("h4", "", sum.title));
    if (sum.terms.length) {
      const line = make("div", "sum");
      for (const { text, meaning, roles } of termsOf(sum)) {
        const made = make("span", roles.join(" "), text);
        if (meaning) made.append(make("small", "", meaning));
        line.append(made);
      }
      box.append(line);
    }
    if (sum.note) box.append(make("p", "", sum.note));
  }
  const cell = make("td");
  cell.colSpan = HEADINGS.length;
  cell.append(box);
  const line = make("tr", "sums");
  line.append(cell);
  return line;
}
