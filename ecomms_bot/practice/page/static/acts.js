// What people do, told to the server, and what it answers where it stands on no screen.

import { sent } from "./morph.js";

export const $ = (id) => document.getElementById(id);
export const here = () => new URLSearchParams(location.search);
export const announce = (words) => {
  const line = document.createElement("p");
  line.textContent = words;
  $("announce").append(line);
  while ($("announce").children.length > 5) $("announce").firstChild.remove();
};

// Done once the next change is on the screen.
let waiting = [];
export const onceDrawn = (doing) => waiting.push(doing);
export const drawn = () => {
  const due = waiting;
  waiting = [];
  for (const one of due) one();
};

export async function act(name, said = {}) {
  const now = here();
  try {
    const answer = await fetch(`/act/${name}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ as: now.get("as"), in: now.get("in"), ...said }),
    });
    return await answer.json();
  } catch {
    return { ok: false, error: "The practice workspace did not answer. Is it still running in its terminal?" };
  }
}

export function toast(words) {
  $("toast").firstElementChild.textContent = words;
  $("toast").hidden = !words;
}

$("toast").querySelector("button").addEventListener("click", () => toast(""));

export const values = (form) => {
  const state = {};
  for (const [name, value] of new FormData(form)) (state[name] ??= []).push(value);
  return state;
};

export const ask = ({ title, text, yes, no, style }) =>
  new Promise((answered) => {
    $("ask-title").textContent = title;
    $("ask-text").textContent = text;
    $("ask-yes").textContent = yes;
    $("ask-no").textContent = no;
    $("ask-yes").className = style === "danger" ? "danger" : "primary";
    const box = $("ask");
    box.returnValue = "no";
    box.addEventListener("close", () => answered(box.returnValue === "yes"), { once: true });
    box.showModal();
  });

export const confirmed = ({ confirmTitle: title, confirmText: text, confirmYes: yes, confirmNo: no, confirmStyle: style }) =>
  title === undefined || ask({ title, text, yes, no, style });

const busy = new WeakSet();

export async function once(control, doing) {
  if (busy.has(control)) return;
  busy.add(control);
  control.setAttribute("aria-busy", "true");
  try {
    await doing();
  } finally {
    busy.delete(control);
    control.removeAttribute("aria-busy");
  }
}

// What the server has to know of where a button or field stands.
export function around(control) {
  const view = control.closest("[data-view]");
  const form = view ? (view.tagName === "FORM" ? view : (control.form ?? view.querySelector("form"))) : control.form;
  const said = { block_id: control.dataset.block, action_id: control.dataset.action, state: form ? values(form) : {} };
  return view ? { ...said, view: view.dataset.view } : { ...said, ts: control.closest("li.message")?.dataset.ts };
}

export function say(control, answer) {
  const form = control.closest("form[data-act=submit]");
  if (form && (answer.ok || Object.keys(answer.errors ?? {}).length)) sent(form);
  if (form && !answer.ok) return trouble(form, answer);
  toast(answer.ok ? "" : answer.error);
}

function trouble(form, { error, errors }) {
  let line = form.querySelector(".trouble");
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "trouble" });
    line.setAttribute("role", "alert");
    line.setAttribute("data-mine", "");
    form.querySelector("footer").before(line);
  }
  line.textContent = error ?? "";
  line.hidden = !error;
  if (Object.keys(errors ?? {}).length) faulty(form, errors, CHANGES);
}

const CHANGES = 50; // that may come before the one that shows the mistakes

function faulty(form, errors, left) {
  const wrong = [...form.querySelectorAll("[aria-invalid=true]")];
  const first = wrong.find(({ name }) => name.split("|")[1] in errors);
  if (first) first.focus();
  else if (left && form.isConnected) onceDrawn(() => faulty(form, errors, left - 1));
}
