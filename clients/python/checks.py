"""Drives `millrace.py` against a running server; `scripts/check-clients` starts it.

    python3 checks.py ADDRESS ADDRESS_OF_A_CUTTING_PROXY KEY KEY_FOR_SEARCH_ALONE \\
      ADDRESS_OF_A_PROXY_THAT_CUTS_UPLOADS KEY_OF_AN_ADMINISTRATOR
"""
import io
import json
import platform
import sys
import time

from millrace import EventParser, LostConnectionError, Millrace, MillraceError, ProblemError

QUESTION = "Hotel limit per night in Europe?"
address, cutting, key, narrow_key, cutting_uploads, admin_key = sys.argv[1:7]
millrace = Millrace(address, api_key=key)
count = 0


def check(name, condition):
    global count
    count += 1
    if not condition:
        sys.exit(f"millrace.py: {name}: not so")


def refused(call, kind):
    """The error that the call is refused with, which must be of that class."""
    try:
        call()
    except MillraceError as error:
        check(f"{error!r} is {kind.__name__}", isinstance(error, kind))
        return error
    sys.exit(f"millrace.py: {kind.__name__} expected: not so")


def check_parser():
    sample = ("\ufeff: x\r\n\r\nevent: a\rdata: ü🚂\rdata:  b\r\r\ndata: c\n\nevent: none\n\ndata\n\n"
              "data: never ended").encode()
    expected = [("a", "ü🚂\n b"), ("message", "c"), ("message", "")]
    for split in range(len(sample) + 1):
        parser = EventParser()
        check(f"a stream split at {split}", parser.push(sample[:split]) + parser.push(sample[split:]) == expected)


def check_searching():
    check("there are documents", millrace.status()["documents"] > 0)
    check("the key is known", not millrace.caller()["anonymous"])
    found = millrace.search("hotel limit", limit=3)
    check("something is found", 0 < len(found["results"]) <= 3)
    first = found["results"][0]
    check("a passage has its page around it", "before" in millrace.passage(first["chunk_id"]))
    answer = millrace.ask(QUESTION)
    check("there is an answer", not answer["abstained"] and answer["citations"])
    events = list(millrace.ask_stream(QUESTION))
    check("every kind of event comes",
          {"stage", "passages", "token", "answer", "done"} <= {name for name, _ in events})
    text = "".join(data["text"] for name, data in events if name == "token")
    check("the stream says the same", text.split() == dict(events)["answer"]["answer"].split())
    for name, _ in millrace.ask_stream(QUESTION):
        check("a loop may be left", name)
        break


def check_runs():
    flow = millrace.run("echo", "one", session="Montag/früh")["flow"]["id"]
    positions = [data["position"] for _, data in millrace.run_stream(flow, "two", session="Montag/früh")]
    check("positions have no gaps", positions == list(range(len(positions))))
    run = millrace.submit(flow, "three", idempotency_key="python", session="Montag/früh")
    again = millrace.submit(flow, "three", idempotency_key="python", session="Montag/früh")
    check("a key stands for one run", again["id"] == run["id"])
    check("a run ends", millrace.wait_for_run(run["id"])["state"] == "finished")
    check("it is listed", run["id"] in [one["id"] for one in millrace.stored_runs(flow=flow)["runs"]])
    check("one that has ended stays", millrace.cancel_run(run["id"])["state"] == "finished")
    through_cuts = Millrace(cutting, api_key=key, first_delay=0.001)
    check("events are taken up where they were lost",
          list(through_cuts.run_events(run["id"])) == list(millrace.run_events(run["id"])))
    return flow


def check_keeping(flow):
    kept = millrace.conversations(flow=flow)[0]
    check("a conversation is kept", kept["session"] == "Montag/früh" and kept["message_count"] == 6)
    page = millrace.messages(flow, kept["session"], limit=2)
    check("its messages are read", [one["text"] for one in page["messages"]] == ["three", "three"])
    check("it is named", millrace.rename_conversation(flow, kept["session"], "Mühle")["title"] == "Mühle")
    millrace.delete_conversation(flow, kept["session"])
    check("it is deleted", millrace.conversations(flow=flow) == [])
    millrace.upload(flow, "Plan der Mühle.txt", b"hello")
    check("a file is listed", millrace.files(flow) == ["Plan der Mühle.txt"])
    check("a file is fetched", millrace.download(flow, "Plan der Mühle.txt") == b"hello")
    millrace.delete_file(flow, "Plan der Mühle.txt")
    check("a file is deleted", millrace.files(flow) == [])


def check_failures():
    empty = refused(lambda: millrace.ask("…"), ProblemError)
    check("a problem is told", empty.type == "urn:millrace:problem:empty-question" and empty.request_id)
    refused(lambda: millrace.search("x", colour="blue"), ProblemError)
    narrow = Millrace(address, token=lambda: narrow_key)
    check("a key is a bearer token too", narrow.search("hotel limit")["count"] > 0)
    check("a scope is missing", refused(lambda: narrow.ask(QUESTION), ProblemError).status == 403)
    tokens = iter([narrow_key + "x", narrow_key])
    refreshed = Millrace(address, token=lambda: next(tokens))
    check("another token is fetched once", refreshed.search("hotel limit")["count"] > 0)
    wrong = Millrace(address, token=lambda: narrow_key + "x")
    check("a second refusal is told", refused(wrong.status, ProblemError).status == 401)
    nowhere = Millrace("http://127.0.0.1:9", attempts=2, first_delay=0.001)
    check("nobody was asked", refused(nowhere.status, LostConnectionError).failed_before_sending)
    impatient = Millrace(f"{cutting}/silent", attempts=1, timeout=0.1)
    refused(impatient.status, LostConnectionError)


def check_uploading():
    lines = "\n\n".join(f"Line {number} of the pergola register of python." for number in range(1_000))
    file = io.BytesIO(f"# Pergola register\n\n{lines}\n".encode())
    size = len(file.getvalue())
    given = {"name": "pergola-python.md", "readers": ["group:engineering"], "piece_bytes": 16_384}
    admin = Millrace(address, api_key=admin_key)
    # The first attempt of its own loses its connection, and nobody goes on.
    once = Millrace(cutting_uploads, api_key=admin_key, attempts=1)
    begun = []
    refused(lambda: once.ingest(file, progress=lambda upload, _: begun.append(upload), **given), LostConnectionError)
    kept = json.loads(json.dumps(begun[-1]))
    check("an upload is known before it is lost", kept["byte_count"] == size)
    told = []
    patient = Millrace(cutting_uploads, api_key=admin_key, first_delay=0.001)
    job = patient.ingest(file, resuming=kept, progress=lambda _, count: told.append(count), **given)
    check("it is gone on with, where it was", told[0] > 0 and told[-1] == size)
    check("nothing goes backwards", told == sorted(told))
    while admin.ingest_job(job["id"])["state"] in ("queued", "running"):
        time.sleep(0.05)
    state = admin.ingest_job(job["id"])["state"]
    check("what was sent is ingested", state == "finished")
    found = millrace.search("pergola register of python")["results"]
    check("what was sent is found", any("pergola" in one["title"].lower() for one in found))
    refused(lambda: admin.ingest(file, resuming=kept | {"byte_count": 1}, **given), MillraceError)
    refused(lambda: admin.ingest(io.BytesIO(b"x"), "x.exe", ["anyone"]), ProblemError)


check_parser()
check_searching()
check_keeping(check_runs())
check_uploading()
check_failures()
print(f"millrace.py: {count} checks passed with Python {platform.python_version()}")
