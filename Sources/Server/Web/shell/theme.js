/**
 * What is known before the first paint; loaded in the head.
 *
 * The theme: as the system has it, light or dark; the choice is remembered on this device. Where storage is refused, it
 * holds until the page is left. And whether the empty Ask page, which stands in the document, is what the address names:
 * if so, it is shown at once, else kept out of sight until what is named is there.
 */
(() => {
  const key = "millrace.theme";
  const themes = { auto: "System", light: "Light", dark: "Dark" };
  let theme = "auto";
  try { theme = localStorage.getItem(key) ?? "auto"; } catch { /* auto */ }
  if (!Object.hasOwn(themes, theme)) theme = "auto";

  function apply() {
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  function choose(next) {
    theme = next;
    try { localStorage.setItem(key, theme); } catch { /* forgotten */ }
    apply();
    document.getElementById("theme-name").textContent = themes[theme];
  }

  apply();
  if (!/^#?(ask)?$/.test(location.hash)) document.documentElement.dataset.first = "other";
  addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("theme");
    if (theme !== "auto") document.getElementById("theme-name").textContent = themes[theme];
    // One press for each of the three: a list of three would cost the first page more than all of its menus.
    button.addEventListener("click", () => {
      const names = Object.keys(themes);
      choose(names[(names.indexOf(theme) + 1) % names.length]);
      document.getElementById("live").textContent = `Theme: ${themes[theme]}`;
    });
    // The palette knows them by their names.
    button.addEventListener("choose", ({ detail }) => choose(detail));
  });
})();
