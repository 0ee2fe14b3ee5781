// What the map reads, in which order it draws, what a lasso holds, and what it tells Python.
import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, encloses, extent, inRows, labels, order, packed } from "../../../pages/components/point_map.js";

function drawn({ x, y, group, ringed = x.map(() => 0), hidden = [] }) {
  const groups = [
    { name: "cats", colour: "#4477aa" },
    { name: "dogs with a very long name", colour: "#e08214" },
    { name: "rest", colour: "" },
  ];
  return { x, y, group, ringed, groups, hidden: new Set(hidden) };
}

test("numbers come as letters", () => {
  assert.deepEqual([...bytes(btoa("\x00\x01\xff"))], [0, 1, 255]);
});

test("the middle and the span of places", () => {
  assert.deepEqual(extent([10, 30, 20]), { middle: 20, span: 20 });
  assert.deepEqual(extent([]), { middle: 0, span: 1 });
});

test("the background is drawn first and what has a ring last, each point once", () => {
  const group = [0, 2, 1, 2, 0];
  const map = drawn({ x: [0, 0, 0, 0, 0], y: [0, 0, 0, 0, 0], group, ringed: [1, 1, 0, 0, 0] });
  const rows = [...order(map)];
  assert.deepEqual(rows.toSorted(), [0, 1, 2, 3, 4]);
  assert.deepEqual(new Set(rows.slice(0, 2)), new Set([1, 3]), "a ring lifts nothing out of the background");
  assert.equal(rows.at(-1), 0);
});

test("points by the thousand are drawn once each too", () => {
  for (const count of [7918, 7919, 15838]) {
    const zeros = new Array(count).fill(0);
    assert.equal(new Set(order(drawn({ x: zeros, y: zeros, group: zeros }))).size, count);
  }
});

test("a group is named where most of its points are, the largest first", () => {
  const map = drawn({ x: [100, 200, 60000, 500, 30000], y: [100, 300, 60000, 500, 30000], group: [1, 1, 1, 2, 0] });
  const found = labels(map);
  assert.deepEqual(found.map(({ text }) => text), ["dogs with a very …", "cats"]);
  assert.deepEqual(found[0].place, [150, 200]);
});

test("what is hidden has no name", () => {
  assert.deepEqual(labels(drawn({ x: [1], y: [1], group: [0], hidden: [0] })), []);
});

test("a lasso holds what it goes round, and not what it goes round twice", () => {
  const square = [[0, 0], [10, 0], [10, 10], [0, 10]];
  assert.ok(encloses(square, 5, 5));
  assert.ok(!encloses(square, 15, 5));
  assert.ok(!encloses(square, 5, -1));
  const notched = [[0, 0], [10, 0], [10, 10], [5, 2], [0, 10]];
  assert.ok(!encloses(notched, 5, 8));
  assert.ok(encloses(notched, 1, 5));
  assert.ok(!encloses([...square, ...square], 5, 5));
});

test("what is chosen is told a bit a point, the first in the lowest", () => {
  assert.deepEqual([...bytes(packed(Uint8Array.from([1, 0, 1, 0, 0, 0, 0, 0, 0, 1])))], [5, 2]);
  assert.equal(packed(new Uint8Array(0)), "");
});

test("a legend goes into as many rows as it takes", () => {
  assert.deepEqual(inRows([60, 50, 30], 100), [{ left: 0, top: 0 }, { left: 0, top: 24 }, { left: 50, top: 24 }]);
  assert.deepEqual(inRows([500], 100), [{ left: 0, top: 0 }]);
  assert.deepEqual(inRows([], 100), []);
});
