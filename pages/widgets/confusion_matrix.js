// A table whose cells are buttons; a click tells Python which cell. Text only ever enters as text, never as markup.
const MANY = 6;

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const many = data.labels.length > MANY;
  table.classList.toggle("many", many);
  table.style.setProperty("--cell", many ? "1.1rem" : "4.2rem");
  table.style.setProperty("--text", many ? "0.7rem" : "0.95rem");
  table.style.setProperty("--names", many ? "6.5rem" : "11rem");
  const focused = parentElement.activeElement?.dataset.cell; // drawing anew would lose the keyboard's place
  table.replaceChildren(head(data), body(data, setTriggerValue));
  table.onkeydown = (event) => move(table, event);
  if (focused) table.querySelector(`[data-cell="${focused}"]`)?.focus({ preventScroll: true });
}

const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

// The arrow keys go to the next cell in their direction that holds images; Tab enters the matrix at the selected one.
function move(table, event) {
  const step = ARROWS[event.key];
  const start = event.target.closest("[data-cell]");
  if (!step || !start) return;
  event.preventDefault();
  let [row, column] = start.dataset.cell.split("-").map(Number);
  for (;;) {
    [row, column] = [row + step[0], column + step[1]];
    const next = table.querySelector(`[data-cell="${row}-${column}"]`);
    if (!next) return;
    if (next.disabled) continue;
    next.focus();
    return;
  }
}

function cell(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text !== undefined) {
    const words = document.createElement("span");
    words.textContent = text;
    made.append(words);
  }
  return made;
}

function head(data) {
  const top = document.createElement("tr");
  top.append(cell("th", "axis", "true ↓   predicted →"));
  for (const label of data.labels) {
    const column = cell("th", "column", label);
    column.scope = "col";
    column.title = label;
    top.append(column);
  }
  const made = document.createElement("thead");
  made.append(top);
  return made;
}

function body(data, setTriggerValue) {
  const made = document.createElement("tbody");
  data.matrix.forEach((counts, row) => {
    const line = document.createElement("tr");
    const header = cell("th", "row", data.labels[row]);
    header.scope = "row";
    header.title = data.labels[row];
    line.append(header);
    const total = counts.reduce((sum, count) => sum + count, 0);
    counts.forEach((count, column) => {
      const holder = document.createElement("td");
      holder.append(button(data, row, column, count, total, setTriggerValue));
      line.append(holder);
    });
    made.append(line);
  });
  return made;
}

function button(data, row, column, count, total, setTriggerValue) {
  const share = total ? count / total : 0;
  const made = cell("button", share > 0.45 ? "strong" : "", String(count));
  made.type = "button";
  made.style.setProperty("--fill", row === column ? "#4350c4" : "#d64532");
  made.style.setProperty("--share", count ? Math.max(0.2, share) : 0);
  made.disabled = count === 0;
  made.dataset.cell = `${row}-${column}`;
  made.setAttribute("aria-pressed", data.selected === made.dataset.cell);
  made.tabIndex = data.selected === made.dataset.cell ? 0 : -1;
  const images = count === 1 ? "image" : "images";
  made.title = `${count} ${images} of “${data.labels[row]}” taken for “${data.labels[column]}”, ${(100 * share).toFixed(0)} % of its class`;
  made.setAttribute("aria-label", made.title);
  made.onclick = () => setTriggerValue("cell", made.dataset.cell);
  return made;
}
