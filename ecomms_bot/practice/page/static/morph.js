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

const alike = (old, now) =>
  old.nodeType === now.nodeType && old.nodeName === now.nodeName && (old.id ?? "") === (now.id ?? "");

export function morph(old, now) {
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
  const named = new Map([...old.children].filter((one) => one.id).map((one) => [one.id, one]));
  let at = old.firstChild;
  for (const wanted of [...now.childNodes]) {
    while (at?.nodeType === Node.ELEMENT_NODE && at.hasAttribute("data-mine") && !at.id) at = at.nextSibling;
    const same = wanted.id ? named.get(wanted.id) : at && !at.id && alike(at, wanted) ? at : null;
    if (!same) {
      old.insertBefore(wanted, at);
      continue;
    }
    if (same === at) at = at.nextSibling;
    else old.insertBefore(same, at);
    morph(same, wanted);
  }
  while (at) {
    const next = at.nextSibling;
    if (!(at.nodeType === Node.ELEMENT_NODE && at.hasAttribute("data-mine"))) at.remove();
    at = next;
  }
}
