import JSONValue
import Transport

extension OpenSearch {
    /// A page of hits, best first or as the search orders them.
    ///
    /// - Throws: ``OpenSearchError``; an answer that some shards failed to give is an error, unless the search
    ///   allows a part.
    public func search(
        _ index: String, _ search: OpenSearchSearch
    ) async throws(OpenSearchError) -> OpenSearchPage {
        let answer = try await call(
            "_search", "POST", index, "/_search", query: Self.parameters(search),
            body: .json(
                .object(try Self.checked("_search") { () throws(OpenSearchQueryFault) in try search.json() })),
            permission: "ReadDocument")
        return try page(answer, search)
    }

    /// How many documents match.
    public func count(
        _ index: String, _ query: OpenSearchQuery = .matchAll
    ) async throws(OpenSearchError) -> Int {
        let json = try Self.checked("_count") { () throws(OpenSearchQueryFault) in try query.json() }
        let answer = try await call(
            "_count", "POST", index, "/_count", body: .json(["query": json]), permission: "ReadDocument")
        try checkWhole(answer)
        guard let count = answer.json["count"]?.integer else { throw answer.unexpected("it has no count") }
        return count
    }

    /// Deletes what matches, of what is there when it begins. Serverless does not have it.
    ///
    /// It ends when all is done; on Amazon OpenSearch Service an answer comes within 60 to 300 seconds or not at
    /// all, while the deletion goes on: repeat it until nothing is deleted.
    ///
    /// - Parameter refreshes: whether what is deleted is no longer found when it returns.
    /// - Throws: ``OpenSearchError``; documents that changed meanwhile are told and no error.
    public func deleteByQuery(
        _ index: String, _ query: OpenSearchQuery, refreshes: Bool = false
    ) async throws(OpenSearchError) -> OpenSearchDeletion {
        let name = "_delete_by_query"
        try needsCluster(name)
        let json = try Self.checked(name) { () throws(OpenSearchQueryFault) in try query.json() }
        var parameters: [(name: String, value: String?)] = [("conflicts", "proceed")]
        if refreshes { parameters.append(("refresh", "true")) }
        let answer = try await call(
            name, "POST", index, "/_delete_by_query", query: parameters, body: .json(["query": json]),
            permission: "DeleteDocument")
        if let failures = answer.json["failures"]?.array, let first = failures.first {
            let cause = first["cause"] ?? first["reason"]
            let complaint = OpenSearchComplaint(
                type: cause?["type"]?.string ?? "", reason: cause?["reason"]?.string ?? "")
            throw .shardsFailed(
                failed: failures.count, of: failures.count,
                OpenSearchError.Details(
                    operation: name, index: index, status: first["status"]?.integer ?? 200,
                    type: complaint.type, reason: complaint.reason, requestID: answer.requestID))
        }
        try checkWhole(answer)
        guard let deleted = answer.json["deleted"]?.integer else {
            throw answer.unexpected("it does not say how many it deleted")
        }
        return OpenSearchDeletion(
            deleted: deleted, changedMeanwhile: answer.json["version_conflicts"]?.integer ?? 0)
    }

    static func checked<Value>(
        _ name: String, _ body: () throws(OpenSearchQueryFault) -> Value
    ) throws(OpenSearchError) -> Value {
        do throws(OpenSearchQueryFault) {
            return try body()
        } catch {
            throw .invalidOperation(operation: name, reason: error.reason)
        }
    }

    static func parameters(_ search: OpenSearchSearch) -> [(name: String, value: String?)] {
        search.pipeline.map { [("search_pipeline", $0)] } ?? []
    }

    func page(_ answer: Answer, _ search: OpenSearchSearch) throws(OpenSearchError) -> OpenSearchPage {
        if !search.allowsPart { try checkWhole(answer) }
        guard let outer = answer.json["hits"], let list = outer["hits"]?.array else {
            throw answer.unexpected("it has no hits")
        }
        var hits: [OpenSearchHit] = []
        for json in list {
            guard let hit = OpenSearchHit(json) else { throw answer.unexpected("a hit has no index or id") }
            // A point in time may add a value of its own.
            guard hit.sort.count >= search.sort.count else {
                throw answer.unexpected(
                    "a hit has \(hit.sort.count) sort values of the \(search.sort.count) asked for")
            }
            hits.append(hit)
        }
        guard hits.count <= search.size else {
            throw answer.unexpected("it has \(hits.count) hits of the \(search.size) asked for")
        }
        let failed = answer.json["_shards"]?["failed"]?.integer ?? 0
        return OpenSearchPage(
            hits: hits, total: outer["total"]?["value"]?.integer,
            isTotalExact: outer["total"]?["relation"]?.string == "eq",
            isPart: failed > 0 || answer.json["timed_out"]?.bool == true,
            pointInTime: answer.json["pit_id"]?.string)
    }
}

/// What a deletion by query did.
public struct OpenSearchDeletion: Sendable, Hashable {
    public var deleted: Int
    /// Documents that somebody changed while it ran, and that are therefore still there.
    public var changedMeanwhile: Int
}
