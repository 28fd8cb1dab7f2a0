"""OpenSearch's queries over documents in memory: which of them match, and how well."""
import operator
import struct

from . import opensearch_fields as fields
from .opensearch_fields import Refusal, listed
from .words import cosine, embed, words

MOST_HYBRID, MOST_NEIGHBOURS, MOST_TERMS, MOST_CLAUSES = 5, 10_000, 65_536, 1_024


def parsing(reason):
    return Refusal(400, "parsing_exception", reason)


def illegal(reason):
    return Refusal(400, "illegal_argument_exception", reason)


def evaluate(query, documents, mappings, is_top=True):
    """Scores by the documents' places; those that do not match have none."""
    if not isinstance(query, dict) or len(query) != 1:
        raise parsing("[query] malformed query, expected [END_OBJECT] but found [FIELD_NAME]")
    kind, rule = next(iter(query.items()))
    if kind not in KINDS:
        raise parsing(f"unknown query [{kind}]")
    if kind == "hybrid" and not is_top:
        raise parsing("[hybrid] query must be a top level query and cannot be wrapped into other queries")
    if not isinstance(rule, dict):
        raise parsing(f"[{kind}] query malformed, no start_object after query name")
    found = KINDS[kind](rule, documents, mappings)
    boost = rule.get("boost", 1)
    return {place: score * boost for place, score in found.items()} if boost != 1 else found


def field_and(rule, kind, known=None):
    """The one field of a query, and what is asked of it."""
    named = {name: value for name, value in rule.items() if name not in ("boost", "_name")}
    if len(named) != 1:
        raise parsing(f"[{kind}] query doesn't support multiple fields, found {sorted(named)}")
    field, given = next(iter(named.items()))
    if known is not None and isinstance(given, dict):
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise parsing(f"[{kind}] query does not support [{unknown[0]}]")
    return field, given


def everything(rule, documents, mappings):
    return {place: 1.0 for place in range(len(documents))}


def nothing(rule, documents, mappings):
    return {}


def where(documents, holds):
    """One point for each document that `holds` is true of."""
    return {place: 1.0 for place, document in enumerate(documents) if holds(document)}


MATCHING = ("query", "operator", "boost", "fuzziness", "analyzer", "zero_terms_query", "lenient")


def match(rule, documents, mappings):
    field, given = field_and(rule, "match", MATCHING)
    given = given if isinstance(given, dict) else {"query": given}
    if "query" not in given:
        raise parsing("No text specified for text query")
    return shared(given, [(field, 1.0)], documents)


def multi_match(rule, documents, mappings):
    unknown = sorted(set(rule) - {*MATCHING, "fields", "type", "tie_breaker"})
    if unknown or "query" not in rule:
        raise parsing(f"[multi_match] query does not support [{(unknown or ['no query'])[0]}]")
    asked = [(name.partition("^")[0], float(name.partition("^")[2] or 1)) for name in rule.get("fields", [])]
    return shared(rule, asked, documents)


def shared(given, asked, documents):
    """By how many of the query's words a document has, in its best field."""
    wanted, found = set(words(str(given["query"]))), {}
    least = len(wanted) if str(given.get("operator", "or")).lower() == "and" else 1
    for place, document in enumerate(documents):
        best = 0.0
        for field, weight in asked:
            have = {word for value in fields.values(document.source, field) for word in words(str(value))}
            count = len(wanted & have)
            best = max(best, count * weight if count >= least else 0.0)
        if best:
            found[place] = best
    return found


def term(rule, documents, mappings):
    field, given = field_and(rule, "term", ("value", "boost", "case_insensitive"))
    wanted = given["value"] if isinstance(given, dict) else given
    return where(documents, lambda document: wanted in held(document, field))


def terms(rule, documents, mappings):
    field, given = field_and(rule, "terms")
    if not isinstance(given, list):
        raise parsing("[terms] query requires an array of terms")
    if len(given) > MOST_TERMS:
        raise illegal(f"The number of terms [{len(given)}] used in the Terms Query request has exceeded the allowed "
                      f"maximum of [{MOST_TERMS}]. This maximum can be set by changing the [index.max_terms_count] "
                      "index level setting.")
    wanted = set(given)
    return where(documents, lambda document: not wanted.isdisjoint(held(document, field)))


def held(document, field):
    return [document.identity] if field == "_id" else fields.values(document.source, field)


def prefix(rule, documents, mappings):
    field, given = field_and(rule, "prefix", ("value", "boost", "case_insensitive", "rewrite"))
    start = given["value"] if isinstance(given, dict) else given
    return where(documents, lambda document: any(str(one).startswith(start) for one in held(document, field)))


TESTS = {"gt": lambda have, want: have > want, "gte": lambda have, want: have >= want,
         "lt": lambda have, want: have < want, "lte": lambda have, want: have <= want}


def range_of(rule, documents, mappings):
    field, given = field_and(rule, "range", (*TESTS, "boost", "format", "time_zone", "relation"))
    bounds = [(TESTS[name], want) for name, want in given.items() if name in TESTS]

    def within(have):
        try:
            return all(test(have, want) for test, want in bounds)
        except TypeError:
            return False
    return where(documents, lambda document: any(within(one) for one in held(document, field)))


