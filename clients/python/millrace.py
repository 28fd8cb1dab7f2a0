"""A Millrace server, for programs: search, questions, runs of flows, conversations and files.

One file over the standard library, for Python from version 3.10 on. What goes in and what comes out has the fields of
the HTTP API (docs/http-api.md); fields and events that this version does not know are passed on.

    millrace = Millrace("https://search.example.com", api_key=key)
    for name, data in millrace.ask_stream("In what time must a SEV1 page be acknowledged?"):
        if name == "token":
            print(data["text"], end="", flush=True)
"""
import codecs
import http.client
import json
import os
import random
import socket
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

LAST_RUN_EVENTS = ("finished", "failed", "cancelled")


class MillraceError(Exception):
    """Whatever a call fails of."""


class ProblemError(MillraceError):
    """The server refused, or failed, and says why (RFC 9457). `type` stays the same for a kind of problem."""

    def __init__(self, problem, status, retry_after=None):
        super().__init__(problem.get("detail") or problem.get("title") or f"status {status}")
        self.type = problem.get("type", "about:blank")
        self.title = problem.get("title", "")
        self.detail = problem.get("detail", "")
        self.status = status
        self.field = problem.get("field")
        self.limit = problem.get("limit")
        self.faults = problem.get("faults", [])
        self.retryable = problem.get("retryable") is True
        self.request_id = problem.get("request_id")
        self.retry_after = retry_after


class LostConnectionError(MillraceError):
    """The server was not reached, or the connection was lost or silent for too long.

    `failed_before_sending` is true where it is certain that the server was never asked.
    """

    def __init__(self, cause):
        super().__init__(str(cause))
        reason = getattr(cause, "reason", cause)
        self.failed_before_sending = isinstance(reason, (ConnectionRefusedError, socket.gaierror))


class CutOffError(MillraceError):
    """A stream ended before its last event."""


class FormatError(MillraceError):
    """An answer that is none of Millrace's, such as the page of a proxy."""

    def __init__(self, message, status):
        super().__init__(message)
        self.status = status


class EventParser:
    """Takes a `text/event-stream` apart, in whatever pieces its bytes arrive (WHATWG HTML, server-sent events)."""

    def __init__(self, limit=16 << 20):
        self._limit = limit
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")("replace")
        self._rest = ""
        self._ended_with_return = False
        self._name = ""
        self._data = []

    def push(self, data):
        """The events that end within `data`, as pairs of a name and a text."""
        text = self._decoder.decode(data)
        if not text:
            return []
        # An LF behind a CR that ended the last piece belongs to it.
        if self._ended_with_return and text[0] == "\n":
            text = text[1:]
        self._ended_with_return = text.endswith("\r")
        *lines, self._rest = (self._rest + text).replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if len(self._rest) + sum(map(len, self._data)) > self._limit:
            raise MillraceError(f"An event is larger than the limit of {self._limit} characters.")
        return [event for event in map(self._line, lines) if event]

    def _line(self, line):
        if not line:
            event = (self._name or "message", "\n".join(self._data)) if self._data else None
            self._name, self._data = "", []
            return event
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "event":
            self._name = value
        elif field == "data":
            self._data.append(value)
        return None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """The key of this server is not for any other."""

    def redirect_request(self, *_):
        return None


def _path(*segments):
    for segment in segments:
        # These mean another place in an address, however they are encoded.
        if segment in ("", ".", ".."):
            raise MillraceError(f"“{segment}” cannot be part of an address.")
    return "/" + "/".join(urllib.parse.quote(segment, safe="") for segment in segments)


def _query(**parameters):
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"?{urllib.parse.urlencode(given)}" if given else ""


def _leaves_upload_open(error):
    """Whether an upload may go on after a failure."""
    if isinstance(error, ProblemError):
        return error.status >= 500 or error.retryable or error.type.endswith(":mismatching-upload-offset")
    return isinstance(error, LostConnectionError) or isinstance(error, FormatError) and error.status >= 500


