"""InvokeModel of embedding models, each in its own format."""
import json

from .bedrock_models import bare, check_allowed, names_no_model
from .wire import invalid
from .words import embed

INPUT_TYPES = ("search_document", "search_query", "classification", "clustering")
PURPOSES = ("GENERIC_INDEX", "GENERIC_RETRIEVAL", "TEXT_RETRIEVAL", "IMAGE_RETRIEVAL", "VIDEO_RETRIEVAL",
            "DOCUMENT_RETRIEVAL", "AUDIO_RETRIEVAL", "CLASSIFICATION", "CLUSTERING")


def invoke(model_id, raw):
    """The answer of an embedding model, and the tokens that it read."""
    check_allowed(model_id)
    model = bare(model_id)
    makers = {"amazon.titan-embed-text-v1": titan_v1, "amazon.titan-embed-g1-text": titan_v1,
              "amazon.titan-embed-text-v2": titan_v2, "cohere.embed-english-v3": cohere_v3,
              "cohere.embed-multilingual-v3": cohere_v3, "cohere.embed-v4": cohere_v4,
              "amazon.nova-2-multimodal-embeddings": nova}
    maker = titan_v2 if names_no_model(model_id) else next(
        (maker for start, maker in makers.items() if model.startswith(start)), None)
    if maker is None:
        raise invalid("The provided model identifier is invalid.")
    try:
        request = json.loads(raw)
    except ValueError:
        request = None
    if not isinstance(request, dict):
        raise invalid("Malformed input request, please reformat your input and try again.")
    return maker(request)


def answer(parameters):
    """InvokeModel's answer; the counts stand in headers that botocore's model does not tell."""
    told, count = invoke(parameters["modelId"], parameters.get("body", b""))
    headers = {"X-Amzn-Bedrock-Input-Token-Count": str(count), "X-Amzn-Bedrock-Invocation-Latency": "1"}
    return {"body": json.dumps(told).encode(), "contentType": "application/json", "headers": headers}


def malformed(place, words):
    return invalid(f"Malformed input request: #{place}: {words}, please reformat your input and try again.")


def only(request, known, place=""):
    unknown = sorted(set(request) - set(known))
    if unknown:
        raise malformed(place, f"extraneous key [{unknown[0]}] is not permitted")


def one_of(value, known, place):
    if not isinstance(value, (str, int)) or isinstance(value, bool) or value not in known:
        raise malformed(place, f"{value} is not a valid enum value, one of {list(known)}")
    return value


def text_of(request, name, limit, place=""):
    text = request.get(name)
    if not isinstance(text, str) or not 1 <= len(text) <= limit:
        raise malformed(f"{place}/{name}", f"expected minLength: 1, maxLength: {limit}")
    return text


def titan_v1(request):
    only(request, {"inputText"})
    vector, count = embed(text_of(request, "inputText", 50_000), 1536, normalize=False)
    return {"embedding": vector, "inputTextTokenCount": count}, count


def titan_v2(request):
    only(request, {"inputText", "dimensions", "normalize", "embeddingTypes"})
    normalize, types = request.get("normalize", True), request.get("embeddingTypes", ["float"])
    if not isinstance(normalize, bool):
        raise malformed("/normalize", "expected type: Boolean")
    if not isinstance(types, list) or not types:
        raise malformed("/embeddingTypes", "expected type: JSONArray")
    dimension = one_of(request.get("dimensions", 1024), (256, 512, 1024), "/dimensions")
    vector, count = embed(text_of(request, "inputText", 50_000), dimension, normalize)
    forms = {"float": vector, "binary": [int(x > 0) for x in vector]}
    chosen = {one_of(kind, forms, "/embeddingTypes"): forms[kind] for kind in types}
    whole = {"embedding": vector} if "float" in chosen else {}
    return whole | {"inputTextTokenCount": count, "embeddingsByType": chosen}, count


def cohere_v3(request):
    return cohere(request, {"texts", "input_type", "truncate", "embedding_types"}, ("NONE", "START", "END"), 2_048)


