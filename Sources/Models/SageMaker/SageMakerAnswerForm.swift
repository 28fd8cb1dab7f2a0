/// How an endpoint is asked for an answer, and where what it says has it.
public struct SageMakerAnswerForm: Sendable, Hashable {
    /// Ready forms, by the names that settings have for them.
    public enum Preset: String, Sendable, Hashable, CaseIterable, SageMakerForm.Preset {
        /// OpenAI's chat messages: vLLM, DJL's LMI, and TGI with its messages.
        case chat
        /// Hugging Face's Text Generation Inference.
        case tgi

        public var request: String {
            switch self {
            case .chat:
                #"""
                {"messages": "{{messages}}", "max_tokens": "{{max_tokens}}", "temperature": "{{temperature}}",
                "stop": "{{stop}}", "stream": "{{stream}}"}
                """#
            case .tgi:
                #"""
                {"inputs": "{{prompt}}", "parameters": {"max_new_tokens": "{{max_tokens}}",
                "temperature": "{{positive_temperature}}", "stop": "{{stop}}", "return_full_text": false,
                "details": true}, "stream": "{{stream}}"}
                """#
            }
        }

        public var response: String {
            switch self {
            case .chat: "choices[0].message.content"
            case .tgi: "[0].generated_text"
            }
        }

        /// Where a whole answer tells why it ended.
        public var finish: String {
            switch self {
            case .chat: "choices[0].finish_reason"
            case .tgi: "[0].details.finish_reason"
            }
        }

        /// Where each piece of a streamed answer has its text.
        public var piece: String {
            switch self {
            case .chat: "choices[0].delta.content"
            case .tgi: "token.text"
            }
        }

        /// Where one of the pieces tells why the answer ended.
        public var pieceFinish: String {
            switch self {
            case .chat: "choices[0].finish_reason"
            case .tgi: "details.finish_reason"
            }
        }

        /// Where a piece tells that its text is not of the answer: TGI streams the model's own marks too.
        public var pieceSkip: String? { self == .tgi ? "token.special" : nil }

        /// Where the tokens read and written are counted.
        var usage: (input: String, output: String)? {
            self == .chat ? ("usage.prompt_tokens", "usage.completion_tokens") : nil
        }
    }

    /// What the endpoint answers with.
    public enum Answer: Sendable, Hashable {
        /// One JSON.
        case whole(Whole)
        /// What is told as it is made: lines of JSON, or server-sent events of one line of JSON each.
        case streamed(Stream)
    }

    /// Where a whole answer has what.
    public struct Whole: Sendable, Hashable {
        public var text: ResponsePath
        /// Why the answer ended; where nothing is told, it is complete.
        public var finish: ResponsePath?

        public init(text: ResponsePath, finish: ResponsePath? = nil) {
            self.text = text
            self.finish = finish
        }
    }

    /// Where the lines of a streamed answer have what.
    public struct Stream: Sendable, Hashable {
        /// The text of a piece; lines without one are passed over.
        public var piece: ResponsePath
        /// Why the answer ended. Where this is set, an answer that ends without it, and without `[DONE]`, is
        /// cut off; without it, whatever ends in an orderly way is whole.
        public var finish: ResponsePath?
        /// A piece whose text is not of the answer has `true` there.
        public var skip: ResponsePath?

        public init(piece: ResponsePath, finish: ResponsePath? = nil, skip: ResponsePath? = nil) {
            self.piece = piece
            self.finish = finish
            self.skip = skip
        }
    }

    /// Where the tokens read and written are counted; each is passed over where it is absent.
    public struct Usage: Sendable, Hashable {
        public var inputTokens: ResponsePath
        public var outputTokens: ResponsePath

        public init(inputTokens: ResponsePath, outputTokens: ResponsePath) {
            self.inputTokens = inputTokens
            self.outputTokens = outputTokens
        }
    }

    /// With `{{messages}}` or `{{prompt}}`.
    public var template: RequestTemplate
    public var answer: Answer
    public var usage: Usage?

    /// Beside a path of one's own the preset's other paths mean nothing; an answer then ends where it ends.
    ///
    /// - Parameters:
    ///   - request: the name of a ``Preset``, or a template.
    ///   - response: the path of a whole answer's text; `nil` for the preset's.
    ///   - stream: the path of a piece's text; `nil` for the preset's, and for no stream with a template.
    ///   - streams: whether answers are asked for as streams, where the stream's path is known. Else they are
    ///     whole, and of the two paths only the other is looked at.
    public init(
        request: String, response: String? = nil, stream: String? = nil, streams: Bool = true
    ) throws(SageMakerFormError) {
        let (preset, text) = try SageMakerForm.request(request, Preset.self)
        template = try SageMakerForm.template(text, for: .answering)
        usage = try Usage(preset?.usage)
        if streams, let stream = try Stream(stream, preset) {
            answer = .streamed(stream)
        } else {
            answer = .whole(try Whole(response, preset))
        }
    }
}

extension SageMakerAnswerForm.Whole {
    fileprivate init(
        _ given: String?, _ preset: SageMakerAnswerForm.Preset?
    ) throws(SageMakerFormError) {
        text = try SageMakerForm.response(given, or: preset?.response)
        let isPreset = given == nil || given == preset?.response
        finish = try SageMakerForm.response(isPreset ? preset?.finish : nil)
    }
}

extension SageMakerAnswerForm.Stream {
    fileprivate init?(
        _ given: String?, _ preset: SageMakerAnswerForm.Preset?
    ) throws(SageMakerFormError) {
        do throws(SageMakerFormError) {
            guard let piece = try SageMakerForm.response(given ?? preset?.piece) else { return nil }
            self.piece = piece
            let isPreset = given == nil || given == preset?.piece
            finish = try SageMakerForm.response(isPreset ? preset?.pieceFinish : nil)
            skip = try SageMakerForm.response(isPreset ? preset?.pieceSkip : nil)
        } catch {
            guard case .response(let fault) = error else { throw error }
            throw .stream(fault)
        }
    }
}

extension SageMakerAnswerForm.Usage {
    fileprivate init?(_ paths: (input: String, output: String)?) throws(SageMakerFormError) {
        guard let input = try SageMakerForm.response(paths?.input),
            let output = try SageMakerForm.response(paths?.output)
        else { return nil }
        self.init(inputTokens: input, outputTokens: output)
    }
}
