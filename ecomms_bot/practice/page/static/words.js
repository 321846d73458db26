// Completion in a composer: slash commands and what follows them, people after @, conversations after #.

const MOST = 8;
const NONE = { commands: {}, people: [], places: [] };
let known = NONE;
let asked = null;

const words = async () => {
  asked ??= fetch("/words").then((answer) => answer.json());
  try {
    known = await asked;
  } catch {
    asked = null; // the next letter asks again
  }
  return known;
};

const begins = (word, typed) => word.toLowerCase().startsWith(typed.toLowerCase());

// What could stand in place of the text from `from` on: [{ text, label, note }].
const offers = ({ commands, people, places }, text, caret) => {
  const typed = text.slice(0, caret);
  const slash = /^\/(\S*)$/.exec(typed);
  if (slash) {
    const names = Object.keys(commands).filter((name) => begins(name, typed));
    if (names.length === 1 && names[0] === typed) return after(names[0], commands[names[0]], "", 0);
    return { from: 0, some: names.map((name) => ({ text: `${name} `, label: name, note: "" })) };
  }
  const command = /^(\/\S+) (\S*)$/.exec(typed);
  if (command && commands[command[1]]) return after(command[1], commands[command[1]], command[2], 0);
  const named = /(?:^|\s)([@#])([\w.-]*)$/.exec(typed);
  if (!named) return { from: 0, some: [] };
  const from = caret - named[2].length - 1;
  const some =
    named[1] === "@"
      ? people
          .filter(({ handle, name }) => begins(handle, named[2]) || name.split(" ").some((one) => begins(one, named[2])))
          .map(({ handle, name }) => ({ text: `@${handle} `, label: `@${handle}`, note: name }))
      : places
          .filter((name) => begins(name, named[2]))
          .map((name) => ({ text: `#${name} `, label: `#${name}`, note: "" }));
  return { from, some: some.slice(0, MOST) };
};

const after = (name, lines, typed, from) => ({
  from,
  some: lines
    .filter(({ line }) => begins(line, typed))
    .map(({ line, does }) => ({ text: `${name} ${line.split(" ")[0]} `, label: `${name} ${line}`, note: does })),
});

export function completing(field, list, announce) {
  let shown = [];
  let from = 0;
  let at = -1;
  let moved = false;
  let turn = 0;

  const close = () => {
    shown = [];
    at = -1;
    list.hidden = true;
    list.replaceChildren();
    field.removeAttribute("aria-activedescendant");
  };

  const mark = (index) => {
    at = index;
    [...list.children].forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    const chosen = list.children[at];
    if (chosen) {
      field.setAttribute("aria-activedescendant", chosen.id);
      chosen.scrollIntoView({ block: "nearest" });
    } else field.removeAttribute("aria-activedescendant");
  };

  const take = (index) => {
    const { text } = shown[index];
    field.setRangeText(text, from, field.selectionStart, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const look = async () => {
    const mine = ++turn;
    const all = await words();
    if (mine !== turn) return;
    const found = field.selectionStart === field.selectionEnd ? offers(all, field.value, field.selectionStart) : { some: [] };
    const done = found.some.length === 1 && field.value.slice(found.from, field.selectionStart) === found.some[0].text;
    if (!found.some.length || done) {
      if (shown.length) close();
      return;
    }
    const news = found.some.length !== shown.length;
    shown = found.some;
    from = found.from;
    list.replaceChildren(
      ...shown.map(({ label, note }, number) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${number}`;
        option.setAttribute("role", "option");
        option.append(Object.assign(document.createElement("b"), { textContent: label }));
        if (note) option.append(" ", Object.assign(document.createElement("span"), { textContent: note }));
        option.addEventListener("mousedown", (event) => {
          event.preventDefault();
          take(number);
        });
        return option;
      }),
    );
    list.hidden = false;
    moved = false;
    mark(0);
    if (news) announce(`${shown.length} suggestions. Up and down choose, Tab takes one.`);
  };

  return {
    look,
    close,
    // Whether the key was for the list.
    key(event) {
      if (!shown.length) return false;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        moved = true;
        mark((at + step + shown.length) % shown.length);
      }
      else if (event.key === "Escape") close();
      else if (event.key === "Tab" && !event.shiftKey && at >= 0) take(at);
      else if (event.key === "Enter" && at >= 0 && needs()) take(at);
      else return false;
      return true;
    },
  };

  // Enter sends what is complete; it takes what was chosen, and completes what is not.
  function needs() {
    const typed = field.value.slice(from, field.selectionStart);
    return moved || !(known.commands[typed] || shown.some(({ text }) => text.trimEnd() === typed.trimEnd()));
  }
}
