import AWSServices
import Concurrency
import JSONValue

/// A reranking model behind a SageMaker endpoint.
public struct SageMakerReranker: Reranker {
    /// Which model, and how it is asked.
    public struct Configuration: Sendable, Hashable {
        /// The endpoint, and the model on it where it has several.
        public var call: SageMakerCall
        public var form: SageMakerRerankForm
        /// Shown in traces; the endpoint's name with the model's on it, unless given.
        public var name: String
        /// Calls under way at a time, 1 or more.
        public var maxConcurrency = 4

        public init(call: SageMakerCall, form: SageMakerRerankForm, name: String? = nil) {
            self.call = call
            self.form = form
            self.name = name ?? call.modelName
        }

        fileprivate var fault: String? {
            if name.isEmpty { return "it has no name" }
            if form.documentsPerCall < 1 { return "\(form.documentsPerCall) documents a call are none" }
            if maxConcurrency < 1 { return "\(maxConcurrency) calls at a time do no work" }
            return nil
        }
    }

    private let endpoint: SageMakerModel
    private let configuration: Configuration
    private let takesOne: Bool
    private let meter: (any ModelUseMeter)?

    /// - Parameter meter: is told of each answer, by the model's name. SageMaker tells of no tokens.
    /// - Throws: ``ModelsError/unusableModel(model:reason:)`` for a setting out of its range.
    public init(
        _ runtime: SageMakerRuntime, _ configuration: Configuration, meter: (any ModelUseMeter)? = nil
    ) throws(ModelsError) {
        if let fault = configuration.fault { throw .unusableModel(model: configuration.name, reason: fault) }
        endpoint = SageMakerModel(runtime: runtime, call: configuration.call)
        self.configuration = configuration
        self.meter = meter
        takesOne = configuration.form.template.placeholders.contains(.text)
    }

    public var name: String { configuration.name }

    /// The model judges each passage alone, so more than one call takes are sent in several.
    ///
    /// - Throws: ``ModelsError/emptyText(model:offset:)`` before any call is made,
    ///   ``ModelsError/wrongCount(model:expected:actual:)`` for an answer that leaves a passage out or tells
    ///   one twice, else ``SageMakerError``.
    public func scores(_ query: String, _ passages: [String]) async throws -> [Double] {
        try ModelsError.checkVisible(passages, model: name)
        let calls = OpenAIBatch.calls(passages, of: takesOne ? 1 : configuration.form.documentsPerCall)
        return try await calls.boundedMap(width: configuration.maxConcurrency) { part in
            try await SageMakerModel.halving(part) { try await scores(of: $0, query) }
        }.flatMap(\.self)
    }

    private func scores(of passages: [String], _ query: String) async throws -> [Double] {
        let values = passages.map { JSONValue.string($0) }
        var filled: [RequestTemplate.Placeholder: JSONValue] = [
            .query: .string(query), .documents: .array(values),
        ]
        filled[.text] = values.first
        let answer = try await endpoint.ask(configuration.form.template, filled)
        meter?.count(
            ModelUse(model: name, purpose: .rerank, units: ModelUse.searches(documents: passages.count)))
        let json = try endpoint.json(answer)
        let form = configuration.form
        let (scores, places) = try endpoint.look(answer) { () throws(ResponsePathError) in
            (try form.scores.numbers(in: json), try form.offsets?.numbers(in: json))
        }
        guard scores.allSatisfy(\.isFinite) else {
            throw endpoint.unexpected("a score is not finite", answer.told)
        }
        guard places.map({ $0.count == scores.count }) ?? true else {
            throw endpoint.unexpected(
                "it has \(scores.count) scores and \(places?.count ?? 0) offsets of passages", answer.told)
        }
        // An offset that is no whole number is of no passage.
        let offsets: [Int?] = places?.map { Int(exactly: $0) ?? -1 } ?? scores.map { _ in nil }
        return try OpenAIBatch.placed(
            zip(offsets, scores).map { ($0, $1) }, count: passages.count, model: name)
    }
}
