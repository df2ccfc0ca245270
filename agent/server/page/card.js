// The cards: a proposal with exactly what would be sent, and the chat that was made.
import { bubble, h, lines, link, safe } from "./dom.js";
import { edited } from "./editor.js";
import { fill, setting, t } from "./texts.js";

const expires = new Map(); // of the chats' addresses, as far as they do
let summary = ""; // of the newest proposal: after the handoff it can be copied

/** What is said of a proposal, and the card with its values, its notes and its buttons. */
export function proposalCard(reply, actions) {
  const { proposal } = reply;
  const { before, after, open } = divided(reply.text, proposal);
  ({ summary } = proposal);
  const words = h("dd", { class: "summary", dir: "auto" }, summary);
  const known = h(
    "dl",
    { class: "known" },
    ...(proposal.reason ? [h("dt", {}, t("page_why")), h("dd", { dir: "auto" }, proposal.reason)] : []),
    ...(summary ? [h("dt", {}, t("page_summary")), words] : []),
  );
  const row = buttonRow(reply, {
    ...actions,
    edit: () => edited(known, row, summary, (text) => actions.press({ action: "edit", text }, text, false)),
  });
  const card = h(
    "div",
    { class: "card", role: "group", "aria-label": t("page_suggestion") },
    h("header", {}, h("h2", { dir: "auto" }, proposal.queue), open && h("span", { class: "badge" }, t("page_open"))),
    known,
    sent(proposal),
    after.length ? h("div", { class: "notes" }, ...lines(after)) : null,
    summary && !proposal.carries_summary ? copier(summary) : null,
    row,
  );
  return [bubble(before), card];
}

/** The way into the chat: opened by the person's click, in a tab of its own. */
export function handoffCard(reply, actions) {
  const { url } = reply.handoff;
  if (reply.handoff.expires) expires.set(url, Date.parse(reply.handoff.expires));
  const carried = !reply.text.includes(fillIn("tell_agent", { summary }, reply.text));
  return h(
    "div",
    { class: "card handoff" },
    opener({ label: t("go_open"), url, style: "filled" }, actions),
    h("p", { class: "address", dir: "ltr" }, url),
    summary && !carried ? copier(summary) : null,
  );
}

/** The buttons of a reply; not the one that opens what the handoff's card opens already. */
export function buttonRow(reply, actions) {
  const buttons = reply.buttons.filter((one) => !(reply.handoff && one.url === reply.handoff.url));
  return buttons.length ? h("div", { class: "row" }, ...buttons.map((one) => control(one, reply, actions))) : null;
}

function control(button, reply, actions) {
  if (safe(button.url)) return opener(button, actions);
  const { action, queue_id, proposal, text } = button;
  const press = () => {
    if (action === "message") actions.say(text || button.label);
    else if (action === "edit" && reply.proposal?.summary) actions.edit();
    else actions.press({ action, queue_id, proposal, text }, button.label);
  };
  const onclick = (event) => event.currentTarget.getAttribute("aria-disabled") || press();
  return h("button", { type: "button", class: button.style, onclick, dir: "auto" }, button.label);
}

function opener(button, actions) {
  const { url, label, style, proposal } = button;
  const onclick = (event) => {
    if (!(expires.get(url) <= Date.now())) return;
    event.preventDefault(); // it opens nothing any more: the agent says so, and proposes again
    actions.press({ action: "start", proposal }, label);
  };
  return link(label, url, { class: style, dir: "auto", onclick }, t("page_new_tab"));
}

function sent(proposal) {
  const value = (text) => (text ? h("code", {}, text) : h("em", {}, t("page_empty")));
  const values = Object.entries(proposal.sends).map(([name, text]) => [
    h("dt", {}, h("code", {}, name)),
    h("dd", { dir: "auto", "data-name": name }, value(text)),
  ]);
  const to = [h("dt", {}, t("page_to")), h("dd", { class: "to", dir: "ltr" }, h("code", {}, proposal.to))];
  return h("div", { class: "sent" }, h("h3", {}, t("page_sent")), h("dl", {}, ...to, ...values.flat()));
}

function copier(text) {
  const done = h("span", { role: "status", class: "note" });
  const onclick = async () => {
    const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error("no clipboard"));
    done.textContent = await copied.then(() => t("page_copied"), () => t("page_not_copied"));
  };
  return h("p", { class: "copy" }, h("button", { type: "button", class: "text", onclick }, t("page_copy")), done);
}

/** A proposal's text: what leads to it, and what is left to say of it once the card shows queue, reason and values. */
function divided(text, proposal) {
  const all = text.split("\n").filter(Boolean);
  const at = all.lastIndexOf(fillIn("queue_open", { queue: proposal.queue }, text));
  if (at < 0) return { before: all, after: [], open: false };
  const values = Object.entries(proposal.sends).map(([name, value]) => `${name} = ${value}`);
  const shown = [
    fillIn("reason", { reason: proposal.reason }, text),
    fillIn("sends", { to: proposal.to, values: values.join(", ") }, text),
  ];
  const after = all.slice(at + 1).filter((line) => !shown.includes(line));
  return { before: all.slice(0, at), after, open: true };
}

/** The text `key` in the language in which `text` holds it; the conversation's need not be the page's. */
function fillIn(key, values, text) {
  const filled = Object.values(setting.texts).map((texts) => fill(texts[key], values));
  return filled.find((one) => text.includes(one)) ?? filled[0];
}
