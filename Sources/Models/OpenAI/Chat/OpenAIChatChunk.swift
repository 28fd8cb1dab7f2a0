import JSONValue

/// One event of a streamed answer, or a whole answer of a server that does not stream.
///
/// Everything is optional: servers leave out what they do not know, and the last event has usage and no
/// choices.
struct OpenAIChatChunk: Decodable {
    struct Choice: Decodable {
        var index: Int?
        var delta: Delta?
        /// Of a whole answer.
        var message: Delta?
        var finish_reason: String?
        /// vLLM's: the stop sequence that came up, or a token's number.
        var stop_reason: JSONValue?
        /// OpenRouter's, with the finish reason `error`.
        var error: JSONValue?
    }

    struct Delta: Decodable {
        var content: Content?
        /// DeepSeek's, vLLM's and SGLang's field for thoughts.
        var reasoning_content: Content?
        /// OpenRouter's, Ollama's and newer vLLM's.
        var reasoning: Content?
        var tool_calls: [ToolPiece]?
        /// What `tool_calls` replaced.
        var function_call: ToolPiece.Function?
        /// What the model says where it refuses to answer in the shape asked for.
        var refusal: String?
    }

    struct ToolPiece: Decodable {
        struct Function: Decodable {
            var name: String?
            /// A piece of JSON's text; some servers send the object itself.
            var arguments: JSONValue?
        }
        var index: Int?
        var id: String?
        var function: Function?
    }

    struct Usage: Decodable {
        struct PromptDetails: Decodable {
            var cached_tokens: Int?
        }
        var prompt_tokens: Int?
        var completion_tokens: Int?
        var prompt_tokens_details: PromptDetails?
        /// DeepSeek's.
        var prompt_cache_hit_tokens: Int?
    }

    var choices: [Choice]?
    var usage: Usage?
    var error: JSONValue?
    /// `error` for an error that stands alone.
    var object: String?

    /// Whether the server tells of a failure in the middle of its answer.
    var isError: Bool {
        let isEmpty = error == nil || error == .null || error == .bool(false)
        return !isEmpty || object == "error"
    }
}

extension OpenAIChatChunk {
    /// Text, or a list of parts, of which some may be thoughts, as Mistral has it.
    struct Content: Decodable {
        var text = ""
        var thought = ""

        private struct Part: Decodable {
            var type: String?
            var text: String?
            var thinking: [Part]?
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
                return
            }
            for part in (try? container.decode([Part].self)) ?? [] {
                text += part.text ?? ""
                thought += (part.thinking ?? []).compactMap(\.text).joined()
            }
        }
    }
}
