"""Kendra's Query and Retrieve over the documents that a test gave, as the user that the call names.

Every index is known but those whose ids begin with `gone`. A token is a JWT or a JSON text with `username` and
`groups`; of another, what follows its last dot is the user.
"""
import base64
import datetime
import json
import re

from .wire import Failure, invalid
from .words import overlap, words

PASSAGE_WORDS, MOST_RESULTS, MOST_CHARACTERS = 200, 100, 2_048
QUERY_ID = "00000000-0000-4000-8000-000000000001"
DATES = ("_created_at", "_last_updated_at")
OPERATIONS = ("DescribeIndex", "Query", "Retrieve")


def call(operation, parameters, documents):
    index = parameters.get("IndexId") or parameters.get("Id")
    if index.startswith("gone"):
        raise Failure("ResourceNotFoundException", f"There is no index with the Id {index}.")
    if operation == "DescribeIndex":
        return describe(index, documents)
    query = parameters.get("QueryText", "")
    readable = [document for document in documents if may_read(document, parameters.get("UserContext"))
                and holds(parameters.get("AttributeFilter"), document)]
    if operation == "Retrieve":
        passages = [(one, text) for one in readable for text in passages_of(one["text"])]
        ranked = rank(query, passages)
        return {"QueryId": QUERY_ID, "ResultItems": page(
            [retrieved(number, *item, parameters) for number, item in enumerate(ranked)], parameters)}
    return queried(query, parameters, rank(query, [(one, one["text"]) for one in readable]))


def describe(index, documents):
    size = sum(len(document["text"].encode()) for document in documents)
    texts = {"IndexedTextDocumentsCount": len(documents), "IndexedTextBytes": size}
    return {"Name": "wiki", "Id": index, "Edition": "ENTERPRISE_EDITION", "Status": "ACTIVE",
            "UserContextPolicy": "ATTRIBUTE_FILTER",
            "IndexStatistics": {"FaqStatistics": {"IndexedQuestionAnswersCount": 0}, "TextDocumentStatistics": texts}}


def rank(query, pairs):
    """Score, document and text of what shares words with the query, best first; all of it where there is no query."""
    if not query:
        return [(0.0, document, text) for document, text in pairs]
    scored = [(overlap(query, f"{document.get('title', '')} {text}"), document, text) for document, text in pairs]
    return sorted((item for item in scored if item[0] > 0), key=lambda item: -item[0])


def passages_of(text):
    """Pieces of 200 words."""
    pieces = re.findall(r"\S+\s*", text)
    return ["".join(pieces[start:start + PASSAGE_WORDS]).strip()
            for start in range(0, len(pieces), PASSAGE_WORDS)]


def page(items, parameters):
    number, size = parameters.get("PageNumber", 1), parameters.get("PageSize", 10)
    if number < 1 or not 1 <= size <= MOST_RESULTS:
        raise invalid("PageNumber is 1 or more, and PageSize 1 to 100.")
    return items[:MOST_RESULTS][(number - 1) * size:number * size]


# Who may read what


def may_read(document, context):
    """Without a user context nothing is filtered."""
    readers = document.get("readers")
    return readers is None or not context or bool(principals(context) & set(readers))


def principals(context):
    user, groups = context.get("UserId"), list(context.get("Groups", []))
    groups += [group["GroupId"] for group in context.get("DataSourceGroups", [])]
    if "Token" in context:
        claims = claims_of(context["Token"])
        user, groups = claims.get("username") or claims.get("sub"), groups + claims.get("groups", [])
    return {f"user:{user}"} | {f"group:{group}" for group in groups}


def claims_of(token):
    parts = token.split(".")
    try:
        text = base64.urlsafe_b64decode(parts[1] + "==") if len(parts) == 3 else token
        claims = json.loads(text)
    except ValueError:
        claims = None
    return claims if isinstance(claims, dict) else {"username": parts[-1]}


# Attributes


def attributes(document):
    """Attributes by key, those of Kendra's own with the document's metadata."""
    own = {"_document_id": document["id"], "_source_uri": document.get("uri", ""),
           "_document_title": document.get("title", "")}
    found = {}
    for key, value in (own | document.get("metadata", {})).items():
        if key in DATES and isinstance(value, str):
            value = datetime.datetime.fromisoformat(value.replace("Z", "+00:00"))
            value = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
        found[key] = value
    return found


def told(document, parameters):
    """The attributes that are asked for; else the texts of a document's metadata, as if no others were displayable."""
    wanted, own = parameters.get("RequestedDocumentAttributes"), document.get("metadata", {})
    listed = []
    for key, value in attributes(document).items():
        kind = ("StringListValue" if isinstance(value, list) else "DateValue"
                if isinstance(value, datetime.datetime) else "LongValue" if isinstance(value, int) else "StringValue")
        is_wanted = key in wanted if wanted is not None else key in own and isinstance(value, str)
        if value != "" and re.fullmatch("[a-zA-Z0-9_][a-zA-Z0-9_-]*", key) and is_wanted:
            listed.append({"Key": key, "Value": {kind: str(value) if kind == "StringValue" else value}})
    return {"DocumentAttributes": listed}


