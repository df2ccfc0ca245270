// Elements. What anybody wrote is only ever a text node or the value of a harmless attribute.

/** An element; `on…` are listeners, null and false leave an attribute out, strings among the children are text. */
export function h(tag, props = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined && child !== ""));
  return made;
}

/** A paragraph for each line; each finds its own direction. */
export function lines(texts, className = null) {
  return texts.map((text) => h("p", { class: className, dir: "auto" }, text));
}

/** What only screen readers say. */
export function forReaders(text) {
  return h("span", { class: "for-readers" }, `${text} `);
}

/** Where a link of the catalogue may lead; null for anything else. */
export function safe(url) {
  return /^(https:|mailto:|tel:)/i.test(url ?? "") ? url : null;
}

/** A link that opens in a tab of its own, by the person's click alone, and tells it nothing of this page. */
export function link(label, url, props, newTab) {
  const attributes = { ...props, href: safe(url), target: "_blank", rel: "noopener noreferrer" };
  return h("a", attributes, label, h("span", { class: "for-readers" }, ` ${newTab}`));
}

/** What the assistant says, in a bubble. */
export function bubble(texts) {
  const filled = texts.filter(Boolean);
  return filled.length ? h("div", { class: "bubble" }, ...lines(filled)) : null;
}
