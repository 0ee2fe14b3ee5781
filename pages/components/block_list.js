// The rows of a network. Each change is made to the blocks at hand, and all of them are sent: where one is overtaken by
// the next, nothing is lost. Text only ever enters as text, never as markup.

// By the lists' names, what the browser has: the blocks, the number of its last change, and whether the menu is open.
const known = new Map();

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".builder");
  const before = known.get(data.name);
  if (before?.session === data.session && data.number < before.number) return; // an answer to an older change
  const state = Object.assign(before ?? {}, { session: data.session, number: data.number });
  Object.assign(state, { blocks: data.blocks, rows: data.rows });
  known.set(data.name, state);
  // What was changed shows at once; what is behind it, once Python has followed an image through it.
  state.change = (blocks, { added = null, focus = null } = {}) => {
    const same = blocks.findIndex((block, index) => block !== state.blocks[index]);
    const rows = state.rows.slice(0, same < 0 ? blocks.length : same);
    Object.assign(state, { blocks, rows, number: state.number + 1 });
    const pending = { ...data, blocks, rows, fault: null, refusal: null, answer: null, pending: true };
    draw(root, pending, state, added, focus);
    setTriggerValue("edit", { number: state.number, blocks });
  };
  draw(root, data, state);
}

// Rows that are of the same kinds as before stay, and what is being typed in them.
function draw(root, data, state, added = null, focus = null) {
  const kinds = new Map(data.kinds.map((kind) => [kind.name, kind]));
  if (!root.children.length) root.append(make("div", "part"), make("div", "part"), make("div", "part"), menu(data, state));
  const [head, list, foot, adding] = root.children;
  head.replaceChildren(end("in", "Image", data.picture, ""));
  const wanted = data.blocks.map((block) => block.kind).join();
  if (list.dataset.kinds !== wanted || !data.blocks.length) {
    const place = focus ?? root.getRootNode().activeElement?.dataset.place;
    state.drawing = true; // fields that are taken away are left as well, which is no reason to take their value
    const rows = data.blocks.map((block, index) => row(data, state, kinds.get(block.kind), index));
    list.replaceChildren(...(rows.length ? rows : [empty(data, state)]));
    state.drawing = false;
    list.dataset.kinds = wanted;
    if (place) root.querySelector(`[data-place="${place}"]`)?.focus({ preventScroll: true });
    list.children[added ?? -1]?.classList.add("new");
  }
  data.blocks.forEach((block, index) => fill(list.children[index], data, state, index));
  foot.replaceChildren(
    ...(data.answer ? [end("out", "Answer: dense, one number a class", data.answer.shape, data.answer.parameters)] : []),
  );
  for (const button of adding.querySelectorAll("button")) button.disabled = data.blocks.length >= data.most;
  adding.querySelector(".hint").hidden = flattened(data, data.blocks) < 0;
}

