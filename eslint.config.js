// What make lint asks of the JavaScript: no mistakes, and that text enters a page as text only, never as markup.
import js from "@eslint/js";
import globals from "globals";

const AS_TEXT = "Text enters as text (textContent, append), never as markup: labels and file names are anybody's.";
const markup = ["innerHTML", "outerHTML", "insertAdjacentHTML", "setHTMLUnsafe"].map((property) => ({
  property,
  message: AS_TEXT,
}));

export default [
  { ignores: [".venv/", "workspace/"] },
  js.configs.recommended,
  {
    rules: {
      eqeqeq: "error",
      "no-implied-eval": "error",
      "no-shadow": "error",
      "no-var": "error",
      "object-shorthand": "error",
      "prefer-const": "error",
      "no-restricted-properties": ["error", ...markup, { object: "document", property: "write", message: AS_TEXT }],
    },
  },
  { files: ["{pages,core}/**/*.js"], languageOptions: { globals: globals.browser } },
  { files: ["tests/**/*.js"], languageOptions: { globals: globals.node } },
];
