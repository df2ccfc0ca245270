// The summary of a proposal, edited in its place: it is sent word for word.
import { h } from "./dom.js";
import { setting, t } from "./texts.js";

/** Put an editor in the place of the summary in `known`; the `row` of buttons waits until it is left. */
export function edited(known, row, summary, save) {
  const words = known.querySelector(".summary");
  const area = h("textarea", { rows: 3, dir: "auto", "aria-label": t("page_summary") });
  const error = h("p", { role: "alert", class: "error" });
  area.value = summary;
  const leave = () => {
    editor.replaceWith(words);
    row.hidden = false;
    row.querySelector("button:nth-of-type(2)")?.focus();
  };
  const keep = () => {
    const text = area.value.trim();
    error.textContent = tooLong(text);
    if (error.textContent || !text) area.focus();
    else if (text === summary) leave();
    else {
      leave();
      save(text);
    }
  };
  const onkeydown = (event) => {
    if (event.key === "Escape") leave();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) keep();
  };
  const buttons = [
    h("button", { type: "button", class: "filled", onclick: keep }, t("page_save")),
    h("button", { type: "button", class: "outlined", onclick: leave }, t("page_cancel")),
  ];
  const editor = h("dd", { class: "editor", onkeydown }, area, error, h("div", { class: "row" }, ...buttons));
  words.replaceWith(editor);
  row.hidden = true;
  area.focus();
}

/** What to tell of a text that the server would not take, or "". */
export function tooLong(text) {
  const length = Array.from(text).length;
  return length > setting.message_chars ? t("too_long", { length, limit: setting.message_chars }) : "";
}
