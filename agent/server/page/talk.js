// One conversation: its id, which a reload finds again, and what is said and pressed in it.
import { ask, turn } from "./api.js";
import { keep, kept } from "./kept.js";

const AT = "/v1/conversations";
let id = kept("id");
let beginning = null;

/** A name for one input, so that sending it again changes nothing: 128 random bits. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What was said so far, or null where there is no conversation yet. Raises `Problem`. */
export async function read() {
  return id && ask(`${AT}/${encodeURIComponent(id)}`);
}

/** Leave the conversation; the next input begins another one. */
export function leave() {
  id = null;
  keep("id", null);
}

/** The reply to `input`: `{text}` is said, `{press}` pressed; `key` names it. Raises `Problem`. */
export async function give(input, onStep) {
  if (!id) await (beginning ??= begin().finally(() => (beginning = null)));
  const at = `${AT}/${encodeURIComponent(id)}`;
  return input.press
    ? turn(`${at}/actions`, input.press, input.key, onStep)
    : turn(`${at}/messages`, { text: input.text }, input.key, onStep);
}

async function begin() {
  const begun = await ask(AT, { user: { locale: navigator.language } }, newKey());
  id = begun.id;
  keep("id", id);
}
