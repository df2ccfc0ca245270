// Puts the chat into a page of another site:
//   <a href="…" class="handoff-link">…</a>
//   <script async src="https://…/widget.js" data-get-token="…"></script>
// The link is what people have where this script cannot be loaded, and what they get where the server does not answer.
(() => {
  const TEXTS = {/* texts */};
  const PATIENCE = 6000; // milliseconds until the chat has to be there
  const script = document.currentScript;
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", embed);
  else embed();

  function embed() {
    const server = new URL(script.src).origin;
    const link = document.querySelector(script.dataset.link || "a.handoff-link");
    const fallback = script.dataset.fallbackUrl || link?.href;
    const language = (document.documentElement.lang || navigator.language).split("-")[0].toLowerCase();
    const texts = TEXTS[language] || TEXTS.en;
    const label = link?.textContent.trim() || texts.page_talk;
    // A style sheet that is made by a script is no inline style: the site's own policy may forbid those.
    const STYLE = `
      :host { all: initial; color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }
      button, a { font: inherit; }
      .open, .close { cursor: pointer; border: 0; }
      .open { position: fixed; inset: auto 20px 20px auto; z-index: 2147483000; padding: 13px 22px; border-radius: 999px;
        background: #4f46c8; color: #fff; font-weight: 600; box-shadow: 0 6px 24px #0003; }
      .open[hidden] { display: none; }
      .panel { position: fixed; inset: auto 20px 20px auto; z-index: 2147483000; width: 410px; height: min(680px, calc(100dvh - 40px));
        display: flex; flex-direction: column; overflow: hidden; border-radius: 16px; background: Canvas; color: CanvasText;
        box-shadow: 0 12px 48px #0005; border: 1px solid #8883; }
      .panel[hidden] { display: none; }
      .close { position: absolute; inset: 15px 12px auto auto; z-index: 1; min-width: 42px; min-height: 42px; background: none; color: inherit; padding: 0; font-size: 24px; line-height: 1; }
      iframe { flex: 1; width: 100%; border: 0; }
      .instead { margin: 0; padding: 12px 16px; background: #8882; }
      .instead:empty { display: none; }
      .panel.dead { height: auto; }
      .panel.dead .instead { padding-inline-end: 60px; min-height: 72px; }
      .instead a { display: block; font-weight: 600; color: LinkText; }
      .panel.dead iframe { display: none; }
      :focus-visible { outline: 3px solid #8b84f0; outline-offset: 2px; }
      @media (max-width: 520px) { .panel { inset: 0; width: auto; height: auto; border-radius: 0; border: 0; } }`;

    const make = (tag, properties, ...children) => {
      const made = Object.assign(document.createElement(tag), properties);
      made.append(...children);
      return made;
    };

    async function token() {
      const give = script.dataset.getToken;
      if (!give) return script.dataset.token || null;
      const found = give.split(".").reduce((from, name) => from?.[name], window);
      try {
        return (await found()) || null;
      } catch (error) {
        console.error(`handoff: ${give}() gave no token`, error);
        return null;
      }
    }

    const instead = make("p", { className: "instead", role: "alert" });
    const close = make("button", { type: "button", className: "close", ariaLabel: texts.page_close, textContent: "×" });
    const panel = make("div", { className: "panel", role: "dialog", ariaLabel: label, hidden: true });
    panel.append(close, instead);
    const open = make("button", { type: "button", className: "open", textContent: label, ariaExpanded: "false" });
    let frame = null;
    let timer = 0;

    /** Show the link to the default queue, or take it away. */
    function trouble(so) {
      if (!so || !fallback) return instead.replaceChildren();
      const to = make("a", { href: fallback, target: "_blank", rel: "noopener noreferrer", textContent: label });
      return instead.replaceChildren(texts.page_instead, to);
    }

    function show() {
      panel.hidden = false;
      open.hidden = true;
      open.ariaExpanded = "true";
      if (frame) return frame.focus();
      frame = make("iframe", { title: label, src: `${server}/widget`, allow: "clipboard-write", referrerPolicy: "no-referrer" });
      timer = setTimeout(() => {
        panel.classList.add("dead");
        trouble(true);
        frame.remove();
        frame = null; // to open it again is to try again
        if (link) link.hidden = false;
      }, PATIENCE);
      panel.classList.remove("dead");
      trouble(false);
      panel.insertBefore(frame, instead);
      return close.focus();
    }

    function hide() {
      panel.hidden = true;
      open.hidden = false;
      open.ariaExpanded = "false";
      open.focus();
    }

    window.addEventListener("message", async (event) => {
      if (!frame || event.source !== frame.contentWindow || event.origin !== server) return;
      const what = event.data?.handoff;
      if (what === "ready") {
        clearTimeout(timer);
        frame.focus();
      }
      if (what === "trouble" || what === "fine") trouble(what === "trouble");
      if (what === "token") event.source.postMessage({ handoff: "token", token: await token() }, server);
    });
    panel.addEventListener("keydown", (event) => event.key === "Escape" && hide());
    open.addEventListener("click", show);
    close.addEventListener("click", hide);

    const host = document.createElement("div");
    const shadow = host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    shadow.adoptedStyleSheets = [sheet];
    shadow.append(open, panel);
    document.body.append(host);
    if (link) link.hidden = true;
  }
})();
