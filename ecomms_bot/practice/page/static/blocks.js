// What is drawn from Block Kit, as far as it is alive by itself: menus of messages, and how much room a field has.

// --- menus ---------------------------------------------------------------------------------------------------

const OPEN = ".bk-menu[open]";

const shut = (menu, focus = false) => {
  menu.open = false;
  if (focus) menu.querySelector("summary").focus();
};

document.addEventListener(
  "toggle",
  ({ target: menu }) => {
    if (!menu.matches?.(OPEN)) return;
    const list = menu.querySelector("ul");
    list.classList.remove("bk-left");
    const box = menu.closest(".flow, .bk-modal-body") ?? document.documentElement;
    if (list.getBoundingClientRect().right > box.getBoundingClientRect().right - 8) list.classList.add("bk-left");
    list.scrollIntoView({ block: "nearest" });
  },
  true,
);

document.addEventListener("click", ({ target }) => {
  for (const menu of document.querySelectorAll(OPEN)) if (!menu.contains(target)) shut(menu);
});

document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.(OPEN);
  if (!menu) return;
  const options = [...menu.querySelectorAll("button")];
  const at = options.indexOf(event.target);
  const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
  if (event.key === "Escape") {
    event.stopPropagation();
    shut(menu, true);
  } else if (to !== undefined) options.at(to % options.length).focus();
  else return;
  event.preventDefault();
});

document.addEventListener("focusin", ({ target }) => {
  for (const menu of document.querySelectorAll(OPEN)) if (!menu.contains(target)) shut(menu);
});

// --- room in a field -----------------------------------------------------------------------------------------

const FEW = 0.2; // of the room: from here on it is told

document.addEventListener("input", ({ target: field }) => {
  const most = Number(field.dataset?.most);
  if (!most) return;
  const left = most - [...field.value].length;
  let line = field.parentElement.querySelector(".bk-count");
  if (left > most * FEW) return line?.remove();
  if (!line) {
    line = Object.assign(document.createElement("p"), { className: "bk-count" });
    line.setAttribute("role", "status");
    line.setAttribute("data-mine", "");
    field.after(line);
  }
  line.classList.toggle("bk-over", left < 0);
  line.textContent = left < 0 ? `${-left} too many` : `${left} left`;
});
