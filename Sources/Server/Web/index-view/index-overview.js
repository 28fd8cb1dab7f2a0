/** What the index holds, how well it finds, how fast, and what is in it. */
import { get } from "../shell/api.js";
import { el } from "../shell/dom.js";
import { ago, count, kindName } from "../shell/format.js";
import { accessHeading, cardTable, fillFrom } from "../access/access-parts.js";
import { bytesText, drawn, figureList, millis, percent, viewPart, whole } from "./index-parts.js";
import { latencyFigures } from "./index-latency.js";

const recallPause = 3000;

export function indexOverview({ shell }) {
  const body = el("div", { class: "stack" });
  const recall = el("div", { class: "stack" });
  let stop = null;
  let timer = 0;

  const load = () => {
    stop?.();
    stop = fillFrom(body, (signal) => get("v1/index", signal), (index) => {
      showRecall(index);
      return overviewParts(index, recall);
    });
  };

  // What is being measured comes by itself; the rest stands still under the reader's eyes.
  function showRecall(index) {
    recall.replaceChildren(recallFigure(index));
    clearTimeout(timer);
    if (index.recall_state === "measured" || !index.vectors.count) return;
    timer = setTimeout(async () => {
      try {
        const now = await get("v1/index");
        if (!recall.isConnected) return;
        showRecall(now);
        if (now.recall_state === "measured") shell.announce(`Recall is measured: ${percent(now.recall?.value)}`);
      } catch { /* the shell tells of a server that is gone; “Refresh” asks again */ }
    }, recallPause);
  }

  return {
    node: el("div", { class: "stack" },
      accessHeading("Index", "What searches look through, and how well and how fast they find.",
        el("button", { type: "button", id: "index-refresh", onclick: load }, "Refresh")), body),
    show: load,
    leave() {
      stop?.();
      clearTimeout(timer);
    },
  };
}

function overviewParts(index, recall) {
  const { vectors, words, documents, latencies, caches } = index;
  if (!documents.passages && !vectors.count) {
    return [el("p", { class: "lead" }, "The index is empty."),
      el("p", {}, "Bring pages in under ", el("a", { href: "#sources" }, "Sources"), "; they are indexed as they come.")];
  }
  return [
    glance(index),
    viewPart("Recall", "Of the nearest passages that an exact search finds, how many the index finds. Measured on sampled passages.", recall),
    viewPart("Time taken", "Since the server began. The taller a bar, the more requests took that long.",
      latencyFigures(latencies)),
    viewPart("What is in it", `${count(documents.documents, "document")} in ${count(documents.passages, "passage")} that you may read.`,
      spaceTable(documents)),
    viewPart("How it is kept", null, keptTable(vectors, words)),
    caches?.length ? viewPart("Caches", "Answers to the same thing asked again.", cacheTable(caches)) : "",
  ];
}

function glance({ vectors, words, level, synced_at: synced }) {
  const memory = (vectors.resident_bytes ?? vectors.memory_bytes ?? 0) + (words.memory_bytes ?? 0);
  const disk = (vectors.disk_bytes ?? 0) + (vectors.log_bytes ?? 0) + (words.disk_bytes ?? 0) + (words.log_bytes ?? 0);
  return el("div", { class: "stack" }, figureList([
    ["vectors", whole(vectors.count), `${whole(vectors.dimension)} dimensions, ${vectors.element_type}`],
    ["in the word index", whole(words.count), count(words.terms, "term")],
    ["in memory", bytesText(memory), vectors.mapped_bytes ? `${bytesText(vectors.mapped_bytes)} mapped from disk` : null],
    ["on disk", bytesText(disk), vectors.log_changes ? `${count(vectors.log_changes, "change")} not yet folded in` : null],
    ["changes so far", whole(level.vectors_generation), `${whole(level.words_generation)} of the word index`],
    synced && ["last sync", el("span", { class: "figure-words" }, ago(synced))],
  ]), levelNote(level));
}

// Passages, vectors and words have to tell of the same documents.
function levelNote(level) {
  if (level.is_level) {
    return el("p", { class: "said" }, `In step: all ${count(level.passages, "passage")} can be found by meaning and by words.`);
  }
  return el("p", { class: "warning" }, `Out of step: ${whole(level.passages)} passages are stored, ${whole(level.vectors)} can be `
    + `found by meaning, ${whole(level.words)} by words. This evens out while pages are read in; if it stays, ingest again.`);
}

