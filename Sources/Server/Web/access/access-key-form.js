/** Making a key: its name, what it may do, for whom it stands, until when. */
import { get, Problem, post } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { accessField, accessHeading, accessLink, accessPlace, accessRights } from "./access-parts.js";
import { principalFault, principalsIn } from "./access-principals.js";
import { showSecret } from "./access-secret.js";

const lifetimes = [[7, "for a week"], [30, "for 30 days"], [90, "for 90 days"], [365, "for a year"],
  ["", "until it is ended"]];

export function keyFormView({ shell }) {
  const name = accessField("Name", el("input", { id: "key-name", maxlength: "200", autocomplete: "off", dir: "auto" }),
    "What it is for, such as “wiki bot”.");
  const suggestions = el("datalist", { id: "known-principals" });
  const principals = accessField("Stands for", el("input", {
    id: "key-principals", autocomplete: "off", spellcheck: "false", dir: "auto", list: "known-principals",
    placeholder: "group:confluence-users",
  }), "Users and groups, separated by commas. The key reads what they may read; without any, what everybody may.");
  const lifetime = accessField("Good", el("select", { id: "key-lifetime" }, lifetimes.map(([days, words]) =>
    el("option", { value: days, selected: days === 90 }, words))));
  const perMinute = accessField("Requests a minute", numberField("key-per-minute", 1_000_000),
    "Empty for no limit of its own.");
  const atOnce = accessField("Questions and flows at a time", numberField("key-at-once", 1024),
    "Empty for no limit of its own.");
  const boxes = accessRights.map(([scope, words]) => [scope, words, el("input", {
    type: "checkbox", id: `key-may-${scope}`, checked: scope === "search" || scope === "ask",
  })]);
  const rightsFault = el("p", { class: "field-fault", id: "key-may-fault" });
  const warning = el("p", { class: "warning", role: "status" });
  const trouble = el("p", { class: "field-fault", role: "alert" });
  const submit = el("button", { type: "submit", class: "primary", id: "key-make" }, "Make the key");
  const byName = { name, principals, expires_in_days: lifetime, requests_per_minute: perMinute, concurrent_runs: atOnce };

  const chosen = () => boxes.filter(([, , box]) => box.checked).map(([scope]) => scope);
  const warn = () => {
    warning.textContent = !chosen().includes("admin") ? ""
      : `Whoever has this key may do everything here${lifetime.field.value ? "" : ", and it never runs out"}.`;
  };

  const form = el("form", { class: "stack slim", novalidate: true },
    name.node,
    el("fieldset", { "aria-describedby": "key-may-fault" }, el("legend", {}, "May"),
      boxes.map(([scope, words, box]) => el("label", { class: "check" }, box,
        el("span", {}, words, " ", el("code", {}, scope)))), rightsFault),
    warning, principals.node, suggestions, lifetime.node,
    el("details", { class: "limits" }, el("summary", {}, "Limits"),
      el("div", { class: "stack" }, perMinute.node, atOnce.node)),
    trouble,
    el("div", { class: "row" }, submit, accessLink("Cancel", ["keys"], {}, { class: "button" })));
  form.addEventListener("change", warn);
  form.addEventListener("submit", (event) => { event.preventDefault(); make(); });

  // Returns the first field that something is wrong with.
  function faults() {
    for (const field of Object.values(byName)) field.fault("");
    rightsFault.textContent = "";
    if (!name.field.value.trim()) name.fault("Give it a name, so that others know what ends when it does.");
    if (!chosen().length) rightsFault.textContent = "A key that may do nothing is good for nothing: choose at least one.";
    principals.fault(principalFault(principals.field.value));
    for (const [field, most] of [[perMinute, 1_000_000], [atOnce, 1024]]) {
      const value = Number(field.field.value || 1);
      const fits = Number.isInteger(value) && value >= 1 && value <= most && !field.field.validity.badInput;
      if (!fits) field.fault(`A whole number from 1 to ${most.toLocaleString("en")}.`);
    }
    return form.querySelector("[aria-invalid]") ?? (rightsFault.textContent ? boxes[0][2] : null);
  }

  async function make() {
    const wrong = faults();
    if (wrong) return showFault(wrong);
    submit.disabled = true;
    trouble.textContent = "";
    const number = (field) => (field.field.value ? Number(field.field.value) : undefined);
    try {
      const made = await post("v1/keys", {
        name: name.field.value.trim(), scopes: chosen(), principals: principalsIn(principals.field.value),
        expires_in_days: number(lifetime), requests_per_minute: number(perMinute), concurrent_runs: number(atOnce),
      });
      form.reset();
      await showSecret(made);
      shell.go(accessPlace(["keys"]), { replace: true });
    } catch (error) {
      tellTrouble(error);
    }
    submit.disabled = false;
  }

  function tellTrouble(error) {
    const field = error instanceof Problem ? byName[error.field?.split(/[.[]/)[0]] : null;
    if (field) {
      field.fault(error.detail || error.message);
      return showFault(field.field);
    }
    // A key whose secret never arrived is of no use, but it is there.
    trouble.textContent = error.status === 0
      ? "The connection was lost: the key may have been made. Look through the list, end it if it is there, and make another."
      : `${error.message}. ${error.detail ?? ""}`;
  }

  function showFault(field) {
    field.closest("details")?.setAttribute("open", "");
    field.focus();
  }

  return {
    node: el("div", { class: "stack" }, accessHeading("Make a key"), form),
    async show() {
      try {
        const { members } = await get("v1/members?limit=500");
        suggestions.replaceChildren(...members.map(({ principal }) => el("option", { value: principal })));
      } catch { /* typed in full, then */ }
    },
  };
}

const numberField = (id, max) => el("input", { id, type: "number", min: "1", max, step: "1", inputmode: "numeric" });
