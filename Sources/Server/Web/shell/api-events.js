/** Requests that are answered by events. */
import { request } from "./api.js";
import { eventsOf } from "./events.js";

/** POST of JSON, answered by events: yields `{event, data}` until the server closes. */
export async function* postForEvents(path, body, signal) {
  yield* following(await request(path, { method: "POST", json: body, signal }));
}

/** GET, answered by events: yields `{event, data, id}` until the server closes; after the event `lastId`, if given. */
export async function* getEvents(path, signal, lastId) {
  yield* following(await request(path, { signal, headers: lastId ? { "Last-Event-ID": lastId } : {} }));
}

async function* following(response) {
  if (response.body) yield* eventsOf(response.body);
}
