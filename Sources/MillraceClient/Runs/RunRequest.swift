/// A flow, and what it is run with.
public struct RunRequest: Sendable, Hashable, Encodable {
    /// A flow's id, endpoint, or, of a flow of the settings, its name.
    public var flow: String
    /// What the person says, at most 1 MiB of UTF-8.
    public var input: String?
    /// Texts for single inputs, by their components' ids.
    public var inputs: [String: String]?
    /// Names the conversation, 1 to 256 bytes; without it the flow's own one.
    public var session: String?
    /// Parameters of this run that differ from the flow's, by component and name.
    public var parameters: [String: [String: JSON]]?
    /// A version of a stored flow; without it the published one, else the newest.
    public var version: Int?

    /// A run; what is left out is the flow's to choose.
    public init(
        flow: String, input: String? = nil, inputs: [String: String]? = nil, session: String? = nil,
        parameters: [String: [String: JSON]]? = nil, version: Int? = nil
    ) {
        self.flow = flow
        self.input = input
        self.inputs = inputs
        self.session = session
        self.parameters = parameters
        self.version = version
    }
}

/// The body of `POST /v1/runs`.
struct RunBody: Encodable {
    enum Way {
        case whole
        case events
        case asynchronous(priority: Int?, webhook: String?)
    }

    var request: RunRequest
    var way: Way

    private enum CodingKeys: CodingKey {
        case stream, async, priority, webhook
    }

    func encode(to encoder: any Encoder) throws {
        try request.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch way {
        case .whole: break
        case .events: try container.encode(true, forKey: .stream)
        case .asynchronous(let priority, let webhook):
            try container.encode(true, forKey: .async)
            try container.encodeIfPresent(priority, forKey: .priority)
            try container.encodeIfPresent(webhook, forKey: .webhook)
        }
    }
}
