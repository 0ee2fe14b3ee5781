// Moves the line between two pictures. Text only ever enters as text, never as markup.

// Where the lines are, in percent of the width, by the comparisons' names: another draw is seen on the same side.
const places = new Map();

export default function ({ data, parentElement }) {
  const root = parentElement.querySelector(".comparison");
  const input = root.querySelector("input");
  const [before, after] = [root.querySelector(".before"), root.querySelector(".after")];
  const [width, height] = data.shape;
  root.style.setProperty("--width", width);
  root.style.setProperty("--height", height);
  for (const [image, source, name] of [[before, data.before, data.names[0]], [after, data.after, data.names[1]]]) {
    image.alt = name;
    image.onload = () => image.classList.toggle("enlarged", root.clientWidth > 2 * image.naturalWidth);
    if (image.src !== source) image.src = source;
  }
  root.querySelector(".left").textContent = data.names[0];
  root.querySelector(".right").textContent = data.names[1];
  input.setAttribute("aria-label", `How much shows of ${data.names[0]}, and how much of ${data.names[1]}`);
  const move = () => {
    places.set(data.name, Number(input.value));
    root.style.setProperty("--place", `${input.value}%`);
    root.classList.toggle("hides-left", input.value < 20);
    root.classList.toggle("hides-right", input.value > 80);
    input.setAttribute("aria-valuetext", `${input.value} % ${data.names[0]}`);
  };
  input.value = places.get(data.name) ?? 50;
  input.oninput = move;
  move();
}
