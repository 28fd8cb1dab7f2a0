/// A revision of the Model Context Protocol that is spoken here (modelcontextprotocol.io/specification).
enum MCPRevision: String, Sendable, Hashable, CaseIterable {
    case march2025 = "2025-03-26"
    case june2025 = "2025-06-18"
    case november2025 = "2025-11-25"
    case july2026 = "2026-07-28"

    /// Whether every request carries its own version and the client's capabilities, without a handshake.
    var isStateless: Bool { self == .july2026 }

    /// Whether several messages may come as one list.
    var takesBatches: Bool { self == .march2025 }

    /// Whether wrong arguments are told in a tool's result, where a model reads them and can mend them. Before that
    /// they are an error of the protocol.
    var tellsModelsOfArguments: Bool { self == .november2025 || self == .july2026 }

    /// What a client is answered with whose handshake asks for a revision that is not spoken here.
    static let newestWithHandshake = MCPRevision.november2025

    /// What a client speaks that names none: the last revision that had no header for it.
    static let unnamed = MCPRevision.march2025

    /// Every version, the newest first.
    static let versions: [String] = allCases.reversed().map(\.rawValue)
}
