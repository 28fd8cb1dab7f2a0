"""The part of Bedrock that knows which models there are."""
import datetime

from .agents import page
from .bedrock_models import DISABLED, GEOGRAPHIES, MODELS, bare
from .wire import Failure, invalid

ACCOUNT = "123456789012"
SINCE = datetime.datetime(2024, 3, 7, tzinfo=datetime.timezone.utc)


def call(operation, parameters):
    return {"ListFoundationModels": list_models, "GetFoundationModel": get_model,
            "ListInferenceProfiles": list_profiles, "GetInferenceProfile": get_profile,
            "GetFoundationModelAvailability": availability}[operation](parameters)


OPERATIONS = ("ListFoundationModels", "GetFoundationModel", "ListInferenceProfiles", "GetInferenceProfile",
              "GetFoundationModelAvailability")


def model_arn(name):
    return f"arn:aws:bedrock:us-east-1::foundation-model/{name}"


def told(name):
    maker, inputs, outputs, is_on_demand = MODELS[name]
    # The model of the service allows a name no more than 20 characters.
    return {"modelArn": model_arn(name), "modelId": name, "modelName": name.partition(".")[2][:20],
            "providerName": maker, "inputModalities": inputs, "outputModalities": outputs,
            "responseStreamingSupported": outputs == ["TEXT"], "customizationsSupported": [],
            "inferenceTypesSupported": ["ON_DEMAND"] if is_on_demand else [],
            "modelLifecycle": {"status": "LEGACY" if name.endswith("text-v1") else "ACTIVE", "startOfLifeTime": SINCE}}


def list_models(parameters):
    models = [told(name) for name in MODELS]
    filters = {"byProvider": lambda model, want: model["providerName"].lower() == want.lower(),
               "byOutputModality": lambda model, want: want in model["outputModalities"],
               "byInferenceType": lambda model, want: want in model["inferenceTypesSupported"],
               "byCustomizationType": lambda model, want: want in model["customizationsSupported"]}
    return {"modelSummaries": [model for model in models
                               if all(filters[name](model, want) for name, want in parameters.items())]}


def get_model(parameters):
    name = parameters["modelIdentifier"].rpartition("/")[2]
    if name not in MODELS:
        raise Failure("ResourceNotFoundException", f"Could not find the model {name}.")
    return {"modelDetails": told(name)}


def profiles():
    found = []
    for geography in ("us", "eu", "global"):
        for name in ("anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-3-5-haiku-20241022-v1:0",
                     "cohere.embed-v4:0"):
            identifier = f"{geography}.{name}"
            found.append({
                "inferenceProfileName": f"{GEOGRAPHIES[geography]} {name.split('.')[1].rpartition('-')[0]}",
                "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:{ACCOUNT}:inference-profile/{identifier}",
                "inferenceProfileId": identifier, "models": [{"modelArn": model_arn(name)}], "status": "ACTIVE",
                "type": "SYSTEM_DEFINED", "createdAt": SINCE, "updatedAt": SINCE})
    return found


def list_profiles(parameters):
    found = [one for one in profiles() if parameters.get("typeEquals", one["type"]) == one["type"]]
    return page(found, parameters, parameters.get("maxResults", 4), "inferenceProfileSummaries")


def get_profile(parameters):
    wanted = parameters["inferenceProfileIdentifier"].rpartition("/")[2]
    for one in profiles():
        if one["inferenceProfileId"] == wanted:
            return one
    raise Failure("ResourceNotFoundException", f"Could not find the inference profile {wanted}.")


def availability(parameters):
    name = parameters["modelId"]
    if bare(name) not in MODELS:
        raise invalid("The provided model identifier is invalid.")
    return {"modelId": name, "agreementAvailability": {"status": "AVAILABLE"},
            "authorizationStatus": "NOT_AUTHORIZED" if name == DISABLED else "AUTHORIZED",
            "entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE"}
