/** Reading and changing what others change, too: with the tag of what was read. */
import { decoded, request } from "./api.js";

/** GET, with the tag that a change must name: `{body, etag}`. */
export const getTagged = (path, signal) => tagged(request(path, { signal }));

/** PUT of JSON: `{body, etag}`. `options.ifMatch`: the tag of what is replaced. */
export const put = (path, body, options = {}) => tagged(request(path, { method: "PUT", json: body, ...options }));

/** PATCH of JSON: `{body, etag}`. `options.ifMatch`: the tag of what is changed. */
export const patch = (path, body, options = {}) => tagged(request(path, { method: "PATCH", json: body, ...options }));

async function tagged(promise) {
  const response = await promise;
  return { body: await decoded(response), etag: response.headers.get("ETag"), status: response.status };
}
