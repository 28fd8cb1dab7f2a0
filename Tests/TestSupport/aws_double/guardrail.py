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


def judge(request, texts, answer):
    """What stands in the trace where a guardrail steps in, else None, and the answer: guarded parts alone, where there
    are any."""
    identifier = request["guardrailConfig"]["guardrailIdentifier"].rpartition("/")[2]
    guarded = [block["guardContent"]["text"]["text"] for message in request["messages"]
               for block in message["content"] if "text" in block.get("guardContent", {})]
    if forbids(" ".join(guarded or texts)):
        return {"inputAssessment": {identifier: BLOCKING}}, BLOCKED
    if forbids(answer):
        return {"modelOutput": [answer], "outputAssessments": {identifier: [BLOCKING]}}, BLOCKED
    found = EMAIL.findall(answer)
    if found:
        return {"modelOutput": [answer], "outputAssessments": {identifier: [masking(found)]}}, masked(answer)
    return None, answer


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
    answer = {"usage": {name: -(-characters // 1000) for name in UNITS}, "action": "NONE", "outputs": [],
              "assessments": [], "guardrailCoverage": coverage}
    if any(forbids(text) for text in texts):
        return answer | {"action": "GUARDRAIL_INTERVENED", "actionReason": "Guardrail blocked.",
                         "outputs": [{"text": BLOCKED}], "assessments": [BLOCKING]}
    found = [match[0] for text in texts for match in EMAIL.finditer(text)]
    if not found:
        return answer
    return answer | {"action": "GUARDRAIL_INTERVENED", "actionReason": "Guardrail masked.",
                     "outputs": [{"text": masked(text)} for text in texts], "assessments": [masking(found)]}
