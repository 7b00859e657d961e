// Copy the plain text of the result; without clipboard permission it is opened and selected for the reader to copy.
/** Copy the text of the element that the button names, and say what happened beside the button. */
export async function copyText(button) {
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