def cohere_v4(request):
    dimension = one_of(request.get("output_dimension", 1536), (256, 512, 1024, 1536), "/output_dimension")
    tokens = request.get("max_tokens", 128_000)
    if isinstance(tokens, bool) or not isinstance(tokens, int) or not 1 <= tokens <= 128_000:
        raise malformed("/max_tokens", "not 1 to 128000")
    known = {"texts", "input_type", "truncate", "embedding_types", "output_dimension", "max_tokens"}
    return cohere(request, known, ("NONE", "LEFT", "RIGHT"), 400_000, dimension)


def cohere(request, known, truncations, limit, dimension=1024):
    only(request, known)
    texts, types = request.get("texts"), request.get("embedding_types", [])
    if not isinstance(texts, list) or not 1 <= len(texts) <= 96:
        raise malformed("/texts", "expected 1 to 96 items")
    for index, text in enumerate(texts):
        if not isinstance(text, str) or not 1 <= len(text) <= limit:
            raise malformed(f"/texts/{index}", f"expected minLength: 1, maxLength: {limit}")
    one_of(request.get("input_type"), INPUT_TYPES, "/input_type")
    one_of(request.get("truncate", "NONE"), truncations, "/truncate")
    if not isinstance(types, list):
        raise malformed("/embedding_types", "expected type: JSONArray")
    found = [embed(text, dimension) for text in texts]
    vectors, count = [vector for vector, _ in found], sum(count for _, count in found)
    answer = {"id": "00000000-0000-4000-8000-000000000000", "texts": texts}
    if not types:
        return answer | {"response_type": "embeddings_floats", "embeddings": vectors}, count
    forms = {one_of(kind, FORMS, "/embedding_types"): [FORMS[kind](vector) for vector in vectors] for kind in types}
    return answer | {"response_type": "embeddings_by_type", "embeddings": forms}, count


def int8(vector):
    largest = max(abs(x) for x in vector) or 1
    return [round(x / largest * 127) for x in vector]


def bits(vector):
    """The signs, eight of them a byte."""
    signs = [int(x > 0) for x in vector]
    return [int("".join(map(str, signs[start:start + 8])), 2) for start in range(0, len(signs), 8)]


FORMS = {"float": lambda vector: vector, "int8": int8, "uint8": lambda vector: [x + 128 for x in int8(vector)],
         "binary": lambda vector: [x - 128 for x in bits(vector)], "ubinary": bits}


def nova(request):
    """One text; the last of the modes tells what is cut of one that is too long for the model."""
    only(request, {"schemaVersion", "taskType", "singleEmbeddingParams"})
    one_of(request.get("schemaVersion", "nova-multimodal-embed-v1"), ("nova-multimodal-embed-v1",), "/schemaVersion")
    one_of(request.get("taskType"), ("SINGLE_EMBEDDING",), "/taskType")
    single, place = request.get("singleEmbeddingParams"), "/singleEmbeddingParams"
    if not isinstance(single, dict) or not isinstance(single.get("text"), dict):
        raise malformed(f"{place}/text", "expected type: JSONObject")
    only(single, {"embeddingPurpose", "embeddingDimension", "text"}, place)
    only(single["text"], {"truncationMode", "value"}, f"{place}/text")
    one_of(single.get("embeddingPurpose"), PURPOSES, f"{place}/embeddingPurpose")
    mode = one_of(single["text"].get("truncationMode"), ("START", "END", "NONE"), f"{place}/text/truncationMode")
    dimension = one_of(single.get("embeddingDimension", 3072), (256, 384, 1024, 3072), f"{place}/embeddingDimension")
    text = text_of(single["text"], "value", 50_000, f"{place}/text")
    kept, cut = shortened(text, mode)
    vector, count = embed(kept, dimension)
    told = {"truncatedCharLength": len(kept)} if cut else {}
    return {"embeddings": [{"embeddingType": "TEXT", "embedding": vector} | told]}, count


def shortened(text, mode, most=8_192):
    """What a model of so many words reads of a text, and whether that is a part."""
    pieces = text.split(" ")
    if len(pieces) <= most:
        return text, False
    if mode == "NONE":
        raise invalid(f"Input is too long: at most {most} tokens are taken.")
    return " ".join(pieces[:most] if mode == "END" else pieces[-most:]), True
