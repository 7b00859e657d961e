// What works without scripts works better with them: nothing here is needed to get a result.
import { goBack, send, watchPage } from "./navigation.js";
import { drop } from "./entries.js";

document.documentElement.classList.add("scripted");
document.querySelector(".error-summary")?.focus();
watchPage();

// The browser keeps the page that says "offline". The address is below this site's start, wherever that is.
addEventListener("load", () => navigator.serviceWorker?.register(new URL("../service-worker.js", import.meta.url)).catch(() => {}));

document.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return; // another language: the whole page changes
  const form = event.target;
  if (form.id === "change" && goBack()) event.preventDefault();
  if (form.id !== "calculator") return;
  event.preventDefault();
  send(form, event.submitter);
});

// A link with values that is opened in a tab with this page changes its address only.
addEventListener("hashchange", () => location.hash.startsWith("#values?") && location.reload());

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-action=new]")) drop();
});
