// Buttons beside the chat: their plain forms are sent without leaving the page. What comes of it, the stream shows.

const said = (words) => {
  const place = document.getElementById("practice-said");
  if (place) place.textContent = words;
};

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.hasAttribute("data-practice")) return;
  event.preventDefault();
  if (event.submitter?.getAttribute("aria-disabled") === "true") return; // it stays where the keyboard is
  const values = new URLSearchParams(new FormData(form, event.submitter));
  const address = new URL(form.action);
  address.search = window.location.search; // as whom, and where
  try {
    const answer = await fetch(address, { method: "POST", body: values });
    const { ok, error } = await answer.json();
    said(ok ? "" : error);
    if (ok && address.pathname === "/practice/drill") form.closest("[popover]")?.hidePopover();
  } catch {
    said("The practice workspace did not answer. Look at the terminal in which it was started.");
  }
});
