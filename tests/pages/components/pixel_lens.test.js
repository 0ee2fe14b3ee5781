// What the lens reads from its bytes, which pixels lie under a window, and how a sum is written out.
import assert from "node:assert/strict";
import { test } from "node:test";
import {
  around, cursorAt, inWords, isDark, isWindow, picturePlace, pixels, source, sumInWords, underWindow, unpacked, value,
  weighted, windowStart, written,
} from "../../../pages/components/pixel_lens.js";

function image(rows, channels = 1, shown = { low: 0, high: 255 }) {
  const width = rows[0].length / channels;
  return { height: rows.length, width, channels, same: false, values: Float32Array.from(rows.flat()), ...shown };
}

// 0 to 24.
const COUNTED = image(Array.from({ length: 5 }, (_, row) => [0, 1, 2, 3, 4].map((column) => 5 * row + column)));
const USUAL = { kernel: null, window: [1, 1], scale: 1, offset: null, dilation: 1, outside: "zero" };
const lens = (more) => ({ picture: COUNTED, answer: null, ...USUAL, ...more });

test("bytes are a header and numbers of several kinds", () => {
  const described = [
    { height: 1, width: 2, channels: 1, numbers: "u1" },
    { height: 2, width: 1, channels: 1, numbers: "i2" },
    { height: 1, width: 1, channels: 1, numbers: "f4" },
  ];
  const text = new TextEncoder().encode(JSON.stringify({ name: "é", arrays: described }));
  const length = new Uint8Array(Uint32Array.of(text.length).buffer);
  const numbers = [Uint8Array.of(7, 255), Int16Array.of(-3, 300), Float32Array.of(0.5)];
  const parts = [length, text, ...numbers.map((array) => new Uint8Array(array.buffer))];
  // As it arrives: a part of a larger piece of memory, at any place.
  const whole = Uint8Array.from([9, 9, 9, ...parts.flatMap((part) => [...part]), 9]);
  const { header, images } = unpacked(whole.subarray(3, whole.length - 1));
  assert.equal(header.name, "é");
  assert.deepEqual(images.map(({ values }) => [...values]), [[7, 255], [-3, 300], [0.5]]);
});

test("numbers are written short, with a real minus", () => {
  const texts = [12, -3, 0.12345, -0.5, 1e-7, NaN].map((number) => written(number));
  assert.deepEqual(texts, ["12", "−3", "0.123", "−0.5", "1e−7", "–"]);
});

test("beyond the edges stands what SciPy would put there", () => {
  const of = (outside) => [-6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6].map((index) => source(index, 3, outside));
  assert.deepEqual(of("zero"), [-1, -1, -1, -1, -1, -1, 0, 1, 2, -1, -1, -1, -1]);
  assert.deepEqual(of("nearest"), [0, 0, 0, 0, 0, 0, 0, 1, 2, 2, 2, 2, 2]);
  assert.deepEqual(of("reflect"), [0, 1, 2, 2, 1, 0, 0, 1, 2, 2, 1, 0, 0]);
  assert.deepEqual(of("mirror"), [2, 1, 0, 1, 2, 1, 0, 1, 2, 1, 0, 1, 2]);
  assert.deepEqual(of("wrap"), [0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0]);
  assert.deepEqual(of("none").filter((from) => from !== null), [0, 1, 2]);
  assert.deepEqual([source(-3, 1, "mirror"), source(3, 1, "reflect")], [0, 0]);
});

test("a pixel outside is zero, a copy, or nothing", () => {
  assert.equal(value(COUNTED, -1, 2, 0, "zero"), 0);
  assert.equal(value(COUNTED, -1, 2, 0, "nearest"), 2);
  assert.equal(value(COUNTED, -1, 2, 0, "none"), null);
  assert.equal(value(COUNTED, 1, 2, 2, "none"), 7, "one channel stands for all");
});

test("a canvas gets what lies between black and white", () => {
  const reds = [...pixels(image([[0, 0.5, 2]], 1, { low: 0, high: 1 }))].filter((_, index) => index % 4 === 0);
  assert.deepEqual(reds, [0, 128, 255]);
  assert.deepEqual([...pixels(image([[1, 2, 3]], 3))], [1, 2, 3, 255]);
});

test("around a place are seven by seven cells, the place in the middle", () => {
  const cells = around(COUNTED, [0, 4], "none");
  assert.equal(cells.length, 7);
  assert.ok(cells.flat().filter((cell) => cell.centre).length === 1 && cells[3][3].centre);
  assert.deepEqual(cells[3][3].numbers, [4]);
  assert.deepEqual([cells[0][0].inside, cells[0][0].numbers], [false, []]);
  assert.equal(around(COUNTED, [0, 4], "none", 5)[2][2].numbers[0], 4);
  const colours = around(image([[1, 2, 3]], 3), [0, 0], "none")[3][3];
  assert.deepEqual([colours.numbers, colours.colour], [[1, 2, 3], [1, 2, 3]]);
});

