/** The map as the server sends it: a header in JSON, then columns of numbers, little-endian. */
import { get, request } from "../shell/api.js";

const pointsAtOnce = 100;
// What came last, so that coming back to the map asks only whether it is still the same.
let keptMap = null;

/**
 * Asks for the map. `{map}` with its columns, or `{progress, state}` while it is being made.
 *
 * A map: `header` as the API tells it, and `ids`, `x`, `y`, `space`, `kind` with one entry a point.
 */
export async function askForMap(signal) {
  const response = await request("v1/index/map", { signal, accepts: [304], ifNoneMatch: keptMap?.etag });
  if (response.status === 304) return { map: keptMap.map };
  if (response.status === 202) return response.json();
  const map = mapOf(await response.arrayBuffer());
  keptMap = { etag: response.headers.get("ETag"), map };
  return { map };
}

/** Another caller may read other points. */
export function forgetMap() {
  keptMap = null;
}

function mapOf(buffer) {
  const view = new DataView(buffer);
  const isOurs = buffer.byteLength >= 8 && view.getUint32(0, false) === 0x4d524d31;
  if (!isOurs) throw new Error("This is no map");
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, view.getUint32(4, true))));
  const { offsets, count } = header;
  return {
    header,
    ids: new Float64Array(buffer, offsets.ids, count), x: new Uint16Array(buffer, offsets.x, count),
    y: new Uint16Array(buffer, offsets.y, count), space: new Uint16Array(buffer, offsets.space, count),
    kind: new Uint8Array(buffer, offsets.kind, count),
  };
}

/** What the points are: title, space, excerpt. Each is asked for once; one that may not be read any more is null. */
export class MapPoints {
  #known = new Map();

  /** The point, if it is known already. */
  known(id) { return this.#known.get(id); }

  /** The points of these ids, in their order. */
  async all(ids, signal) {
    const missing = ids.filter((id) => !this.#known.has(id));
    for (let at = 0; at < missing.length; at += pointsAtOnce) {
      const some = missing.slice(at, at + pointsAtOnce);
      const { points } = await get(`v1/index/map/points?ids=${some.join(",")}`, signal);
      for (const id of some) this.#known.set(id, points.find((point) => point.id === id) ?? null);
    }
    return ids.map((id) => this.#known.get(id));
  }
}
