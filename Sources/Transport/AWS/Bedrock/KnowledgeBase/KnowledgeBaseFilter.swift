import JSONValue

/// Which passages a knowledge base is searched among, by their metadata.
///
/// Which of these a knowledge base understands depends on its vector store: ``startsWith(_:_:)`` is
/// OpenSearch Serverless's alone, for example.
public indirect enum KnowledgeBaseFilter: Sendable, Hashable {
    case andAll([KnowledgeBaseFilter])
    case orAll([KnowledgeBaseFilter])
    case equals(String, JSONValue)
    /// Or has no such key.
    case notEquals(String, JSONValue)
    case greaterThan(String, JSONValue)
    case greaterThanOrEquals(String, JSONValue)
    case lessThan(String, JSONValue)
    case lessThanOrEquals(String, JSONValue)
    /// The value is one of these.
    case `in`(String, [JSONValue])
    /// The value is none of these.
    case notIn(String, [JSONValue])
    case startsWith(String, JSONValue)
    /// A text with this in it, or a list of texts of which one has it.
    case stringContains(String, JSONValue)
    /// A list of texts of which this is one.
    case listContains(String, JSONValue)

    /// Characters of a key.
    public static let keyCount = 100
}

extension KnowledgeBaseFilter {
    /// AWS takes lists of two filters and more: a list of one is written as that one.
    func json() throws(KnowledgeBaseFault) -> JSONValue {
        switch self {
        case .andAll(let filters): try Self.list("andAll", filters)
        case .orAll(let filters): try Self.list("orAll", filters)
        case .equals(let key, let value): try Self.attribute("equals", key, value)
        case .notEquals(let key, let value): try Self.attribute("notEquals", key, value)
        case .greaterThan(let key, let value): try Self.attribute("greaterThan", key, value)
        case .greaterThanOrEquals(let key, let value): try Self.attribute("greaterThanOrEquals", key, value)
        case .lessThan(let key, let value): try Self.attribute("lessThan", key, value)
        case .lessThanOrEquals(let key, let value): try Self.attribute("lessThanOrEquals", key, value)
        case .in(let key, let values): try Self.attribute("in", key, .array(values))
        case .notIn(let key, let values): try Self.attribute("notIn", key, .array(values))
        case .startsWith(let key, let value): try Self.attribute("startsWith", key, value)
        case .stringContains(let key, let value): try Self.attribute("stringContains", key, value)
        case .listContains(let key, let value): try Self.attribute("listContains", key, value)
        }
    }

    private static func list(
        _ name: String, _ filters: [KnowledgeBaseFilter]
    ) throws(KnowledgeBaseFault) -> JSONValue {
        var list: [JSONValue] = []
        for filter in filters { list.append(try filter.json()) }
        guard let first = list.first else { throw KnowledgeBaseFault(reason: "a list of filters is empty") }
        return list.count == 1 ? first : [name: .array(list)]
    }

    private static func attribute(
        _ name: String, _ key: String, _ value: JSONValue
    ) throws(KnowledgeBaseFault) -> JSONValue {
        guard (1...keyCount).contains(key.unicodeScalars.count) else {
            throw KnowledgeBaseFault(
                reason: """
                    a filter's key has \(key.unicodeScalars.count) characters, and Bedrock takes \
                    1 to \(keyCount)
                    """)
        }
        return [name: ["key": .string(key), "value": value]]
    }
}

/// Why a knowledge base would not take a query.
struct KnowledgeBaseFault: Error {
    var reason: String
}
