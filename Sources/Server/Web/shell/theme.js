/**
 * The theme: as the system has it, light or dark; the choice is remembered on this device.
 * Loaded in the head, before the first paint. Where storage is refused, the choice holds until the page is left.
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
