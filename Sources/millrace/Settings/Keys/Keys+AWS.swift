import Foundation
import JSONValue
import Models

/// How vectors come over the wire.
enum VectorEncoding: String, CaseIterable { case float, int8 }

/// Which request format an embedding model of Bedrock takes; `model` for what its id tells.
enum BedrockFamilyChoice: String, CaseIterable {
    case model
    case titanV1 = "titan-v1"
    case titanV2 = "titan-v2"
    case cohereV3 = "cohere-v3"
    case cohereV4 = "cohere-v4"
    case nova
}

extension Keys {
    struct AWS: Sendable {
        let region = Setting<String?>(
            "aws.region", "the AWS region; empty for that of the environment, the profile or the machine")
        let profile = Setting<String?>(
            "aws.profile", "the profile of the shared files; empty for AWS_PROFILE, or default")
        let endpoints = AWSEndpoints()
    }

    struct Bedrock: Sendable {
        let region = Setting<String?>("bedrock.region", "the region of Bedrock; empty for aws.region")
        let endpoint = Setting<URL?>(
            address: "bedrock.endpoint",
            "another endpoint of Bedrock's models than the region's own; goes before aws.endpoints.bedrock_runtime"
        )
        let embeddingModel = Setting<String>(
            "bedrock.embedding_model", "amazon.titan-embed-text-v2:0",
            "the model that embeds: an id, an inference profile or an ARN")
        let embeddingFamily = Setting<BedrockFamilyChoice>(
            "bedrock.embedding_family", .model, "its request format, where an ARN does not tell the model")
        let embeddingDimension = Setting<Int?>(
            "bedrock.embedding_dimension", in: 64...4_096, "floats of its vectors; empty for the model's own")
        let embeddingEncoding = Setting<VectorEncoding>(
            "bedrock.embedding_encoding", .float, "how vectors come; int8 is for Cohere's models")
        let embeddingConcurrency = Setting<Int>(
            "bedrock.embedding_concurrency", 8, in: 1...256, "calls to it under way at a time")
        let embeddingCalls = Setting<Int?>(
            "bedrock.embedding_calls_per_minute", in: 1...1_000_000, "the account's quota; empty if unknown")
        let embeddingTokens = Setting<Int?>(
            "bedrock.embedding_tokens_per_minute", in: 1_000...1_000_000_000,
            "the account's quota; empty if unknown")
        let answerModel = Setting<String>(
            "bedrock.answer_model", "anthropic.claude-3-5-haiku-20241022-v1:0",
            "the model that answers: an id, an inference profile or an ARN")
        let guardrail = Setting<String?>(
            "bedrock.guardrail",
            "the id or ARN of a guardrail that checks prompts and answers, and what flows give to Guardrail")
        let guardrailVersion = Setting<String>("bedrock.guardrail_version", "DRAFT", "its version")
        let guardrailPrices = Setting<[GuardrailUnit: Double]>(
            policies: "bedrock.guardrail_prices",
            "what a thousand units of the guardrail cost, in dollars, as POLICY=DOLLARS, …")
        let promptCache = Setting<Bool>(
            "bedrock.prompt_cache", false, "whether the model keeps instructions and tools for later calls")
        let nativeSchemas = Setting<Bool>(
            "bedrock.native_schemas", false, "whether the model itself keeps to a JSON Schema")
        let thinkingTokens = Setting<Int?>(
            "bedrock.thinking_tokens", in: 1_024...128_000,
            "tokens to think with before it answers; empty for none")
        let modelFields = Setting<JSONValue?>(
            object: "bedrock.model_fields", "JSON that the model takes beyond Converse's fields")
        let rerankModel = Setting<String>(
            "bedrock.rerank_model", "cohere.rerank-v3-5:0", "the model that reranks: an id or an ARN")
        let knowledgeBase = Setting<String?>("bedrock.knowledge_base", "the id of a knowledge base")
        let knowledgeBaseReaders = Setting<String?>(
            "bedrock.knowledge_base_readers_key",
            "the metadata that names who may read a passage; empty if everybody may read all of it")
        let knowledgeBaseSearch = Setting<KnowledgeBaseSearchChoice>(
            "bedrock.knowledge_base_search", .store,
            "by what it is searched; store leaves that to its vector store, managed is for one that Bedrock keeps"
        )
        let knowledgeBaseSendsUser = Setting<Bool>(
            "bedrock.knowledge_base_sends_user", false,
            "whether a managed one is told the caller’s user, an e-mail address, by whom it then answers")
        let knowledgeBaseRerankModel = Setting<String?>(
            "bedrock.knowledge_base_rerank_model",
            "the model that orders what it found: an id or an ARN; empty for none")
        let knowledgeBaseGuarded = Setting<Bool>(
            "bedrock.knowledge_base_guarded", false,
            "whether bedrock.guardrail looks at what it is asked and what it found")
    }

