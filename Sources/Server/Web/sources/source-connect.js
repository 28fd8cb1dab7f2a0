/** Where a source is and how Millrace signs in there: a form that tells each mistake at its field. */
import { el } from "../shell/dom.js";
import { labelledField } from "./source-parts.js";

const connectionKinds = [
  ["cloud", "Confluence Cloud", "https://example.atlassian.net"],
  ["data_center", "Confluence Data Center or Server", "https://wiki.example.org"],
];

/** The server's field names and the ids of the fields here. */
const fieldIDs = {
  name: "connect-name", base_url: "connect-address", kind: "connect-address", "auth.email": "connect-email",
    "auth.secret": "connect-secret",
  auth: "connect-secret", permissions: "connect-address",
};

/**
 * The fields of a connection. `kept`: the source as it is stored, whose secret stays unless another is given.
 * `value()` is what the server takes, `fault()` says what is missing and takes the keyboard there, `tell(problem)`
 * puts a refusal at its field.
 */
export function connectFields(kept = null) {
  const isCloud = () => kinds[0].checked;
  const kinds = connectionKinds.map(([value]) => el("input", {
    type: "radio", name: "connect-kind", value, onchange: fit,
    checked: kept ? (kept.dialect === "data-center") === (value === "data_center") : value === "cloud",
  }));
  const address = el("input", {
    id: "connect-address", type: "url", required: true, autocomplete: "off", spellcheck: "false",
      value: kept?.base_url ?? "",
    onchange: suggestName,
  });
  const name = el("input", { id: "connect-name", required: true, maxlength: "100", autocomplete: "off", dir: "auto",
    value: kept?.name ?? "" });
  const ways = el("select", { id: "connect-way", onchange: fit },
    el("option", { value: "bearer" }, "A personal access token"),
      el("option", { value: "basic" }, "A name and a password"));
  if (kept?.auth?.type === "basic") ways.value = "basic";
  const email = el("input", { id: "connect-email", autocomplete: "off", spellcheck: "false",
    value: kept?.auth?.email ?? "" });
  const secret = el("input", { id: "connect-secret", type: "password", autocomplete: "new-password",
    spellcheck: "false" });
  const waysField = labelledField("Sign in with", ways);
  const emailField = labelledField("E-mail of the account", email);
  const secretField = labelledField("API token", secret, " ");
  const node = el("div", { class: "stack narrow" },
    el("fieldset", { class: "choices" }, el("legend", {}, "What it is"),
      connectionKinds.map(([, words], index) => el("label", { class: "check" }, kinds[index],
        el("span", {}, words)))),
    labelledField("Address", address, " "),
    labelledField("Name", name, "What people see it called."),
    waysField, emailField, secretField);

  function fit() {
    const way = isCloud() ? "basic" : ways.value;
    waysField.hidden = isCloud();
    emailField.hidden = way === "bearer";
    emailField.querySelector("label").textContent = isCloud() ? "E-mail of the account" : "Name of the account";
    secretField.querySelector("label").textContent = isCloud() ? "API token" : way === "bearer"
      ? "Personal access token" : "Password";
    address.placeholder = connectionKinds[isCloud() ? 0 : 1][2];
    node.querySelector("#connect-address-note").textContent = "The address of the site or of any of its pages.";
    secretField.querySelector(".note").textContent = kept?.auth?.secret_set
      ? "One is kept. Leave this empty to keep it."
        : "It is never shown again. An account that may only read is best.";
  }

  // A name is only offered: one that was typed stays.
  function suggestName() {
    if (name.value) return;
    try { name.value = new URL(address.value).host; } catch { /* no address yet */ }
  }

  function mark(field, words) {
    field.setAttribute("aria-invalid", "true");
    const id = `${field.id}-fault`;
    field.parentElement.append(el("p", { class: "field-error", id, role: "alert" }, words));
    field.setAttribute("aria-errormessage", id);
    field.focus();
    return true;
  }
  function unmark() {
    for (const field of node.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.removeAttribute("aria-errormessage");
    }
    for (const note of node.querySelectorAll(".field-error")) note.remove();
  }
  fit();

  return {
    node,
    value() {
      const type = isCloud() ? "basic" : ways.value;
      return {
        kind: isCloud() ? "cloud" : "data_center", base_url: address.value.trim(), name: name.value.trim(),
        auth: { type, ...(type === "basic" && { email: email.value.trim() }),
          ...(secret.value && { secret: secret.value }) },
      };
    },
    fault() {
      unmark();
      const { base_url: url, name: called, auth } = this.value();
      if (!/^https?:\/\/[^\s/]+/.test(url)) return mark(address, "Give the address with https:// in front.");
      if (!called) return mark(name, "Give it a name.");
      if (auth.type === "basic" && !auth.email) return mark(email,
        isCloud() ? "Give the account’s e-mail." : "Give the account’s name.");
      if (!auth.secret && !kept?.auth?.secret_set) return mark(secret,
        "Give the token or password that Millrace signs in with.");
      return false;
    },
    tell(problem) {
      const id = problem.kind === "name-taken" ? "connect-name" : fieldIDs[problem.field];
      if (!id) return false;
      unmark();
      return mark(node.querySelector(`#${id}`), problem.kind === "name-taken" ? "Another source has this name."
        : problem.detail || problem.message);
    },
  };
}
