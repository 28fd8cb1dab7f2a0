/**
 * What is known before the first paint; loaded in the head.
 *
 * The theme: as the system has it, light or dark; the choice is remembered on this device. Where storage is refused, it
 * holds until the page is left. And whether the empty Ask page, which stands in the document, is what the address names:
 * if so, it is shown at once, else kept out of sight until what is named is there.
 */
(() => {
  const key = "millrace.theme";
  const themes = ["auto", "light", "dark"];
  let theme = "auto";
  try { theme = localStorage.getItem(key) ?? "auto"; } catch { /* auto */ }
  if (!themes.includes(theme)) theme = "auto";

  function apply() {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  apply();
  if (!/^#?(ask)?$/.test(location.hash)) document.documentElement.dataset.first = "other";
  addEventListener("DOMContentLoaded", () => {
    const choice = document.getElementById("theme");
    choice.value = theme;
    choice.addEventListener("change", () => {
      theme = choice.value;
      try { localStorage.setItem(key, theme); } catch { /* forgotten */ }
      apply();
    });
  });
})();
