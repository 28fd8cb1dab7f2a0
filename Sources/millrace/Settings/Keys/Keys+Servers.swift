import Foundation
import JSONValue
import Models

/// How a server of OpenAI's API is asked for JSON of a schema.
enum StructuredForm: String, CaseIterable {
    case jsonSchema = "json_schema"
    case jsonObject = "json_object"
    case tool
}

/// What a server calls the limit of an answer's tokens.
enum TokenLimitField: String, CaseIterable {
    case maxTokens = "max_tokens"
    case maxCompletionTokens = "max_completion_tokens"
}

/// How a server reranks.
enum RerankForm: String, CaseIterable { case cohere, tei }

extension Keys {
    struct OpenAI: Sendable {
        let url = Setting<URL?>(
            address: "openai.url", "a server of OpenAI's API, such as http://localhost:11434/v1")
        let key = Setting<String?>(
            "openai.key", "its key; better given as MILLRACE_OPENAI_KEY than in a file", isSecret: true)
        let answerModel = Setting<String?>("openai.answer_model", "the model that answers")
        let keyHeader = Setting<String?>(
            "openai.key_header", "the header that takes the key, such as api-key; empty for Authorization")
        let sendsTemperature = Setting<Bool>(
            "openai.answer_sends_temperature", true,
            "whether the model takes a temperature; some that think do not")
        let tokenLimitField = Setting<TokenLimitField>(
            "openai.answer_token_limit", .maxTokens, "what it calls the limit of an answer's tokens")
        let fields = Setting<JSONValue?>(
            object: "openai.answer_fields", "JSON that the model takes beyond OpenAI's fields")
        let structured = Setting<StructuredForm>(
            "openai.structured", .jsonSchema, "how it is asked for JSON of a schema")
        let embeddingURL = Setting<URL?>(
            address: "openai.embedding_url", "where embeddings come from; empty for openai.url")
        let embeddingModel = Setting<String?>("openai.embedding_model", "the model that embeds")
        let embeddingDimension = Setting<Int?>(
            "openai.embedding_dimension", in: 16...8_192, "floats of its vectors")
        let sendsDimension = Setting<Bool>(
            "openai.embedding_sends_dimension", false, "whether the model is told how many floats to make")
        let embeddingMaxTokens = Setting<Int>(
            "openai.embedding_max_tokens", 512, in: 16...1_000_000, "tokens of a text that it reads")
        let queryPrefix = Setting<String?>("openai.embedding_query_prefix", "put before questions")
        let passagePrefix = Setting<String?>("openai.embedding_passage_prefix", "put before passages")
        let rerankURL = Setting<URL?>(
            address: "openai.rerank_url", "where reranking is asked for; empty for openai.url")
        let rerankModel = Setting<String?>("openai.rerank_model", "the model that reranks")
        let rerankForm = Setting<RerankForm>(
            "openai.rerank_form", .cohere, "how it is asked: as Cohere and vLLM have it, or as TEI")
    }

    struct SageMaker: Sendable {
        let region = Setting<String?>("sagemaker.region", "the region of SageMaker; empty for aws.region")
        let embeddingEndpoint = Setting<String?>("sagemaker.embedding_endpoint", "the endpoint that embeds")
        let embeddingRequest = Setting<String>(
            "sagemaker.embedding_request", "tei", "how it is asked: tei, or JSON with {{texts}} or {{text}}")
        let embeddingResponse = Setting<String?>(
            "sagemaker.embedding_response", "where its answer has the vectors, such as data[*].embedding")
        let embeddingDimension = Setting<Int?>(
            "sagemaker.embedding_dimension", in: 16...8_192, "floats of its vectors")
        let embeddingMaxTokens = Setting<Int>(
            "sagemaker.embedding_max_tokens", 512, in: 16...1_000_000, "tokens of a text that it reads")
        let answerEndpoint = Setting<String?>("sagemaker.answer_endpoint", "the endpoint that answers")
        let answerRequest = Setting<String>(
            "sagemaker.answer_request", "chat",
            "how it is asked: chat, tgi, or JSON with {{messages}} or {{prompt}}")
        let answerResponse = Setting<String?>(
            "sagemaker.answer_response", "where its answer has the text, such as [0].generated_text")
        let answerStream = Setting<String?>(
            "sagemaker.answer_stream",
            "where each piece of a streamed answer has its text, if not where the form has it")
        let answerStreams = Setting<Bool>(
            "sagemaker.answer_streams", true, "whether the endpoint streams its answers")
        let rerankEndpoint = Setting<String?>("sagemaker.rerank_endpoint", "the endpoint that reranks")
        let rerankRequest = Setting<String>(
            "sagemaker.rerank_request", "tei",
            "how it is asked: tei, or JSON with {{query}} and {{documents}}")
        let rerankResponse = Setting<String?>(
            "sagemaker.rerank_response", "where its answer has the scores, in the order of the documents")
    }
}
