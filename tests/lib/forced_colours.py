"""Find text that cannot be read where the reader chose a few colours for every page."""

from playwright.sync_api import Page

# With forced colours a browser draws the ground of a text in the colour of the page, unless the element has colours of
# its own; a text in that colour is not seen there.
_HIDDEN_TEXTS = """() => {
  const found = new Set();
  const page = document.body.appendChild(Object.assign(document.createElement("p"), { style: "color: Canvas" }));
  const canvas = getComputedStyle(page).color;
  page.remove();
  const groundOf = (part) => {
    if (getComputedStyle(part).forcedColorAdjust !== "none") return canvas;
    for (let at = part; at; at = at.parentElement) {
      const ground = getComputedStyle(at).backgroundColor;
      if (!/^rgba.*, 0\\)$/.test(ground)) return ground;
    }
    return canvas;
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const part = texts.currentNode.parentElement, words = texts.currentNode.data.trim();
    if (!words || part.closest("svg, script, option") || !part.checkVisibility()) continue;
    if (getComputedStyle(part).color === groundOf(part)) found.add(words);
  }
  return [...found];
}"""


def hidden_texts(page: Page) -> list[str]:
    """Return the texts outside drawings that have the colour of their ground; the page must have forced colours."""
    found: list[str] = page.evaluate(_HIDDEN_TEXTS)
    return found
