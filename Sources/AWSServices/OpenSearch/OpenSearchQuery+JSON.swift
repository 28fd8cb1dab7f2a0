import JSONValue

/// Why a query is not sent. Says nothing of its texts.
struct OpenSearchQueryFault: Error, Equatable {
    var reason: String
}

extension OpenSearchQuery {
    static let mostTerms = 65_536
    static let neighbours = 1...10_000
    static let dimensions = 1...16_000
    static let mostHybrid = 5

    /// The query in OpenSearch's language.
    ///
    /// - Parameter isTop: whether it stands in no other.
    func json(isTop: Bool = true) throws(OpenSearchQueryFault) -> JSONValue {
        switch self {
        case .matchAll: return ["match_all": [:]]
        case .match(let field, let text, let words):
            return Self.about("match", field, ["query": .string(text), "operator": .string(words.rawValue)])
        case .multiMatch(let fields, let text, let words):
            guard !fields.isEmpty else { throw OpenSearchQueryFault(reason: "multi_match has no fields") }
            return [
                "multi_match": [
                    "query": .string(text), "fields": .array(fields.map { .string($0) }),
                    "operator": .string(words.rawValue),
                ]
            ]
        case .term(let field, let value): return Self.about("term", field, ["value": value])
        case .terms(let field, let values):
            guard values.count <= Self.mostTerms else {
                throw OpenSearchQueryFault(
                    reason: "terms takes \(Self.mostTerms) values at most, not \(values.count)")
            }
            return Self.about("terms", field, .array(values))
        case .range(let field, let range):
            guard !range.json.isEmpty else {
                throw OpenSearchQueryFault(reason: "the range of \(field) has no bound")
            }
            return Self.about("range", field, .object(range.json))
        case .exists(let field): return ["exists": ["field": .string(field)]]
        case .ids(let ids): return ["ids": ["values": .array(ids.map { .string($0) })]]
        case .prefix(let field, let text): return Self.about("prefix", field, ["value": .string(text)])
        case .bool(let bool): return try bool.json()
        case .knn(let field, let vector, let k, let filter):
            guard Self.dimensions.contains(vector.count), vector.allSatisfy(\.isFinite) else {
                throw OpenSearchQueryFault(
                    reason:
                        "a vector has 1 to 16,000 finite numbers, and this one of \(vector.count) does not")
            }
            return try Self.nearest("knn", field, ["vector": .openSearchVector(vector)], k, filter)
        case .neural(let field, let text, let modelID, let k, let filter):
            var input: [String: JSONValue] = ["query_text": .string(text)]
            if let modelID { input["model_id"] = .string(modelID) }
            return try Self.nearest("neural", field, input, k, filter)
        case .hybrid(let queries):
            guard isTop, (1...Self.mostHybrid).contains(queries.count) else {
                throw OpenSearchQueryFault(
                    reason: """
                        hybrid joins 1 to \(Self.mostHybrid) queries and stands in no other; it has \
                        \(queries.count)
                        """)
            }
            return ["hybrid": ["queries": .array(try Self.all(queries))]]
        }
    }

    private static func about(_ name: String, _ field: String, _ value: JSONValue) -> JSONValue {
        .object([name: .object([field: value])])
    }

    private static func nearest(
        _ name: String, _ field: String, _ input: [String: JSONValue], _ k: Int, _ filter: OpenSearchQuery?
    ) throws(OpenSearchQueryFault) -> JSONValue {
        guard neighbours.contains(k) else {
            throw OpenSearchQueryFault(reason: "k is 1 to 10,000, not \(k)")
        }
        var input = input
        input["k"] = .integer(k)
        if let filter { input["filter"] = try filter.json(isTop: false) }
        return about(name, field, .object(input))
    }

    static func all(_ queries: [OpenSearchQuery]) throws(OpenSearchQueryFault) -> [JSONValue] {
        var list: [JSONValue] = []
        for query in queries { list.append(try query.json(isTop: false)) }
        return list
    }

    /// Whether its answers' totals say how many hits paging finds.
    var hasPlainTotal: Bool {
        switch self {
        case .hybrid, .knn, .neural: false
        default: true
        }
    }
}

extension OpenSearchBool {
    func json() throws(OpenSearchQueryFault) -> JSONValue {
        var json: [String: JSONValue] = [:]
        for (name, queries) in [
            ("must", must), ("should", should), ("filter", filter), ("must_not", mustNot),
        ] where !queries.isEmpty {
            json[name] = .array(try OpenSearchQuery.all(queries))
        }
        if let minimumShouldMatch {
            guard (0...should.count).contains(minimumShouldMatch) else {
                throw OpenSearchQueryFault(
                    reason: "\(minimumShouldMatch) of \(should.count) conditions of should cannot hold")
            }
            json["minimum_should_match"] = .integer(minimumShouldMatch)
        }
        return .object(["bool": .object(json)])
    }
}
