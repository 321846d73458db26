// The menu of a message, and changing one's own.

import { $, act, ask, toast } from "./acts.js";
import { grow } from "./writing.js";

let about = null;

export function menu(opener) {
  const box = $("menu");
  about = opener.closest("li.message");
  for (const one of box.children) {
    const own = ["edit", "delete"].includes(one.dataset.do);
    one.hidden = (own && !about.classList.contains("mine")) || (one.dataset.do === "thread" && about.id.startsWith("t-"));
  }
  box.showPopover({ source: opener });
  const at = opener.getBoundingClientRect();
  box.style.left = `${Math.max(8, Math.min(at.right - box.offsetWidth, innerWidth - box.offsetWidth - 8))}px`;
  box.style.top = `${at.bottom + box.offsetHeight + 8 > innerHeight ? Math.max(8, at.top - box.offsetHeight) : at.bottom}px`;
  [...box.children].find((one) => !one.hidden)?.focus();
}

$("menu").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const some = [...event.currentTarget.children].filter((one) => !one.hidden);
  some[(some.indexOf(document.activeElement) + step + some.length) % some.length].focus();
});

$("menu").addEventListener("click", async ({ target }) => {
  const chosen = target.closest("[data-do]");
  if (!chosen) return;
  const row = about;
  const ts = row.dataset.ts;
  $("menu").hidePopover();
  switch (chosen.dataset.do) {
    case "thread":
      row.querySelector(".tools a").click();
      break;
    case "shortcut":
      toast((await act("shortcut", { name: chosen.dataset.name, ts })).error);
      break;
    case "edit":
      edit(row);
      break;
    case "delete":
      if (await ask({ title: "Delete message", text: "This cannot be undone.", yes: "Delete", no: "Cancel", style: "danger" })) {
        toast((await act("delete", { ts })).error);
      }
  }
});

function edit(row) {
  if (row.querySelector(".editing")) return;
  const form = document.createElement("form");
  form.className = "editing";
  form.setAttribute("data-mine", "");
  const field = Object.assign(document.createElement("textarea"), { value: row.dataset.source, rows: 2 });
  field.setAttribute("aria-label", "Your message");
  const button = (type, className, words) => Object.assign(document.createElement("button"), { type, className, textContent: words });
  const cancel = button("button", "plain", "Cancel");
  const close = () => {
    form.remove();
    row.classList.remove("edited-now");
    row.focus();
  };
  form.append(field, cancel, button("submit", "primary", "Save"));
  cancel.addEventListener("click", close);
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const answer = await act("edit", { ts: row.dataset.ts, text: field.value });
    if (answer.ok) close();
    else toast(answer.error);
  });
  row.querySelector(".said").append(form);
  row.classList.add("edited-now");
  grow(field);
  field.focus();
}
