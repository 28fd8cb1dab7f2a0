"""The part of OpenSearch's API that a client of indexes needs, over documents in memory; one engine a key."""
import json
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote

from . import opensearch_cluster as cluster
from . import opensearch_fields as fields
from .opensearch_bulk import Writer
from .opensearch_fields import Refusal
from .opensearch_found import Found
from .opensearch_search import SHARDS, found_by, illegal, parsing, search

COMMON = {"pretty", "human", "error_trace", "filter_path", "timeout", "cluster_manager_timeout", "master_timeout",
          "wait_for_active_shards", "ignore_unavailable", "allow_no_indices", "expand_wildcards", "preference",
          "routing"}
WRITES = {"refresh", "pipeline", "require_alias", "_source"}
FORBIDDEN = set('\\/*?"<>| ,#:')
# Methods, path, function and the parameters that it knows beside the common ones.
ROUTES = [
    ("GET HEAD", "", "root", set()),
    ("GET", "_cat/plugins", "plugins", {"format", "h", "v", "s"}),
    ("GET", "INDEX/_stats/NAME", "stats", {"level"}),
    ("GET PUT", "INDEX/_settings", "settings", {"flat_settings", "preserve_existing"}),
    ("GET POST", "INDEX/_mget", "documents_by_ids", {"_source", "realtime", "refresh"}),
    ("GET HEAD PUT DELETE", "INDEX", "index", set()),
    ("GET PUT POST", "INDEX/_mapping", "mapping", set()),
    ("POST", "_aliases", "change_aliases", set()),
    ("GET HEAD", "_alias/NAME", "alias", set()), ("GET HEAD", "INDEX/_alias/NAME", "alias", set()),
    ("POST GET", "INDEX/_refresh", "refresh", set()),
    ("POST PUT", "_bulk", "bulk", WRITES), ("POST PUT", "INDEX/_bulk", "bulk", WRITES),
    ("POST", "INDEX/_doc", "document", WRITES | {"op_type"}),
    ("GET HEAD PUT POST DELETE", "INDEX/_doc/NAME", "document",
     WRITES | {"op_type", "if_seq_no", "if_primary_term", "realtime", "version", "version_type"}),
    ("PUT POST", "INDEX/_create/NAME", "document", WRITES),
    ("GET POST", "_search", "search", {"size", "from", "search_pipeline", "track_total_hits", "scroll"}),
    ("GET POST", "INDEX/_search", "search", {"size", "from", "search_pipeline", "track_total_hits", "scroll"}),
    ("POST", "INDEX/_search/point_in_time", "open_point", {"keep_alive", "allow_partial_pit_creation"}),
    ("DELETE", "_search/point_in_time", "close_points", set()),
    ("DELETE", "_search/point_in_time/_all", "close_points", set()),
    ("POST GET", "_search/scroll", "scroll", {"scroll", "scroll_id"}),
    ("GET POST", "INDEX/_count", "count", set()),
    ("POST", "INDEX/_delete_by_query", "delete_by_query", {"conflicts", "refresh", "wait_for_completion", "slices"}),
]
NOT_SERVERLESS = ("root", "refresh", "delete_by_query", "scroll", "plugins", "stats")


class Document(NamedTuple):
    index: str
    identity: str
    source: dict
    sequence: int
    version: int


class Ask(NamedTuple):
    """A request that was routed."""
    method: str
    names: list
    path: str
    options: dict
    body: bytes
    serverless: bool

    def json(self):
        try:
            value = json.loads(self.body or b"{}")
        except ValueError:
            raise Refusal(400, "parse_exception", "request body is not valid JSON") from None
        if not isinstance(value, dict):
            raise Refusal(400, "parse_exception", "request body is no JSON object")
        return value


def routed(method, target, body, serverless):
    """The function's name and what it is asked."""
    path, _, query = target.partition("?")
    parts, options = [unquote(part) for part in path.split("/") if part], dict(parse_qsl(query, keep_blank_values=True))
    allowed = []
    for methods, pattern, name, known in ROUTES:
        wanted = pattern.split("/") if pattern else []
        if len(wanted) != len(parts) or not all(fits(*pair) for pair in zip(wanted, parts)):
            continue
        allowed += methods.split()
        if method not in methods.split():
            continue
        if serverless and (name in NOT_SERVERLESS or "scroll" in options):
            raise Refusal(404, "Not Found", "404 Not Found")
        unknown = sorted(set(options) - known - COMMON)
        if unknown:
            raise illegal(f"request [{path}] contains unrecognized parameter: [{unknown[0]}]")
        names = [part for one, part in zip(wanted, parts) if one in ("INDEX", "NAME")]
        return name, Ask(method, names, pattern, options, body, serverless)
    if allowed:
        raise Refusal(405, "method_not_allowed", f"Incorrect HTTP method for uri [{path}] and method [{method}], "
                      f"allowed: {sorted(set(allowed))}")
    raise illegal(f"no handler found for uri [{path}] and method [{method}]")


