// Which tiles a click selects.
import assert from "node:assert/strict";
import { test } from "node:test";
import { between, toggled } from "../../../pages/components/gallery.js";

const ITEMS = ["a", "b", "c", "d"].map((id) => ({ id }));

test("a click adds a tile or takes it away, and leaves the selection before as it was", () => {
  const before = new Set(["a"]);
  assert.deepEqual([...toggled(before, "b")], ["a", "b"]);
  assert.deepEqual([...toggled(before, "a")], []);
  assert.deepEqual([...before], ["a"]);
});

test("with Shift, all from the last click to this one, whichever comes first", () => {
  assert.deepEqual(between(ITEMS, "b", "d"), ["b", "c", "d"]);
  assert.deepEqual(between(ITEMS, "d", "b"), ["b", "c", "d"]);
  assert.deepEqual(between(ITEMS, "c", "c"), ["c"]);
});

test("with Shift and no click before, that tile alone", () => {
  assert.deepEqual(between(ITEMS, null, "c"), ["c"]);
});
