/**
 * Drives `millrace.js` against a running server; `scripts/check-clients` starts it.
 *
 *     node checks.mjs ADDRESS ADDRESS_OF_A_CUTTING_PROXY KEY KEY_FOR_SEARCH_ALONE \
 *       ADDRESS_OF_A_PROXY_THAT_CUTS_UPLOADS KEY_OF_AN_ADMINISTRATOR
 */
import assert from "node:assert/strict";
import * as library from "./millrace.js";

const { MillraceClient, EventParser, ProblemError, ConnectionError, SilenceError } = library;
const [address, cutting, apiKey, narrowKey, cuttingUploads, adminKey] = process.argv.slice(2);
const question = "Hotel limit per night in Europe?";
const millrace = new MillraceClient({ baseURL: address, apiKey });
let count = 0;

const check = (name, holds) => {
  count += 1;
  assert.ok(holds, name);
};

/** What `work` rejects with, which must be of that class. */
const refused = async (work, kind) => {
  count += 1;
  try {
    await work();
  } catch (error) {
    assert.ok(error instanceof kind, `${error?.stack} is no ${kind.name}`);
    return error;
  }
  return assert.fail(`${kind.name} expected`);
};

const checkParser = () => {
  const sample = ": x\r\n\r\nevent: a\rdata: ü🚂\rdata:  b\r\r\ndata: c\n\nevent: none\n\ndata\n\ndata: never ended";
  const expected = [
    { name: "a", data: "ü🚂\n b" }, { name: "message", data: "c" }, { name: "message", data: "" },
  ];
  assert.deepEqual(new EventParser().push(sample), expected);
  for (let split = 0; split <= sample.length; split += 1) {
    const parser = new EventParser();
    assert.deepEqual([...parser.push(sample.slice(0, split)), ...parser.push(sample.slice(split))], expected, `${split}`);
  }
  const parser = new EventParser();
  assert.deepEqual([...sample].flatMap((character) => parser.push(character)), expected);
  assert.throws(() => new EventParser(10).push("data: 0123456789"));
};

const checkSearching = async () => {
  const status = await millrace.status();
  check("there are documents", status.documents > 0);
  check("the key is known", !(await millrace.caller()).anonymous);
  const found = await millrace.search({ query: "hotel limit", limit: 3, mode: "hybrid" });
  check("something is found", found.results.length > 0 && found.results.length <= 3);
  const [first] = found.results;
  check("highlights lie in the snippet", first.highlights.every(([start, end]) => start < end && end <= first.snippet.length));
  const passage = await millrace.passage(first.chunk_id);
  check("a passage has its page around it", passage.text === first.text && typeof passage.before === "string");
  check("a query alone is a search", (await millrace.search("hotel limit")).count === found.count);
};

const checkAsking = async () => {
  const answer = await millrace.ask(question);
  check("there is an answer", !answer.abstained && answer.citations.length > 0);
  check("markers are where they are said to be",
    answer.markers.every(({ citation, range: [start, end] }) => answer.answer.slice(start, end) === `[${citation}]`));
  const names = new Set();
  let text = "";
  let last;
  for await (const { name, data } of millrace.askStream({ question })) {
    names.add(name);
    if (name === "token") text += data.text;
    if (name === "answer") last = data;
  }
  check("every kind of event comes", ["stage", "passages", "token", "answer", "done"].every((name) => names.has(name)));
  check("the stream says the same", text.replace(/\s/g, "") === last.answer.replace(/\s/g, ""));
  for await (const event of millrace.askStream(question)) { check("a loop may be left", event.name); break; }
};

const checkRuns = async () => {
  const flow = (await millrace.run({ flow: "echo", input: "one", session: "Montag/früh" })).flow.id;
  const positions = [];
  for await (const { data } of millrace.runStream({ flow, input: "two", session: "Montag/früh" })) positions.push(data.position);
  assert.deepEqual(positions, positions.map((_, index) => index));
  const run = await millrace.submit({ flow, input: "three", session: "Montag/früh" }, { idempotencyKey: "js" });
  check("a key stands for one run",
    (await millrace.submit({ flow, input: "three", session: "Montag/früh" }, { idempotencyKey: "js" })).id === run.id);
  // As on a page of plain http.
  Object.defineProperty(crypto, "randomUUID", { value: undefined, configurable: true });
  const keys = await Promise.all([1, 2].map(() => millrace.submit({ flow: "question-answering", input: question })));
  check("each run has a key of its own", keys[0].id !== keys[1].id);
  const ended = await millrace.waitForRun(run.id);
  check("a run ends", ended.state === "finished" && ended.result.outputs[0].message.text === "three");
  check("it is listed", (await millrace.storedRuns({ flow })).runs.some(({ id }) => id === run.id));
  check("one that has ended stays", (await millrace.cancelRun(run.id)).state === "finished");
  const whole = [];
  for await (const { data } of millrace.runEvents(run.id)) whole.push(data.position);
  const patched = [];
  const throughCuts = new MillraceClient({ baseURL: cutting, apiKey, firstDelay: 1 });
  for await (const { data } of throughCuts.runEvents(run.id)) patched.push(data.position);
  assert.deepEqual(patched, whole, "events are taken up where they were lost");
  return flow;
};

