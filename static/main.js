// What works without scripts works better with them: nothing here is needed to get a result.
import { watchForm } from "./form.js";
import { goBack, send } from "./navigation.js";
import { copyText } from "./copy.js";
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
