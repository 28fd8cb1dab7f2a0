import JSONValue

/// One flow as Langflow exports it (versions 1.0 to 1.13), with its groups opened.
///
/// Nothing is run or trusted: Python code is text here, and what is not understood is kept in ``json`` and in the
/// nodes' own.
public struct LangflowExport: Sendable, Hashable {
    /// Bytes of JSON that an export may have. The largest flow that comes with Langflow has a tenth of it.
    public static let byteLimit = 8 << 20
    /// Flows of one export of a project.
    public static let flowLimit = 500
    /// Nodes of a flow, those in groups and notes included.
    public static let nodeLimit = 1_000
    public static let edgeLimit = 5_000
    /// Groups within groups.
    public static let groupLimit = 8

    /// A UUID, where the export tells it.
    public var id: String?
    public var name: String
    public var description: String
    /// By which the run endpoint is called instead of the id.
    public var endpointName: String?
    /// The Langflow that wrote it, such as `1.10.1`.
    public var version: String?
    public var tags: [String]
    /// Whether it is a single saved component, and no flow.
    public var isComponent: Bool
    /// Notes included.
    public var nodes: [LangflowNode]
    public var edges: [LangflowEdge]
    /// What was odd and could be read all the same, in plain sentences.
    public var remarks: [String]
    /// The export as it stands, groups closed.
    public var json: JSONValue
}

extension LangflowExport {
    /// The newest Langflow whose exports were looked at.
    static let newestKnown = "1.13"

    /// Whether a version is above ``newestKnown`` in its first two parts.
    static func isNewer(_ version: String) -> Bool {
        func parts(_ text: String) -> [Int] {
            text.split(separator: ".").prefix(2).map { Int($0.prefix { $0.isASCII && $0.isNumber }) ?? 0 }
        }
        return parts(newestKnown).lexicographicallyPrecedes(parts(version))
    }
}
