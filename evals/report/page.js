"use strict";
// Without this script everything can be read; it only narrows the list, and opens what a link leads to.
const filter = document.getElementById("filter");
const cases = Array.from(document.querySelectorAll("details.case"));
if (filter) {
  const count = document.getElementById("count");
  const all = count.textContent;
  filter.addEventListener("input", () => {
    const wanted = filter.value.trim().toLowerCase();
    let shown = 0;
    for (const item of cases) {
      item.hidden = wanted !== "" && !item.textContent.toLowerCase().includes(wanted);
      shown += item.hidden ? 0 : 1;
    }
    count.textContent = wanted === "" ? all : shown + " of " + cases.length + " conversations";
  });
}
function open_target() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target && target.tagName === "DETAILS") {
    target.open = true;
    target.hidden = false;
    target.scrollIntoView();
  }
}
addEventListener("hashchange", open_target);
open_target();
