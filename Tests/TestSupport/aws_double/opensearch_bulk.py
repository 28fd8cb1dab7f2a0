"""Writes to OpenSearch's indexes, one at a time or many a request."""
import itertools
import json

from . import opensearch_fields as fields
from .opensearch_fields import Refusal

MOST_ID_BYTES = 512
WRITTEN = {"total": 1, "successful": 1, "failed": 0}
BLOCKS = {"index.blocks.read_only_allow_delete": "FORBIDDEN/12/index read-only / allow delete (api)",
          "index.blocks.read_only": "FORBIDDEN/5/index read-only (api)",
          "index.blocks.write": "FORBIDDEN/8/index write (api)"}


def conflict(identity, reason):
    return Refusal(409, "version_conflict_engine_exception", f"[{identity}]: version conflict, {reason}")


class Writer:
    def __init__(self, engine):
        self.engine, self.sequences, self.names = engine, itertools.count(), itertools.count(1)

    def write(self, action, name, identity, source, options):
        """Status and answer of a write; raises `Refusal`."""
        if identity is not None and len(identity.encode()) > MOST_ID_BYTES:
            raise Refusal(400, "action_request_validation_exception",
                          f"id is too long, must be no longer than {MOST_ID_BYTES} bytes")
        needs_alias = action != "delete" and options.get("require_alias") in ("true", "", True)
        index = self.engine.write_name(name, makes=action != "delete", needs_alias=needs_alias)
        self.check_blocks(index)
        identity = f"auto{next(self.names)}" if identity is None else identity
        held = self.engine.indices[index]["docs"]
        old = held.get(identity)
        self.check(action, identity, old, options)
        if action == "delete":
            if held.pop(identity, None):
                self.engine.change(index, options.get("refresh", "false"))
            return self.told(200 if old else 404, "deleted" if old else "not_found", index, identity,
                             old.version + 1 if old else 1)
        if action == "update":
            return self.update(index, identity, old, source, options)
        return self.put(index, identity, old, source, options)

    def check_blocks(self, index):
        """Refuses what somebody forbids, or a disk that is nearly full."""
        settings = fields.flat(self.engine.indices[index]["settings"])
        for name, words in BLOCKS.items():
            if str(settings.get(name, "")).lower() == "true":
                raise Refusal(403, "cluster_block_exception", f"index [{index}] blocked by: [{words}];")

    @staticmethod
    def check(action, identity, old, options):
        if action == "create" and old:
            raise conflict(identity, f"document already exists (current version [{old.version}])")
        if options.get("version_type") == "external" and old and old.version >= int(options["version"]):
            raise conflict(identity, f"current version [{old.version}] is higher or equal to the one provided "
                           f"[{options['version']}]")
        if "if_seq_no" in options or "if_primary_term" in options:
            if not {"if_seq_no", "if_primary_term"} <= set(options):
                raise Refusal(400, "action_request_validation_exception", "ifSeqNo and ifPrimaryTerm come together")
            wanted = (int(options["if_seq_no"]), int(options["if_primary_term"]))
            if old is None or (old.sequence, 1) != wanted:
                has = f"current document has seqNo [{old.sequence}] and primary term [1]" if old else \
                    "but no document was found"
                raise conflict(identity, f"required seqNo [{wanted[0]}], primary term [{wanted[1]}]. {has}")

    def put(self, index, identity, old, source, options):
        fields.check_source(source, self.engine.indices[index]["mappings"])
        sequence, version = next(self.sequences), old.version + 1 if old else 1
        if options.get("version_type") == "external":
            version = int(options["version"])
        self.engine.keep(index, identity, source, sequence, version)
        self.engine.change(index, options.get("refresh", "false"))
        status, result = (200, "updated") if old else (201, "created")
        return self.told(status, result, index, identity, version, sequence)

    def update(self, index, identity, old, given, options):
        if old is None:
            source = given.get("upsert") or (given.get("doc") if given.get("doc_as_upsert") else None)
            if source is None:
                raise Refusal(404, "document_missing_exception", f"[{identity}]: document missing")
            return self.put(index, identity, old, source, options)
        source = old.source | given.get("doc", {})
        if source == old.source and given.get("detect_noop", True):
            return self.told(200, "noop", index, identity, old.version, old.sequence)
        return self.put(index, identity, old, source, options)

    def told(self, status, result, index, identity, version, sequence=None):
        return status, {
            "_index": index, "_id": identity, "_version": version, "result": result, "_shards": WRITTEN,
            "_seq_no": next(self.sequences) if sequence is None else sequence, "_primary_term": 1}

    def bulk(self, body, name, options):
        """The answer of a bulk request: what became of each item, in their order."""
        if not body.endswith(b"\n"):
            raise malformed("The bulk request must be terminated by a newline [\\n]")
        items, failed = [], False
        for number, (action, given, source) in enumerate(self.actions(body)):
            index, identity = given.get("_index") or name, given.get("_id")
            if not index:
                raise Refusal(400, "action_request_validation_exception", "Validation Failed: 1: index is missing;")
            try:
                if self.engine.fault == "some-busy" and number % 2:
                    raise Refusal(429, "rejected_execution_exception", "rejected execution of primary operation")
                status, told = self.write(action, index, identity, source, options | given)
            except Refusal as refusal:
                failed, status = True, refusal.status
                told = {"_index": index, "_id": identity, "error": refusal.cause()}
            items.append({action: told | {"status": status}})
        if not items:
            raise Refusal(400, "action_request_validation_exception", "Validation Failed: 1: no requests added;")
        return {"took": 1, "errors": failed, "items": items}

    @staticmethod
    def actions(body):
        """Each action with what it says of itself and its document."""
        lines = iter([line for line in body.split(b"\n") if line.strip()])
        for number, line in enumerate(lines, 1):
            row = parsed(line, number)
            action, given = next(iter(row.items()), (None, None))
            if action not in ("index", "create", "update", "delete") or not isinstance(given, dict) or len(row) != 1:
                raise malformed(f"Malformed action/metadata line [{number}], expected FIELD_NAME of an action")
            if action == "delete":
                yield action, given, None
                continue
            document = next(lines, None)
            if document is None:
                raise malformed(f"Malformed action/metadata line [{number}]: its document is missing")
            yield action, given, parsed(document, number)


def parsed(line, number):
    try:
        row = json.loads(line)
    except ValueError:
        row = None
    if not isinstance(row, dict):
        raise malformed(f"Malformed action/metadata line [{number}], expected START_OBJECT")
    return row


def malformed(reason):
    return Refusal(400, "illegal_argument_exception", reason)
