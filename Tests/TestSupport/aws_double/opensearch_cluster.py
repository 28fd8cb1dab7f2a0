"""What OpenSearch tells of itself: version, plugins, bytes; faults make it another server."""
import json

from .opensearch_fields import Refusal

VERSION = {"number": "2.19.0", "distribution": "opensearch", "build_type": "tar", "lucene_version": "9.12.1"}
PLUGINS = ["opensearch-job-scheduler", "opensearch-knn", "opensearch-neural-search", "opensearch-security"]


def told(fault):
    version = dict(VERSION)
    if fault == "old":
        version["number"] = "2.3.0"
    if fault == "foreign":
        version = {"number": "8.15.0", "build_flavor": "default", "build_type": "docker"}
    return {"name": "node-1", "cluster_name": "123456789012:wiki", "cluster_uuid": "uuid", "version": version,
            "tagline": "The OpenSearch Project: https://opensearch.org/"}


def plugins(options, fault):
    """Each node's plugins, as JSON."""
    if options.get("format") != "json":
        raise Refusal(400, "illegal_argument_exception", "The double tells of plugins as JSON alone.")
    rows = [{"name": "node-1", "component": one, "version": "2.19.0.0"} for one in PLUGINS
            if fault != "no-knn" or one != "opensearch-knn"]
    columns = options.get("h", "name,component,version").split(",")
    return [{name: row[name] for name in columns if name in row} for row in rows]


def stats(indices, metric, shards):
    """The bytes of indexes, as large as their documents are as JSON."""
    if metric != "store":
        raise Refusal(400, "illegal_argument_exception", f"The double does not tell [{metric}].")
    sizes = {name: sum(len(json.dumps(one.source)) for one in index["docs"].values())
             for name, index in indices.items()}
    told_of = lambda size: {part: {"store": {"size_in_bytes": size, "reserved_in_bytes": 0}}
                            for part in ("primaries", "total")}
    return {"_shards": shards, "_all": told_of(sum(sizes.values())),
            "indices": {name: {"uuid": "uuid"} | told_of(size) for name, size in sizes.items()}}
