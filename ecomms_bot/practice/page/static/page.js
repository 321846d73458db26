// The page keeps nothing but what is being typed: the server draws, this puts the pieces where they belong
// and tells the server what people do.

import { morph, sent, touch } from "./morph.js";
import { completing } from "./words.js";

const $ = (id) => document.getElementById(id);
const here = () => new URLSearchParams(location.search);
const announce = (words) => {
  const line = document.createElement("p");
  line.textContent = words;
  $("announce").append(line);
  while ($("announce").children.length > 5) $("announce").firstChild.remove();
};

// --- the stream: from the server to the screen ---------------------------------------------------------------

const HIDDEN_MS = 15_000; // browsers open few streams to one server: a tab that nobody sees gives its own back
const LOST_MS = 1_500;
let stream = null;
let lost = 0;
let away = 0;
let scrollTo = "bottom"; // what the next whole screen begins with
let afterDrawing = [];

function connect(tab = "") {
  stream?.close();
  const address = new URL("/stream", location);
  address.search = location.search;
  if (tab) address.searchParams.set("tab", tab);
  stream = new EventSource(address);
  stream.addEventListener("hello", ({ data }) => {
    clearTimeout(lost);
    lost = 0;
    $("link").hidden = true;
    const { version, address: canonical } = JSON.parse(data);
    if (version !== document.body.dataset.version) location.reload();
    if (canonical !== location.pathname + location.search) history.replaceState(null, "", canonical);
  });
  stream.addEventListener("change", ({ data }) => apply(JSON.parse(data)));
  stream.addEventListener("error", () => {
    lost ||= setTimeout(() => ($("link").hidden = false), LOST_MS);
    if (stream.readyState === EventSource.CLOSED) setTimeout(connect, 1_000);
  });
}

function apply({ whole, put, drop }) {
  const focused = document.activeElement;
  const row = focused?.closest?.("li.message")?.id;
  const flows = ["flow", "thread-flow"].map((id) => new Flow($(id)));
  if (whole) {
    const stay = new Set(put.map(({ id }) => id));
    for (const slot of document.querySelectorAll("[data-slot]")) {
      for (const child of [...slot.children]) if (!stay.has(child.id)) child.remove();
    }
  }
  for (const id of drop) $(id)?.remove();
  for (const piece of put) place(piece);
  for (const { say } of put) if (say) announce(say);
  settle(flows, whole);
  if (row && !focused.isConnected && document.activeElement === document.body) $(row)?.focus();
  const waiting = afterDrawing;
  afterDrawing = [];
  for (const one of waiting) one();
}

function place({ id, in: within, html, after }) {
  const frame = document.createElement("template");
  frame.innerHTML = html;
  const made = frame.content.firstElementChild;
  const slot = $(within);
  const known = $(id);
  if (!slot || !made) return;
  if (known && slot.contains(known)) morph(known, made);
  const piece = known && slot.contains(known) ? $(id) : made;
  if (after === undefined && piece.parentNode) return;
  const before = after ? $(after) : null;
  if (piece.parentNode === slot && piece.previousElementSibling === before) return;
  if (before) before.after(piece);
  else slot.prepend(piece);
}

// A list that is scrolled: who reads its end sees what comes; who reads further up is not moved.
class Flow {
  constructor(element) {
    this.element = element;
    this.last = this.rows.at(-1)?.id;
    this.atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < 40;
    this.fromEnd = element.scrollHeight - element.scrollTop;
  }

  get rows() {
    return [...this.element.querySelectorAll("li.message")];
  }

  get isNew() {
    const last = this.rows.at(-1)?.id;
    return last !== undefined && last !== this.last;
  }

  end() {
    this.element.scrollTop = this.element.scrollHeight;
  }
}

function settle([flow, thread], whole) {
  dialog();
  for (const field of document.querySelectorAll("textarea[data-draft]")) draft(field);
  document.title = [$("head")?.dataset.title, "Practice workspace"].filter(Boolean).join(" – ");
  const begins = whole ? scrollTo : "";
  if (whole) scrollTo = "";
  const home = $("home") !== null; // it is read from its beginning
  if (begins === "bottom") {
    if (home) flow.element.scrollTop = 0;
    else flow.end();
    $("new")?.scrollIntoView({ block: "start" });
    thread.end();
  } else if (begins === "thread") thread.end();
  else if (begins === "keep") flow.element.scrollTop = flow.element.scrollHeight - flow.fromEnd;
  else {
    if (flow.atEnd && !home) flow.end();
    else if (flow.isNew) $("down").hidden = false;
    if (thread.atEnd) thread.end();
  }
  seen();
}

