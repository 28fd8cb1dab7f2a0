/// What servers say that a model read which writes nothing.
///
/// OpenAI, llama.cpp and Infinity tell `prompt_tokens` and `total_tokens`, which are the same then; vLLM and Jina tell of
/// a reranking `total_tokens` alone.
struct OpenAIReadUsage: Decodable {
    /// `nil` where the server counts otherwise: what it says beside the answer must not keep the answer from being read.
    var inputTokens: Int?

    private enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case totalTokens = "total_tokens"
    }

    init(from decoder: any Decoder) throws {
        let container = try? decoder.container(keyedBy: CodingKeys.self)
        inputTokens =
            (try? container?.decode(Int.self, forKey: .promptTokens))
            ?? (try? container?.decode(Int.self, forKey: .totalTokens))
    }
}

/// What Cohere says under `meta` that it asks money for; LiteLLM gives other providers' counts the same form.
struct CohereMeta: Decodable {
    var searches: Int?
    var tokens: Int?

    private enum CodingKeys: String, CodingKey {
        case tokens
        case billedUnits = "billed_units"
    }

    private enum UnitKeys: String, CodingKey {
        case searchUnits = "search_units"
        case totalTokens = "total_tokens"
        case inputTokens = "input_tokens"
    }

    init(from decoder: any Decoder) throws {
        let container = try? decoder.container(keyedBy: CodingKeys.self)
        let billed = try? container?.nestedContainer(keyedBy: UnitKeys.self, forKey: .billedUnits)
        let counted = try? container?.nestedContainer(keyedBy: UnitKeys.self, forKey: .tokens)
        searches = Self.number(billed, .searchUnits)
        tokens =
            Self.number(billed, .totalTokens) ?? Self.number(billed, .inputTokens)
            ?? Self.number(counted, .inputTokens)
    }

    /// Cohere's numbers have a fraction: `1.0`.
    private static func number(_ container: KeyedDecodingContainer<UnitKeys>?, _ key: UnitKeys) -> Int? {
        (try? container?.decode(Double.self, forKey: key)).flatMap { Int(exactly: $0.rounded(.up)) }
    }
}
