// Draws the tiles, opens one on a click, and keeps which are selected. Text only ever enters as text, never as markup.

// The selections, by the galleries' names. They are kept here and drawn at once, and Python is told; they outlive the
// elements on the page, which Streamlit makes anew where something else appears above the gallery.
const selections = new Map();

export default function ({ data, parentElement, setStateValue, setTriggerValue }) {
  const gallery = parentElement.querySelector(".gallery");
  gallery.style.setProperty("--tile", `${data.tile}px`);
  gallery.style.gridTemplateColumns = data.columns ? `repeat(${data.columns}, minmax(0, 1fr))` : "";
  draw(gallery, parentElement, data);
  if (selections.get(data.name)?.token !== data.token) {
    selections.set(data.name, { token: data.token, ids: new Set(), last: null });
  }
  const selection = selections.get(data.name);
  showSelection(gallery, selection.ids);
  const select = (ids, last) => {
    const changed = ids.size !== selection.ids.size || [...ids].some((id) => !selection.ids.has(id));
    Object.assign(selection, { ids, last });
    showSelection(gallery, ids);
    if (changed) setStateValue("selected", { token: data.token, ids: [...ids] });
  };
  gallery.onclick = (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const id = button.parentElement.dataset.id;
    const opens = data.clickable && button.className === "open" && !event.shiftKey && !event.ctrlKey && !event.metaKey;
    if (opens || !data.selectable) {
      if (data.clickable) setTriggerValue("opened", id);
      return;
    }
    button.focus({ preventScroll: true }); // Safari does not by itself, and the keys below need it
    if (event.shiftKey) select(new Set([...selection.ids, ...between(data.items, selection.last, id)]), id);
    else select(toggled(selection.ids, id), id);
  };
  gallery.onkeydown = (event) => {
    if (!data.selectable) return;
    if (event.key === "Escape" && selection.ids.size) select(new Set(), null);
    else if (event.key.toLowerCase() === "a" && (event.ctrlKey || event.metaKey)) {
      select(new Set(data.items.map((item) => item.id)), selection.last);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
}

export function toggled(ids, id) {
  const changed = new Set(ids);
  if (!changed.delete(id)) changed.add(id);
  return changed;
}

// The ids from one clicked tile to another, whichever comes first.
export function between(items, first, last) {
  const ids = items.map((item) => item.id);
  const ends = [first ?? last, last].map((id) => ids.indexOf(id)).sort((a, b) => a - b);
  return ids.slice(ends[0], ends[1] + 1);
}

function showSelection(gallery, ids) {
  gallery.classList.toggle("selecting", ids.size > 0);
  for (const made of gallery.children) {
    made.classList.toggle("selected", ids.has(made.dataset.id));
    made.querySelector(".mark")?.setAttribute("aria-checked", String(ids.has(made.dataset.id)));
  }
}

// Tiles that stay as they are keep their elements, so that their pictures do not flicker.
function draw(gallery, root, data) {
  const focused = root.activeElement;
  const place = { id: focused?.closest(".tile")?.dataset.id, className: focused?.className };
  const old = new Map([...gallery.children].map((made) => [made.source, made]));
  const tiles = data.items.map((item) => {
    const source = JSON.stringify([item, data.clickable, data.selectable]);
    return old.get(source) ?? Object.assign(tile(item, data), { source });
  });
  if (tiles.length === gallery.children.length && tiles.every((made, i) => made === gallery.children[i])) return;
  gallery.replaceChildren(...tiles);
  const again = tiles.find((made) => made.dataset.id === place.id);
  if (again) [...again.children].find((made) => made.className === place.className)?.focus({ preventScroll: true });
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function tile(item, data) {
  const made = element("div", "tile");
  made.dataset.id = item.id;
  const open = element("button", "open");
  open.type = "button";
  open.title = item.title;
  open.setAttribute("aria-label", item.title);
  open.disabled = !data.clickable && !data.selectable;
  open.append(picture(item));
  if (item.caption) open.append(caption(item));
  made.append(open);
  if (data.selectable) made.append(mark(item));
  return made;
}

function mark(item) {
  const made = element("button", "mark");
  made.type = "button";
  made.setAttribute("role", "checkbox");
  made.setAttribute("aria-label", `Select ${item.title}`);
  return made;
}

function picture(item) {
  const frame = element("span", "picture");
  if (!item.source) {
    frame.append(element("span", "missing", "This file is gone or cannot be read any more."));
    return frame;
  }
  const image = element("img", "");
  image.alt = item.title;
  image.loading = "lazy";
  image.onload = () => image.classList.toggle("enlarged", frame.clientWidth > 2 * image.naturalWidth);
  image.src = item.source;
  frame.append(image);
  return frame;
}

function caption(item) {
  const line = element("span", "caption");
  if (item.colour) {
    const dot = element("span", "dot");
    dot.style.background = item.colour;
    line.append(dot);
  }
  const words = element("span", "words");
  words.append(element("span", "first", item.caption));
  if (item.second) words.append(element("span", item.wrong ? "second wrong" : "second", item.second));
  line.append(words);
  return line;
}
