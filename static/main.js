// What works without scripts works better with them: nothing here is needed to get a result.
import { watchForm } from "./form.js";
import { goBack, send } from "./navigation.js";
import { drop } from "./entries.js";

document.documentElement.classList.add("scripted");
document.querySelector(".error-summary")?.focus();
watchForm();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "change" && goBack()) event.preventDefault();
  if (form.id !== "calculator") return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-action]");
  if (button?.dataset.action === "print") window.print();
  if (button?.dataset.action === "copy") copyText(button);
  if (button?.dataset.action === "new") drop();
});

/** Copy the text of the element that the button names, and say what happened beside the button. Without permission it is
 * opened and selected for the reader to copy. */
async function copyText(button) {
  const source = document.getElementById(button.dataset.from);
  const said = button.parentElement.querySelector("[role=status]");
  try {
    await navigator.clipboard.writeText(source.textContent);
    said.textContent = button.dataset.copied;
  } catch {
    source.closest("details").open = true;
    getSelection().selectAllChildren(source);
    source.focus();
    said.textContent = button.dataset.selected;
  }
}
