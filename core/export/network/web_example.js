// Answers an image in the browser, where it stays: nothing is sent anywhere.
import * as ort from "https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/dist/ort.wasm.min.mjs";

const side = Number(document.body.dataset.side);
const [model, labels] = await Promise.all([
  ort.InferenceSession.create("model.onnx"),
  fetch("labels.json").then((response) => response.json()),
]);

// (side, side, 3) bytes as example.py reads them: turned upright by the browser, on white, stretched to a square.
async function read(file) {
  const image = await createImageBitmap(file);
  const canvas = new OffscreenCanvas(image.width, image.height);
  const context = canvas.getContext("2d");
  context.fillStyle = "white";
  context.fillRect(0, 0, image.width, image.height);
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const [across, down] = [{ line: 4 * side, pixel: 4 }, { line: 4, pixel: 4 * side }];
  const narrow = resized(data, image.width, image.height, { line: 4 * image.width, pixel: 4 }, across);
  const square = resized(narrow, image.height, side, down, down);
  return square.filter((_, index) => index % 4 < 3);
}

// Lines of `length` pixels become `side` long. `from` and `to` say how many bytes lie between two lines and two pixels.
function resized(bytes, length, lines, from, to) {
  const made = new Uint8ClampedArray(4 * lines * side);
  taps(length).forEach(({ first, weights }, place) => {
    for (let line = 0; line < lines; line++) {
      for (let channel = 0; channel < 4; channel++) {
        const start = line * from.line + first * from.pixel + channel;
        const sum = weights.reduce((found, weight, index) => found + weight * bytes[start + index * from.pixel], 0);
        made[line * to.line + place * to.pixel + channel] = sum;
      }
    }
  });
  return made;
}

// Antialiased bicubic, as Pillow has it.
function taps(length) {
  const scale = length / side;
  const stretch = Math.max(scale, 1);
  return Array.from({ length: side }, (_, place) => {
    const centre = (place + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - 2 * stretch + 0.5));
    const last = Math.min(length, Math.trunc(centre + 2 * stretch + 0.5));
    const raw = Array.from({ length: last - first }, (__, index) => cubic((first + index - centre + 0.5) / stretch));
    const total = raw.reduce((sum, weight) => sum + weight, 0);
    return { first, weights: raw.map((weight) => weight / total) };
  });
}

function cubic(x) {
  const far = Math.abs(x);
  if (far < 1) return (1.5 * far - 2.5) * far * far + 1;
  return far < 2 ? ((-0.5 * far + 2.5) * far - 4) * far + 2 : 0;
}

document.querySelector("input").addEventListener("change", async ({ target }) => {
  const image = new ort.Tensor("uint8", new Uint8Array(await read(target.files[0])), [1, side, side, 3]);
  const { probabilities } = await model.run({ image });
  const rows = labels.map((label, index) => [label, probabilities.data[index]]).sort((a, b) => b[1] - a[1]);
  document.querySelector("ol").replaceChildren(
    ...rows.map(([label, probability]) => {
      const row = document.createElement("li");
      row.textContent = `${label} ${(100 * probability).toFixed(1)} %`;
      return row;
    }),
  );
});
document.querySelector("input").disabled = false;
