import Concurrency

/// Embeds questions without the personal data in them. Passages are masked when they are ingested.
public struct MaskedEmbedder: Embedder {
    private let base: any Embedder
    private let mask: PersonalDataMask

    public init(_ base: any Embedder, _ mask: PersonalDataMask) {
        self.base = base
        self.mask = mask
    }

    public var model: EmbeddingModel { base.model }

    public func embed(_ texts: [String], purpose: EmbeddingPurpose) async throws -> [[Float]] {
        guard purpose == .query else { return try await base.embed(texts, purpose: purpose) }
        return try await base.embed(mask.masked(texts).map(\.text), purpose: purpose)
    }
}

/// Reranks by questions without the personal data in them.
public struct MaskedReranker: Reranker {
    private let base: any Reranker
    private let mask: PersonalDataMask

    public init(_ base: any Reranker, _ mask: PersonalDataMask) {
        self.base = base
        self.mask = mask
    }

    public var name: String { base.name }

    public func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        try await base.scores(mask.masked([query])[0].text, passages)
    }
}

/// Lets a model write that is not shown the personal data in what is asked and was said before.
///
/// Instructions and the results of tools are sent as they are; so are passages, which are masked where they come from.
public struct MaskedGenerator: Generator {
    private let base: any Generator
    private let mask: PersonalDataMask

    public init(_ base: any Generator, _ mask: PersonalDataMask) {
        self.base = base
        self.mask = mask
    }

    public var name: String { base.name }

    public func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [base, mask] in
            let texts = request.said
            let masked = try await mask.masked(texts)
            let sent = Dictionary(
                zip(texts, masked.map(\.text)), uniquingKeysWith: { first, _ in first })
            var events = base.generate(request.saying { sent[$0] ?? $0 }).makeAsyncIterator()
            return { try await events.next() }
        })
    }
}

/// A search whose passages are shown and sent on without the personal data in them.
public struct MaskedRetriever: ExternalRetriever {
    private let base: any ExternalRetriever
    private let mask: PersonalDataMask
    /// Whether a passage that held some is left out.
    private let leavesOut: Bool

    public init(_ base: any ExternalRetriever, _ mask: PersonalDataMask, leavesOut: Bool) {
        self.base = base
        self.mask = mask
        self.leavesOut = leavesOut
    }

    public var name: String { base.name }

    public func retrieve(_ query: ExternalQuery) async throws -> [ExternalPassage] {
        let found = try await base.retrieve(query)
        let masked = try await mask.masked(found.flatMap { [$0.title, $0.text] })
        return found.enumerated().compactMap { offset, passage in
            let (title, text) = (masked[2 * offset], masked[2 * offset + 1])
            if leavesOut, text.hasFound { return nil }
            var passage = passage
            passage.title = title.text
            passage.text = text.text
            return passage
        }
    }
}

extension GenerationRequest {
    /// The texts of what people and models said, in order.
    fileprivate var said: [String] {
        var texts: [String] = []
        _ = saying { text in
            texts.append(text)
            return text
        }
        return texts
    }

    /// The same with other words for what was said.
    fileprivate func saying(_ words: (String) -> String) -> GenerationRequest {
        var request = self
        for place in request.messages.indices
        where request.messages[place].role == .user || request.messages[place].role == .assistant {
            request.messages[place].parts = request.messages[place].parts.map { part in
                switch part {
                case .text(let text): return .text(words(text))
                case .grounding(var asked):
                    asked.question = words(asked.question)
                    asked.parts = asked.parts.map { part in
                        var part = part
                        part.text = words(part.text)
                        part.typed = part.typed.map(words)
                        return part
                    }
                    return .grounding(asked)
                case .image, .reasoning, .toolCall, .toolResult: return part
                }
            }
        }
        return request
    }
}