function recallFigure({ recall, recall_state: state, vectors }) {
  if (!vectors.count) return el("p", { class: "note" }, "There is nothing to measure yet.");
  if (!recall) {
    return el("p", { class: "note", role: "status" }, state === "measuring" ? "Being measured …" : "Waiting to be measured …");
  }
  const { value, low, high, k } = recall;
  return el("div", { class: "recall" },
    el("p", { class: "big-fact" }, percent(value), " ", el("span", { class: "note" }, `recall@${k}, 95 % interval ${percent(low)} to ${percent(high)}`)),
    recallBar(recall),
    el("p", { class: "note" }, `${count(recall.sampled, "passage")} sampled of ${whole(recall.vectors)}, `
      + `search width ${recall.ef_search}, measured ${ago(recall.measured_at) ?? "now"} in ${millis(recall.took_ms)}`
      + `${state === "measuring" ? "; being measured again" : ""}.`));
}

// From the lowest that matters to all of them: the last tenths are where indexes differ.
function recallBar({ value, low, high }) {
  const floor = Math.min(0.9, Math.floor(low * 10) / 10);
  const x = (share) => ((share - floor) / (1 - floor)) * 100;
  const line = (name, from, to) => drawn("line", { class: name, x1: `${x(from)}%`, x2: `${x(to)}%`, y1: 8, y2: 8 });
  return el("div", { class: "recall-bar", "aria-hidden": "true" },
    drawn("svg", { height: 16 }, line("lane", floor, 1), line("whisker", low, high),
      drawn("circle", { class: "dot", cx: `${x(value)}%`, cy: 8, r: 5 })),
    el("div", { class: "chart-ends note" }, el("span", {}, percent(floor)), el("span", {}, percent(1))));
}

function spaceTable({ spaces, passages }) {
  const kinds = [...new Set(spaces.flatMap((space) => Object.keys(space.kinds)))];
  const heads = ["Space", "Documents", "Passages", ...kinds.map((kind) => `in ${kindName(kind)}s`), "Share"];
  const most = Math.max(1, ...spaces.map((space) => space.passages));
  return cardTable("Documents and passages by space", heads, [...spaces].sort((a, b) => b.passages - a.passages)
    .map((space) => [el("span", { dir: "auto", class: "isolated" }, space.name || space.key),
      whole(space.documents), whole(space.passages), ...kinds.map((kind) => whole(space.kinds[kind] ?? 0)),
      el("div", { class: "share" }, el("meter", { max: most, value: space.passages, "aria-label": `Passages in ${space.name || space.key}` }),
        percent(passages ? space.passages / passages : 0))]), { class: "cards-table numbers-table" });
}

function keptTable(vectors, words) {
  const rows = [
    ["Entries", whole(vectors.count), whole(words.count)],
    ["Deleted, not yet swept", whole(vectors.deleted), whole(words.deleted)],
    ["Kept as", `${vectors.element_type}, ${vectors.metric}, ${bytesText(vectors.bytes_per_vector)} each`,
      `${count(words.memory_segments, "segment")} in memory, ${words.disk_segments} on disk`],
    ["Graph", `${count(vectors.layers, "layer")}, M ${vectors.m}, built with ${vectors.ef_construction}, searched with ${vectors.ef_search}`,
      `${bytesText(words.postings_bytes)} of postings`],
    ["In memory", `${bytesText(vectors.resident_bytes)} of ${bytesText(vectors.memory_bytes)}`, bytesText(words.memory_bytes)],
    ["On disk", bytesText(vectors.disk_bytes), bytesText(words.disk_bytes)],
    ["Log", `${bytesText(vectors.log_bytes)}, ${count(vectors.log_changes, "change")}`, bytesText(words.log_bytes)],
  ];
  return cardTable("How vectors and words are kept", ["", "Vectors", "Words"].map((head) => head || el("span", { class: "unseen" }, "What")), rows);
}

function cacheTable(caches) {
  return cardTable("Caches", ["Cache", "Hit rate", "Hits", "Misses", "Shared", "Entries", "Size", "Evicted", "Outdated"],
    caches.map((cache) => [cache.name, cache.hits + cache.misses ? percent(cache.hits / (cache.hits + cache.misses)) : "–",
      whole(cache.hits), whole(cache.misses), whole(cache.shared), whole(cache.entries), bytesText(cache.bytes),
      whole(cache.evictions), whole(cache.invalidations)]), { class: "cards-table numbers-table" });
}
