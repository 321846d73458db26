// Make one element look like another, in place: focus, caret, scroll and what is being typed stay.

const touched = new WeakMap(); // form -> names of the fields that somebody changed since they were sent

export const touch = (field) => {
  if (!field.form || !field.name) return;
  if (!touched.has(field.form)) touched.set(field.form, new Set());
  touched.get(field.form).add(field.name);
};

export const sent = (form) => touched.delete(form);

const isTouched = (field) =>
  field.hasAttribute("data-keep") || Boolean(field.form && touched.get(field.form)?.has(field.name));

// What people open and close themselves.
const THEIRS = new Set(["open"]);

const attributes = (old, now) => {
  for (const { name } of [...old.attributes]) {
    if (!now.hasAttribute(name) && !THEIRS.has(name)) old.removeAttribute(name);
  }
  for (const { name, value } of now.attributes) {
    if (old.getAttribute(name) !== value && !THEIRS.has(name)) old.setAttribute(name, value);
  }
};

const value = (old, now) => {
  if (isTouched(old)) return;
  if (old.type === "checkbox" || old.type === "radio") {
    if (old.checked !== now.checked) old.checked = now.checked;
  } else if (old.value !== now.value) {
    old.value = now.value;
  }
};

// What an element is called in its parent. A field keeps its name where others come before it, its id may not;
// buttons share their names, and what they say next is their value.
const FRAMES = ".bk-input, .bk-field";

const key = (one) => {
  if (one.nodeType !== Node.ELEMENT_NODE) return "";
  if (one.matches(FRAMES)) return `in ${one.querySelector("[name]")?.name ?? ""}`;
  if (one.name && one.form && one.nodeName !== "BUTTON") return `${one.name} ${["checkbox", "radio", "hidden"].includes(one.type) ? one.value : ""}`;
  return one.id ?? "";
};

const alike = (old, now) => old.nodeType === now.nodeType && old.nodeName === now.nodeName && key(old) === key(now);

export function morph(old, now) {
  const kept = remembered(old);
  change(old, now);
  for (const one of kept) restore(one);
}

function change(old, now) {
  if (!alike(old, now)) {
    old.replaceWith(now);
    return;
  }
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.data !== now.data) old.data = now.data;
    return;
  }
  if (old.hasAttribute("data-mine")) return;
  attributes(old, now);
  if (old instanceof HTMLTextAreaElement) {
    value(old, now);
    return;
  }
  const chosen = old instanceof HTMLSelectElement ? old.value : null;
  children(old, now);
  if (old instanceof HTMLInputElement) value(old, now);
  if (chosen !== null) {
    const wanted = isTouched(old) ? chosen : now.value;
    if (old.value !== wanted) old.value = wanted;
  }
}

function children(old, now) {
  const named = new Map([...old.children].filter(key).map((one) => [key(one), one]));
  let at = old.firstChild;
  const pass = () => {
    while (at?.nodeType === Node.ELEMENT_NODE && at.hasAttribute("data-mine") && !at.id) at = at.nextSibling;
  };
  for (const wanted of [...now.childNodes]) {
    pass();
    const name = key(wanted);
    const same = name ? named.get(name) : at && !key(at) && alike(at, wanted) ? at : null;
    if (!same) {
      old.insertBefore(wanted, at);
      continue;
    }
    named.delete(name);
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    change(same, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    if (!(at.nodeType === Node.ELEMENT_NODE && at.hasAttribute("data-mine"))) at.remove();
    at = next;
  }
}

// A field that came to stand in another place may have been made anew: what was typed into it goes along.
function remembered(root) {
  const forms = root.matches?.("form") ? [root] : [...(root.querySelectorAll?.("form") ?? [])];
  return forms.flatMap((form) =>
    [...form.elements].filter(isTouched).map((field) => ({
      form,
      field,
      active: document.activeElement === field,
      typed: field.value,
      checked: field.checked,
      from: field.selectionStart,
      to: field.selectionEnd,
    })),
  );
}

function restore({ form, field, active, typed, checked, from, to }) {
  if (field.isConnected || !form.isConnected) return;
  const now = [...form.elements].find((one) => key(one) === key(field) && one.type === field.type);
  if (!now) return;
  if (checked === undefined || !["checkbox", "radio"].includes(now.type)) now.value = typed;
  else now.checked = checked;
  if (!active) return;
  now.focus();
  if (typeof from === "number") now.setSelectionRange(from, to);
}