$("down").addEventListener("click", () => new Flow($("flow")).end());
$("flow").addEventListener("scroll", () => seen());
$("thread-flow").addEventListener("scroll", () => seen());

const told = new Map(); // conversation and thread -> ts of the last message that was told as read

function seen() {
  if (document.visibilityState !== "visible") return;
  for (const [id, thread] of [["flow", ""], ["thread-flow", here().get("thread")]]) {
    const flow = new Flow($(id));
    if (thread === null || !flow.atEnd) continue;
    if (!thread) $("down").hidden = true;
    const ts = flow.rows.at(-1)?.dataset.ts;
    const key = `${here()}|${thread}`;
    if (!ts || told.get(key) >= ts) continue;
    told.set(key, ts);
    act("seen", { thread, ts });
  }
}

// --- going somewhere else ------------------------------------------------------------------------------------

function go(address, remember = true) {
  const before = here();
  if (remember) history.pushState(null, "", address);
  const now = here();
  const same = ["as", "in", "view"].every((name) => before.get(name) === now.get(name));
  if (!same) scrollTo = "bottom";
  else if (before.get("count") !== now.get("count")) scrollTo = "keep";
  else scrollTo = before.get("thread") === now.get("thread") ? "" : "thread";
  const drawer = $("drawer");
  if (drawer.matches(":popover-open")) drawer.hidePopover();
  connect();
  if (!same) afterDrawing.push(() => (document.querySelector("#composer textarea") ?? $("flow")).focus());
  else if (now.get("thread") && scrollTo === "thread") {
    afterDrawing.push(() => document.querySelector("#reply textarea")?.focus());
  }
}

addEventListener("popstate", () => go(location.href, false));
addEventListener("pageshow", ({ persisted }) => persisted && connect());
document.addEventListener("visibilitychange", () => {
  clearTimeout(away);
  if (document.visibilityState === "hidden") {
    away = setTimeout(() => {
      stream?.close();
      stream = null;
    }, HIDDEN_MS);
  } else if (stream === null) connect();
  else seen();
});

// An address of this page, also in the form in which Slack's API names messages.
function address(link) {
  const url = new URL(link.href);
  if (url.origin === location.origin) return url.pathname === "/" ? url.href : null;
  const found = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/.exec(url.pathname);
  if (!found || url.hostname !== `${document.body.dataset.team}.slack.com`) return null;
  const said = new URLSearchParams({ as: here().get("as"), in: found[1] });
  const thread = url.searchParams.get("thread_ts");
  said.set("thread", thread ?? `${found[2]}.${found[3]}`);
  return `/?${said}`;
}

// --- acting --------------------------------------------------------------------------------------------------

async function act(name, said = {}) {
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

function toast(words) {
  $("toast").firstElementChild.textContent = words;
  $("toast").hidden = !words;
}

$("toast").querySelector("button").addEventListener("click", () => toast(""));

const values = (form) => {
  const state = {};
  for (const [name, value] of new FormData(form)) (state[name] ??= []).push(value);
  return state;
};

const ask = ({ title, text, yes, no, style }) =>
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

const confirmed = ({ confirmTitle: title, confirmText: text, confirmYes: yes, confirmNo: no, confirmStyle: style }) =>
  title === undefined || ask({ title, text, yes, no, style });

const busy = new WeakSet();

async function once(control, doing) {
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
function around(control) {
  const view = control.closest("[data-view]");
  const form = view ? (view.tagName === "FORM" ? view : (control.form ?? view.querySelector("form"))) : control.form;
  const said = { block_id: control.dataset.block, action_id: control.dataset.action, state: form ? values(form) : {} };
  return view ? { ...said, view: view.dataset.view } : { ...said, ts: control.closest("li.message")?.dataset.ts };
}

function say(control, answer) {
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
  if (!Object.keys(errors ?? {}).length) return;
  const wrong = () => form.querySelector("[aria-invalid=true]")?.focus();
  if (form.querySelector("[aria-invalid=true]")) wrong();
  else afterDrawing.push(wrong);
}

const DO = {
  press: (control) => once(control, async () => {
    if (await confirmed(control.dataset)) say(control, await act("press", { ...around(control), value: control.dataset.value }));
  }),
  choose: (control) => once(control, async () => {
    control.closest("details")?.removeAttribute("open");
    if (await confirmed(control.dataset)) say(control, await act("choose", { ...around(control), value: control.dataset.value }));
  }),
  close: (control) => once(control, async () => toast((await act("close", { view: control.closest("[data-view]").dataset.view })).error)),
  dismiss: (control) => act("dismiss", { ts: control.closest("li").dataset.ts }),
  join: (control) => once(control, async () => toast((await act("join")).error)),
};

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  const plain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (link && plain && (link.hasAttribute("data-go") || link.target !== "_blank" || link.hostname.endsWith(".slack.com"))) {
    const to = link.getAttribute("href").startsWith("#") ? null : address(link);
    if (to) {
      event.preventDefault();
      go(to);
      if (link.dataset.opens) act("open-home", { tab: link.dataset.opens });
      return;
    }
  }
  const control = event.target.closest("[data-act]:not(form)");
  if (control) DO[control.dataset.act]?.(control);
  const opener = event.target.closest("[data-menu]");
  if (opener) menu(opener);
});

