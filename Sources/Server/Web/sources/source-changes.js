/** What may be done to a source: other settings, another secret, a pause, an end. */
import { el } from "../shell/dom.js";
import { changeSource, deleteSource, readTagged, spacesOfSource } from "./sources-api.js";
import { settingFields } from "./source-settings.js";
import { spaceChooser } from "./source-spaces.js";
import { askFirst, countsByKind, labelledField, loadingNote, sourceName, sourcesPlace,
  troubleNote } from "./source-parts.js";

/** The last part of a source's view. A source of the settings file is changed there. */
export function sourceChanges(source, { go, say, changed }) {
  if (source.origin !== "api") {
    return el("section", { class: "part", "aria-label": "Change" }, el("h2", {}, "Change"),
      el("p", { class: "note" },
        "The server’s settings name this source (confluence.url). It is changed, paused and removed there."));
  }
  const body = el("div", { class: "stack" });
  const trouble = el("div", {});
  const paused = source.state === "disabled";
  const toggle = el("button", { type: "button", onclick: togglePause }, paused ? "Go on reading" : "Pause it");
  const open = (make) => async () => {
    body.replaceChildren(loadingNote("Loading what is set …"));
    try { body.replaceChildren(await make()); body.querySelector("input, select, button")?.focus(); } catch (error) {
      body.replaceChildren(troubleNote(error, open(make)));
    }
  };
  const section = el("section", { class: "part", "aria-label": "Change" }, el("h2", {}, "Change"),
    el("div", { class: "row" },
      el("button", { type: "button", onclick: open(editForm) }, "Edit"),
      el("button", { type: "button", onclick: open(secretForm) }, "Change the sign-in"),
      toggle,
      el("button", { type: "button", class: "grave", onclick: end }, "Delete")), trouble, body);

  async function togglePause() {
    trouble.replaceChildren();
    if (!paused) {
      const sure = await askFirst({
        title: `Pause ${sourceName(source)}?`, yes: "Pause it", no: "Go on reading",
        body: el("p", {}, "What waits or runs of it is cancelled, and it is not read by itself any more. What is stored stays and is found as before."),
      });
      if (!sure) return;
    }
    try {
      const { etag: tag } = await readTagged(source.id);
      const { body: now } = await changeSource(source.id, tag, { enabled: paused });
      say(paused ? "It is read again" : "Paused");
      section.replaceWith(sourceChanges(now, { go, say, changed }));
      changed();
    } catch (error) { trouble.replaceChildren(troubleNote(error, togglePause)); }
  }

  async function editForm() {
    let { body: data, etag: tag } = await readTagged(source.id);
    const name = el("input", { id: "edit-name", maxlength: "100", autocomplete: "off", dir: "auto",
      value: data.name });
    const settings = settingFields(data);
    const spaces = el("div", { class: "stack" });
    let chooser = null;
    const chooseSpaces = el("button", { type: "button", async onclick() {
      spaces.replaceChildren(loadingNote("Asking for the spaces …"));
      try {
        chooser = spaceChooser(await spacesOfSource(source.id), data.spaces);
        spaces.replaceChildren(chooser.node, el("p", { class: "note" },
          "What is in a space that you leave out goes with the next sync."));
      } catch (error) { spaces.replaceChildren(troubleNote(error, () => chooseSpaces.click())); }
    } }, "Change the spaces");
    spaces.append(chooseSpaces);
    return changeForm([el("div", { class: "narrow" }, labelledField("Name", name)), spaces, settings.node],
      async (refuse) => {
      const wrong = chooser?.fault() ?? settings.fault() ?? (name.value.trim() ? null : "Give it a name.");
      if (wrong) return refuse(wrong);
      const change = { ...(name.value.trim() !== data.name && { name: name.value.trim() }), ...settings.value(),
        ...(chooser && { spaces: chooser.value() }) };
      if (!Object.keys(change).length) return refuse("Nothing was changed.");
      ({ body: data, etag: tag } = await changeSource(source.id, tag, change));
      return true;
    }, async () => { tag = (await readTagged(source.id)).etag; });
  }

  async function secretForm() {
    let { body: data, etag: tag } = await readTagged(source.id);
    const email = data.auth.type === "basic" && el("input",
      { id: "edit-email", autocomplete: "off", spellcheck: "false", value: data.auth.email ?? "" });
    const secret = el("input", { id: "edit-secret", type: "password", autocomplete: "new-password" });
    return changeForm(el("div", { class: "stack narrow" }, email && labelledField("Account", email),
      labelledField(data.auth.type === "basic" ? "New token or password" : "New token", secret,
        "The present one stays until this one is saved. It is never shown again.")),
    async (refuse) => {
      if (!secret.value) { secret.focus(); return refuse("Give the new token."); }
      ({ body: data, etag: tag } = await changeSource(source.id, tag,
        { auth: email && email.value.trim() !== data.auth.email
        ? { type: "basic", email: email.value.trim(), secret: secret.value } : { secret: secret.value } }));
      return true;
    }, async () => { tag = (await readTagged(source.id)).etag; });
  }

  // Somebody else's change meanwhile is never written over unseen.
  function changeForm(fields, save, refresh) {
    const said = el("div", {});
    const refuse = (words) => { said.replaceChildren(el("p", { class: "field-error", role: "alert" },
      words)); return false; };
    return el("form", { class: "stack framed", novalidate: true, async onsubmit(event) {
      event.preventDefault();
      said.replaceChildren();
      try {
        if (!await save(refuse)) return;
        say("Saved");
        body.replaceChildren(el("p", { role: "status" }, "Saved. It counts from the next sync on."));
        changed();
      } catch (error) {
        if (error.status !== 412) { said.replaceChildren(troubleNote(error,
          () => event.target.requestSubmit())); return; }
        said.replaceChildren(el("div", { class: "problem", role: "alert" },
          el("p", {}, el("strong", {}, "Somebody else changed this source meanwhile."),
            " What you entered is kept. Save it over theirs, or load theirs and begin again."),
          el("button", { type: "button", async onclick() {
            try { await refresh(); event.target.requestSubmit(); } catch (problem) { said.replaceChildren(troubleNote(problem)); }
          } }, "Save mine"),
          el("button", { type: "button", onclick: () => { body.replaceChildren(); changed(); } }, "Load theirs")));
      }
    } }, fields, said, el("div", { class: "row" }, el("button", { type: "submit", class: "primary" }, "Save"),
      el("button", { type: "button", onclick: () => body.replaceChildren() }, "Cancel")));
  }

  async function end() {
    trouble.replaceChildren();
    const stored = countsByKind(source.documents);
    const sure = await askFirst({
      title: `Delete ${sourceName(source)}?`, yes: "Delete it", no: "Keep it",
      body: [
        el("p", {}, "Its address, its sign-in and its settings go. This cannot be undone."),
        el("fieldset", { class: "choices" }, el("legend", {}, `What is stored of it (${stored})`),
          el("label", { class: "check" }, el("input",
            { type: "radio", name: "documents", value: "keep", checked: true }),
            el("span", {}, "stays and is found as before, by those who could read it at the last sync")),
          el("label", { class: "check" }, el("input", { type: "radio", name: "documents", value: "remove" }),
            el("span", {}, "goes, too: out of search, answers and the index"))),
      ],
    });
    if (!sure) return;
    try {
      const job = await deleteSource(source.id, sure.get("documents"));
      say(job ? "Being removed" : "Deleted");
      go(job ? sourcesPlace(["job", job.id]) : sourcesPlace());
    } catch (error) { trouble.replaceChildren(troubleNote(error, end)); }
  }
  return section;
}
