// Where blocks come to stand when one is added or moved.
import assert from "node:assert/strict";
import { test } from "node:test";
import { flattened, moved, withBlock } from "../../../pages/components/block_list.js";

const DATA = { flattening: ["flatten", "average"] };
const CONVOLUTION = { name: "convolution", needsImage: true, fields: [{ name: "filters", usual: 32 }] };
const DENSE = { name: "dense", needsImage: false, fields: [{ name: "units", usual: 64 }] };
const BLOCKS = [{ kind: "convolution", filters: 8 }, { kind: "flatten" }, { kind: "dense", units: 10 }];

test("what needs an image is put before it becomes a list, with its usual numbers", () => {
  const [blocks, place] = withBlock(DATA, BLOCKS, CONVOLUTION);
  assert.equal(place, 1);
  assert.deepEqual(blocks[1], { kind: "convolution", filters: 32 });
  assert.equal(blocks.length, 4);
  assert.equal(BLOCKS.length, 3, "the blocks before stay as they were");
});

test("what needs none is put at the end, and so is all where the image stays one", () => {
  assert.equal(withBlock(DATA, BLOCKS, DENSE)[1], 3);
  assert.equal(withBlock(DATA, BLOCKS.slice(0, 1), CONVOLUTION)[1], 1);
  assert.deepEqual(withBlock(DATA, [], DENSE), [[{ kind: "dense", units: 64 }], 0]);
});

test("where the image becomes a list", () => {
  assert.equal(flattened(DATA, BLOCKS), 1);
  assert.equal(flattened(DATA, []), -1);
});

test("a block is moved up and down", () => {
  assert.deepEqual(moved(["a", "b", "c"], 2, 1), ["a", "c", "b"]);
  assert.deepEqual(moved(["a", "b", "c"], 0, 1), ["b", "a", "c"]);
});
