"""Comprehend by a few plain rules: what it finds is really there, and offsets count code points of Unicode.

A text with the word `_poison` in it fails within a batch.
"""
import re

from .wire import Failure

STOP_WORDS = {"en": "the and of is to in a for with by", "de": "der die das und ist nicht ein mit den zu",
              "fr": "le la les et est des une pour du dans", "es": "el los las y es una para con del en"}
PII_LANGUAGES = ("en", "es")
MOST_TEXTS, SHORT, LONG = 25, 5_000, 100_000
PII = [("EMAIL", r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"), ("IP_ADDRESS", r"\b\d{1,3}(?:\.\d{1,3}){3}\b"),
       ("AWS_ACCESS_KEY", r"\bAKIA[A-Z0-9]{16}\b"), ("SSN", r"\b\d{3}-\d{2}-\d{4}\b"),
       ("CREDIT_DEBIT_NUMBER", r"\b\d{4}(?:[ -]?\d{4}){3}\b"), ("PHONE", r"\+\d{1,3}(?: \d{2,7}){2,4}"),
       ("NAME", r"(?<=[Cc]ontact )[A-Z]\w+ [A-Z]\w+|(?<=[Bb]y )[A-Z]\w+ [A-Z]\w+")]
MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
UNITS = "minutes?|hours?|days?|weeks?|euros?|dollars?|GB|MB|km|kg|%"
ENTITIES = [("DATE", rf"\b\d{{4}}-\d{{2}}-\d{{2}}\b|\b\d{{1,2}} (?:{MONTHS}) \d{{4}}\b"),
            ("ORGANIZATION", r"\b(?:[A-Z]\w+ )+(?:Inc|Ltd|GmbH)\b"),
            ("QUANTITY", rf"\b\d+(?:\.\d+)? ?(?:{UNITS})(?!\w)"),
            ("PERSON", r"(?<=[a-zß-ÿ,] )[A-Z]\w+ [A-Z]\w+\b")]
GOOD, BAD = {"good", "great", "happy", "works", "love"}, {"bad", "broken", "angry", "fails", "hate"}
KINDS = ("DominantLanguage", "Entities", "KeyPhrases", "Sentiment")
OPERATIONS = [f"{form}{kind}" for kind in KINDS for form in ("Detect", "BatchDetect")] + \
    ["DetectPiiEntities", "ContainsPiiEntities"]


def call(operation, parameters):
    if operation.startswith("Batch"):
        return batch(operation.removeprefix("BatchDetect"), parameters["TextList"])
    text = parameters.get("Text")
    if text is None:
        raise Failure("InvalidRequestException", "Text is missing, and Bytes are not read here.")
    check_size(text, SHORT if operation == "DetectSentiment" else LONG)
    if "Pii" in operation:
        return personal(operation, text, parameters["LanguageCode"])
    if operation == "DetectEntities" and "LanguageCode" not in parameters:
        raise Failure("InvalidRequestException", "LanguageCode is missing.")
    return one(operation.removeprefix("Detect"), text)


def batch(kind, texts):
    if len(texts) > MOST_TEXTS:
        raise Failure("BatchSizeLimitExceededException",
                      f"Input list contains {len(texts)} documents, and {MOST_TEXTS} are allowed.")
    for text in texts:
        check_size(text, SHORT)
    failed = [{"Index": index, "ErrorCode": "INTERNAL_SERVER_ERROR", "ErrorMessage": "The text cannot be read."}
              for index, text in enumerate(texts) if "_poison" in text]
    return {"ResultList": [{"Index": index} | one(kind, text) for index, text in enumerate(texts)
                           if "_poison" not in text], "ErrorList": failed}


def check_size(text, most):
    size = len(text.encode())
    if size > most:
        raise Failure("TextSizeLimitExceededException", "Input text size exceeds limit. Max length of request text "
                      f"allowed is {most} bytes while in this request the text size is {size} bytes")


def personal(operation, text, language):
    if language not in PII_LANGUAGES:
        raise Failure("UnsupportedLanguageException", f"The language {language} is not supported: only en and es are.")
    spans = spanned(PII, text)
    if operation == "DetectPiiEntities":
        return {"Entities": [{name: span[name] for name in span if name != "Text"} for span in spans]}
    return {"Labels": [{"Name": kind, "Score": 0.99} for kind in sorted({span["Type"] for span in spans})]}


def spanned(rules, text):
    """What the rules find, in the text's order; where two find the same, the earlier rule's."""
    found, taken = [], set()
    for kind, pattern in rules:
        for match in re.finditer(pattern, text):
            if not taken & set(range(*match.span())):
                taken |= set(range(*match.span()))
                found.append({"Type": kind} | span(match, 0.99))
    return sorted(found, key=lambda item: item["BeginOffset"])


def span(match, score):
    return {"Score": score, "Text": match[0], "BeginOffset": match.start(), "EndOffset": match.end()}


def one(kind, text):
    if kind == "DominantLanguage":
        return {"Languages": languages(text)}
    if kind == "Entities":
        return {"Entities": spanned(ENTITIES, text)}
    if kind == "KeyPhrases":
        return {"KeyPhrases": [span(match, 0.97) for match in re.finditer(r"\b(?:[Tt]he|[Aa]) \w+(?: \w+)?", text)]}
    return sentiment(text)


def languages(text):
    """The likeliest, by its letters or else its commonest words."""
    if re.search(r"[\u3040-\u30ff]", text):
        return [{"LanguageCode": "ja", "Score": 0.98}]
    if re.search(r"[\u4e00-\u9fff]", text):
        return [{"LanguageCode": "zh", "Score": 0.98}]
    found = re.findall(r"\w+", text.lower())
    code = max(STOP_WORDS, key=lambda code: sum(word in STOP_WORDS[code].split() for word in found))
    return [{"LanguageCode": code, "Score": 0.98}]


def sentiment(text):
    words = set(re.findall(r"\w+", text.lower()))
    good, bad = bool(words & GOOD), bool(words & BAD)
    kind = "MIXED" if good and bad else "POSITIVE" if good else "NEGATIVE" if bad else "NEUTRAL"
    scores = {name: 0.9 if name.upper() == kind else 0.03 for name in ("Positive", "Negative", "Neutral", "Mixed")}
    return {"Sentiment": kind, "SentimentScore": scores}