document.addEventListener("input", ({ target }) => touch(target));

document.addEventListener("change", async ({ target }) => {
  const field = target.closest?.("[data-tells]");
  if (!field || !(await confirmed(field.dataset))) return;
  const form = target.form;
  const { block, action } = field.dataset;
  const view = field.closest("[data-view]");
  const said = { block_id: block, action_id: action, state: form ? values(form) : {} };
  const answer = await act("choose", view ? { ...said, view: view.dataset.view } : { ...said, ts: field.closest("li.message")?.dataset.ts });
  say(field, answer);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.dataset.act === "submit") {
    event.preventDefault();
    once(form, async () => say(form, await act("submit", { view: form.dataset.view, state: values(form) })));
  } else if (form.dataset.act === "say") {
    event.preventDefault();
    send(form);
  } else if (form.closest("[data-tells], .message, .home") && !form.hasAttribute("data-practice")) event.preventDefault();
});

// --- modals --------------------------------------------------------------------------------------------------

let shown = null;

function dialog() {
  const box = $("modal");
  const view = box.querySelector(".view");
  if (!view) {
    shown = null;
    if (box.open) box.close();
    return;
  }
  if (!box.open) box.showModal();
  if (view.id === shown) return;
  shown = view.id;
  const first = view.querySelector("[autofocus]") ?? view.querySelector(":is(input:not([type=hidden]), select, textarea)");
  (first ?? view.querySelector("button[type=submit]") ?? view.querySelector("button")).focus();
  view.querySelector(".bk-modal-body")?.scrollTo(0, 0);
}

const leave = () => {
  const view = $("modal").querySelector("[data-view]");
  if (view) act("close", { view: view.dataset.view });
};
$("modal").addEventListener("cancel", (event) => {
  if (event.target !== $("modal")) return;
  event.preventDefault();
  leave();
});
$("modal").addEventListener("close", ({ target }) => target === $("modal") && leave());

// --- writing -------------------------------------------------------------------------------------------------

const composers = new WeakMap();
const drafts = {
  get: (key) => sessionStorage.getItem(`draft|${key}`) ?? "",
  set: (key, text) => (text ? sessionStorage.setItem(`draft|${key}`, text) : sessionStorage.removeItem(`draft|${key}`)),
};

// The field of another conversation is the same element: it takes up what was typed there.
function draft(field) {
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

const grow = (field) => {
  field.style.height = "auto";
  field.style.height = `${Math.min(field.scrollHeight + 2, innerHeight / 3)}px`;
};

const notice = (form, words) => {
  const line = form.querySelector(".notice");
  line.textContent = words;
  line.hidden = !words;
};

async function send(form) {
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

// --- the menu of a message -----------------------------------------------------------------------------------

let about = null;

function menu(opener) {
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
      go(row.querySelector(".tools a").href);
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

// --- beginning -----------------------------------------------------------------------------------------------

const wide = matchMedia("(min-width: 75rem)");
const rail = () => ($("rail").open = wide.matches);
wide.addEventListener("change", rail);
rail();
settle(["flow", "thread-flow"].map((id) => new Flow($(id))), true);
connect(document.body.dataset.tab);
if (here().get("view") === "home") act("open-home", { tab: "home" });
