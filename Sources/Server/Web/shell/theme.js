/**
 * What is known before the first paint; loaded in the head, before anything that is waited for.
 *
 * The first answers are asked for while the rest of the page is on its way: where they have come by the time it is there,
 * the page is drawn with them, and once. Whether the empty Ask page, which stands in the document, is what the address
 * names: if so, it is shown at once, else kept out of sight until what is named is there. And the theme: as the system has
 * it, light or dark; the choice is remembered on this device. Where storage is refused, it holds until the page is left.
 */
(() => {
  const root = document.documentElement;
  const key = "millrace.theme";
  const themes = { auto: "System", light: "Light", dark: "Dark" };
  let theme = "auto";

  // Whoever takes an answer hears of its failure, too.
  function quiet(promise) {
    promise.catch(() => {});
    return promise;
  }

  // Read as it comes, not only once it is taken.
  const ask = (path) => quiet(fetch(path).then((response) => {
    if (response.ok) {
      const text = quiet(response.text());
      response.text = () => text;
    }
    return response;
  }));

  const isFirst = /^#?(ask)?$/.test(location.hash);
  // Not where the tab is somebody by what it keeps: that goes with each request, and is `api.js`'s to say.
  try {
    if (!sessionStorage.getItem("millrace.principals") && !sessionStorage.getItem("millrace.key")) {
      window.askedAhead = { "v1/me": ask("v1/me"), "v1/status": isFirst ? ask("v1/status") : null };
    }
  } catch { /* the page asks by itself */ }
  if (!isFirst) root.setAttribute("data-first", "other");
  try { theme = localStorage.getItem(key) ?? "auto"; } catch { /* auto */ }
  if (!Object.hasOwn(themes, theme)) theme = "auto";

  function apply() {
    if (theme === "auto") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme);
  }

  function choose(next) {
    theme = next;
    try { localStorage.setItem(key, theme); } catch { /* forgotten */ }
    apply();
    document.getElementById("theme-name").textContent = themes[theme];
  }

  if (theme !== "auto") apply();
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
