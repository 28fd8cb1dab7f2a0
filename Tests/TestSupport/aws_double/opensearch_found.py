"""When what was written to OpenSearch is found: searches see the last refresh, gets see every write."""
import time

from . import opensearch_fields as fields
from .opensearch_fields import Refusal


class Found:
    """A part of the engine."""

    def make_found(self, name):
        index = self.indices[name]
        index["found"], index["changed"] = dict(index["docs"]), None

    def found(self, name):
        """What searches find of an index: what was there at its last refresh.

        One whose interval nobody set is refreshed by the search itself, as a shard is that was idle; any other when its
        interval has passed since the first change, or never where it is -1.
        """
        index = self.indices[name]
        interval = fields.seconds(fields.flat(index["settings"]).get("index.refresh_interval"))
        if index["changed"] is not None and time.monotonic() - index["changed"] >= interval:
            self.make_found(name)
        return index["found"]

    def change(self, name, refresh="false"):
        """Notes that documents of an index changed, and finds them if the write asks for it."""
        index = self.indices[name]
        if index["changed"] is None:
            index["changed"] = time.monotonic()
        if refresh in ("true", "", "wait_for"):
            self.make_found(name)

    def documents_by_ids(self, ask):
        """As they were last written, found or not."""
        ids = [one if isinstance(one, str) else one["_id"] for one in ask.json().get("ids", ask.json().get("docs", []))]
        if not ids:
            raise Refusal(400, "action_request_validation_exception", "Validation Failed: 1: no documents to get;")
        told = []
        for one in ids:
            try:
                status, found = self.document(ask._replace(method="GET", names=[ask.names[0], one]))
            except Refusal as refusal:
                found = {"_index": ask.names[0], "_id": one, "error": refusal.body()["error"]}
            if ask.options.get("_source") == "false":
                found.pop("_source", None)
            told.append(found)
        return 200, {"docs": told}