COMPARISONS = {
    "EqualsTo": lambda have, want: have == want, "ContainsAll": lambda have, want: set(want) <= set(have),
    "ContainsAny": lambda have, want: bool(set(want) & set(have)), "GreaterThan": lambda have, want: have > want,
    "GreaterThanOrEquals": lambda have, want: have >= want, "LessThan": lambda have, want: have < want,
    "LessThanOrEquals": lambda have, want: have <= want,
}
LISTS, ORDERED = ("ContainsAll", "ContainsAny"), ("GreaterThan", "GreaterThanOrEquals", "LessThan", "LessThanOrEquals")


def holds(rule, document):
    return all(holds_part(kind, given, document) for kind, given in (rule or {}).items())


def holds_part(kind, given, document):
    if kind in ("AndAllFilters", "OrAllFilters"):
        return (all if kind == "AndAllFilters" else any)(holds(part, document) for part in given)
    if kind == "NotFilter":
        return not holds(given, document)
    if len(given["Value"]) != 1:
        raise invalid(f"The value of {given['Key']} is not one.")
    form, want = next(iter(given["Value"].items()))
    if (kind in LISTS) != (form == "StringListValue") or kind in ORDERED and form not in ("LongValue", "DateValue"):
        raise invalid(f"{kind} takes no {form}.")
    have = attributes(document).get(given["Key"])
    try:
        return have is not None and COMPARISONS[kind](have, want)
    except TypeError:
        return False


# Results


def confidence(score):
    level = "VERY_HIGH" if score > 0.8 else "HIGH" if score > 0.6 else "MEDIUM" if score > 0.3 else "LOW"
    return {"ScoreAttributes": {"ScoreConfidence": level}}


def uri(document):
    """Where a document is from; S3's are told as links, as Kendra takes no other kinds."""
    found = re.sub("^s3://", "https://s3.us-east-1.amazonaws.com/", document.get("uri", ""))
    return {"DocumentURI": found} if re.match(r"(https?|ftp|file)://\S*$", found) else {}


def retrieved(number, score, document, text, parameters):
    return {"Id": f"{QUERY_ID}-{number}", "DocumentId": document["id"], "DocumentTitle": document.get("title", ""),
            "Content": text} | uri(document) | told(document, parameters) | confidence(score)


def highlighted(text, asked, is_answer=False):
    text = text[:MOST_CHARACTERS]
    marks = [{"BeginOffset": match.start(), "EndOffset": match.end(), "TopAnswer": is_answer, "Type": "STANDARD"}
             for match in re.finditer(r"\w+", text) if match[0].lower() in asked]
    return {"Text": text, "Highlights": marks}


def queried(query, parameters, ranked):
    asked = set(words(query))
    items = [document_item(number, *item, asked, parameters) for number, item in enumerate(ranked)]
    if "?" in query and items:
        items.insert(0, answer_item(items[0], ranked[0][2], asked))
    wanted = parameters.get("QueryResultTypeFilter")
    items = [item for item in items if wanted in (None, item["Type"])]
    return {"QueryId": QUERY_ID, "TotalNumberOfResults": len(items), "ResultItems": page(items, parameters),
            "FacetResults": [facet(one, ranked) for one in parameters.get("Facets", [])]}


def document_item(number, score, document, text, asked, parameters):
    title = {"DocumentTitle": highlighted(document["title"], asked)} if document.get("title") else {}
    item = {"Id": f"{QUERY_ID}-{number}", "Type": "DOCUMENT", "Format": "TEXT", "DocumentId": document["id"],
            "DocumentExcerpt": highlighted(text, asked), "FeedbackToken": f"token{number}", "AdditionalAttributes": []}
    return item | title | uri(document) | told(document, parameters) | confidence(score)


def answer_item(item, text, asked):
    """A suggested answer: the sentence of the best document that has the most of the question's words."""
    sentence = max(re.split(r"(?<=[.!?])\s+", text), key=lambda one: len(asked & set(words(one))))
    value = {"TextWithHighlightsValue": highlighted(sentence, asked, is_answer=True)}
    attribute = {"Key": "AnswerText", "ValueType": "TEXT_WITH_HIGHLIGHTS_VALUE", "Value": value}
    return item | {"Id": f"{QUERY_ID}-answer", "Type": "ANSWER", "AdditionalAttributes": [attribute],
                   "DocumentExcerpt": highlighted(sentence, asked, is_answer=True)}


def facet(asked, ranked):
    counts = {}
    for _, document, _ in ranked:
        value = attributes(document).get(asked["DocumentAttributeKey"])
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                counts[one] = counts.get(one, 0) + 1
    pairs = [{"DocumentAttributeValue": {"StringValue": one}, "Count": count} for one, count in counts.items()]
    return {"DocumentAttributeKey": asked["DocumentAttributeKey"], "DocumentAttributeValueType": "STRING_VALUE",
            "DocumentAttributeValueCountPairs": pairs}
