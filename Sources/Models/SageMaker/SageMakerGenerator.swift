import AWSServices
import Concurrency
import JSONValue

/// Answers by a model behind a SageMaker endpoint, streamed where its container streams.
public struct SageMakerGenerator: Generator {
    /// Which model, and how it is asked.
    public struct Configuration: Sendable, Hashable {
        /// The endpoint, and the model on it where it has several.
        public var call: SageMakerCall
        public var form: SageMakerAnswerForm
        /// The name shown with the answer; the endpoint's with the model's on it, unless given.
        public var name: String
        /// Whether the model begins each answer within a thought, without telling so: the answer is then what
        /// follows `</think>`.
        public var beginsInThought = false

        public init(call: SageMakerCall, form: SageMakerAnswerForm, name: String? = nil) {
            self.call = call
            self.form = form
            self.name = name ?? call.modelName
        }
    }

    private let endpoint: SageMakerModel
    private let configuration: Configuration

    public init(_ runtime: SageMakerRuntime, _ configuration: Configuration) {
        endpoint = SageMakerModel(runtime: runtime, call: configuration.call)
        self.configuration = configuration
    }

    public var name: String { configuration.name }

    /// The call begins with the first read of the sequence; a stream goes as fast as it is read.
    ///
    /// The sequence throws ``ModelsError`` for a request that no model can be sent, or that asks for tools,
    /// images or an answer of a given shape, else ``SageMakerError``. A streamed answer that ends before the
    /// model says so, as far as the form tells where it says that, is an error, never a short answer. What
    /// the model thinks at the beginning, in `<think>…</think>`, comes as ``GenerationEvent/reasoning(_:)``,
    /// never as text.
    public func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [endpoint, configuration] in
            let form = configuration.form
            let prompt = try SageMakerPrompt(
                request, form.template.placeholders, isStream: form.streams, name: configuration.name)
            let text = SageMakerAnswerText(
                stopSequences: request.stopSequences, beginsInThought: configuration.beginsInThought)
            switch form.answer {
            case .streamed(let stream):
                let body = try endpoint.body(form.template, prompt.values)
                let answer = SageMakerStream(
                    try await endpoint.runtime.stream(endpoint.call, body: body), endpoint, stream,
                    usage: form.usage, text)
                return { try await answer.next() }
            case .whole(let whole):
                let answer = try await endpoint.ask(form.template, prompt.values)
                var events = try endpoint.events(of: answer, whole, form.usage, text).makeIterator()
                return { events.next() }
            }
        })
    }
}

extension SageMakerModel {
    /// What a whole answer comes to.
    fileprivate func events(
        of answer: SageMakerRuntime.Answer, _ form: SageMakerAnswerForm.Whole,
        _ usage: SageMakerAnswerForm.Usage?, _ text: SageMakerAnswerText
    ) throws(SageMakerError) -> [GenerationEvent] {
        let json = try json(answer)
        let (said, finish) = try look(answer) { () throws(ResponsePathError) in
            (try form.text.text(in: json), try form.finish?.firstIfPresent(in: json)?.string)
        }
        var text = text
        var events = text.take(said) + text.finish()
        if text.isThoughtTooLong { throw unexpected("what the model thought is too long", answer.told) }
        if let counts = usage?.counts(in: json) { events.append(.usage(counts)) }
        let reason = try stopReason(finish, answer.told)
        return events + [.finished(text.hasStopped ? .stopSequence : reason)]
    }

    /// What the reason that a model gives for its end comes to; none is a whole answer.
    func stopReason(
        _ reason: String?, _ told: SageMakerRuntime.Told
    ) throws(SageMakerError) -> StopReason {
        switch reason?.lowercased() {
        case "length", "max_tokens", "max_length": .maxTokens
        case "content_filter": .filtered
        case "stop_sequence": .stopSequence
        case "error", "abort", "cancelled":
            throw .brokenStream(
                endpoint: call.endpoint, code: "", message: "The model gave up: \(reason ?? "")",
                requestID: told.requestID)
        default: .complete
        }
    }
}

extension ResponsePath {
    /// The text of a whole answer.
    fileprivate func text(in answer: JSONValue) throws(ResponsePathError) -> String {
        let value = try values(in: answer).first
        guard let text = value?.string else {
            throw .notThere(
                path: description, place: "the end of the path", expected: "string", found: value?.kind)
        }
        return text
    }
}

extension SageMakerAnswerForm {
    fileprivate var streams: Bool { if case .streamed = answer { true } else { false } }
}

extension SageMakerAnswerForm.Usage {
    /// - Returns: `nil` where nothing is counted.
    func counts(in answer: JSONValue) -> TokenUsage? {
        let input = (try? inputTokens.firstIfPresent(in: answer))?.integer
        let output = (try? outputTokens.firstIfPresent(in: answer))?.integer
        guard input != nil || output != nil else { return nil }
        return TokenUsage(inputTokens: max(0, input ?? 0), outputTokens: max(0, output ?? 0))
    }
}
