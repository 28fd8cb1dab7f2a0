import Transport

/// A reranking model of Bedrock: Amazon Rerank or Cohere Rerank.
public struct BedrockReranker: Reranker {
    /// Unicode scalars of a text; Bedrock refuses longer ones, of which the end is left out.
    static let maxCharacters = 32_000
    private let runtime: BedrockAgentRuntime
    private let modelARN: String
    private let meter: (any ModelUseMeter)?
    public let name: String

    /// - Parameters:
    ///   - modelARN: `arn:aws:bedrock:REGION::foundation-model/cohere.rerank-v3-5:0`, say.
    ///   - name: shown in traces; the ARN's last part unless given.
    ///   - meter: is told of each answer, by the reranker's name. Bedrock tells of no use: a search is counted for up to
    ///     100 passages of a call, as AWS counts them.
    public init(
        _ runtime: BedrockAgentRuntime, modelARN: String, name: String? = nil,
        meter: (any ModelUseMeter)? = nil
    ) {
        self.runtime = runtime
        self.meter = meter
        self.modelARN = modelARN
        self.name = name ?? modelARN.split(separator: "/").last.map(String.init) ?? modelARN
    }

    /// The model judges each passage alone, so more than one call takes are sent in several.
    ///
    /// - Throws: ``ModelsError`` for an empty passage and for an answer that leaves one out, else
    ///   ``BedrockError``.
    public func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        try ModelsError.checkVisible(passages, model: name)
        var scores: [Double] = []
        while scores.count < passages.count {
            let end = min(scores.count + BedrockAgentRuntime.maxDocuments, passages.count)
            scores += try await part(query, Array(passages[scores.count..<end]))
        }
        return scores
    }

    private func part(_ query: String, _ passages: [String]) async throws -> [Double] {
        let ranked = try await runtime.rerank(
            query.firstScalars(Self.maxCharacters), passages.map { $0.firstScalars(Self.maxCharacters) },
            modelARN: modelARN)
        meter?.count(
            ModelUse(model: name, purpose: .rerank, units: ModelUse.searches(documents: passages.count)))
        var scores = [Double?](repeating: nil, count: passages.count)
        for (offset, score) in ranked where passages.indices.contains(offset) && score.isFinite {
            scores[offset] = score
        }
        let told = scores.compactMap(\.self)
        guard told.count == passages.count else {
            throw ModelsError.wrongCount(model: name, expected: passages.count, actual: told.count)
        }
        return told
    }
}
