// What outlives a reload of this tab. Browsers may forbid it, in frames above all: then nothing does.

export function kept(name) {
  try {
    return sessionStorage.getItem(`handoff-${name}`);
  } catch {
    return null;
  }
}

/** Keep `value`; null or "" forgets it. */
export function keep(name, value) {
  try {
    if (value) sessionStorage.setItem(`handoff-${name}`, value);
    else sessionStorage.removeItem(`handoff-${name}`);
  } catch {
    // It lasts as long as the page does.
  }
}
