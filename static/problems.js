// Remove what a page says of values that are gone. Loaded only when there may be something to remove.

/** Remove the problems of the values that were sent from the page of this form, and from its title. */
export function removeProblems(form) {
  const main = form.closest("main");
  for (const part of main.querySelectorAll(".error-summary, [id$=-problem], .readings")) part.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const field of form.querySelectorAll(".is-wrong")) field.classList.remove("is-wrong");
  main.dataset.title = (main.dataset.title ?? document.title).replace(form.dataset.error, "");
  if (main.isConnected) document.title = main.dataset.title;
}

/** Remove the problems, and what says that values are from a record or a report. */
export function removeRemarks(form) {
  removeProblems(form);
  for (const part of form.closest("main").querySelectorAll(".notice.record, .from-record, [name$=_report]")) part.remove();
}
