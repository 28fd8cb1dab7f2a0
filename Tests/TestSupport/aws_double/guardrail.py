"""A guardrail that blocks the word `forbidden` and masks addresses of e-mail."""
import re

from .wire import Failure

BLOCKED = "This was blocked."
EMAIL = re.compile(r"\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
UNITS = ("topicPolicyUnits", "contentPolicyUnits", "wordPolicyUnits", "sensitiveInformationPolicyUnits",
         "sensitiveInformationPolicyFreeUnits", "contextualGroundingPolicyUnits")
BLOCKING = {"wordPolicy": {"customWords": [{"match": "forbidden", "action": "BLOCKED", "detected": True}],
                           "managedWordLists": []}}


def check_known(identifier):
    """Guardrails whose names begin with `gone` there are none."""
    if identifier.rpartition("/")[2].startswith("gone"):
        raise Failure("ResourceNotFoundException", "The guardrail identifier or version provided in the request does "
                      "not exist.")


def forbids(text):
    return re.search(r"\bforbidden\b", text) is not None


def units(texts):
    """Units of each policy: 1,000 characters or a part of them."""
    return {name: -(-sum(len(text) for text in texts) // 1000) for name in UNITS}


def measured(texts, assessment=None):
    """An assessment with what it took, as it stands in a trace."""
    characters = sum(len(text) for text in texts)
    coverage = {"textCharacters": {"guarded": characters, "total": characters}}
    metrics = {"guardrailProcessingLatency": 1, "usage": units(texts), "guardrailCoverage": coverage}
    return (assessment or {}) | {"invocationMetrics": metrics}


def judge(request, texts, answer):
    """What stands in the trace, whether a guardrail steps in, and the answer: guarded parts alone, where there are any.
    Of an answer that it lets nothing be asked for there is no assessment."""
    identifier = request["guardrailConfig"]["guardrailIdentifier"].rpartition("/")[2]
    guarded = [block["guardContent"]["text"]["text"] for message in request["messages"]
               for block in message["content"] if "text" in block.get("guardContent", {})]
    asked = guarded or texts
    if forbids(" ".join(asked)):
        return {"inputAssessment": {identifier: measured(asked, BLOCKING)}}, True, BLOCKED
    trace = {"inputAssessment": {identifier: measured(asked)}}

    def answered(assessment=None):
        return trace | {"outputAssessments": {identifier: [measured([answer], assessment)]}}

    if forbids(answer):
        return answered(BLOCKING) | {"modelOutput": [answer]}, True, BLOCKED
    found = EMAIL.findall(answer)
    if found:
        return answered(masking(found)) | {"modelOutput": [answer]}, True, masked(answer)
    return answered(), False, answer


def masked(text):
    return EMAIL.sub("{EMAIL}", text)


def masking(found):
    entities = [{"match": address, "type": "EMAIL", "action": "ANONYMIZED", "detected": True} for address in found]
    return {"sensitiveInformationPolicy": {"piiEntities": entities, "regexes": []}}


def apply(parameters):
    """ApplyGuardrail: on texts alone."""
    check_known(parameters["guardrailIdentifier"])
    texts = [block["text"]["text"] for block in parameters["content"] if "text" in block]
    characters = sum(len(text) for text in texts)
    coverage = {"textCharacters": {"guarded": characters, "total": characters}}
    answer = {"usage": units(texts), "action": "NONE", "outputs": [],
              "assessments": [], "guardrailCoverage": coverage}
    if any(forbids(text) for text in texts):
        return answer | {"action": "GUARDRAIL_INTERVENED", "actionReason": "Guardrail blocked.",
                         "outputs": [{"text": BLOCKED}], "assessments": [BLOCKING]}
    found = [match[0] for text in texts for match in EMAIL.finditer(text)]
    if not found:
        return answer
    return answer | {"action": "GUARDRAIL_INTERVENED", "actionReason": "Guardrail masked.",
                     "outputs": [{"text": masked(text)} for text in texts], "assessments": [masking(found)]}
