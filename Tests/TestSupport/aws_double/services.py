"""What each operation answers."""
from . import agents, bedrock_embeddings, catalog, comprehend, guardrail, kendra, sagemaker
from .converse import Answer, count_tokens
from .wire import Failure

# What bedrock's operations are called in what is remembered.
ACTIONS = {"InvokeModel": "invoke", "Converse": "converse", "ConverseStream": "converse-stream", "Rerank": "rerank"}


def answer(call, account, fault):
    """The answer's members and, of a stream, its events; raises `Failure`."""
    parameters = call.read()
    if call.service == "bedrock-runtime":
        return runtime(call, parameters, account, fault)
    if call.operation in catalog.OPERATIONS:
        return catalog.call(call.operation, parameters), None
    if call.operation == "Rerank":
        return agents.rerank(parameters), None
    if (call.service, call.operation) == ("bedrock-agent-runtime", "Retrieve"):
        return agents.retrieve(parameters, account.documents), None
    if call.operation == "InvokeEndpoint":
        return sagemaker.invoke(parameters), None
    if call.operation == "InvokeEndpointWithResponseStream":
        told, pieces = sagemaker.stream(parameters)
        return told, [call.event("PayloadPart", {"Bytes": piece}) for piece in pieces]
    if call.service == "comprehend" and call.operation in comprehend.OPERATIONS:
        return comprehend.call(call.operation, parameters), None
    if call.service == "kendra" and call.operation in kendra.OPERATIONS:
        return kendra.call(call.operation, parameters, account.documents), None
    raise not_played(call)


def runtime(call, parameters, account, fault):
    if call.operation == "Converse":
        return Answer(parameters, account.prefixes, fault).whole(), None
    if call.operation == "ConverseStream":
        return {}, list(Answer(parameters, account.prefixes, fault).events(call))
    if call.operation == "CountTokens":
        return count_tokens(parameters), None
    if call.operation == "ApplyGuardrail":
        return guardrail.apply(parameters), None
    if call.operation == "InvokeModel":
        return bedrock_embeddings.answer(parameters), None
    raise not_played(call)


def not_played(call):
    return Failure("UnknownOperationException", f"The double does not play {call.operation}.", 404)


def broken_off(call):
    """The exception that ends a stream midway."""
    if call.service == "sagemaker-runtime":
        told = {"Message": "The model broke off.", "ErrorCode": "ModelInvocationTimeExceeded"}
        return call.exception("ModelStreamError", told)
    return call.exception("throttlingException", {"message": "Too many tokens, please wait."})


def spoiled(frames, fault, call):
    """The frames of a stream after a fault's work, which begins at the second piece of the answer."""
    pieces = [index for index, (kind, _) in enumerate(frames) if kind in ("contentBlockDelta", "PayloadPart")]
    if not pieces or fault not in ("bad-frame", "cut", "midway"):
        return [frame for _, frame in frames]
    place = pieces[min(1, len(pieces) - 1)]
    frame = frames[place][1]
    before, after = [frame for _, frame in frames[:place]], [frame for _, frame in frames[place + 1:]]
    if fault == "bad-frame":
        return before + [frame[:-5] + bytes([frame[-5] ^ 1]) + frame[-4:]] + after
    return before + [frame[:len(frame) // 2] if fault == "cut" else broken_off(call)[1]]
