// The texts of the page, in the language of the browser; they come from the same files as everything else.

export const setting = { message_chars: 16000, sites: [], texts: {}, language: "en" };

/** Load them. Rejects where the server does not answer. */
export async function learn() {
  const answer = await fetch("/page/setting.json", { signal: AbortSignal.timeout(8000) });
  if (!answer.ok) throw new Error(`the texts could not be had: ${answer.status}`);
  Object.assign(setting, await answer.json());
  const wanted = navigator.languages.map((tag) => tag.split("-")[0].toLowerCase());
  setting.language = wanted.find((language) => language in setting.texts) ?? "en";
}

/** The text `key`, with its placeholders filled. */
export function t(key, values = {}) {
  return fill(setting.texts[setting.language]?.[key] ?? "", values);
}

export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
}
