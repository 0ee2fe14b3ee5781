// A table of changes whose cells are buttons; a click tells Python which cell. Text only ever enters as text.
const MANY = 6;

export default function ({ data, parentElement, setTriggerValue }) {
  const table = parentElement.querySelector("table");
  const many = data.classes.length > MANY;
  const most = Math.max(1, ...data.changes.flat().map(Math.abs));
  table.classList.toggle("many", many);
  const letters = Math.max(...data.changes.flat().map((change) => shown(change).length));
  table.style.setProperty("--cell", many ? `${Math.max(1.1, 0.15 + 0.45 * letters)}rem` : "4.2rem");
  const focused = parentElement.activeElement?.dataset.cell; // drawing anew would lose the keyboard's place
  table.replaceChildren(head(data), body(data, most, setTriggerValue));
  if (focused) table.querySelector(`[data-cell="${focused}"]`)?.focus({ preventScroll: true });
}

function shown(change) {
  return change > 0 ? `+${change}` : change < 0 ? `−${-change}` : "0";
}

function header(scope, text) {
  const made = document.createElement("th");
  const words = document.createElement("span");
  words.textContent = text;
  made.className = scope;
  if (scope !== "axis") made.scope = scope;
  made.title = text;
  made.append(words);
  return made;
}

function head(data) {
  const top = document.createElement("tr");
  top.append(header("axis", "true ↓   predicted →"), ...data.classes.map(({ label }) => header("col", label)));
  const made = document.createElement("thead");
  made.append(top);
  return made;
}

function body(data, most, setTriggerValue) {
  const made = document.createElement("tbody");
  data.changes.forEach((changes, row) => {
    const line = document.createElement("tr");
    line.append(header("row", data.classes[row].label));
    changes.forEach((change, column) => {
      const holder = document.createElement("td");
      holder.append(button(data, row, column, change, most, setTriggerValue));
      line.append(holder);
    });
    made.append(line);
  });
  return made;
}

function button(data, row, column, change, most, setTriggerValue) {
  const made = document.createElement("button");
  const [truth, answer] = [data.classes[row], data.classes[column]];
  // More right answers and fewer wrong ones are both good.
  const good = (row === column) === (change > 0);
  const words = document.createElement("span");
  // Zeros, of which a large table is full, would hide what is not.
  words.textContent = change === 0 && data.classes.length > MANY ? "" : shown(change);
  made.append(words);
  made.type = "button";
  made.className = change === 0 ? "none" : good ? "good" : "bad";
  made.style.setProperty("--share", change ? 0.2 + (0.6 * Math.abs(change)) / most : 0);
  made.tabIndex = change === 0 && data.classes.length > MANY ? -1 : 0;
  made.dataset.cell = `${truth.index}-${answer.index}`;
  made.setAttribute("aria-pressed", data.selected === made.dataset.cell);
  const amount = Math.abs(change) === 1 ? "1 image" : `${Math.abs(change)} images`;
  const much = change === 0 ? `as many images as ${data.names[0]}` : `${amount} ${change > 0 ? "more" : "fewer"} than ${data.names[0]}`;
  made.title = `“${truth.label}” taken for “${answer.label}”: ${data.names[1]} has ${much}`;
  made.setAttribute("aria-label", made.title);
  made.onclick = () => setTriggerValue("cell", made.dataset.cell);
  return made;
}
