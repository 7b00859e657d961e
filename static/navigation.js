// The result without loading a page: fetch, swap <main>, move the focus. Pages live in memory only: neither an address
// nor the browser's history ever holds a value.
import { watchForm } from "./form.js";

const views = [document.querySelector("main")];
let current = 0;
// The choice of the language of each view: it sends the values of its view along.
const languages = new WeakMap([[views[0], document.querySelector(".languages")]]);

history.replaceState({ view: 0 }, "");
addEventListener("popstate", (event) => {
  if (!event.state) return; // a link within the page
  show(event.state?.view in views ? event.state.view : 0);
  document.querySelector("#result-title, #neutrophils")?.focus();
});

/**
 * Send the form by the button that was pressed (null for the Enter key). Show the result as a new view, or the form with
 * its problems in place of this one.
 */
export async function send(form, submitter) {
  const button = form.querySelector(".primary");
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  // A reading of a number that was chosen takes the place of what was typed.
  if (submitter?.name.endsWith("_reading")) {
    const field = form.elements[submitter.name.replace("_reading", "")];
    field.value = submitter.value;
    field.dispatchEvent(new Event("change", { bubbles: true })); // and is kept for this tab
  }
  try {
    const response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "text/html" },
    });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const main = page.querySelector("main");
    if (!main) throw new Error(`status ${response.status}`);
    await Promise.all([addStyles(page, response.url), main.querySelector(".tools") && import("./result.js")]);
    main.dataset.title = page.title;
    languages.set(main, page.querySelector(".languages"));
    keepLinks(response.url);
    if (main.querySelector("#calculator")) {
      views[current] = main;
      history.replaceState({ view: current }, "", response.url);
      show(current);
      main.querySelector(".error-summary")?.focus();
    } else {
      if (views[current].querySelector(".error-summary")) (await import("./problems.js")).removeProblems(form);
      views.splice(current + 1, Infinity, main);
      history.pushState({ view: current + 1 }, "", response.url);
      show(current + 1);
      scrollTo(0, 0);
      main.querySelector("h1")?.focus({ preventScroll: true });
    }
  } catch {
    form.querySelector(".send-problem").textContent = form.dataset.unreachable;
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/** Load the style sheets of the next page that this one lacks. The page is shown without a sheet that cannot be loaded. */
function addStyles(page, address) {
  const styles = "link[rel=stylesheet]";
  const known = new Set([...document.querySelectorAll(styles)].map((link) => link.href));
  const added = [...page.querySelectorAll(styles)]
    .map((link) => new URL(link.getAttribute("href"), address).href)
    .filter((href) => !known.has(href))
    .map((href) => Object.assign(document.createElement("link"), { rel: "stylesheet", href }));
  const loaded = added.map((link) => new Promise((resolve) => (link.onload = link.onerror = resolve)));
  document.head.append(...added);
  return Promise.all(loaded);
}

/** Return to the form as it was; false if this page was not reached from it without a load. */
export function goBack() {
  if (current === 0) return false;
  history.back();
  return true;
}

/** Links count from the address of their page. One opened by a record lies deeper: fix those that stay around <main>. */
function keepLinks(next) {
  if (next === location.href) return;
  for (const link of document.querySelectorAll("header a, footer a")) link.setAttribute("href", link.href);
}

function show(index) {
  views[current].dataset.title ??= document.title;
  current = index;
  document.querySelector("main").replaceWith(views[index]);
  const choice = languages.get(views[index]);
  if (choice) document.querySelector(".languages")?.replaceWith(choice);
  document.title = views[index].dataset.title ?? document.title;
  watchPage();
}

/** Watch the form or the result that is shown. The script of the result is loaded with the first one. */
export function watchPage() {
  watchForm();
  if (document.querySelector(".tools")) import("./result.js").then((script) => script.watchResult());
}
