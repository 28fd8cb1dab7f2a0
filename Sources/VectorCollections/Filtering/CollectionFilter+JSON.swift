import JSONValue

/// Filters as requests write them:
/// `{"must": [{"key": "a.b", "match": {"value": 1}}], "must_not": […], "should": […]}`.
extension CollectionFilter {
    /// - Parameter place: what the filter is called in errors.
    /// - Throws: ``CollectionError/invalid(field:reason:)`` that names the place of what is wrong.
    public init(_ json: JSONValue, place: String = "filter") throws(CollectionError) {
        try self.init(json, place: place, depth: 1)
        try check(place: place)
    }

    private init(_ json: JSONValue, place: String, depth: Int) throws(CollectionError) {
        guard depth <= Self.depthLimit else {
            throw .invalid(field: place, reason: "has more than \(Self.depthLimit) filters within each other")
        }
        let members = try Self.object(json, place, known: ["must", "must_not", "should"])
        self.init()
        must = try Self.conditions(members["must"], "\(place).must", depth)
        mustNot = try Self.conditions(members["must_not"], "\(place).must_not", depth)
        should = try Self.conditions(members["should"], "\(place).should", depth)
    }

    private static func conditions(
        _ json: JSONValue?, _ place: String, _ depth: Int
    ) throws(CollectionError) -> [Condition] {
        guard let json, json != .null else { return [] }
        guard case .array(let elements) = json else {
            throw .invalid(field: place, reason: "must be a list of conditions")
        }
        guard elements.count <= conditionLimit else {
            throw .invalid(field: place, reason: "has more than \(conditionLimit) conditions")
        }
        var found: [Condition] = []
        for (position, element) in elements.enumerated() {
            found.append(try condition(element, "\(place)[\(position)]", depth))
        }
        return found
    }

    private static func condition(
        _ json: JSONValue, _ place: String, _ depth: Int
    ) throws(CollectionError) -> Condition {
        guard case .object(let members) = json else {
            throw .invalid(field: place, reason: "must be an object")
        }
        if let ids = members["has_id"] {
            _ = try object(json, place, known: ["has_id"])
            return .ids(try pointIDs(ids, "\(place).has_id"))
        }
        guard let key = members["key"] else {
            return .filter(try CollectionFilter(json, place: place, depth: depth + 1))
        }
        _ = try object(json, place, known: ["key", "match", "range", "exists", "is_null"])
        let path = try path(key, "\(place).key")
        let tests = ["match", "range", "exists", "is_null"].filter { members[$0] != nil }
        guard tests.count == 1, let name = tests.first, let test = members[name] else {
            throw .invalid(
                field: place, reason: "must have exactly one of “match”, “range”, “exists” and “is_null”")
        }
        let inner = "\(place).\(name)"
        switch name {
        case "match": return .field(path, try match(test, inner))
        case "range": return .field(path, .range(try bounds(test, inner)))
        default:
            guard case .bool(let flag) = test else {
                throw .invalid(field: inner, reason: "must be true or false")
            }
            return .field(path, name == "exists" ? .exists(flag) : .isNull(flag))
        }
    }

    private static func path(_ json: JSONValue, _ place: String) throws(CollectionError) -> [String] {
        guard case .string(let text) = json else { throw .invalid(field: place, reason: "must be a text") }
        let keys = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard text.utf8.count <= textBytes, keys.count <= pathLimit, keys.allSatisfy({ !$0.isEmpty }) else {
            throw .invalid(
                field: place,
                reason: "must be 1 to \(pathLimit) keys with dots between them, \(textBytes) bytes at most")
        }
        // SQLite compares a key in a path with the key as it is written, where these stand as escapes.
        guard
            !text.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: "\"") || $0 == UInt8(ascii: "\\") })
        else {
            throw .invalid(field: place, reason: "contains a quote, a backslash or a control character")
        }
        return keys
    }

    private static func match(_ json: JSONValue, _ place: String) throws(CollectionError) -> Test {
        let members = try object(json, place, known: ["value", "any"])
        switch (members["value"], members["any"]) {
        case (let value?, nil): return .anyOf([try scalar(value, "\(place).value")])
        case (nil, .array(let values)?):
            guard !values.isEmpty, values.count <= valueLimit else {
                throw .invalid(field: "\(place).any", reason: "must have 1 to \(valueLimit) values")
            }
            var found: [Scalar] = []
            for (position, value) in values.enumerated() {
                found.append(try scalar(value, "\(place).any[\(position)]"))
            }
            return .anyOf(found)
        default:
            throw .invalid(field: place, reason: "must have either “value” or “any”, which is a list")
        }
    }

    private static func bounds(_ json: JSONValue, _ place: String) throws(CollectionError) -> Bounds {
        let members = try object(json, place, known: ["gt", "gte", "lt", "lte"])
        var values: [String: Scalar] = [:]
        for (name, value) in members where value != .null {
            values[name] = try scalar(value, "\(place).\(name)")
        }
        let kinds = Set(
            values.values.map { value in
                switch value {
                case .text: "text"
                case .integer, .number: "number"
                case .flag: "flag"
                }
            })
        guard kinds.count == 1, kinds != ["flag"] else {
            throw .invalid(
                field: place, reason: "must have at least one bound, and all numbers or all texts")
        }
        return Bounds(
            above: values["gt"], from: values["gte"], below: values["lt"], through: values["lte"])
    }

    private static func scalar(_ json: JSONValue, _ place: String) throws(CollectionError) -> Scalar {
        switch json {
        case .string(let text):
            guard text.utf8.count <= textBytes, !text.utf8.contains(0) else {
                throw .invalid(
                    field: place, reason: "must have at most \(textBytes) bytes, and no U+0000")
            }
            return .text(text)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .bool(let flag): return .flag(flag)
        default: throw .invalid(field: place, reason: "must be a text, a number, true or false")
        }
    }

    private static func pointIDs(_ json: JSONValue, _ place: String) throws(CollectionError) -> [PointID] {
        guard case .array(let values) = json, values.count <= valueLimit else {
            throw .invalid(field: place, reason: "must be a list of at most \(valueLimit) ids")
        }
        var ids: [PointID] = []
        for (position, value) in values.enumerated() {
            let id: PointID? =
                switch value {
                case .integer(let number): UInt64(exactly: number).map { .integer($0) }
                case .string(let name): .name(name)
                default: nil
                }
            guard let id else {
                throw .invalid(
                    field: "\(place)[\(position)]", reason: "must be a text or a whole number from 0 on")
            }
            if let fault = id.fault { throw .invalid(field: "\(place)[\(position)]", reason: fault) }
            ids.append(id)
        }
        return ids
    }

    private static func object(
        _ json: JSONValue, _ place: String, known: [String]
    ) throws(CollectionError) -> [String: JSONValue] {
        guard case .object(let members) = json else {
            throw .invalid(field: place, reason: "must be an object")
        }
        if let unknown = members.keys.filter({ !known.contains($0) }).min() {
            throw .invalid(
                field: "\(place).\(unknown.prefix(100))",
                reason: "is not known; there are \(known.joined(separator: ", "))")
        }
        return members
    }
}
