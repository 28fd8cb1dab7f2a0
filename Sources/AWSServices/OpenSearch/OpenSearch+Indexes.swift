import JSONValue

/// The OpenSearch behind an endpoint.
public struct OpenSearchInfo: Sendable, Hashable {
    /// The cluster's name.
    public var cluster: String
    /// For example `2.19.0`.
    public var version: String
    /// `opensearch`; `nil` where it is an Elasticsearch.
    public var distribution: String?
}

extension OpenSearch {
    /// What is behind the endpoint, and whether it lets us in. Serverless does not have it.
    public func info() async throws(OpenSearchError) -> OpenSearchInfo {
        try needsCluster("GET /")
        let answer = try await send(
            Call(name: "GET /", method: "GET", path: "/", permission: "APIAccessAll"))
        guard let version = answer.json["version"]?["number"]?.string else {
            throw answer.unexpected("it has no version")
        }
        return OpenSearchInfo(
            cluster: answer.json["cluster_name"]?.string ?? "", version: version,
            distribution: answer.json["version"]?["distribution"]?.string)
    }

    // MARK: Indexes

    /// Whether there is an index or alias of that name.
    public func exists(_ index: String) async throws(OpenSearchError) -> Bool {
        do throws(OpenSearchError) {
            _ = try await call("HEAD index", "HEAD", index, permission: "DescribeIndex")
            return true
        } catch {
            switch error {
            case .indexMissing, .notFound: return false
            default: throw error
            }
        }
    }

    /// Makes an index.
    ///
    /// - Throws: ``OpenSearchError/conflict(_:)`` when it is there already; so also where an answer was lost and the
    ///   retry finds the index made.
    public func create(_ index: String, _ content: OpenSearchIndex) async throws(OpenSearchError) {
        if let vector = content.fields.values.lazy.compactMap(\.impossible).first {
            throw .invalidOperation(
                operation: "PUT index", reason: "a vector has 1 to 16,000 numbers, not \(vector.dimension)")
        }
        try checkAcknowledged(
            try await call("PUT index", "PUT", index, body: .json(content.json), permission: "CreateIndex"))
    }

    /// Deletes an index with all that is in it; an alias cannot be deleted so.
    public func delete(_ index: String) async throws(OpenSearchError) {
        try checkAcknowledged(
            try await call("DELETE index", "DELETE", index, permission: "DeleteIndex"))
    }

    /// The mapping of an index, or of each index of an alias, by the index's own name.
    public func mappings(_ index: String) async throws(OpenSearchError) -> [String: JSONValue] {
        let answer = try await call("_mapping", "GET", index, "/_mapping", permission: "DescribeIndex")
        var mappings: [String: JSONValue] = [:]
        for (name, value) in answer.json.object ?? [:] {
            guard let mapping = value["mappings"] else {
                throw answer.unexpected("an index of it has no mappings")
            }
            mappings[name] = mapping
        }
        guard !mappings.isEmpty else { throw answer.unexpected("it has no index") }
        return mappings
    }

    /// Adds fields to an index's mapping; those there are cannot become others.
    public func addFields(
        _ index: String, _ fields: [String: OpenSearchField]
    ) async throws(OpenSearchError) {
        let json: JSONValue = ["properties": .object(fields.mapValues(\.json))]
        try checkAcknowledged(
            try await call(
                "_mapping", "PUT", index, "/_mapping", body: .json(json), permission: "UpdateIndex"))
    }

    /// Makes what was written found at once. Serverless does not have it.
    public func refresh(_ index: String) async throws(OpenSearchError) {
        try needsCluster("_refresh")
        try checkWhole(try await call("_refresh", "POST", index, "/_refresh", permission: "UpdateIndex"))
    }

    // MARK: Aliases

    /// The indexes that an alias stands for; none where there is no such alias.
    public func indexes(ofAlias alias: String) async throws(OpenSearchError) -> Set<String> {
        guard OpenSearchName.isIndex(alias) else { throw Self.badAlias(alias) }
        do throws(OpenSearchError) {
            let answer = try await send(
                Call(
                    name: "_alias", method: "GET", path: "/_alias/{alias}", labels: ["alias": alias],
                    index: alias, permission: "DescribeCollectionItems"))
            return Set((answer.json.object ?? [:]).keys)
        } catch {
            switch error {
            case .indexMissing, .notFound: return []
            default: throw error
            }
        }
    }

    /// Lets an alias stand for another index from one moment to the next: no search finds neither or both.
    ///
    /// - Parameter old: the index that it stands for now; `nil` for an alias that is new.
    /// - Throws: ``OpenSearchError/conflict(_:)`` when it stands for something else, as far as that was so just
    ///   before: two that move an alias at once are to be told apart by their callers.
    public func moveAlias(
        _ alias: String, from old: String?, to new: String
    ) async throws(OpenSearchError) {
        guard OpenSearchName.isIndex(alias), OpenSearchName.isIndex(new),
            old.map(OpenSearchName.isIndex) ?? true
        else { throw Self.badAlias(alias) }
        // OpenSearch before 2.12 removes what is not there without a word.
        let found = try await indexes(ofAlias: alias)
        guard found == Set(old.map { [$0] } ?? []) else {
            throw .conflict(
                OpenSearchError.Details(
                    operation: "_aliases", index: alias, status: 200,
                    reason: """
                        the alias stands for \(found.isEmpty ? "nothing" : found.sorted().joined(separator: ", ")), \
                        not for \(old ?? "nothing")
                        """))
        }
        var actions: [JSONValue] = []
        if let old { actions.append(["remove": ["index": .string(old), "alias": .string(alias)]]) }
        actions.append(["add": ["index": .string(new), "alias": .string(alias)]])
        try checkAcknowledged(
            try await send(
                Call(
                    name: "_aliases", path: "/_aliases", body: .json(["actions": .array(actions)]),
                    index: alias, permission: "CreateCollectionItems")))
    }

    private static func badAlias(_ alias: String) -> OpenSearchError {
        .invalidOperation(
            operation: "_aliases",
            reason: "“\(alias.prefix(80))” and its indexes must each be the name of one index or alias")
    }
}
