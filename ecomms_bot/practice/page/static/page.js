// The page keeps nothing but what is being typed: the server draws, this puts the pieces where they belong
// and tells the server what people do.

import { $, act, announce, around, confirmed, drawn, here, once, onceDrawn, say, toast, values } from "./acts.js";
import { Flow } from "./flow.js";
import { menu } from "./menu.js";
import { morph, touch } from "./morph.js";
import { draft, send } from "./writing.js";

// --- the stream: from the server to the screen ---------------------------------------------------------------

const HIDDEN_MS = 15_000; // browsers open few streams to one server: a tab that nobody sees gives its own back
const LOST_MS = 1_500;
let stream = null;
let lost = 0;
let away = 0;
let scrollTo = "bottom"; // what the next whole screen begins with

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
  drawn();
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

// Who reads the end of a list goes on doing so when the window or the field below changes its size.
const ends = new Map([...document.querySelectorAll(".flow")].map((element) => [element, true]));
const sizes = new ResizeObserver((changed) => {
  for (const { target } of changed) if (ends.get(target) && $("home") === null) new Flow(target).end();
});
for (const element of ends.keys()) {
  sizes.observe(element);
  element.addEventListener("scroll", () => ends.set(element, new Flow(element).atEnd));
}

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
  if (!same) onceDrawn(() => (document.querySelector("#composer textarea") ?? $("flow")).focus());
  else if (now.get("thread") && scrollTo === "thread") {
    onceDrawn(() => document.querySelector("#reply textarea")?.focus());
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

// --- doing ---------------------------------------------------------------------------------------------------

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
// The word that one form was closed may come when the next is open already: that one stays.
$("modal").addEventListener("close", ({ target }) => target === $("modal") && !target.open && leave());

// --- beginning -----------------------------------------------------------------------------------------------

// The first steps stand open where there is room, and elsewhere until somebody folds them.
const wide = matchMedia("(min-width: 75rem)");
const rail = () => ($("rail").open = wide.matches || sessionStorage.getItem("folded") === null);
$("rail").addEventListener("toggle", ({ target }) => {
  if (wide.matches) return;
  if (target.open) sessionStorage.removeItem("folded");
  else sessionStorage.setItem("folded", "yes");
});
wide.addEventListener("change", rail);
rail();
settle(["flow", "thread-flow"].map((id) => new Flow($(id))), true);
connect(document.body.dataset.tab);
if (here().get("view") === "home") act("open-home", { tab: "home" });
