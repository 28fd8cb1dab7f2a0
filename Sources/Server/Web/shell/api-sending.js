/** Sending what must arrive once, and files. */
import { callerHeaders, decoded, Problem, problemOf, refused, request, tellPage, unreached } from "./api.js";

/**
 * POST that may be repeated: every attempt has one `Idempotency-Key`, so what it makes is made once.
 *
 * Tried again when nothing answered or the server was too busy, twice and soon; after that the caller's “Retry” may
 * bring the same `key` along.
 */
export async function postOnce(path, body, { signal, key = newKey(), attempts = 3, ...options } = {}) {
  const headers = { ...options.headers, "Idempotency-Key": key };
  for (let attempt = 1; ; attempt += 1) {
    try {
      return decoded(await request(path, { method: "POST", json: body, signal, ...options, headers }));
    } catch (error) {
      const again = error instanceof Problem && [0, 502, 503, 504].includes(error.status);
      if (!again || attempt >= attempts || signal?.aborted) throw error;
      await new Promise((done) => setTimeout(done, 400 * attempt * attempt));
    }
  }
}

/** A key for `postOnce`, where a form keeps it for its own “Retry”. */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)),
  (byte) => byte.toString(16).padStart(2, "0")).join("");

/**
 * Sends a file (or another Blob), telling how far it is: `sent(bytes, total)`. Decoded, or a Problem thrown.
 *
 * By XMLHttpRequest, because fetch does not tell how much has been sent.
 */
export function upload(path, file, { method = "POST", type, headers = {}, sent, signal } = {}) {
  const xhr = new XMLHttpRequest();
  xhr.open(method, path);
  for (const [name, value] of [...callerHeaders(), ...new Headers(headers)]) xhr.setRequestHeader(name, value);
  xhr.setRequestHeader("Content-Type", type || file.type || "application/octet-stream");
  return new Promise((resolve, reject) => {
    signal?.addEventListener("abort", () => xhr.abort(), { once: true });
    if (sent) xhr.upload.onprogress = (event) => sent(event.loaded, event.total);
    xhr.onabort = () => reject(new DOMException("Cancelled", "AbortError"));
    xhr.onerror = () => reject(unreached());
    xhr.onload = async () => {
      tellPage("reached");
      const read = () => JSON.parse(xhr.responseText);
      if (xhr.status < 300) return resolve(xhr.responseText ? read() : null);
      reject(refused(await problemOf(xhr.status, xhr.getResponseHeader("Retry-After"), read)));
    };
    xhr.send(file);
  });
}
