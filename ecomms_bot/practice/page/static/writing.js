// Writing: what is half written, sending, and the keys of a composer.

import { $, act, announce } from "./acts.js";
import { Flow } from "./flow.js";
import { completing } from "./words.js";

const composers = new WeakMap();
const drafts = {
  get: (key) => sessionStorage.getItem(`draft|${key}`) ?? "",
  set: (key, text) => (text ? sessionStorage.setItem(`draft|${key}`, text) : sessionStorage.removeItem(`draft|${key}`)),
};

// The field of another conversation is the same element: it takes up what was typed there.
export function draft(field) {
  if (field.dataset.draft === composers.get(field)?.draft) return;
  const list = $(field.getAttribute("aria-controls"));
  const early = composers.has(field) ? "" : field.value; // typed before this script was there
  const made = composers.get(field) ?? { complete: completing(field, list, announce) };
  composers.set(field, made);
  made.draft = field.dataset.draft;
  made.complete.close();
  field.value = early || drafts.get(made.draft);
  if (early) made.complete.look();
  grow(field);
  notice(field.form, "");
}

export const grow = (field) => {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight / 3)}px`;
};

const notice = (form, words) => {
  const line = form.querySelector(".notice");
  line.textContent = words;
  line.hidden = !words;
};

export async function send(form) {
  const field = form.elements.text;
  const text = field.value.trim();
  if (!text) return;
  const made = composers.get(field);
  const written = (words) => {
    field.value = words;
    drafts.set(made.draft, words);
    grow(field);
  };
  const { draft: key } = made;
  made.complete.close();
  notice(form, "");
  written("");
  const broadcast = Boolean(form.elements.broadcast?.checked);
  new Flow(form.dataset.thread ? $("thread-flow") : $("flow")).end();
  const answer = await act("say", { text, thread: form.dataset.thread, broadcast });
  if (answer.ok) {
    if (broadcast) form.elements.broadcast.checked = false;
    return;
  }
  if (made.draft !== key) drafts.set(key, text);
  else {
    written([text, field.value].filter(Boolean).join("\n"));
    notice(form, answer.error);
    field.focus();
  }
}

document.addEventListener("input", ({ target }) => {
  const made = composers.get(target);
  if (!made) return;
  drafts.set(made.draft, target.value);
  notice(target.form, "");
  grow(target);
  made.complete.look();
});
document.addEventListener("focusout", ({ target }) => composers.get(target)?.complete.close());
document.addEventListener("keydown", (event) => {
  const made = composers.get(event.target);
  if (made && !event.isComposing) {
    if (made.complete.key(event)) event.preventDefault();
    else if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  } else if (event.key === "Enter" && event.target.matches("[data-tells] input:not([type=checkbox], [type=radio])")) {
    event.preventDefault(); // such a field tells the app; it does not send the form
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