test("a filter of the same size has its window around the pixel", () => {
  const same = lens({ answer: COUNTED, kernel: [[0, 1, 0], [1, -4, 1], [0, 1, 0]], window: [3, 3] });
  assert.ok(isWindow(same));
  assert.deepEqual(windowStart(same, [0, 0]), [-1, -1]);
  assert.deepEqual(cursorAt(same, [2, 3]), [2, 3]);
  const cells = underWindow(same, [0, 0], 0);
  assert.deepEqual(cells.map((row) => row.map((cell) => cell.numbers[0])), [[0, 0, 0], [0, 0, 1], [0, 5, 6]]);
  const middle = { place: [0, 0], inside: true, numbers: [0], colour: [0, 0, 0], weight: -4, centre: true };
  assert.deepEqual(cells[1][1], middle);
  assert.equal(weighted(same, [0, 0], 0).sum, 6);
});

test("without padding the first pixel of the answer belongs to the middle of its window", () => {
  const ones = [[1, 1, 1], [1, 1, 1], [1, 1, 1]];
  const valid = lens({ answer: image(ones), kernel: ones, window: [3, 3] });
  assert.deepEqual(windowStart(valid, [0, 0]), [0, 0]);
  assert.deepEqual(picturePlace(valid, [0, 0]), [1, 1]);
  const found = [[0, 0], [1, 1], [2, 3], [4, 4]].map((place) => cursorAt(valid, place));
  assert.deepEqual(found, [[0, 0], [0, 0], [1, 2], [2, 2]]);
});

test("a pooled pixel stands for all that it was made of", () => {
  const pooled = lens({ answer: image([[6, 8], [16, 18]]), scale: 2, window: [2, 2] });
  const found = [[0, 0], [1, 1], [0, 2], [3, 3], [4, 4]].map((place) => cursorAt(pooled, place));
  assert.deepEqual(found, [[0, 0], [0, 0], [0, 1], [1, 1], [1, 1]]);
  const cells = underWindow(pooled, [1, 0], 0);
  assert.deepEqual(cells.flat().map((cell) => cell.numbers[0]), [10, 11, 15, 16]);
});

test("a dilated kernel leaves pixels out", () => {
  const dilated = lens({ answer: image([[0]]), kernel: [[1, 2], [3, 4]], window: [2, 2], dilation: 3 });
  assert.deepEqual(weighted(dilated, [0, 0], 0).terms, [[0, 1], [3, 2], [15, 3], [18, 4]]);
});

test("of a large window the middle is shown, and all of it summed", () => {
  const ones = Array.from({ length: 20 }, () => new Array(20).fill(1));
  const large = lens({ answer: COUNTED, kernel: ones, window: [20, 20], outside: "wrap" });
  assert.equal(underWindow(large, [2, 2], 0).length, 11);
  assert.equal(weighted(large, [2, 2], 0).terms.length, 400);
});

test("a sum is written out, and says where the answer holds something else", () => {
  const small = { terms: [[3, 1], [200, -2], [0, 1]], sum: -397 };
  assert.equal(sumInWords(small, -397), "3·1 + 200·(−2) + 0·1 = −397");
  assert.equal(sumInWords(small, 0), "3·1 + 200·(−2) + 0·1 = −397; the answer holds 0");
  const sparse = { terms: Array.from({ length: 16 }, (_, index) => [index, Number(index === 5)]), sum: 5 };
  assert.equal(sumInWords(sparse, 5), "5·1 = 5");
  const long = sumInWords({ terms: new Array(400).fill([1, 0.1]), sum: 40.00000001 }, 40);
  assert.ok(long.includes("… (400 products) = 40"), long);
  assert.equal(sumInWords({ terms: new Array(10).fill([1, 0]), sum: 0 }, 0), "0 = 0");
});

test("a place is said in words, with the answer's own where it is another", () => {
  const grey = { ...COUNTED, same: true };
  assert.equal(inWords(lens({ picture: grey }), [1, 2]), "Row 1, column 2: 7 in all three channels.");
  assert.equal(inWords(lens({ picture: image([[1, 2, 3]], 3) }), [0, 0]), "Row 0, column 0: red 1, green 2, blue 3.");
  const pooled = lens({ answer: image([[6, 8], [16, 18]]), scale: 2, window: [2, 2] });
  assert.equal(inWords(pooled, [1, 1]), "Row 2, column 2: 12. Answer at row 1, column 1: 18.");
});

test("numbers are white on dark pixels", () => {
  assert.deepEqual([isDark([0, 0, 255]), isDark([0, 255, 0])], [true, false]);
});
