// Hands images from the clipboard to an uploader on the page, as if they had been chosen there: so there is one way for
// files to come in, with its limits.
let listening = null; // the page has one such element, and Streamlit may draw it anew

export default function ({ data, parentElement }) {
  const words = parentElement.querySelector(".words");
  const hand = (files) => {
    const input = document.querySelector(`.st-key-${CSS.escape(data.uploader)} input[type=file]`);
    words.textContent = files.length ? "" : data.none;
    if (!files.length || !input) return false;
    const transfer = new DataTransfer();
    for (const file of files) transfer.items.add(file);
    input.files = transfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };
  document.removeEventListener("paste", listening);
  listening = (event) => {
    const files = renamed(images(event.clipboardData?.files ?? []), Date.now());
    if (files.length && hand(files)) event.preventDefault();
  };
  document.addEventListener("paste", listening);
  parentElement.querySelector("button").onclick = async () => {
    try {
      hand(renamed(await read(), Date.now()));
    } catch {
      words.textContent = data.refused; // not asked for, not allowed, or no secure page
    }
  };
  return () => document.removeEventListener("paste", listening);
}

export function images(files) {
  return [...files].filter((file) => file.type.startsWith("image/"));
}

// Browsers call every picture that is copied "image.png". Files keep the names that they have.
export function renamed(files, time) {
  const made = (file, index) => `pasted-${time}-${index + 1}.${file.type.split("/")[1].split("+")[0]}`;
  return files.map((file, i) =>
    /^image\.\w+$/.test(file.name ?? "image.png") ? new File([file], made(file, i), { type: file.type }) : file,
  );
}

async function read() {
  const found = [];
  for (const item of await navigator.clipboard.read()) {
    const type = item.types.find((each) => each.startsWith("image/"));
    if (type) found.push(await item.getType(type));
  }
  return found;
}
