/// What a run came to.
public struct RunResult: Sendable, Hashable, Decodable {
    /// Which flow ran.
    public struct Flow: Sendable, Hashable, Decodable {
        /// The flow's id, or its name, of a flow of the settings.
        public var id: String
        /// What people call it.
        public var name: String
        /// 0 for a flow of the settings.
        public var version: Int
    }

    /// One thing that a flow made.
    public struct Output: Sendable, Hashable, Decodable {
        /// The component whose output it is.
        public var component: String
        /// What people call that component.
        public var title: String
        /// The kind of component.
        public var type: String
        /// The component's output.
        public var port: String
        /// What the component made.
        public var value: JSON
        /// The same as something that is said.
        public var message: ChatMessage
    }

    /// The run's id.
    public var runID: String
    /// The conversation that it belongs to.
    public var session: String
    /// Which flow ran.
    public var flow: Flow
    /// What it was given.
    public var input: ChatMessage
    /// In the order of the flow's components.
    public var outputs: [Output]
    /// In the order they ended.
    public var steps: [RunStep]
    /// How long it took.
    public var milliseconds: Double

    private enum CodingKeys: String, CodingKey {
        case session, flow, input, outputs, steps
        case runID = "run_id"
        case milliseconds = "duration_ms"
    }

    /// What the flow says: its outputs' messages, one after the other.
    public var text: String {
        outputs.map(\.message.text).joined(separator: "\n\n")
    }
}

/// Something that is said, with what it rests on.
public struct ChatMessage: Sendable, Hashable, Decodable {
    /// What a number such as `[1]` in the text stands for.
    public struct Citation: Sendable, Hashable, Decodable {
        /// The number in the text.
        public var number: Int
        /// What the source is called.
        public var title: String?
        /// The source's address.
        public var url: String?
        /// The ``Passage/id`` of a passage.
        public var passage: Int?
        /// The words that bear it out.
        public var quote: String?
    }

    /// What is said.
    public var text: String
    /// `user`, `assistant`, `system` or `tool`.
    public var role: String
    /// What the one who says it is called.
    public var name: String?
    /// Names of files.
    public var files: [String]?
    /// What the numbers in ``text`` stand for.
    public var citations: [Citation]?
}

/// What a component did in a run.
public struct RunStep: Sendable, Hashable, Decodable {
    /// The component's id in the flow.
    public var component: String
    /// The kind of component.
    public var type: String
    /// Such as `finished` or `failed`.
    public var outcome: String
    /// How long it took.
    public var milliseconds: Double
    /// Figures, such as `input_tokens` and `passages`.
    public var notes: [String: Double]

    private enum CodingKeys: String, CodingKey {
        case component, type, outcome, notes
        case milliseconds = "ms"
    }
}

/// Why a run failed.
public struct RunFailure: Error, Sendable, Hashable, Decodable {
    /// A name that stays, such as `component-failed`.
    public var kind: String
    /// What went wrong, for people.
    public var reason: String
    /// The component that failed; `nil` for a run that failed as a whole.
    public var component: String?
    /// Whether the same run may succeed later.
    public var isRetryable: Bool

    private enum CodingKeys: String, CodingKey {
        case kind, reason, component
        case isRetryable = "retryable"
    }
}
