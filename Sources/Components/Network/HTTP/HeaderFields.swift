import JSONValue
import Transport

/// Header fields that a flow gives, without those that are the client's own affair.
public struct HeaderFields: Sendable {
    public private(set) var fields: [(name: String, value: String)]

    /// What belongs to the connection or to the message's framing.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "keep-alive", "te", "trailer", "upgrade",
        "expect", "proxy-authorization", "proxy-connection", "accept-encoding",
    ]
    /// What says nothing of who asks.
    private static let harmless: Set<String> = ["accept", "accept-language", "user-agent"]

    static let countLimit = 64
    static let byteLimit = 16_384

    public init() {
        fields = []
    }

    /// - Throws: ``NetworkError/invalid(what:reason:)`` for a name that the client sets itself, or for too many.
    public init(_ fields: [(name: String, value: String)]) throws(NetworkError) {
        for field in fields where Self.reserved.contains(field.name.lowercased()) {
            throw .invalid(what: "header \(field.name.prefix(50))", reason: "it is the client's own affair")
        }
        let bytes = fields.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
        guard fields.count <= Self.countLimit, bytes <= Self.byteLimit else {
            throw .invalid(
                what: "headers",
                reason: """
                    there are \(fields.count) with \(bytes) bytes; at most \(Self.countLimit) with \
                    \(Self.byteLimit) bytes are sent
                    """)
        }
        self.fields = fields
    }

    public func has(_ name: String) -> Bool { fields.contains { $0.name.lowercased() == name } }

    /// Sets a field in place of any that has its name.
    mutating func set(_ name: String, _ value: String) {
        remove(name)
        fields.append((name, value))
    }

    mutating func remove(_ name: String) {
        fields.removeAll { $0.name.lowercased() == name.lowercased() }
    }

    /// Those that may go to another origin than they were given for.
    var travelling: HeaderFields {
        var kept = self
        kept.fields = fields.filter { Self.harmless.contains($0.name.lowercased()) }
        return kept
    }
}

extension HeaderFields {
    /// Names and values as flows give them: `{"name": "value"}`, or `[{"key": "name", "value": "value"}]`.
    static func pairs(
        _ json: JSONValue, of parameter: String
    ) throws(NetworkError) -> [(name: String, value: String)] {
        func text(_ value: JSONValue, _ name: String) throws(NetworkError) -> String {
            switch value {
            case .string(let text): return text
            case .integer(let number): return String(number)
            case .number(let number): return String(number)
            case .bool(let flag): return String(flag)
            case .null, .array, .object:
                throw .invalid(
                    what: "parameter “\(parameter)”",
                    reason: "the value of “\(name.prefix(50))” is a \(value.kind)")
            }
        }
        var pairs: [(name: String, value: String)] = []
        switch json {
        case .null: break
        case .object(let members):
            for (name, value) in members.sorted(by: { $0.key < $1.key }) {
                pairs.append((name, try text(value, name)))
            }
        case .array(let rows):
            for row in rows {
                guard let name = row["key"]?.string, let value = row["value"] else {
                    throw .invalid(
                        what: "parameter “\(parameter)”", reason: "an element of it has no “key” and “value”")
                }
                pairs.append((name, try text(value, name)))
            }
        case .string, .integer, .number, .bool:
            throw .invalid(
                what: "parameter “\(parameter)”", reason: "it is a \(json.kind), not an object or a list")
        }
        return pairs
    }
}
