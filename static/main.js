// What works without scripts works better with them: nothing here is needed to get a result.
import { goBack, send, watchPage } from "./navigation.js";
import { drop } from "./entries.js";

document.documentElement.classList.add("scripted");
document.querySelector(".error-summary")?.focus();
watchPage();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.id === "change" && goBack()) event.preventDefault();
  if (form.id !== "calculator") return;
  event.preventDefault();
  send(form, event.submitter);
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-action=new]")) drop();
});