const checkKeeping = async (flow) => {
  const [kept] = await millrace.conversations({ flow });
  check("a conversation is kept", kept.session === "Montag/früh" && kept.message_count === 6);
  const page = await millrace.messages(flow, kept.session, { limit: 2 });
  check("its messages are read", page.messages.map(({ text }) => text).join() === "three,three");
  check("it is named", (await millrace.renameConversation(flow, kept.session, "Mühle")).title === "Mühle");
  await millrace.deleteConversation(flow, kept.session);
  check("it is deleted", (await millrace.conversations({ flow })).length === 0);
  await millrace.upload(flow, "Plan der Mühle.txt", "hello");
  check("a file is listed", (await millrace.files(flow)).join() === "Plan der Mühle.txt");
  check("a file is fetched", Buffer.from(await millrace.download(flow, "Plan der Mühle.txt")).toString() === "hello");
  await millrace.deleteFile(flow, "Plan der Mühle.txt");
  check("a file is deleted", (await millrace.files(flow)).length === 0);
};

const checkFailures = async () => {
  const empty = await refused(() => millrace.ask("…"), ProblemError);
  check("a problem is told", empty.type === "urn:millrace:problem:empty-question" && empty.status === 422 && empty.requestId);
  const field = await refused(() => millrace.search({ query: "x", colour: "blue" }), ProblemError);
  check("an unknown field is a problem", field.type === "urn:millrace:problem:unknown-field");
  const narrow = new MillraceClient({ baseURL: address, token: () => narrowKey });
  check("a key is a bearer token too", (await narrow.search("hotel limit")).count > 0);
  check("a scope is missing", (await refused(() => narrow.ask(question), ProblemError)).status === 403);

  let asked = 0;
  const refreshed = new MillraceClient({ baseURL: address, token: () => (asked++ ? narrowKey : `${narrowKey}x`) });
  check("another token is fetched once", (await refreshed.search("hotel limit")).count > 0 && asked === 2);
  const wrong = new MillraceClient({ baseURL: address, token: () => `${narrowKey}x` });
  check("a second refusal is told", (await refused(() => wrong.status(), ProblemError)).status === 401);

  const nowhere = new MillraceClient({ baseURL: "http://127.0.0.1:9", attempts: 2, firstDelay: 1 });
  await refused(() => nowhere.status(), ConnectionError);
  const impatient = new MillraceClient({ baseURL: `${cutting}/silent`, attempts: 1, responseTimeout: 100 });
  await refused(() => impatient.status(), SilenceError);
  const reason = new Error("not wanted any more");
  const stopped = await refused(() => millrace.ask(question, { signal: AbortSignal.abort(reason) }), Error);
  check("the signal's reason is told", stopped === reason);
  await refused(() => millrace.messages("echo", ".."), library.MillraceError);
};

const checkUploading = async () => {
  const lines = Array.from({ length: 1000 }, (_, number) => `Line ${number} of the pergola register of javascript.`);
  const file = new Blob([`# Pergola register\n\n${lines.join("\n\n")}\n`]);
  const admin = new MillraceClient({ baseURL: address, apiKey: adminKey });
  const options = { name: "pergola-javascript.md", readers: ["group:engineering"], pieceBytes: 16_384 };
  // The first attempt of its own loses its connection, and nobody goes on.
  const once = new MillraceClient({ baseURL: cuttingUploads, apiKey: adminKey, attempts: 1 });
  let begun;
  await refused(() => once.ingest(file, { ...options, onProgress: ({ upload }) => { begun = upload; } }), ConnectionError);
  const kept = JSON.parse(JSON.stringify(begun));
  check("an upload is known before it is lost", kept.byteCount === file.size && kept.id);
  const told = [];
  const patient = new MillraceClient({ baseURL: cuttingUploads, apiKey: adminKey, firstDelay: 1 });
  const job = await patient.ingest(file, {
    ...options, resuming: kept, onProgress: ({ sentByteCount }) => told.push(sentByteCount),
  });
  check("it is gone on with, where it was", told[0] > 0 && told.at(-1) === file.size);
  check("nothing goes backwards", told.every((count, index) => index === 0 || count >= told[index - 1]));
  let state;
  do {
    ({ state } = await admin.ingestJob(job.id));
    await new Promise((resolve) => { setTimeout(resolve, 50); });
  } while (["queued", "running"].includes(state));
  check("what was sent is ingested", state === "finished");
  const found = await millrace.search("pergola register of javascript");
  check("what was sent is found", found.results.some(({ title }) => /pergola/i.test(title)));
  await refused(() => admin.ingest(file, { ...options, resuming: { ...kept, byteCount: 1 } }), library.MillraceError);
  await refused(() => admin.ingest(new Blob(["x"]), { name: "x.exe", readers: ["anyone"] }), ProblemError);
};

checkParser();
await checkSearching();
await checkAsking();
await checkKeeping(await checkRuns());
await checkUploading();
await checkFailures();
console.log(`millrace.js: ${count} checks passed with Node ${process.version}`);
