// Which section opens, and what stands behind the equals sign.
import assert from "node:assert/strict";
import { test } from "node:test";
import { sectionOf, termsOf } from "../../../pages/components/layer_table.js";

test("the section of the chosen layer", () => {
  const sections = [{ first: 0, end: 3 }, { first: 3, end: 5 }];
  assert.deepEqual([0, 2, 3, 4, 5, -1].map((index) => sectionOf(sections, index)), [0, 0, 1, 1, -1, -1]);
});

test("numbers have a meaning, operators none, and the outcome stands behind the equals sign", () => {
  const terms = [["3 × 3 × 16", "weights a filter"], ["×", ""], ["32", "filters"], ["=", ""], ["4,608", "parameters"]];
  const roles = termsOf({ terms }).map((term) => term.roles.join(" "));
  assert.deepEqual(roles, ["term many", "operator", "term", "operator", "term total"]);
});

test("an outcome without a word of its own is one all the same", () => {
  assert.deepEqual(termsOf({ terms: [["1 + 1 =", ""], ["2", ""]] })[1].roles, ["term", "total"]);
  assert.deepEqual(termsOf({ terms: [["1", ""]] })[0].roles, ["operator"]);
});
