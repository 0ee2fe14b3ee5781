// Draws the tiles; a click tells Python which image to open. Text only ever enters as text, never as markup.
export default function ({ data, parentElement, setTriggerValue }) {
  const gallery = parentElement.querySelector(".gallery");
  gallery.style.setProperty("--tile", `${data.tile}px`);
  if (data.columns) gallery.style.gridTemplateColumns = `repeat(${data.columns}, minmax(0, 1fr))`;
  const focused = parentElement.activeElement?.dataset.id; // drawing anew would lose the keyboard's place
  gallery.replaceChildren(...data.items.map((item) => tile(item, data, setTriggerValue)));
  [...gallery.children].find((made) => made.dataset.id === focused)?.focus({ preventScroll: true });
}

function element(name, className, text) {
  const made = document.createElement(name);
  made.className = className;
  if (text) made.textContent = text;
  return made;
}

function tile(item, data, setTriggerValue) {
  const button = element("button", "tile");
  button.type = "button";
  button.dataset.id = item.id;
  button.title = item.title;
  button.setAttribute("aria-label", item.title);
  button.disabled = !data.clickable;
  button.onclick = () => setTriggerValue("opened", item.id);
  button.append(picture(item));
  if (item.caption) button.append(caption(item));
  return button;
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
