/// Reads the events of one question; the request goes out when the first one is wanted.
actor AnswerReading {
    private let connection: Connection
    private let question: Question
    private var events: EventReading?
    /// Whether the answer has come.
    private var hasAnswer = false
    private var isOver = false

    init(_ question: Question, over connection: Connection) {
        self.connection = connection
        self.question = question
    }

    /// The next event; `nil` behind the last one.
    func next() async throws -> AnswerEvent? {
        guard !isOver else { return nil }
        guard let event = try await reading().next() else {
            isOver = true
            guard hasAnswer else { throw MillraceError.streamCutOff }
            return nil
        }
        let told = try AnswerEvent(event)
        switch told {
        case .answer: hasAnswer = true
        case .done:
            isOver = true
            events = nil
        default: break
        }
        return told
    }

    private func reading() async throws -> EventReading {
        if let events { return events }
        let call = try Call(.post, "v1", "ask").sending(AskBody(question: question, stream: true))
        let begun = try await connection.events(of: call)
        events = begun
        return begun
    }
}

extension MillraceClient {
    /// A question's answer, whole.
    public func ask(_ question: Question) async throws -> Answer {
        try await connection.value(
            Answer.self,
            of: Call(.post, "v1", "ask").sending(AskBody(question: question, stream: false)))
    }

    /// A question's answer as it is written.
    ///
    /// The question is sent when the first event is wanted, and no more is read than is taken. The stream is for one
    /// reader; leaving its loop, or cancelling the reader's task, ends the work. It throws ``MillraceError``:
    /// ``MillraceError/streamCutOff`` when the connection ends before the answer has come.
    public func ask(streaming question: Question) -> AsyncThrowingStream<AnswerEvent, any Error> {
        let reading = AnswerReading(question, over: connection)
        return AsyncThrowingStream { try await reading.next() }
    }
}
