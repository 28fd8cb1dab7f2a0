"""OpenSearch's searches: pages, orders, points in time and counts of terms."""
import functools

from . import opensearch_fields as fields
from .opensearch_query import evaluate, illegal, parsing

WINDOW, MOST_COUNTED = 10_000, 10_000
KEYS = {"query", "size", "from", "sort", "_source", "search_after", "pit", "aggs", "aggregations", "track_total_hits",
        "min_score", "timeout", "search_pipeline", "track_scores"}
SHARDS = {"total": 1, "successful": 1, "skipped": 0, "failed": 0}


class Hit:
    """A document that was found: its place among all and its score."""

    def __init__(self, place, score, document):
        self.place, self.score, self.document = place, score, document

    def value(self, field):
        """What it is ordered by; None where it has no such field."""
        own = {"_score": self.score, "_id": self.document.identity, "_shard_doc": self.place}
        if field in own:
            return own[field]
        found = fields.values(self.document.source, field)
        return found[0] if found else None


def found_by(query, documents, mappings, least=None):
    scores = evaluate(query, documents, mappings)
    return [Hit(place, score, documents[place]) for place, score in sorted(scores.items())
            if least is None or score >= least]


def search(request, options, documents, mappings):
    """The answer of a search over documents."""
    unknown = sorted(set(request) - KEYS)
    if unknown:
        raise parsing(f"Unknown key for a VALUE in [{unknown[0]}].")
    start = int(request.get("from", options.get("from", 0)))
    size = int(request.get("size", options.get("size", 10)))
    if start < 0 or size < 0:
        raise illegal(f"[from] and [size] must be 0 or more, found [{min(start, size)}]")
    if start + size > WINDOW:
        raise illegal(f"Result window is too large, from + size must be less than or equal to: [{WINDOW}] but was "
                      f"[{start + size}].")
    hits = found_by(request.get("query", {"match_all": {}}), documents, mappings, request.get("min_score"))
    orders = list(orders_of(request.get("sort"), mappings))
    answer = {"took": 1, "timed_out": False, "_shards": SHARDS,
              "hits": outer(request, hits, paged(request, hits, orders, start, size), orders)}
    asked = request.get("aggs", request.get("aggregations"))
    if asked:
        answer["aggregations"] = {name: aggregated(rule, hits) for name, rule in asked.items()}
    return answer


def outer(request, hits, page, orders):
    is_scored = not orders or any(field == "_score" for field, _ in orders) or request.get("track_scores", False)
    counted = request.get("track_total_hits", MOST_COUNTED)
    limit = len(hits) if counted is True else 0 if counted is False else counted
    total = {"value": min(len(hits), limit), "relation": "eq" if len(hits) <= limit else "gte"}
    best = max((hit.score for hit in hits), default=None) if is_scored else None
    return ({} if counted is False else {"total": total}) | {
        "max_score": best, "hits": [told(request, hit, orders, is_scored) for hit in page]}


def told(request, hit, orders, is_scored):
    answer = {"_index": hit.document.index, "_id": hit.document.identity, "_score": hit.score if is_scored else None}
    source = fields.filtered(hit.document.source, request.get("_source", True))
    return answer | ({} if source is None else {"_source": source}) | (
        {"sort": [hit.value(field) for field, _ in orders]} if orders else {})


def orders_of(sort, mappings):
    """Fields with `asc` or `desc`."""
    for item in [] if sort is None else sort if isinstance(sort, list) else [sort]:
        field, rule = (item, {}) if isinstance(item, str) else next(iter(item.items()))
        order = rule if isinstance(rule, str) else rule.get("order", "desc" if field == "_score" else "asc")
        if order not in ("asc", "desc"):
            raise illegal(f"Unknown SortOrder [{order}]")
        if fields.mapped(mappings, field).get("type") == "text":
            raise illegal(f"Text fields are not optimised for operations that require per-document field data like "
                          f"aggregations and sorting. Please use a keyword field instead of [{field}].")
        yield field, order


def compare(left, right, order):
    """As `cmp`; what is missing comes last."""
    if left == right:
        return 0
    if left is None or right is None:
        return 1 if left is None else -1
    try:
        less = left < right
    except TypeError:
        less = str(left) < str(right)
    return -1 if less == (order == "asc") else 1


def compare_all(left, right, orders):
    return next((result for one, other, (_, order) in zip(left, right, orders)
                 if (result := compare(one, other, order))), 0)


def paged(request, hits, orders, start, size):
    by = orders or [("_score", "desc")]
    keyed = [([hit.value(field) for field, _ in by], hit) for hit in hits]
    keyed.sort(key=functools.cmp_to_key(lambda left, right: compare_all(left[0], right[0], by)))
    after = request.get("search_after")
    if after is not None:
        check_after(after, orders, start)
        keyed = [pair for pair in keyed if compare_all(pair[0], after, by) > 0]
    return [hit for _, hit in keyed[start:start + size]]


def check_after(after, orders, start):
    if not orders:
        raise illegal("Sort must contain at least one field.")
    if len(after) != len(orders):
        raise illegal(f"search_after has {len(after)} value(s) but sort has {len(orders)}.")
    if start > 0:
        raise illegal("`from` parameter must be set to 0 when `search_after` is used.")


def aggregated(rule, hits):
    if set(rule) - {"terms", "aggs", "meta"} or "terms" not in rule:
        raise parsing(f"Unknown aggregation type [{next(iter(rule), '')}]")
    asked, counts = rule["terms"], {}
    for hit in hits:
        for value in dict.fromkeys(fields.values(hit.document.source, asked["field"])):
            counts[value] = counts.get(value, 0) + 1
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], str(pair[0])))
    kept = ordered[:asked.get("size", 10)]
    return {"doc_count_error_upper_bound": 0, "sum_other_doc_count": sum(n for _, n in ordered[len(kept):]),
            "buckets": [{"key": key, "doc_count": count} for key, count in kept]}
