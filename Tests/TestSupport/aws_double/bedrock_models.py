"""Which models there are, and how their ids and ARNs are read."""
import re

from .wire import Failure, invalid

# Maker, input, output and whether the id itself may be asked, by id.
MODELS = {
    "amazon.titan-embed-text-v1": ("Amazon", ["TEXT"], ["EMBEDDING"], True),
    "amazon.titan-embed-text-v2:0": ("Amazon", ["TEXT"], ["EMBEDDING"], True),
    "amazon.nova-2-multimodal-embeddings-v1:0": ("Amazon", ["TEXT", "IMAGE"], ["EMBEDDING"], True),
    "amazon.nova-lite-v1:0": ("Amazon", ["TEXT", "IMAGE"], ["TEXT"], True),
    "cohere.embed-english-v3": ("Cohere", ["TEXT"], ["EMBEDDING"], True),
    "cohere.embed-multilingual-v3": ("Cohere", ["TEXT"], ["EMBEDDING"], True),
    "cohere.embed-v4:0": ("Cohere", ["TEXT", "IMAGE"], ["EMBEDDING"], True),
    "cohere.rerank-v3-5:0": ("Cohere", ["TEXT"], ["TEXT"], True),
    "anthropic.claude-3-haiku-20240307-v1:0": ("Anthropic", ["TEXT", "IMAGE"], ["TEXT"], True),
    "anthropic.claude-3-5-haiku-20241022-v1:0": ("Anthropic", ["TEXT", "IMAGE"], ["TEXT"], False),
    "disabled.model-v1:0": ("Nobody", ["TEXT"], ["TEXT"], True),
}
GEOGRAPHIES = {"us": "US", "eu": "EU", "apac": "APAC", "jp": "JP", "au": "AU", "us-gov": "GovCloud", "global": "Global"}
# Whose models can talk; an id of theirs that is not in the list above is taken for a newer one.
TALKERS = ("ai21.", "amazon.nova-", "amazon.titan-text-", "anthropic.", "cohere.command-", "deepseek.", "google.",
           "meta.", "minimax.", "mistral.", "moonshot.", "nvidia.", "openai.", "qwen.", "writer.", "zai.")
ARN = re.compile(r"arn:aws(?:-[^:]+)?:bedrock:[a-z0-9-]*:\d*:([a-z-]+)/(.+)")
DISABLED = "disabled.model-v1:0"


def bare(model_id):
    """An id without an ARN's beginning and an inference profile's geography."""
    last = model_id.rpartition("/")[2]
    first, _, rest = last.partition(".")
    return rest if first in GEOGRAPHIES else last


def names_no_model(model_id):
    """Whether it is an ARN that does not tell which model it stands for."""
    match = ARN.fullmatch(model_id)
    return bool(match) and match[1] not in ("foundation-model", "inference-profile")


def check_allowed(model_id):
    if bare(model_id) == DISABLED:
        raise Failure("AccessDeniedException", "You don't have access to the model with the specified model ID.")


def check_talks(model_id):
    check_allowed(model_id)
    model = bare(model_id)
    if names_no_model(model_id):
        return
    if MODELS.get(model, (0, 0, ["TEXT"]))[2] != ["TEXT"]:
        raise invalid("The model that you are using does not support the Converse API.")
    if not model.startswith(TALKERS):
        raise invalid("The provided model identifier is invalid.")
