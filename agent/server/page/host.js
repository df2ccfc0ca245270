// Who the person is: a short-lived token of the host's. In a frame it comes from the page around it, which the
// frame-ancestors of this page's policy has let in; else from the address (#token=…) of a link on one of those sites.
import { keep, kept } from "./kept.js";

const WAIT = 10_000;
const around = window.parent === window ? null : window.parent;
let token = null;
let asking = null;

/** Take the token out of the address; from other sites than `sites` it could be somebody else's, who wants to read along. */
export function arrive(sites) {
  if (around) return;
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given) history.replaceState(null, "", location.pathname);
  if (given && document.referrer && sites.includes(new URL(document.referrer).origin)) keep("token", given);
  token = kept("token");
  window.addEventListener("hashchange", () => history.replaceState(null, "", location.pathname));
}

/** The token, or null; `renew` where the one before was refused. */
export async function theToken(renew) {
  if (!around || (token && !renew)) return token;
  asking ??= asked().finally(() => (asking = null));
  token = await asking;
  return token;
}

/** Whether there may be a newer token. */
export const renews = around !== null;

// The page around this one has its own button in the corner.
document.documentElement.classList.toggle("framed", around !== null);

/** Tell the page around this one that something is so: "ready", "trouble" or "fine". */
export function tell(what) {
  around?.postMessage({ handoff: what }, "*"); // nothing that anybody must not read
}

function asked() {
  return new Promise((resolve) => {
    const done = (given) => {
      clearTimeout(timer);
      window.removeEventListener("message", hear);
      resolve(given);
    };
    const hear = (event) => {
      if (event.source === around && event.data?.handoff === "token") done(event.data.token || null);
    };
    const timer = setTimeout(done, WAIT, null);
    window.addEventListener("message", hear);
    tell("token");
  });
}
