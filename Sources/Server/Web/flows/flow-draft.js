/** Work that is not saved, kept in this browser until it is: after a crash, a reload or an ended sign-in it is offered. */

const draftKey = (id) => `millrace.flow.${id}`;

/** What is kept of a flow: `{at, base, doc, meta}`, or null. */
export function readDraft(id) {
  for (const name of [draftKey(id), `${draftKey(id)}.older`]) {
    try {
      const draft = JSON.parse(localStorage.getItem(name));
      if (Array.isArray(draft?.doc?.components) && Array.isArray(draft.doc.edges)) return draft;
    } catch { /* refused, or no draft */ }
  }
  return null;
}

/** Keeps it; false when the browser refuses. */
export function keepDraft(id, draft) {
  try {
    localStorage.setItem(draftKey(id), JSON.stringify({ ...draft, at: new Date().toISOString() }));
    return true;
  } catch { return false; }
}

/** While a draft is offered, new work must not take its place. */
export function setAsideDraft(id) {
  try {
    const text = localStorage.getItem(draftKey(id));
    if (text) localStorage.setItem(`${draftKey(id)}.older`, text);
    localStorage.removeItem(draftKey(id));
  } catch { /* refused */ }
}

export function dropDraft(id, { older = true } = {}) {
  try {
    localStorage.removeItem(draftKey(id));
    if (older) localStorage.removeItem(`${draftKey(id)}.older`);
  } catch { /* refused */ }
}
