/**
 * The theme switch: auto follows the system; light and dark are remembered on this device.
 * Loaded in the head, before the first paint. Where storage is refused, the switch works and forgets.
 */
(() => {
  const order = ["auto", "light", "dark"];
  const key = "millrace.theme";
  let theme = "auto";
  try { theme = localStorage.getItem(key) ?? "auto"; } catch { /* auto */ }
  if (!order.includes(theme)) theme = "auto";

  function apply() {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }
  function label(button) {
    const next = order[(order.indexOf(theme) + 1) % order.length];
    button.textContent = { auto: "Auto", light: "Light", dark: "Dark" }[theme];
    button.setAttribute("aria-label", `${button.textContent} theme. Switch to ${next}.`);
    button.title = `Theme: ${theme}`;
  }

  apply();
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    label(button);
    button.addEventListener("click", () => {
      theme = order[(order.indexOf(theme) + 1) % order.length];
      try { localStorage.setItem(key, theme); } catch { /* forgotten */ }
      apply();
      label(button);
    });
  });
})();
