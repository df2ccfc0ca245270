// The server: requests with the person's token, a turn's events as they come, and what went wrong as one text.
import { renews, theToken } from "./host.js";
import { t } from "./texts.js";

const FIRST = 10_000; // until an answer begins
const SILENCE = 40_000; // between two signs of life; the server gives one every 15 seconds

/** What went wrong, in words for the person. `gone`: there is no such conversation any more. */
export class Problem extends Error {
  constructor(text, status = 0) {
    super(text);
    this.gone = status === 404;
    this.outage = status === 0 || status >= 500;
  }
}

/** Ask for `path`; `body` makes it a POST. Raises `Problem`. */
export async function ask(path, body = null, key = null) {
  const watch = watching();
  try {
    const answer = await call(path, body, key, "application/json", watch);
    return await answer.json();
  } catch (error) {
    throw problemOf(error);
  } finally {
    watch.end();
  }
}

/** The reply of a turn, as its events told it; `onStep` hears of steps while it runs. Raises `Problem`. */
export async function turn(path, body, key, onStep) {
  const watch = watching();
  const reply = { text: "", steps: [], buttons: [], proposal: null, handoff: null, phase: null };
  try {
    const answer = await call(path, body, key, "text/event-stream", watch);
    for await (const event of events(answer.body, watch)) {
      if (event.type === "error") throw new Problem(event.message, 503);
      if (event.type === "step") onStep(event);
      take(event, reply);
    }
  } catch (error) {
    throw problemOf(error);
  } finally {
    watch.end();
  }
  if (!reply.phase) throw new Problem(t("page_unreachable")); // it broke off
  return reply;
}

function take(event, reply) {
  switch (event.type) {
    case "step":
      reply.steps = [...reply.steps.filter((step) => step.id !== event.id), event];
      break;
    case "text":
      reply.text = event.text;
      break;
    case "buttons":
      reply.buttons = event.buttons;
      break;
    case "proposal":
    case "handoff":
      reply[event.type] = event;
      break;
    case "turn_end":
      reply.phase = event.phase;
  }
}

async function call(path, body, key, accept, watch) {
  for (let again = false; ; again = true) {
    const token = await theToken(again);
    watch.alive(FIRST);
    const headers = { accept };
    if (token) headers.authorization = `Bearer ${token}`;
    if (body) headers["content-type"] = "application/json";
    if (key) headers["idempotency-key"] = key;
    const answer = await fetch(path, {
      method: body ? "POST" : "GET",
      headers,
      body: body && JSON.stringify(body),
      credentials: "omit",
      signal: watch.signal,
    });
    if (answer.ok) return answer;
    if (answer.status === 401 && renews && !again) continue;
    throw await told(answer);
  }
}

async function told(answer) {
  if (answer.status === 401) return new Problem(t("page_signed_out"), 401);
  if (answer.status === 404) return new Problem(t("page_gone"), 404);
  const json = (answer.headers.get("content-type") ?? "").startsWith("application/problem+json");
  const detail = json ? (await answer.json()).detail : "";
  return new Problem(detail || t("page_unreachable"), answer.status);
}

function problemOf(error) {
  return error instanceof Problem ? error : new Problem(t("page_unreachable"));
}

async function* events(body, watch) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    watch.alive(SILENCE);
    const frames = (rest + value).split("\n\n");
    rest = frames.pop();
    for (const frame of frames) {
      const data = frame.split("\n").filter((line) => line.startsWith("data:"));
      if (data.length) yield JSON.parse(data.map((line) => line.slice(5)).join("\n"));
    }
  }
}

function watching() {
  const control = new AbortController();
  let timer = 0;
  return {
    signal: control.signal,
    alive(more) {
      clearTimeout(timer);
      timer = setTimeout(() => control.abort(), more);
    },
    end: () => clearTimeout(timer),
  };
}
