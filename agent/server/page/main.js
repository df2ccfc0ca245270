// The chat page: what the person types and presses, and what comes back.
import { tooLong } from "./editor.js";
import { arrive, tell } from "./host.js";
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
let unanswered = null; // where the reply goes that was on its way at a reload
let era = 0; // how often they have started over

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
  const [one, started] = [{ joined: waiting.size > 0 }, era];
  for (const other of waiting) other.joined = true;
  waiting.add(one);
  place.wait();
  const given = await talk.give(input, (step) => place.step(step)).catch((problem) => problem);
  waiting.delete(one);
  if (started !== era) return; // they have started over
  if (given instanceof Error) failed(given, place, () => attempt(input, place));
  else {
    received(given, place, one.joined);
    if (input.press && document.activeElement === document.body) place.focus();
    tell("fine");
  }
  if (!waiting.size) log.hold(false);
}

/** Two messages that were answered together get the same reply: it is shown once. */
function received(reply, place, joined) {
  const same = JSON.stringify([reply.text, reply.proposal?.id, reply.handoff?.url]);
  if (joined && same === newest) place.drop();
  else place.show(reply);
  newest = same;
  unanswered?.drop(); // what was asked before a reload is answered, too
  unanswered = null;
}

function failed(problem, place, again) {
  if (problem.outage) tell("trouble");
  const anew = () => {
    talk.leave();
    again();
  };
  place.fail(problem.message, t(problem.gone ? "page_again" : "page_retry"), problem.gone ? anew : again);
}

/** Show what was said so far; while something of it is unanswered, look again. */
async function recall(polls) {
  const view = await talk.read();
  const open = view?.messages.at(-1)?.role === "user";
  if (!unanswered || !open) show(view?.messages ?? []);
  if (!open) return;
  unanswered ??= new log.Place(actions);
  unanswered.wait();
  if (polls) setTimeout(() => waiting.size || !unanswered || begin(polls - 1), POLL);
  else failed(new Error(t("page_unreachable")), unanswered, again);
}

function show(messages) {
  unanswered = null;
  log.clear();
  if (!messages.length) log.greet(actions);
  for (const one of messages) {
    if (one.role === "user") log.said(one.text, one.action !== null && one.action !== "summary");
    else new log.Place(actions).show(one.reply);
  }
}

/** Go on with the conversation that this tab had, or open one. */
async function begin(polls = POLLS) {
  try {
    await recall(polls);
    tell("fine");
  } catch (problem) {
    if (problem.gone) startOver();
    else failed(problem, unanswered ?? new log.Place(actions), again);
  }
}

function again() {
  unanswered = null;
  log.clear();
  begin();
}

function startOver() {
  era += 1;
  waiting.clear();
  talk.leave();
  show([]);
}

async function send() {
  await ready; // what was typed before stays in its place until then
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
    startOver();
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
  arrive(setting.sites);
  localise();
  tell("ready");
  await begin();
  message.focus();
}

const ready = open();
