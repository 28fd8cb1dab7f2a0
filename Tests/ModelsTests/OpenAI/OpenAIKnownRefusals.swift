import Testing

/// What servers say of a failure, and what it means.
struct KnownRefusal: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var status: Int
    var body: String
    var kind: String
    var code = ""
    /// What the message has to hold.
    var message = ""

    init(
        _ name: String, _ status: Int, _ kind: String, code: String = "", message: String = "", _ body: String
    ) {
        testDescription = name
        self.status = status
        self.kind = kind
        self.code = code
        self.message = message
        self.body = body
    }

    static let all = [
        KnownRefusal(
            "OpenAI, wrong key", 401, "unauthorized", code: "invalid_api_key", message: "Incorrect API key",
            #"{"error":{"message":"Incorrect API key provided: sk-t***.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#
        ),
        KnownRefusal(
            "OpenAI, used up", 429, "quotaExceeded", code: "insufficient_quota",
            #"{"error":{"message":"You exceeded your current quota.","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#
        ),
        KnownRefusal(
            "OpenAI, a used-up account of another code", 429, "quotaExceeded",
            code: "credit_balance_exhausted",
            #"{"error":{"message":"No credit.","type":"insufficient_quota","code":"credit_balance_exhausted"}}"#
        ),
        KnownRefusal(
            "OpenAI, too fast", 429, "rateLimited", code: "rate_limit_exceeded",
            #"{"error":{"message":"Rate limit reached for gpt-4 on tokens per min. Limit: 10, Requested: 20.","type":"tokens","code":"rate_limit_exceeded"}}"#
        ),
        KnownRefusal(
            "OpenAI, too long", 400, "contextTooLong 8545/8192", code: "context_length_exceeded",
            #"{"error":{"message":"This model's maximum context length is 8192 tokens. However, your messages resulted in 8545 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}"#
        ),
        KnownRefusal(
            "OpenAI, too many tokens a call", 400, "contextTooLong 400000/-", code: "max_tokens_per_request",
            #"{"error":{"message":"Requested 400000 tokens, max 300000 tokens per request","type":"max_tokens_per_request","code":"max_tokens_per_request"}}"#
        ),
        KnownRefusal(
            "OpenAI, no such model", 404, "modelNotFound", code: "model_not_found",
            #"{"error":{"message":"The model `x` does not exist.","type":"invalid_request_error","code":"model_not_found"}}"#
        ),
        KnownRefusal(
            "OpenAI, no such path", 404, "pathNotFound", code: "invalid_request_error",
            #"{"error":{"message":"Invalid URL (POST /embeddings)","type":"invalid_request_error","param":null,"code":null}}"#
        ),
        KnownRefusal(
            "Azure, content filter", 400, "filtered", code: "content_filter",
            #"{"error":{"message":"The response was filtered.","type":null,"param":"prompt","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}"#
        ),
        KnownRefusal(
            "Azure, no such deployment", 404, "modelNotFound", code: "DeploymentNotFound",
            #"{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}"#
        ),
        KnownRefusal(
            "Azure, too fast", 429, "rateLimited", code: "429",
            #"{"error":{"code":"429","message":"Requests have exceeded the call rate limit."}}"#),
        KnownRefusal(
            "vLLM, no such model", 404, "modelNotFound", code: "NotFoundError",
            #"{"object":"error","message":"The model `x` does not exist.","type":"NotFoundError","param":null,"code":404}"#
        ),
        KnownRefusal(
            "vLLM, too long with the answer", 400, "contextTooLong -/4096", code: "BadRequestError",
            #"{"error":{"message":"'max_tokens' or 'max_completion_tokens' is too large: 2000. This model's maximum context length is 4096 tokens and your request has 2104 input tokens (2000 > 4096 - 2104).","type":"BadRequestError","code":400}}"#
        ),
        KnownRefusal(
            "llama.cpp, too long", 400, "contextTooLong 4476/4096", code: "exceed_context_size_error",
            #"{"error":{"code":400,"message":"request (4476 tokens) exceeds the available context size (4096 tokens)","type":"exceed_context_size_error","n_prompt_tokens":4476,"n_ctx":4096}}"#
        ),
        KnownRefusal(
            "llama.cpp, a text of more than its batch", 500, "contextTooLong 600/512", code: "server_error",
            #"{"error":{"code":500,"message":"input (600 tokens) is too large to process. increase the physical batch size (current batch size: 512)","type":"server_error"}}"#
        ),
        KnownRefusal(
            "llama.cpp, starting", 503, "unavailable", code: "unavailable_error", message: "Loading model",
            #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#),
        KnownRefusal(
            "Ollama, no such model", 404, "modelNotFound", message: "try pulling it first",
            #"{"error":"model \"x\" not found, try pulling it first"}"#),
        KnownRefusal(
            "Ollama, too long", 500, "contextTooLong -/-",
            #"{"error":"the input length exceeds the context length"}"#),
        KnownRefusal(
            "TEI, too long", 413, "contextTooLong 5000/512", code: "Validation",
            #"{"error":"Input validation error: `inputs` must have less than 512 tokens. Given: 5000","error_type":"Validation"}"#
        ),
        KnownRefusal(
            "TEI, too busy", 429, "rateLimited", code: "Overloaded",
            #"{"error":"Model is overloaded","error_type":"Overloaded"}"#),
        KnownRefusal(
            "TEI, its model failed", 424, "unavailable", code: "Backend",
            #"{"error":"inference failed","error_type":"Backend"}"#),
        KnownRefusal(
            "FastAPI, no such path", 404, "pathNotFound", message: "Not Found", #"{"detail":"Not Found"}"#),
        KnownRefusal(
            "FastAPI, wrong fields", 422, "invalidRequest", message: "Field required; Input should be a list",
            #"{"detail":[{"loc":["body","x"],"msg":"Field required","type":"missing"},{"msg":"Input should be a list","input":"secret"}]}"#
        ),
        KnownRefusal(
            "vLLM, wrong fields", 400, "invalidRequest", code: "BadRequestError", message: "List should have",
            #"{"object":"error","message":"[{'type': 'too_long', 'msg': 'List should have at most 2 items', 'input': ['secret text']}]","type":"BadRequestError","code":400}"#
        ),
        KnownRefusal(
            "Pydantic, wrong fields", 422, "invalidRequest", message: "Input should be valid",
            #"{"detail":"1 validation error: Input should be valid [type=x, input_value='secret text']"}"#),
        KnownRefusal(
            "Mistral, a message alone", 401, "unauthorized", message: "Unauthorized",
            #"{"message":"Unauthorized","request_id":"1"}"#),
        KnownRefusal(
            "Gemini, a list", 429, "rateLimited", code: "RESOURCE_EXHAUSTED", message: "current quota",
            #"[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan.","status":"RESOURCE_EXHAUSTED"}}]"#
        ),
        KnownRefusal(
            "Gemini, wrong key", 400, "unauthorized", code: "INVALID_ARGUMENT",
            #"[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]"#
        ),
        KnownRefusal(
            "DeepSeek, no money", 402, "quotaExceeded", code: "invalid_request_error",
            #"{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}"#
        ),
        KnownRefusal(
            "DeepSeek, no such model", 400, "modelNotFound", code: "invalid_request_error",
            #"{"error":{"message":"Model Not Exist","type":"invalid_request_error","param":null,"code":"invalid_request_error"}}"#
        ),
        KnownRefusal(
            "nginx", 502, "unavailable", message: "502 Bad Gateway",
            "<html><head><title>502 Bad Gateway</title></head></html>"),
        KnownRefusal("a page without a title", 403, "denied", "<!doctype html><p>Go away"),
        KnownRefusal(
            "plain text", 503, "unavailable", message: "upstream connect error", "upstream connect error\n"),
        KnownRefusal("nothing", 500, "unavailable", ""),
        KnownRefusal("a teapot", 418, "invalidRequest", message: "short and stout", "short and stout"),
        KnownRefusal("a slow request", 408, "unavailable", "{}"),
        KnownRefusal("a wrong method", 405, "pathNotFound", "{}"),
        KnownRefusal("a redirect", 301, "unexpectedResponse", ""),
        KnownRefusal("an error that is a number", 500, "unavailable", #"{"error":7}"#),
        KnownRefusal(
            "an error behind 200", 200, "rateLimited", code: "429",
            #"{"error":{"code":429,"message":"later"}}"#),
        KnownRefusal(
            "a fault behind 200", 200, "unavailable", message: "sorry", #"{"error":{"message":"sorry"}}"#),
    ]
}