class Millrace:
    """A Millrace server. Every call may be made from any thread.

    `token` is a function that gives a bearer token; it is called again once after a 401. `timeout` is how long a call
    waits for the next byte, `silence` how long a stream may be silent, both in seconds; the server sends a sign of
    life every 15 s. `attempts` is how often a request is sent at most.
    """

    def __init__(self, url="http://127.0.0.1:8080", api_key=None, token=None, timeout=100, silence=45, attempts=4,
                 first_delay=0.5, longest_retry_after=60, response_limit=32 << 20):
        self._url = url.rstrip("/")
        self._api_key = api_key
        self._provider = token
        self._token = None
        self._timeout = timeout
        self._silence = silence
        self._attempts = attempts
        self._first_delay = first_delay
        self._longest_retry_after = longest_retry_after
        self._response_limit = response_limit
        self._opener = urllib.request.build_opener(_NoRedirects)

    # Searching and asking

    def status(self):
        """What there is to search, for this caller."""
        return self._json("GET", "/v1/status")

    def caller(self):
        """Who this client is to the server, and what it may do."""
        return self._json("GET", "/v1/me")

    def search(self, query, **fields):
        """Documents by meaning, by words, or by both: `mode`, `filters`, `limit`, `offset`."""
        return self._json("POST", "/v1/search", {"query": query, **fields})

    def passage(self, chunk_id):
        """A cited passage with its page's text around it."""
        return self._json("GET", _path("v1", "chunks", str(chunk_id), "context"))

    def ask(self, question, **fields):
        """A question's answer, whole: `conversation`, `filters`, `top_k`, `min_confidence`."""
        return self._json("POST", "/v1/ask", {"question": question, **fields})

    def ask_stream(self, question, **fields):
        """A question's answer as it is written: pairs of an event's name and its data.

        They are `stage`, `passages`, `token`, then `answer` and `done`. Leaving the loop ends the work.
        """
        is_answered = False
        for name, data in self._events("POST", "/v1/ask", {"question": question, **fields, "stream": True}):
            yield name, data
            if name == "done":
                return
            is_answered = is_answered or name == "answer"
        if not is_answered:
            raise CutOffError("The stream ended before the answer. Try again.")

    # Runs

    def run(self, flow, input=None, **fields):
        """Runs a flow, and waits for what it makes: `inputs`, `session`, `parameters`, `version`."""
        return self._json("POST", "/v1/runs", self._run(flow, input, fields))

    def run_stream(self, flow, input=None, **fields):
        """Runs a flow, and tells what happens as it happens. Leaving the loop ends the run."""
        body = self._run(flow, input, fields) | {"stream": True}
        for name, data in self._events("POST", "/v1/runs", body):
            yield name, data
            if name in LAST_RUN_EVENTS:
                return
        raise CutOffError("The stream ended before the run. Try again.")

    def submit(self, flow, input=None, idempotency_key=None, **fields):
        """Stores a run, to be carried out whether anybody waits or not. Under one key there is one run."""
        key = idempotency_key or str(uuid.uuid4())
        return self._json("POST", "/v1/runs", self._run(flow, input, fields) | {"async": True},
                          headers={"Idempotency-Key": key}, is_idempotent=True)

    def stored_run(self, run_id):
        """A stored run, as it stands."""
        return self._json("GET", _path("v1", "runs", run_id))

    def stored_runs(self, flow=None, state=None, after=None, limit=None):
        """The caller's stored runs, newest first; `next`, given as `after`, brings the next page."""
        return self._json("GET", "/v1/runs" + _query(flow=flow, state=state, after=after, limit=limit))

    def run_events(self, run_id, start=0):
        """What a stored run tells, from a position on to its last event.

        It is taken up behind the last one that was read when the connection is lost.
        """
        following, lost = start, 0
        while True:
            # What fails before there are events has been tried again already.
            response = self._open("GET", _path("v1", "runs", run_id, "events") + _query(**{"from": following}))
            try:
                for name, data in self._read(response):
                    if data["position"] < following:
                        continue
                    following, lost = data["position"] + 1, 0
                    yield name, data
                    if name in LAST_RUN_EVENTS:
                        return
                raise CutOffError("The stream ended before the run. Try again.")
            except (LostConnectionError, CutOffError, ProblemError) as error:
                lost += 1
                if lost >= self._attempts or isinstance(error, ProblemError) and not error.retryable:
                    raise
            self._pause(lost)

    def wait_for_run(self, run_id):
        """Waits until a stored run has ended, however it does, and gives it."""
        for _ in self.run_events(run_id):
            pass
        return self.stored_run(run_id)

    def cancel_run(self, run_id):
        """Ends a stored run."""
        return self._json("POST", _path("v1", "runs", run_id, "cancel"), is_idempotent=True)

    def retry_run(self, run_id):
        """Queues a failed or dead run once more."""
        return self._json("POST", _path("v1", "runs", run_id, "retry"))

    @staticmethod
    def _run(flow, input, fields):
        return {"flow": flow, **({} if input is None else {"input": input}), **fields}

    # Conversations

    def conversations(self, flow=None, limit=None):
        """The caller's conversations, the latest first."""
        return self._json("GET", "/v1/conversations" + _query(flow=flow, limit=limit))["conversations"]

    def messages(self, flow, session, before=None, limit=None):
        """A conversation's messages, oldest first; `previous`, given as `before`, brings those before."""
        return self._json("GET", _path("v1", "conversations", flow, session) + _query(before=before, limit=limit))

    def rename_conversation(self, flow, session, title):
        """Another name for a conversation; `None` takes it away."""
        return self._json("PATCH", _path("v1", "conversations", flow, session), {"title": title})

    def delete_conversation(self, flow, session):
        """Deletes a conversation."""
        self._send("DELETE", _path("v1", "conversations", flow, session))

    # Files of flows

    def upload(self, flow, name, data):
        """Sends a file to a flow, in the place of one of its name."""
        if not name or any(character < " " or character in '"/\\' for character in name):
            raise MillraceError("A file's name has no quotation marks, slashes and control characters.")
        boundary = f"millrace-{uuid.uuid4()}"
        head = (f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n")
        self._send("POST", _path("api", "v1", "files", "upload", flow),
                   head.encode() + data + f"\r\n--{boundary}--\r\n".encode(),
                   headers={"Content-Type": f"multipart/form-data; boundary={boundary}"}, is_idempotent=True)

    def files(self, flow):
        """The names of a flow's files."""
        return self._json("GET", _path("api", "v1", "files", "list", flow))["files"]

    def download(self, flow, name):
        """A file's bytes."""
        return self._send("GET", _path("api", "v1", "files", "download", flow, name))

    def delete_file(self, flow, name):
        """Deletes a file."""
        self._send("DELETE", _path("api", "v1", "files", "delete", flow, name))

    # Ingest

    def ingest(self, file, name=None, readers=(), is_dry_run=False, resuming=None, progress=None,
               piece_bytes=8 << 20):
        """Sends a space export or a document for ingest, in pieces, and gives the ingest job that reads it.

        `file` is a path, or a file that is open for reading bytes; it must not change meanwhile. It goes on where the
        server's bytes end when a connection is lost. `progress` is called with the upload, which can be kept as JSON,
        and the bytes that the server has; with the same upload as `resuming`, another program goes on with it, unless
        it has failed of a `ProblemError`. For callers with the scope `admin`.
        """
        if not hasattr(file, "read"):
            with open(file, "rb") as opened:
                return self.ingest(opened, name or os.path.basename(file), readers, is_dry_run, resuming, progress,
                                   piece_bytes)
        size = file.seek(0, os.SEEK_END)
        if resuming and resuming["byte_count"] != size:
            raise MillraceError(
                f"The file has {size} bytes, and had {resuming['byte_count']} when its upload began.")
        upload = resuming or self._begin_upload(size, name, readers, is_dry_run)
        offset, is_complete = self._upload_state(upload) if resuming else (0, False)
        attempt = 1
        while not is_complete:
            if progress:
                progress(upload, offset)
            file.seek(offset)
            piece = file.read(min(piece_bytes, size - offset))
            end = offset + len(piece)
            if not piece and offset < size:
                raise MillraceError("The file has become shorter while it was sent.")
            try:
                answer = self._send_piece(upload, piece, offset, end == size)
            except MillraceError as error:
                if not _leaves_upload_open(error) or attempt >= self._attempts:
                    raise
                self._pause(attempt, getattr(error, "retry_after", None))
                known, is_complete = self._upload_state(upload)
                attempt = 1 if known > offset else attempt + 1
                offset = known
                continue
            if end == size:
                if progress:
                    progress(upload, end)
                return answer
            offset, attempt = end, 1
        # Its last answer did not arrive.
        ended = self._json("GET", _path("v1", "uploads", upload["id"]))
        if (ended.get("status") or 0) >= 400:
            raise ProblemError(ended.get("result") or {}, ended["status"])
        return ended["result"]

    def ingest_job(self, job_id):
        """An ingest job, as it stands."""
        return self._json("GET", _path("v1", "ingest", "jobs", job_id))

    def cancel_upload(self, upload):
        """Gives an upload up; the server forgets what has come."""
        self._send("DELETE", _path("v1", "uploads", upload["id"]))

    def _begin_upload(self, size, name, readers, is_dry_run):
        """Begins an upload without any bytes, so that its address is known before one can be lost."""
        if not name:
            raise MillraceError("The file has no name; give one whose ending says what it is.")
        path = "/v1/ingest/uploads" + _query(
            name=name, readers=",".join(readers) or None, dry_run="true" if is_dry_run else None)
        headers = self._headers("POST", path, b"", {
            "Content-Type": "application/octet-stream", "Upload-Complete": "?0", "Upload-Length": str(size)})
        place = headers.get("Location")
        if not place:
            raise FormatError("The answer to a new upload names no place for it.", 201)
        return {"id": place.rsplit("/", 1)[-1], "byte_count": size}

    def _upload_state(self, upload):
        headers = self._headers("HEAD", _path("v1", "uploads", upload["id"]))
        offset = headers.get("Upload-Offset", "")
        if not offset.isdecimal() or int(offset) > upload["byte_count"]:
            raise FormatError("The answer does not say how far the upload is.", 200)
        return int(offset), headers.get("Upload-Complete") == "?1"

    def _send_piece(self, upload, piece, offset, is_last):
        # Sent again from wherever the server is by then.
        answer = self._send("PATCH", _path("v1", "uploads", upload["id"]), piece, {
            "Content-Type": "application/partial-upload", "Upload-Offset": str(offset),
            "Upload-Complete": "?1" if is_last else "?0"}, is_idempotent=False)
        return json.loads(answer) if is_last else None

    # Requests

    def _headers(self, method, path, data=None, headers=None):
        """The header of a response whose body says nothing."""
        def use(response):
            with response:
                response.read(self._response_limit)
                return response.headers

        return self._perform(method, path, data, headers, True, self._timeout, use)

    def _json(self, method, path, body=None, headers=None, is_idempotent=None):
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers = {"Content-Type": "application/json"} | (headers or {})
        answer = self._send(method, path, data, headers, is_idempotent)
        try:
            return json.loads(answer)
        except ValueError:
            raise FormatError(f"The answer to {method} {path} is no JSON.", 200) from None

    def _send(self, method, path, data=None, headers=None, is_idempotent=None):
        def use(response):
            with response:
                body = response.read(self._response_limit + 1)
            if len(body) > self._response_limit:
                raise MillraceError(f"The response is larger than the limit of {self._response_limit} bytes.")
            return body

        return self._perform(method, path, data, headers, is_idempotent, self._timeout, use)

    def _events(self, method, path, body):
        return self._read(self._open(
            method, path, json.dumps(body).encode(), {"Content-Type": "application/json"}))

    def _open(self, method, path, data=None, headers=None):
        headers = {"Accept": "text/event-stream"} | (headers or {})
        return self._perform(method, path, data, headers, None, self._silence, lambda response: response)

    @staticmethod
    def _read(response):
        """The events of a response. What is lost once they have begun is the caller's to take up."""
        parser = EventParser()
        with response:
            while True:
                try:
                    piece = response.read1(65_536)
                except (OSError, http.client.HTTPException) as error:
                    raise LostConnectionError(error) from error
                if not piece:
                    return
                for name, text in parser.push(piece):
                    try:
                        data = json.loads(text)
                    except ValueError:
                        raise FormatError(f"The data of the event “{name}” is no JSON.", 200) from None
                    if name == "error":
                        raise ProblemError(data, data.get("status", 0))
                    yield name, data

    def _perform(self, method, path, data, headers, is_idempotent, timeout, use):
        """Sends a request, again where that may help, until `use` has what it wants of the response."""
        if is_idempotent is None:
            is_idempotent = method != "POST"
        attempt, has_fresh_token, is_uncertain = 1, False, False
        while True:
            token = self._bearer()
            try:
                return use(self._begin(method, path, data, headers, timeout, token))
            except (ProblemError, FormatError) as error:
                failure, status = error, error.status
            except (OSError, http.client.HTTPException) as error:
                failure, status = LostConnectionError(error), 0
            if status == 401 and token and not has_fresh_token:
                has_fresh_token = True
                # Another thread may have fetched another one meanwhile.
                if self._token == token:
                    self._token = None
                continue
            # What is gone after an attempt whose end is not known was deleted by that attempt.
            if status == 404 and method == "DELETE" and is_uncertain:
                return b""
            wait = getattr(failure, "retry_after", None)
            is_lost = isinstance(failure, LostConnectionError)
            is_worthwhile = (status == 429 or status == 503 and wait is not None
                             or is_lost and failure.failed_before_sending
                             or is_idempotent and (is_lost or 502 <= status <= 504))
            if not is_worthwhile or attempt >= self._attempts or (wait or 0) > self._longest_retry_after:
                raise failure
            is_uncertain = is_uncertain or is_lost or status in (502, 504)
            self._pause(attempt, wait)
            attempt += 1

    def _begin(self, method, path, data, headers, timeout, token):
        request = urllib.request.Request(
            self._url + path, data=data, method=method, headers={"Accept": "application/json"} | (headers or {}))
        if self._api_key:
            request.add_unredirected_header("X-API-Key", self._api_key)
        if token:
            request.add_unredirected_header("Authorization", f"Bearer {token}")
        try:
            return self._opener.open(request, timeout=timeout)
        except urllib.error.HTTPError as error:
            with error:
                body = error.read(1 << 20)
            try:
                problem = json.loads(body)
            except ValueError:
                problem = None
            if not isinstance(problem, dict) or "type" not in problem:
                raise FormatError(f"The answer, of status {error.code}, is none of Millrace's.", error.code) from None
            wait = error.headers.get("Retry-After", "")
            raise ProblemError(problem, error.code, int(wait) if wait.isdecimal() else None) from None

    def _bearer(self):
        if self._provider is None:
            return None
        token = self._token
        if token is None:
            token = self._token = self._provider()
        return token

    def _pause(self, attempt, retry_after=None):
        if retry_after is None:
            time.sleep(min(20, self._first_delay * 2 ** (attempt - 1)) * random.uniform(0.5, 1))
        else:
            time.sleep(retry_after * random.uniform(1, 1.1))