function make(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function leaving(shape, parameters) {
  const made = make("div", "leaving");
  made.append(make("span", "shape", shape), make("span", "parameters", parameters));
  return made;
}

function end(mark, title, shape, parameters) {
  const made = make("div", "end");
  made.append(make("span", "number", mark), make("span", "", title), leaving(shape, parameters));
  return made;
}

// What of a row stays as long as the kinds of blocks do.
function row(data, state, kind, index) {
  const made = make("div", "row");
  made.setAttribute("role", "group");
  made.setAttribute("aria-label", `Row ${index + 1}: ${kind.title}`);
  const title = make("span", "title", kind.title);
  title.title = kind.explanation;
  const fields = make("div", "fields");
  fields.append(...kind.fields.map((field) => control(state, field, index)));
  made.append(make("span", "number", index + 1), title, fields, leaving("", ""), tools(data, state, kind, index));
  return made;
}

// What else it tells: its values, what leaves it, and what is wrong with it.
function fill(made, data, state, index) {
  const found = data.rows[index];
  const faulty = data.fault?.index === index;
  made.classList.toggle("fault", faulty);
  made.classList.toggle("unreached", !found && !faulty);
  for (const input of made.querySelectorAll("input, select")) show(input, data.blocks[index][input.name]);
  const shape = found ? `→ ${found.shape}` : data.pending ? "…" : faulty ? "can’t stand here" : "not reached";
  made.querySelector(".leaving").replaceWith(leaving(shape, found?.parameters ?? ""));
  for (const words of made.querySelectorAll(".words")) words.remove();
  if (found?.remark) made.append(make("div", "words remark", found.remark));
  if (data.refusal?.index === index) made.append(alert(data.refusal.reason));
  if (faulty) made.append(alert(data.fault.reason), repairs(data, state));
}

function show(input, value) {
  const typing = input === input.getRootNode().activeElement && input.value !== input.taken;
  if (!typing && input.value !== String(value)) input.value = value;
  if (!typing) input.taken = input.value;
}

function alert(text) {
  const made = make("div", "words wrong", text);
  made.setAttribute("role", "alert");
  return made;
}

function repairs(data, state) {
  const made = make("div", "words repairs");
  if (data.fault.repairs.length && data.blocks.length) made.append(make("span", "", "Repair:"));
  for (const repair of data.fault.repairs) {
    const button = make("button", "", repair.title);
    button.type = "button";
    button.onclick = () => state.change(repair.blocks);
    made.append(button);
  }
  return made;
}

function control(state, field, index) {
  const label = make("label");
  label.title = field.explanation;
  const input = make(field.options.length ? "select" : "input");
  const value = state.blocks[index][field.name];
  if (field.options.length) {
    for (const [name, title] of field.options) input.append(new Option(title, name, name === value, name === value));
  } else {
    Object.assign(input, { type: "number", min: field.minimum, max: field.maximum, step: field.step, value });
    label.title += ` From ${field.minimum} to ${field.maximum}.`;
  }
  Object.assign(input, { name: field.name, taken: input.value });
  input.dataset.place = `${index}-${field.name}`;
  input.setAttribute("aria-label", `${field.title}, row ${index + 1}`);
  input.onchange = () => {
    if (state.drawing) return;
    const chosen = field.options.length ? input.value : input.value === "" ? field.usual : Number(input.value);
    input.taken = input.value;
    state.change(state.blocks.map((block, place) => (place === index ? { ...block, [field.name]: chosen } : block)));
  };
  label.append(make("span", "", field.title), input);
  return label;
}

// Tools ---------------------------------------------------------------------------------------------------------------

const ICONS = {
  up: "M12 19V5M6 11l6-6 6 6",
  down: "M12 5v14M6 13l6 6 6-6",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  remove: "M6 6l12 12M18 6L6 18",
};

function tools(data, state, kind, index) {
  const made = make("div", "tools");
  const last = data.blocks.length - 1;
  const move = (to, icon) => state.change(moved(state.blocks, index, to), { focus: `${to}-${icon}` });
  const copy = () => state.change(state.blocks.toSpliced(index, 0, { ...state.blocks[index] }), { added: index + 1 });
  const remove = () => state.change(state.blocks.toSpliced(index, 1), { focus: `${Math.min(index, last - 1)}-remove` });
  made.append(
    tool("up", `Move ${kind.title} up`, index, index > 0, () => move(index - 1, "up")),
    tool("down", `Move ${kind.title} down`, index, index < last, () => move(index + 1, "down")),
    tool("copy", `Duplicate ${kind.title}`, index, last + 1 < data.most, copy),
    tool("remove", `Remove ${kind.title}`, index, true, remove),
  );
  return made;
}

function tool(icon, label, index, possible, action) {
  const made = make("button");
  made.type = "button";
  made.title = label;
  made.setAttribute("aria-label", `${label}, row ${index + 1}`);
  made.disabled = !possible;
  made.dataset.place = `${index}-${icon}`;
  made.onclick = action;
  const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[icon]);
  picture.append(path);
  made.append(picture);
  return made;
}

// Adding --------------------------------------------------------------------------------------------------------------

function empty(data, state) {
  const made = make("div", "empty");
  if (data.fault) made.append(make("div", "", data.fault.reason), repairs(data, state));
  return made;
}

function menu(data, state) {
  const made = make("details", "add");
  made.open = state.open ?? false;
  made.ontoggle = () => (state.open = made.open);
  const summary = make("summary", "", "+ Add a block");
  summary.dataset.place = "menu";
  const kinds = make("div", "kinds");
  for (const kind of data.kinds) kinds.append(offer(data, state, kind));
  made.append(summary, kinds);
  made.append(make("p", "hint", "Blocks that need an image are put before it becomes a list; others at the end."));
  return made;
}

function offer(data, state, kind) {
  const made = make("button");
  made.type = "button";
  made.dataset.place = `add-${kind.name}`;
  made.setAttribute("aria-label", `Add ${kind.title}`);
  made.setAttribute("aria-description", kind.explanation);
  made.append(make("strong", "", kind.title), make("span", "", kind.explanation));
  made.onclick = () => {
    const [blocks, place] = withBlock(data, state.blocks, kind);
    state.change(blocks, { added: place });
  };
  return made;
}

// The blocks with one more of a kind, as it usually is, and where it was put: what needs an image, before it becomes a list.
export function withBlock(data, blocks, kind) {
  const usual = Object.fromEntries(kind.fields.map((field) => [field.name, field.usual]));
  const list = flattened(data, blocks);
  const place = kind.needsImage && list >= 0 ? list : blocks.length;
  return [blocks.toSpliced(place, 0, { kind: kind.name, ...usual }), place];
}

export function moved(blocks, from, to) {
  return blocks.toSpliced(from, 1).toSpliced(to, 0, blocks[from]);
}

// Where the image becomes a list of numbers; -1 where it stays one.
export function flattened(data, blocks) {
  return blocks.findIndex((block) => data.flattening.includes(block.kind));
}
