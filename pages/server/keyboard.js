// A link in a table could only be followed with the mouse: Enter opens its cell, and here once more the link in it.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Enter" || !event.target.matches(".gdg-input")) return;
    const link = event.target.closest('[id^="gdg-overlay"]')?.querySelector("a[href]");
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    link.click();
  },
  true
);

// What a button opens stands at the end of the page, as far from the button as can be: Tab goes into it.
document.addEventListener(
  "keydown",
  (event) => {
    if (event.key !== "Tab" || event.shiftKey) return;
    if (!event.target.matches('[data-testid="stPopoverButton"][aria-expanded="true"]')) return;
    const sheet = document.querySelector('[data-testid="stPopoverBody"]');
    const first = sheet?.querySelector("input, textarea, button, a[href]");
    if (!first) return;
    event.preventDefault();
    first.focus();
  },
  true
);