    struct Comprehend: Sendable {
        let region = Setting<String?>("comprehend.region", "the region of Comprehend; empty for aws.region")
        let insights = Setting<[ComprehendInsight]>(
            "comprehend.insights", standard: "", "what is found in each passage at ingest",
            range: "`language`, `entities`, `key_phrases`, `sentiment`, separated by commas"
        ) { text in
            let parts = Setting<String>.parts(text).map(ComprehendInsight.init(rawValue:))
            return Reading(
                parts.contains(nil) ? nil : parts.compactMap(\.self),
                expected: "language, entities, key_phrases and sentiment are expected, separated by commas")
        }
        let pii = Setting<PIIPolicyChoice>(
            "comprehend.pii", .keep,
            "what becomes of personal data before anything is embedded: mask it, or leave its passage out")
        let piiScore = Setting<Double>(
            "comprehend.pii_min_score", 0.8, in: 0...1, "how sure Comprehend must be of personal data")
        let piiTypes = Setting<[String]>(
            "comprehend.pii_types", "which kinds count, such as EMAIL, PHONE; empty for all")
        let unitPrice = Setting<Double>(
            "comprehend.unit_price", 0, in: 0...1_000,
            "what a thousand units of 100 characters cost, in dollars; 0 where it is not to be counted")
        let piiAlsoIn = Setting<[PIIPlace]>(
            "comprehend.pii_also_in", standard: "",
            "in what else it is masked for models elsewhere: what people ask, what managed searches find",
            range: "`questions`, `searches`, separated by commas"
        ) { text in
            let places = Setting<String>.parts(text).map(PIIPlace.init(rawValue:))
            return Reading(
                places.contains(nil) ? nil : places.compactMap(\.self),
                expected: "questions and searches are expected, separated by commas")
        }
    }

    struct Kendra: Sendable {
        let region = Setting<String?>("kendra.region", "the region of Kendra; empty for aws.region")
        let index = Setting<String?>("kendra.index", "the id of an index")
        let search = Setting<KendraRetriever.Settings.Operation>(
            "kendra.search", .retrieve,
            "what it is asked for: passages, or the answers and excerpts of Query")
        let caller = Setting<KendraCallerChoice>(
            "kendra.caller", .principals,
            "as whom: user and groups, the token that signed the caller in, or everybody, who find everything"
        )
        let everyoneGroup = Setting<String?>(
            "kendra.everyone_group", "a group of the index that everybody is in; empty for none")
    }
}

/// By what a knowledge base is searched.
enum KnowledgeBaseSearchChoice: String, CaseIterable {
    case store, hybrid, semantic, managed
}

/// As whom an index of Kendra is asked.
enum KendraCallerChoice: String, CaseIterable {
    case principals, token, everybody
}

/// What Comprehend is asked for.
enum ComprehendInsight: String, CaseIterable {
    case language, entities, sentiment
    case keyPhrases = "key_phrases"
}

/// Where personal data is masked, beside pages.
enum PIIPlace: String, CaseIterable {
    case questions, searches
}

/// What becomes of personal data.
enum PIIPolicyChoice: String, CaseIterable {
    case keep, mask
    case leaveOut = "leave_out"
}
