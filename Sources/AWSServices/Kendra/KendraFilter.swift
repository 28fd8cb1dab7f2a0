import JSONValue

/// Which documents a search is among, by their attributes.
///
/// Kendra takes 10 filters in a list, and lists of filters in each other to a depth of 2.
public indirect enum KendraFilter: Sendable, Hashable {
    case all([KendraFilter])
    case any([KendraFilter])
    case not(KendraFilter)
    case equals(String, KendraAttributeValue)
    /// Of a list of strings: it has all of these.
    case containsAll(String, [String])
    /// Of a list of strings: it has one of these.
    case containsAny(String, [String])
    case greaterThan(String, KendraAttributeValue)
    case greaterThanOrEquals(String, KendraAttributeValue)
    case lessThan(String, KendraAttributeValue)
    case lessThanOrEquals(String, KendraAttributeValue)

    /// Filters of one list.
    public static let listCount = 10
    /// Lists in each other.
    public static let depth = 2
}

/// Why Kendra would not take a query.
struct KendraFault: Error {
    var reason: String
}

extension KendraFilter {
    func json(depth: Int = 0) throws(KendraFault) -> JSONValue {
        switch self {
        case .all(let filters): ["AndAllFilters": .array(try Self.list(filters, depth))]
        case .any(let filters): ["OrAllFilters": .array(try Self.list(filters, depth))]
        case .not(let filter): ["NotFilter": try filter.json(depth: depth)]
        case .equals(let key, let value): ["EqualsTo": try Self.attribute(key, value)]
        case .containsAll(let key, let texts): ["ContainsAll": try Self.attribute(key, .strings(texts))]
        case .containsAny(let key, let texts): ["ContainsAny": try Self.attribute(key, .strings(texts))]
        case .greaterThan(let key, let value): ["GreaterThan": try Self.attribute(key, value)]
        case .greaterThanOrEquals(let key, let value): ["GreaterThanOrEquals": try Self.attribute(key, value)]
        case .lessThan(let key, let value): ["LessThan": try Self.attribute(key, value)]
        case .lessThanOrEquals(let key, let value): ["LessThanOrEquals": try Self.attribute(key, value)]
        }
    }

    private static func list(_ filters: [KendraFilter], _ depth: Int) throws(KendraFault) -> [JSONValue] {
        guard depth < Self.depth else {
            throw KendraFault(reason: "Kendra takes lists of filters to a depth of \(Self.depth)")
        }
        guard (1...listCount).contains(filters.count) else {
            throw KendraFault(
                reason: "a list has \(filters.count) filters, and Kendra takes 1 to \(listCount)")
        }
        var list: [JSONValue] = []
        for filter in filters { list.append(try filter.json(depth: depth + 1)) }
        return list
    }

    private static func attribute(_ key: String, _ value: KendraAttributeValue) throws(KendraFault)
        -> JSONValue
    {
        if case .strings(let texts) = value, texts.isEmpty {
            throw KendraFault(reason: "a filter of \(key) names no value")
        }
        return ["Key": .string(key), "Value": value.json]
    }
}
