/** What the flow editor asks of the server. Every failure is a `Problem`, as in shell/api.js. */
import { del, get, post, request } from "../shell/api.js";
import { patch, put } from "../shell/api-changes.js";
import { getEvents, postForEvents } from "../shell/api-events.js";

const part = encodeURIComponent;

/** Flows, their versions and what they may be made of. */
export const flowsAPI = {
  list: (signal) => get("v1/flows?limit=500", signal),
  read: (id, version, signal) => get(`v1/flows/${part(id)}${version ? `?version=${version}` : ""}`, signal),
  create: (body) => post("v1/flows", body),
  save: async (id, body, signal) => (await put(`v1/flows/${part(id)}`, body, { signal })).body,
  remove: (id) => del(`v1/flows/${part(id)}`),
  versions: (id, before) => get(`v1/flows/${part(id)}/versions?limit=50${before ? `&before=${before}` : ""}`),
  publish: (id, version) => post(`v1/flows/${part(id)}/publish`, { version }),
  restore: (id, version) => post(`v1/flows/${part(id)}/restore`, { version }),
  components: () => get("v1/components"),
  check: (flow, signal) => post("v1/components/check", { flow }, signal),
  importExport: async (text, keep) => (await request(`v1/flows/import?keep=${keep}`, {
    method: "POST", body: text, headers: { "Content-Type": "application/json" },
  })).json(),
  langflow: async (id) => (await request(`api/v1/flows/${part(id)}`)).text(),
  variables: () => get("api/v1/variables/"),
};

/** Runs and what was said. */
export const runsAPI = {
  begin: (body) => post("v1/runs", { ...body, async: true, values: true }),
  recent: () => get("v1/runs?limit=100"),
  cancel: (id) => post(`v1/runs/${part(id)}/cancel`, {}),
  follow: (id, from, signal) => toldEvents(getEvents(`v1/runs/${part(id)}/events?from=${from}`, signal)),
  say: (body, signal) => toldEvents(postForEvents("v1/runs", { ...body, stream: true }, signal)),
  conversations: (flow) => get(`v1/conversations?flow=${part(flow)}&limit=100`),
  conversation: (flow, session) => get(`v1/conversations/${part(flow)}/${part(session)}?limit=100`),
  rename: (flow, session, title) => patch(`v1/conversations/${part(flow)}/${part(session)}`, { title }),
  forget: (flow, session) => del(`v1/conversations/${part(flow)}/${part(session)}`),
};

async function* toldEvents(events) {
  for await (const { event, data } of events) yield { event, ...data };
}

/** One sentence of what went wrong and what to do. */
export function inWords(problem) {
  if (problem.status === 401) {
    return "Your sign-in has ended. Sign in again, then repeat this; your work is kept in this browser.";
  }
  if (problem.status === 0 && problem.title) return `${problem.title}. ${problem.detail || ""}`.trim();
  return problem.detail || problem.title || problem.message || "Something went wrong; try it again.";
}