def exists(rule, documents, mappings):
    if "field" not in rule:
        raise parsing("[exists] must be provided with a [field]")
    return where(documents, lambda document: bool(held(document, rule["field"])))


def ids(rule, documents, mappings):
    return where(documents, lambda document: document.identity in rule["values"])


def boolean(rule, documents, mappings):
    unknown = sorted(set(rule) - {"must", "should", "filter", "must_not", "minimum_should_match", "boost", "_name"})
    if unknown:
        raise parsing(f"[bool] query does not support [{unknown[0]}]")
    if sum(len(listed(rule.get(name, []))) for name in ("must", "should", "filter", "must_not")) > MOST_CLAUSES:
        raise illegal(f"maxClauseCount is set to {MOST_CLAUSES}")
    must, should, filters, nots = (
        [evaluate(one, documents, mappings, is_top=False) for one in listed(rule.get(name, []))]
        for name in ("must", "should", "filter", "must_not"))
    least = int(rule.get("minimum_should_match", 1 if should and not must and not filters else 0))
    found = {}
    for place in range(len(documents)):
        met = [scores[place] for scores in should if place in scores]
        if all(place in scores for scores in must + filters) and len(met) >= least \
                and not any(place in scores for scores in nots):
            found[place] = float(sum(scores[place] for scores in must) + sum(met))
    return found


def knn(rule, documents, mappings):
    field, given = field_and(rule, "knn", ("vector", "k", "filter", "boost", "method_parameters", "rescore"))
    if not isinstance(given, dict) or not isinstance(given.get("vector"), list):
        raise parsing("[knn] requires query vector")
    return nearest(field, given, given["vector"], documents, mappings)


def neural(rule, documents, mappings):
    """Embeds the query by its words."""
    field, given = field_and(rule, "neural", ("query_text", "model_id", "k", "filter", "boost", "method_parameters"))
    if not given.get("query_text"):
        raise parsing("[neural] either query text or image must be provided")
    lengths = [len(found) for document in documents if (found := fields.vector(document.source, field))]
    dimension = fields.mapped(mappings, field).get("dimension") or (lengths or [1])[0]
    return nearest(field, given, embed(given["query_text"], dimension)[0], documents, mappings)


def nearest(field, given, vector, documents, mappings):
    """The k best, of those only that meet the filter."""
    k, rule = given.get("k", 10), fields.mapped(mappings, field)
    if not isinstance(k, int) or not 1 <= k <= MOST_NEIGHBOURS:
        raise illegal(f"[knn] requires k to be in the range (0, {MOST_NEIGHBOURS}]")
    if rule and rule.get("type") != "knn_vector":
        raise illegal(f"Field '{field}' is not knn_vector type.")
    breadth = given.get("method_parameters", {}).get("ef_search", 1)
    if not isinstance(breadth, int) or breadth < 1:
        raise illegal("ef_search should be greater than 0")
    allowed = evaluate(given["filter"], documents, mappings, is_top=False) if "filter" in given else None
    space = rule.get("space_type") or rule.get("method", {}).get("space_type", "l2" if rule else "cosinesimil")
    if space == "cosinesimil" and not any(vector):
        raise illegal("zero vector is not supported when space type is [cosinesimil]")
    found = {}
    for place, document in enumerate(documents):
        have = fields.vector(document.source, field)
        if have is None or allowed is not None and place not in allowed:
            continue
        if len(have) != len(vector):
            raise illegal(f"Query vector has invalid dimension: {len(vector)}. Dimension should be: {len(have)}")
        found[place] = single(closeness(space, have, vector))
    best = sorted(found, key=lambda place: (-found[place], place))[:k]
    return {place: found[place] for place in best}


def closeness(space, left, right):
    """The score that OpenSearch makes of a distance."""
    if space == "l2":
        away = list(map(operator.sub, left, right))
        return 1 / (1 + sum(map(operator.mul, away, away)))
    if space == "innerproduct":
        product = sum(map(operator.mul, left, right))
        return product + 1 if product >= 0 else 1 / (1 - product)
    return (1 + cosine(left, right)) / 2


def single(score):
    """A score as Lucene keeps it: in single precision."""
    return struct.unpack("f", struct.pack("f", score))[0]


def hybrid(rule, documents, mappings):
    """The mean of the queries' scores, each between 0 and 1 as a pipeline makes them."""
    queries = rule.get("queries", [])
    if not 1 <= len(queries) <= MOST_HYBRID:
        raise parsing(f"Number of sub-queries exceeds maximum supported by [hybrid] query: 1 to {MOST_HYBRID}")
    totals = {}
    for query in queries:
        scores = evaluate(query, documents, mappings, is_top=False)
        low, high = min(scores.values(), default=0), max(scores.values(), default=0)
        for place, score in scores.items():
            share = (score - low) / (high - low) if high > low else 1.0
            totals[place] = totals.get(place, 0.0) + max(share, 0.001) / len(queries)
    return totals


KINDS = {
    "match_all": everything, "match_none": nothing, "match": match, "multi_match": multi_match, "term": term,
    "terms": terms, "prefix": prefix, "range": range_of, "exists": exists, "ids": ids, "bool": boolean, "knn": knn,
    "neural": neural, "hybrid": hybrid}
