// The conversation as it is shown: what the person said, and a place for each reply with its steps and buttons.
import { buttonRow, handoffCard, proposalCard } from "./card.js";
import { bubble, forReaders, h, lines } from "./dom.js";
import { t } from "./texts.js";

const STATES = { success: "page_done", error: "page_failed", pending: "page_working" };
const log = document.getElementById("log");

/** Show what the person said, or the label of what they `pressed`. */
export function said(text, pressed = false) {
  const shown = h("div", { class: pressed ? "mine pressed" : "mine" }, forReaders(t("page_you")), ...lines(text.split("\n")));
  log.append(shown);
  toEnd(shown);
}

/** Say the words that open a conversation. */
export function greet(actions) {
  const skip = { label: t("skip"), action: "skip", style: "outlined" };
  new Place(actions).show({ text: t("ask_hello"), steps: [], buttons: [skip] });
}

export function clear() {
  log.replaceChildren();
}

/** Buttons do nothing while something is on its way; `false` gives them back. */
export function hold(held) {
  for (const button of log.querySelectorAll(".row > button")) {
    if (held) button.setAttribute("aria-disabled", "true");
    else button.removeAttribute("aria-disabled");
  }
}

/** Where a reply goes. `actions` are what its buttons do. */
export class Place {
  constructor(actions) {
    this.actions = actions;
    this.steps = h("ol", { class: "steps" });
    this.rest = h("div", { class: "rest" });
    this.at = h("article", { class: "reply", tabindex: "-1" }, forReaders(t("page_assistant")), this.steps, this.rest);
    this.shown = new Map();
    log.append(this.at);
  }

  /** The person waits for it. */
  wait() {
    this.rest.replaceChildren(h("p", { class: "dots" }, forReaders(t("page_working")), h("i"), h("i"), h("i")));
    toEnd(this.at);
  }

  step(step) {
    const before = this.shown.get(step.id);
    const item = h("li", { class: step.status, dir: "auto" }, step.text, h("span", { class: "for-readers" }, ` (${t(STATES[step.status])})`));
    if (before) before.replaceWith(item);
    else this.steps.append(item);
    this.shown.set(step.id, item);
    toEnd(this.at);
  }

  /** Show the reply; the buttons of earlier ones are gone, since only this one's fit now. */
  show(reply) {
    for (const old of log.querySelectorAll(".row, .editor")) if (!this.at.contains(old)) old.remove();
    for (const card of log.querySelectorAll(".card:not(.past)")) card.classList.add("past");
    reply.steps.forEach((step) => this.step(step));
    log.append(this.at); // behind what was said meanwhile
    const parts = reply.proposal ? proposalCard(reply, this.actions) : [bubble(reply.text.split("\n"))];
    if (reply.handoff) parts.push(handoffCard(reply, this.actions));
    if (!reply.proposal) parts.push(buttonRow(reply, this.actions));
    this.rest.replaceChildren(...parts.filter(Boolean));
    toEnd(this.at);
  }

  /** Show what went wrong, and a button that tries again. */
  fail(text, label, again) {
    const retry = h("button", { type: "button", class: "outlined", onclick: again }, label);
    const problem = h("div", { class: "problem" }, h("p", { role: "alert", dir: "auto" }, text), retry);
    this.rest.replaceChildren(problem);
    toEnd(this.at);
  }

  focus() {
    this.at.focus({ preventScroll: true });
  }

  drop() {
    this.at.remove();
  }
}

// Who reads the end goes on reading it where the window gets smaller: a phone's keyboard does that.
let atEnd = true;
log.addEventListener("scroll", () => (atEnd = log.scrollHeight - log.clientHeight - log.scrollTop < 8));
new ResizeObserver(() => atEnd && (log.scrollTop = log.scrollHeight)).observe(log);

/** Bring the end of `shown` into view, but never push its beginning out. */
function toEnd(shown) {
  const top = shown.offsetTop - log.offsetTop - 16;
  log.scrollTop = Math.min(log.scrollHeight - log.clientHeight, top);
}
