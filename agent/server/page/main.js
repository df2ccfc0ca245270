// The chat page: what the person types and presses, and what comes back.
import { tooLong } from "./editor.js";
import { tell } from "./host.js";
import { keep, kept } from "./kept.js";
import * as log from "./log.js";
import * as talk from "./talk.js";
import { learn, setting, t } from "./texts.js";

const POLL = 2000;
const POLLS = 20; // longer than any turn takes
const at = (id) => document.getElementById(id);
const message = at("message");
const waiting = new Set(); // places whose reply is on its way
let newest = ""; // the reply that was shown last

const actions = {
  say: (text) => submit({ text }),
  press: (press, label, pressed = true) => submit({ press }, label, pressed),
};

function submit(input, label = input.text, pressed = false) {
  log.hold(true);
  log.said(label, pressed);
  attempt({ ...input, key: talk.newKey() }, new log.Place(actions));
}

async function attempt(input, place) {
  const one = { joined: waiting.size > 0 };
  for (const other of waiting) other.joined = true;
  waiting.add(one);
  place.wait();
  try {
    const reply = await talk.give(input, (step) => place.step(step));
    waiting.delete(one);
    received(reply, place, one.joined);
    if (input.press && document.activeElement === document.body) place.focus();
    tell("fine");
  } catch (problem) {
    waiting.delete(one);
    failed(problem, place, () => attempt(input, place));
  }
  if (!waiting.size) log.hold(false);
}

/** Two messages that were answered together get the same reply: it is shown once. */
function received(reply, place, joined) {
  const same = JSON.stringify([reply.text, reply.proposal?.id, reply.handoff?.url]);
  if (joined && same === newest) place.drop();
  else place.show(reply);
  newest = same;
}

function failed(problem, place, again) {
  if (problem.outage) tell("trouble");
  const anew = () => {
    talk.leave();
    again();
  };
  place.fail(problem.message, t(problem.gone ? "page_again" : "page_retry"), problem.gone ? anew : again);
}

/** Show what was said so far; while something is unanswered, look again. */
async function recall(polls = POLLS) {
  const view = await talk.read();
  log.clear();
  if (!view?.messages.length) log.greet(actions);
  for (const one of view?.messages ?? []) {
    if (one.role === "user") log.said(one.text, one.action !== null && one.action !== "summary");
    else new log.Place(actions).show(one.reply);
  }
  if (view?.messages.at(-1)?.role !== "user") return;
  const place = new log.Place(actions);
  place.wait();
  if (polls) setTimeout(() => waiting.size || begin(polls - 1), POLL);
  else place.fail(t("page_unreachable"), t("page_retry"), () => begin());
}

async function begin(polls) {
  try {
    await recall(polls);
    tell("fine");
  } catch (problem) {
    if (problem.gone) {
      talk.leave();
      log.greet(actions);
      return;
    }
    failed(problem, new log.Place(actions), () => {
      log.clear();
      begin();
    });
  }
}

function send() {
  const text = message.value.trim();
  const error = tooLong(text);
  at("message-error").textContent = error;
  if (!text || error) return;
  message.value = "";
  keep("draft", null);
  submit({ text });
}

function localise() {
  document.documentElement.lang = setting.language;
  document.title = at("title").textContent = t("page_title");
  at("log").setAttribute("aria-label", t("page_log"));
  at("message-label").textContent = t("page_message");
  message.placeholder = t("page_hint");
  at("send").textContent = t("page_send");
  at("new").textContent = t("page_new");
  at("notice").textContent = t("notice");
  at("notice").hidden = !t("notice");
  at("new").hidden = false;
}

function listen() {
  at("composer").addEventListener("submit", (event) => {
    event.preventDefault();
    send();
  });
  message.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    send();
  });
  message.addEventListener("input", () => keep("draft", message.value));
  at("new").addEventListener("click", () => {
    talk.leave();
    log.clear();
    log.greet(actions);
    message.focus();
  });
}

async function learned() {
  return learn().then(
    () => true,
    () => tell("trouble"),
  );
}

async function open() {
  message.value = kept("draft") ?? "";
  listen();
  while (!(await learned())) await new Promise((resolve) => setTimeout(resolve, POLL));
  localise();
  tell("ready");
  await begin();
  message.focus();
}

open();
