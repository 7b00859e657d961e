// The result: print it, copy it, and show the part that was last looked at. It is complete without scripts too.
import { linkTo } from "./share.js";

const PART_KEY = "sii-afp.part"; // remembered on this computer: the name of a part, nothing of a patient
const watched = new WeakSet();

/** Watch the result that is shown, if it is not watched yet. */
export function watchResult() {
  const result = document.querySelector(".result, .comparison");
  if (!result || watched.has(result)) return;
  watched.add(result);
  choose(result, remembered());
  result.querySelector(".tabs")?.addEventListener("change", (event) => remember(event.target.value));
  result.addEventListener("click", (event) => {
    const button = event.target.closest("[data-action]");
    if (button?.dataset.action === "print") print();
    if (button?.dataset.action === "copy") copyText(result, button);
    if (button?.dataset.action === "share") copyLink(result, button);
  });
}

function choose(result, part) {
  for (const radio of result.querySelectorAll(".tabs input")) radio.checked ||= radio.value === part;
}

/** Copy the text of the element that the button names, and say what happened beside the button. Without permission it is
 * opened and selected for the reader to copy. */
async function copyText(result, button) {
  const source = document.getElementById(button.dataset.from);
  const said = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(source.textContent);
    said.textContent = button.dataset.copied;
  } catch {
    choose(result, "about");
    source.closest("details").open = true;
    getSelection().selectAllChildren(source);
    source.focus();
    said.textContent = button.dataset.selected;
  }
}

/** Copy a link that opens the form with these values, or show it for the reader to copy. */
async function copyLink(result, button) {
  const fields = [...result.querySelectorAll("#change input")].map((input) => [input.name, input.value]);
  const link = linkTo(button.dataset.home, fields);
  const said = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(link);
    said.textContent = button.dataset.copied;
  } catch {
    said.textContent = `${button.dataset.selected} ${link}`;
  }
}

function remembered() {
  try {
    return localStorage.getItem(PART_KEY);
  } catch {
    return null; // the browser keeps nothing
  }
}

function remember(part) {
  try {
    localStorage.setItem(PART_KEY, part);
  } catch {
    // The browser keeps nothing: the part is chosen again next time.
  }
}
