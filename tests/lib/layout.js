// Return the defects of the layout of this page: text that is cut or spills, and texts or controls that overlap.
() => {
  const found = new Set();
  const SKIPPED = ".visually-hidden, .skip, script, style, title, desc, option";
  const CONTROLS = "button, .button, select, textarea, summary, input:not([type=hidden])";
  const name = (part) => {
    const text = (part.textContent || part.id || part.name || "").trim().replace(/\s+/g, " ").slice(0, 40);
    return `${part.localName}${part.classList.length ? "." + part.classList[0] : part.id ? "#" + part.id : ""} "${text}"`;
  };
  const styles = new Map();
  const styleOf = (part) => styles.get(part) ?? styles.set(part, getComputedStyle(part)).get(part);
  const isSeen = (part) => !part.closest(SKIPPED) && part.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const isBlock = (part) => part.localName === "text" || !/^(inline|contents)$/.test(styleOf(part).display);
  const blockOf = (part) => {
    while (part.localName === "tspan" || part.localName === "textPath" || !isBlock(part)) part = part.parentElement;
    return part;
  };
  // The part of a box that its ancestors show, or null.
  const shown = (box, part) => {
    let { left, top, right, bottom } = box;
    for (let at = part; at && at !== document.body; at = at.parentElement) {
      const style = styleOf(at);
      if (style.overflowX === "visible" || at instanceof SVGElement && at.localName !== "svg") continue;
      const edge = at.getBoundingClientRect();
      left = Math.max(left, edge.left); right = Math.min(right, edge.right);
      top = Math.max(top, edge.top); bottom = Math.min(bottom, edge.bottom);
    }
    return right - left > 1 && bottom - top > 1 ? { left, top, right, bottom } : null;
  };

  const boxes = [];
  const add = (part, block, box) => {
    const seen = shown(box, part);
    if (seen) boxes.push({ part, block, ...seen });
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  const blocks = new Set();
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const part = text.parentElement;
    if (!text.data.trim() || !isSeen(part)) continue;
    const block = blockOf(part);
    range.selectNodeContents(text);
    const drawing = part.closest("svg")?.getBoundingClientRect();
    const frame = block.getBoundingClientRect();
    // Blanks at the end of a line may hang out where blanks are kept.
    const isFixed = !drawing && styleOf(block).overflowX === "visible" && styleOf(part).whiteSpace !== "pre-wrap";
    if (!drawing) blocks.add(block);
    for (const { left, top, right, bottom } of range.getClientRects()) {
      if (drawing && (left < drawing.left - 1 || right > drawing.right + 1 || top < drawing.top - 1 || bottom > drawing.bottom + 1))
        found.add(`${name(part)} is outside its drawing`);
      if (isFixed && frame.width && (left < frame.left - 1 || right > frame.right + 1)) found.add(`${name(part)} spills`);
      const spare = (bottom - top) / 10; // above and below the letters
      add(part, block, { left, right, top: top + spare, bottom: bottom - spare });
    }
  }
  for (const block of blocks) {
    const { overflowX, overflowY } = styleOf(block);
    if (/hidden|clip/.test(overflowX) && block.scrollWidth > block.clientWidth + 1) found.add(`${name(block)} is cut`);
    if (/hidden|clip/.test(overflowY) && block.scrollHeight > block.clientHeight + 1) found.add(`${name(block)} is cut below`);
  }
  const pen = document.createElement("canvas").getContext("2d");
  for (const part of document.querySelectorAll(CONTROLS)) {
    if (!isSeen(part)) continue;
    add(part, part, part.getBoundingClientRect());
    if (part.localName !== "select") continue;
    const style = styleOf(part);
    pen.font = style.font;
    pen.letterSpacing = style.letterSpacing;
    const room = part.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 16; // the arrow
    if (pen.measureText(part.selectedOptions[0]?.label ?? "").width > room + 1) found.add(`${name(part)} is cut: #${part.id}`);
  }

  boxes.sort((a, b) => a.top - b.top);
  boxes.forEach((a, place) => {
    for (let at = place + 1; at < boxes.length && boxes[at].top < a.bottom - 1; at += 1) {
      const b = boxes[at];
      const isShared = Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - b.top > 1;
      if (isShared && a.block !== b.block && !a.part.contains(b.part) && !b.part.contains(a.part))
        found.add(`${name(a.part)} overlaps ${name(b.part)}`);
    }
  });
  for (const drawing of document.querySelectorAll("svg.drawing"))
    if (isSeen(drawing) && drawing.getBoundingClientRect().width < 100) found.add(`${name(drawing)} is hardly visible`);
  return [...found];
}
