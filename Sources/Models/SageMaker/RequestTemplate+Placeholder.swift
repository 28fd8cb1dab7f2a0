extension RequestTemplate {
    /// What stands for a value, in double braces.
    enum Placeholder: String, Sendable, Hashable, CaseIterable {
        /// The texts of a call, a list.
        case texts
        /// The one text of a call.
        case text
        /// The word for what the texts are embedded for.
        case purpose
        case query
        /// The passages of a call, a list.
        case documents
        /// Instructions and conversation as one text; without the instructions where the template has
        /// ``system``.
        case prompt
        /// The conversation as OpenAI's chat messages, a list; without the instructions where the template
        /// has ``system``.
        case messages
        /// The instructions; absent where there are none.
        case system
        /// Absent where the request has no limit.
        case maxTokens = "max_tokens"
        /// Absent where the request has none.
        case temperature
        /// The same, and absent where it is 0, which TGI refuses and has as its default.
        case positiveTemperature = "positive_temperature"
        /// Stop sequences, a list; absent where there are none.
        case stop
        /// Whether the answer is streamed.
        case stream

        var text: String { "{{\(rawValue)}}" }

        /// Whether the value is a list, which cannot stand within a text.
        var isList: Bool { [.texts, .documents, .messages, .stop].contains(self) }
    }
}

extension RequestTemplate.Use {
    /// What may stand in a template.
    var allowed: [RequestTemplate.Placeholder] {
        switch self {
        case .embedding: [.texts, .text, .purpose]
        case .reranking: [.query, .documents, .text]
        case .answering:
            [.messages, .prompt, .system, .maxTokens, .temperature, .positiveTemperature, .stop, .stream]
        }
    }

    /// Of each list one must stand in a template.
    var required: [[RequestTemplate.Placeholder]] {
        switch self {
        case .embedding: [[.texts, .text]]
        case .reranking: [[.query], [.documents, .text]]
        case .answering: [[.messages, .prompt]]
        }
    }

    /// Of each list one at most may stand in a template.
    var exclusive: [[RequestTemplate.Placeholder]] {
        switch self {
        case .embedding: [[.texts, .text]]
        case .reranking: [[.documents, .text]]
        case .answering: [[.messages, .prompt], [.temperature, .positiveTemperature]]
        }
    }
}
