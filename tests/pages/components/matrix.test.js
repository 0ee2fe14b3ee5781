// What the matrix says of each cell, and where keys and the pointer lead.
import assert from "node:assert/strict";
import { test } from "node:test";
import { ahead, cellWidth, nearest, percent, read } from "../../../pages/components/matrix.js";

const LABELS = ["cats", "dogs", "owls"];
const ALL = [0, 1, 2];

function counts(cells, changes = {}) {
  return read({ by: "counts", labels: LABELS, rows: ALL, columns: ALL, cells, ...changes });
}

function differences(cells, changes = {}) {
  return counts(cells, { by: "changes", runs: ["A", "B"], ...changes });
}

test("a cell says how many images it holds and what became of them", () => {
  const view = counts([[0, 0, 1200, 0.8], [0, 1, 1, 0.2]]);
  const [right, wrong] = view.cells;
  assert.equal(right.text, "1,200");
  assert.equal(right.title, "1,200 images of “cats” recognised, 80 % of its class");
  assert.deepEqual([right.tone, right.strong], ["right", true]);
  assert.equal(wrong.title, "1 image of “cats” taken for “dogs”, 20 % of its class");
  assert.deepEqual([wrong.tone, wrong.strong, wrong.fill], ["wrong", false, 0.3]);
  assert.equal(view.byId.get("0-1"), wrong);
});

test("in percent it says of what", () => {
  const cells = [[0, 1, 3, 0.5]];
  assert.equal(counts(cells, { by: "by row" }).cells[0].text, "50 %");
  assert.match(counts(cells, { by: "by row" }).cells[0].title, /50 % of its class$/);
  assert.match(counts(cells, { by: "by column" }).cells[0].title, /50 % of those taken for it$/);
});

test("a large table has no room for percent signs", () => {
  const classes = [...Array(7).keys()];
  const labels = classes.map(String);
  const view = counts([[0, 1, 3, 0.5]], { by: "by row", labels, rows: classes, columns: classes });
  assert.equal(view.cells[0].text, "50");
});

test("hardly any is not none, and nearly all is not all", () => {
  assert.deepEqual([0, 0.001, 0.005, 0.5, 0.994, 0.999, 1].map(percent), ["0", "<1", "1", "50", "99", ">99", "100"]);
});

test("of classes in another order, or left out, cells stand where these are", () => {
  const view = counts([[0, 0, 5, 1], [1, 2, 2, 0.4], [2, 2, 3, 1]], { rows: [2, 1], columns: [2, 1] });
  assert.deepEqual(view.cells.map(({ id, row, column }) => [id, row, column]), [["1-2", 1, 0], ["2-2", 0, 0]]);
});

test("a change says which run has more, and whether that is good", () => {
  const view = differences([[0, 0, 2, 1], [0, 1, -2, 1], [1, 0, 1, 0.5], [1, 1, -1, 0.5], [2, 2, 0, 0]]);
  assert.deepEqual(view.cells.map((cell) => cell.text), ["+2", "−2", "+1", "−1", "0"]);
  assert.deepEqual(view.cells.map((cell) => cell.tone), ["good", "good", "bad", "bad", "same"]);
  assert.equal(view.cells[0].title, "“cats” taken for “cats”: B has 2 images more than A");
  assert.equal(view.cells[3].title, "“dogs” taken for “dogs”: B has 1 image fewer than A");
  assert.equal(view.cells[4].title, "“owls” taken for “owls”: B has as many images as A");
  assert.ok(view.cells[0].fill > view.cells[2].fill);
  assert.equal(view.cells[4].fill, 0);
});

test("zeros, of which a large table is full, are left blank and passed over by the keys", () => {
  const classes = [...Array(7).keys()];
  const labels = classes.map(String);
  const cells = [[0, 0, 1, 1], [0, 1, 0, 0], [0, 2, -1, 1]];
  const view = differences(cells, { labels, rows: classes, columns: classes });
  assert.equal(view.byId.get("0-1").text, "");
  assert.equal(ahead(view, view.byId.get("0-0"), "ArrowRight").id, "0-2");
  const few = differences(cells);
  assert.equal(ahead(few, few.byId.get("0-0"), "ArrowRight").id, "0-1");
});

test("arrow keys go to the next cell with images of the same class", () => {
  const view = counts([[0, 0, 1, 1], [0, 2, 1, 1], [2, 0, 1, 1], [1, 1, 1, 1]]);
  const from = (id, key) => ahead(view, view.byId.get(id), key)?.id;
  assert.equal(from("0-0", "ArrowRight"), "0-2");
  assert.equal(from("0-2", "ArrowLeft"), "0-0");
  assert.equal(from("0-0", "ArrowDown"), "2-0");
  assert.equal(from("2-0", "ArrowUp"), "0-0");
  assert.equal(from("1-1", "ArrowUp"), undefined);
});

test("the nearest cell counts, unless it is too far", () => {
  const view = counts([[0, 0, 1, 1], [2, 2, 1, 1]]);
  assert.equal(nearest(view, 0.3, 0.4, 0.8).id, "0-0");
  assert.equal(nearest(view, 1.9, 1.9, 0.8).id, "2-2");
  assert.equal(nearest(view, 1, 1, 0.8), null);
  assert.equal(nearest(counts([]), 0, 0, 5), null);
});

test("cells of a large table are as wide as the longest number", () => {
  assert.equal(cellWidth(counts([[0, 0, 5, 1]])), "4.2rem");
  const classes = [...Array(7).keys()];
  const wide = (number, by) =>
    parseFloat(
      cellWidth(counts([[0, 0, number, 1]], { by, labels: classes.map(String), rows: classes, columns: classes })),
    );
  assert.ok(wide(1000, "counts") > wide(10, "counts"));
  assert.equal(wide(1000, "by row"), wide(10, "counts"), "100 is set smaller");
  assert.ok(wide(1, "counts") >= 1.1);
});
