// Which files of the clipboard are handed on, and what they are called.
import assert from "node:assert/strict";
import { test } from "node:test";
import { images, renamed } from "../../../pages/components/paste.js";

const file = (name, type) => new File(["pixels"], name, { type });

test("only images are handed on", () => {
  const found = images([file("a.png", "image/png"), file("a.pdf", "application/pdf")]);
  assert.deepEqual(
    found.map((each) => each.name),
    ["a.png"],
  );
});

test("pictures without a name of their own get one each, and files keep theirs", () => {
  const named = renamed([file("image.png", "image/png"), file("cat.jpg", "image/jpeg"), file("image.png", "image/png")], 7);
  assert.deepEqual(
    named.map((each) => each.name),
    ["pasted-7-1.png", "cat.jpg", "pasted-7-3.png"],
  );
});

test("what a button reads from the clipboard has no name at all", () => {
  assert.equal(renamed([new Blob(["pixels"], { type: "image/jpeg" })], 7)[0].name, "pasted-7-1.jpeg");
});