def fits(wanted, part):
    return not part.startswith("_") if wanted == "INDEX" else wanted in ("NAME", part)


class Engine(Found):
    def __init__(self):
        self.indices, self.aliases, self.points = {}, {}, {}
        self.writer, self.made, self.fault = Writer(self), 0, None

    def call(self, method, target, body, serverless):
        """A request's status and answer; raises `Refusal`."""
        name, ask = routed(method, target, body, serverless)
        if serverless and ask.options.get("refresh", "false") != "false":
            raise illegal(f"{ask.options['refresh'] or 'true'} refresh policy is not supported.")
        return getattr(self, name)(ask)

    def root(self, ask):
        return 200, cluster.told(self.fault)

    def plugins(self, ask):
        return 200, cluster.plugins(ask.options, self.fault)

    def stats(self, ask):
        return 200, cluster.stats({one: self.indices[one] for one in self.named(ask.names[0])}, ask.names[1], SHARDS)

    def settings(self, ask):
        names = self.named(ask.names[0])
        if ask.method == "GET":
            return 200, {one: {"settings": self.indices[one]["settings"]} for one in names}
        for one in names:
            self.indices[one]["settings"] = fields.flat(self.indices[one]["settings"]) | fields.flat(ask.json())
        return 200, {"acknowledged": True}

    # Indexes

    def named(self, name):
        """The indexes that a name, an alias or a list of them stands for."""
        found = []
        for one in name.split(","):
            part = self.aliases.get(one) or ([one] if one in self.indices else [])
            found += part
            if not part:
                raise Refusal(404, "index_not_found_exception", f"no such index [{one}]", index=one,
                              index_uuid="_na_", **{"resource.type": "index_or_alias", "resource.id": one})
        return list(dict.fromkeys(found))

    def write_name(self, name, makes=True, needs_alias=False):
        """The one index that is written to by a name; it may be made where there is none."""
        if needs_alias and name not in self.aliases:
            raise Refusal(404, "index_not_found_exception", f"no such index [{name}] and [require_alias] request flag "
                          f"is [true] and [{name}] is not an alias", index=name)
        if makes and name not in self.aliases and name not in self.indices:
            self.make(name, {})
        found = self.named(name)
        if len(found) > 1:
            raise illegal(f"no write index is defined for alias [{name}].")
        return found[0]

    def make(self, name, given):
        if name != name.lower():
            raise Refusal(400, "invalid_index_name_exception", f"Invalid index name [{name}], must be lowercase")
        if name in (".", "..") or name[0] in "_-+" or FORBIDDEN & set(name) or len(name.encode()) > 255:
            raise Refusal(400, "invalid_index_name_exception", f"Invalid index name [{name}], must not contain the "
                          "following characters")
        if name in self.aliases:
            raise Refusal(400, "invalid_index_name_exception", f"Invalid index name [{name}], already exists as alias")
        unknown = sorted(set(given) - {"mappings", "settings", "aliases"})
        if unknown:
            raise Refusal(400, "parse_exception", f"unknown key [{unknown[0]}] for create index")
        mappings = given.get("mappings", {})
        fields.check_mappings(mappings)
        self.indices[name] = {"mappings": mappings, "settings": given.get("settings", {}), "docs": {},
                              "found": {}, "changed": None}
        for alias in given.get("aliases", {}):
            self.aliases.setdefault(alias, []).append(name)

    def index(self, ask):
        name = ask.names[0]
        if ask.method == "PUT":
            if name in self.indices:
                raise Refusal(400, "resource_already_exists_exception", f"index [{name}/uuid] already exists",
                              index=name)
            self.make(name, ask.json())
            return 200, {"acknowledged": True, "shards_acknowledged": True, "index": name}
        if ask.method == "DELETE":
            return self.drop(name)
        return 200, {one: {"aliases": {alias: {} for alias, held in self.aliases.items() if one in held},
                           "mappings": self.indices[one]["mappings"], "settings": self.indices[one]["settings"]}
                     for one in self.named(name)}

    def drop(self, name):
        if name in self.aliases:
            raise illegal(f"The provided expression [{name}] matches an alias, specify the corresponding concrete "
                          "indices instead.")
        for one in self.named(name):
            del self.indices[one]
            for held in self.aliases.values():
                held[:] = [index for index in held if index != one]
        self.aliases = {alias: held for alias, held in self.aliases.items() if held}
        return 200, {"acknowledged": True}

    def mapping(self, ask):
        names = self.named(ask.names[0])
        if ask.method == "GET":
            return 200, {one: {"mappings": self.indices[one]["mappings"]} for one in names}
        more = ask.json()
        fields.check_mappings(more)
        for one in names:
            fields.merge(self.indices[one]["mappings"], more)
        return 200, {"acknowledged": True}

    def change_aliases(self, ask):
        """All of the actions or none."""
        changed = {alias: list(held) for alias, held in self.aliases.items()}
        for action in ask.json().get("actions", []):
            kind, given = next(iter(action.items()))
            index, alias = self.named(given.get("index", ""))[0], given.get("alias", "")
            held = changed.setdefault(alias, [])
            if alias in self.indices:
                raise Refusal(400, "invalid_alias_name_exception", f"Invalid alias name [{alias}]: an index or data "
                              "stream exists with the same name as the alias", index=index)
            if kind == "add":
                held += [] if index in held else [index]
            elif kind != "remove":
                raise parsing(f"[alias_action] unknown field [{kind}]")
            elif index in held:
                held.remove(index)
            else:
                raise Refusal(404, "aliases_not_found_exception", f"aliases [{alias}] missing")
        self.aliases = {alias: held for alias, held in changed.items() if held}
        return 200, {"acknowledged": True}

    def alias(self, ask):
        *index, name = ask.names
        held = [one for one in self.aliases.get(name, []) if not index or one in self.named(index[0])]
        if not held:
            return 404, {"error": f"alias [{name}] missing", "status": 404}
        return 200, {one: {"aliases": {name: {}}} for one in held}

    def refresh(self, ask):
        for one in self.named(ask.names[0]):
            self.make_found(one)
        return 200, {"_shards": SHARDS}

    # Documents

    def bulk(self, ask):
        return 200, self.writer.bulk(ask.body, ask.names[0] if ask.names else None, ask.options)

    def document(self, ask):
        index, identity = ask.names[0], ask.names[1] if len(ask.names) > 1 else None
        if ask.method in ("PUT", "POST"):
            is_create = "_create" in ask.path or ask.options.get("op_type") == "create"
            return self.writer.write("create" if is_create else "index", index, identity, ask.json(), ask.options)
        index = self.named(index)[0]
        if ask.method == "DELETE":
            return self.writer.write("delete", index, identity, None, ask.options)
        held = self.indices[index]["docs"].get(identity)
        if held is None:
            return 404, {"_index": index, "_id": identity, "found": False}
        return 200, {"_index": index, "_id": identity, "_version": held.version, "_seq_no": held.sequence,
                     "_primary_term": 1, "found": True, "_source": held.source}

    def keep(self, index, identity, source, sequence, version):
        self.indices[index]["docs"][identity] = Document(index, identity, source, sequence, version)

    def documents(self, names):
        """The documents of indexes, and what their mappings say together."""
        mappings = {}
        for one in names:
            mappings.setdefault("properties", {}).update(self.indices[one]["mappings"].get("properties", {}))
        return [document for one in names for document in self.found(one).values()], mappings

    # Searches

    def search(self, ask):
        request = ask.json()
        if "scroll" in ask.options:
            raise illegal("The double does not play scrolls.")
        if "pit" not in request:
            names = self.named(ask.names[0]) if ask.names else list(self.indices)
            return 200, search(request, ask.options, *self.documents(names))
        if ask.names:
            raise Refusal(400, "action_request_validation_exception", "[indices] cannot be used with point in time. Do "
                          "not specify any index with point in time.")
        identity = request["pit"].get("id")
        if identity not in self.points:
            raise Refusal(404, "search_context_missing_exception", f"No search context found for id [{identity}]")
        return 200, search(request, ask.options, *self.points[identity]) | {"pit_id": identity}

    def open_point(self, ask):
        if "keep_alive" not in ask.options:
            raise Refusal(400, "action_request_validation_exception", "keep alive not specified")
        held = self.documents(self.named(ask.names[0]))
        self.made += 1
        self.points[f"pit{self.made}"] = held
        return 200, {"pit_id": f"pit{self.made}", "_shards": SHARDS, "creation_time": 1}

    def close_points(self, ask):
        ids = list(self.points) if ask.path.endswith("_all") else fields.listed(ask.json().get("pit_id", []))
        if not ids and not ask.path.endswith("_all"):
            raise Refusal(400, "action_request_validation_exception", "no pit ids specified")
        gone = [one for one in ids if self.points.pop(one, None) is not None]
        return (200 if gone or not ids else 404), {"pits": [{"pit_id": one, "successful": True} for one in gone]}

    def scroll(self, ask):
        raise illegal("The double does not play scrolls.")

    def count(self, ask):
        query = ask.json().get("query", {"match_all": {}})
        found = found_by(query, *self.documents(self.named(ask.names[0])))
        return 200, {"count": len(found), "_shards": SHARDS}

    def delete_by_query(self, ask):
        query = ask.json().get("query")
        if query is None:
            raise Refusal(400, "action_request_validation_exception", "query is missing")
        found = found_by(query, *self.documents(self.named(ask.names[0])))
        for hit in found:
            del self.indices[hit.document.index]["docs"][hit.document.identity]
            self.change(hit.document.index, ask.options.get("refresh", "false"))
        return 200, {"took": 1, "timed_out": False, "total": len(found), "deleted": len(found), "batches": 1,
                     "version_conflicts": 0, "noops": 0, "retries": {"bulk": 0, "search": 0}, "failures": []}
