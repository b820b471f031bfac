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
