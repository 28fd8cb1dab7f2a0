"""Rerank and Retrieve of Bedrock's runtime for agents."""
import json

from .guardrail import forbids
from .wire import Failure, invalid
from .words import overlap

FLOOR = "arn:aws:bedrock:"


def page(found, request, size, name):
    """A page of results, and the token of the next where there is one."""
    token = request.get("nextToken", "0")
    if not token.isdecimal() or int(token) > len(found):
        raise invalid("The nextToken is invalid.")
    start = int(token)
    more = {"nextToken": str(start + size)} if start + size < len(found) else {}
    return {name: found[start:start + size]} | more


def rerank(request):
    """Scores a document by the share of the query's words that it holds; two results a page."""
    query = request["queries"][0]["textQuery"]["text"]
    texts = [text_of(source["inlineDocumentSource"]) for source in request["sources"]]
    configuration = request["rerankingConfiguration"]["bedrockRerankingConfiguration"]
    if not configuration["modelConfiguration"]["modelArn"].startswith(FLOOR):
        raise invalid("The model ARN is invalid.")
    found = [{"index": index, "relevanceScore": overlap(query, text)} for index, text in enumerate(texts)]
    found.sort(key=lambda result: -result["relevanceScore"])
    return page(found[:configuration.get("numberOfResults", len(found))], request, 2, "results")


def text_of(source):
    kind = "textDocument" if source["type"] == "TEXT" else "jsonDocument"
    if kind not in source:
        raise invalid(f"A source of type {source['type']} has no {kind}.")
    return source[kind]["text"] if kind == "textDocument" else json.dumps(source[kind])


def retrieve(request, documents):
    """Documents that share words with the query and meet the filter, best first; two results a page."""
    identifier = request["knowledgeBaseId"].rpartition("/")[2]
    if identifier.upper().startswith("GONE"):
        raise Failure("ResourceNotFoundException", f"Knowledge base with ID {identifier} does not exist.")
    query = request["retrievalQuery"].get("text")
    if not query:
        raise invalid("The retrievalQuery has no text.")
    configuration = request.get("retrievalConfiguration", {})
    search = configuration.get("vectorSearchConfiguration") or configuration.get("managedSearchConfiguration") or {}
    if "guardrailConfiguration" in request and forbids(query):
        return {"retrievalResults": [], "guardrailAction": "INTERVENED"}
    user = request.get("userContext", {}).get("userId")
    scored = [(overlap(query, f"{document.get('title', '')} {document['text']}"), document)
              for document in documents
              if holds(search.get("filter"), metadata(document)) and may_read(document, user)]
    scored = sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: -pair[0])
    reranking = search.get("rerankingConfiguration", {}).get("bedrockRerankingConfiguration", {})
    scored = scored[:reranking.get("numberOfRerankedResults", len(scored))]
    found = [result(score, document) for score, document in scored[:search.get("numberOfResults", 5)]]
    answer = page(found, request, 2, "retrievalResults")
    return answer | ({"guardrailAction": "NONE"} if "guardrailConfiguration" in request else {})


def may_read(document, user):
    readers = document.get("readers")
    return readers is None or user is None or f"user:{user}" in readers


def metadata(document):
    return document.get("metadata", {}) | {
        "x-amz-bedrock-kb-source-uri": document.get("uri", ""), "title": document.get("title", "")}


def result(score, document):
    uri = document.get("uri", "")
    location = {"type": "S3", "s3Location": {"uri": uri}} if uri.startswith("s3:") else \
        {"type": "CONFLUENCE", "confluenceLocation": {"url": uri}}
    return {"content": {"type": "TEXT", "text": document["text"]}, "location": location,
            "metadata": metadata(document), "score": score}


COMPARISONS = {
    "equals": lambda have, want: have == want, "in": lambda have, want: have in want,
    "greaterThan": lambda have, want: have > want, "greaterThanOrEquals": lambda have, want: have >= want,
    "lessThan": lambda have, want: have < want, "lessThanOrEquals": lambda have, want: have <= want,
    "startsWith": lambda have, want: have.startswith(want), "listContains": lambda have, want: want in have,
    "stringContains": lambda have, want: any(want in one for one in (have if isinstance(have, list) else [have])),
}
WANTED = {"in": list, "notIn": list, "startsWith": str, "stringContains": str, "listContains": str}
NUMBERS = ("greaterThan", "greaterThanOrEquals", "lessThan", "lessThanOrEquals")


def holds(rule, values):
    """Whether a document's metadata meet a filter; of a key that it does not have, only what denies holds."""
    if not rule:
        return True
    kind, given = next(iter(rule.items()))
    if kind in ("andAll", "orAll"):
        return (all if kind == "andAll" else any)(holds(part, values) for part in given)
    want, have = given["value"], values.get(given["key"])
    if not isinstance(want, (int, float) if kind in NUMBERS else WANTED.get(kind, object)):
        raise invalid(f"The value of the filter {kind} is of the wrong type.")
    if kind in ("notEquals", "notIn"):
        return have != want if kind == "notEquals" else have not in want
    try:
        return have is not None and COMPARISONS[kind](have, want)
    except (AttributeError, TypeError):
        return False
