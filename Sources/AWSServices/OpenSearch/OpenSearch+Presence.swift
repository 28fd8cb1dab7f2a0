import JSONValue
import Transport

extension OpenSearch {
    /// Ids of one request at most.
    private static let askedAtOnce = 10_000

    /// Those of `ids` that a document is written under, found by searches or not yet.
    public func stored(
        _ index: String, among ids: [String]
    ) async throws(OpenSearchError) -> Set<String> {
        var stored: Set<String> = []
        for start in stride(from: 0, to: ids.count, by: Self.askedAtOnce) {
            let part = ids[start..<min(start + Self.askedAtOnce, ids.count)]
            for id in part { try Self.checkID(id, "_mget") }
            let answer = try await call(
                "_mget", "POST", index, "/_mget", query: [("_source", "false")],
                body: .json(["ids": .array(part.map { .string($0) })]), permission: "ReadDocument")
            guard let documents = answer.json["docs"]?.array, documents.count == part.count else {
                throw answer.unexpected("it does not tell of each of the \(part.count) ids")
            }
            for (id, document) in zip(part, documents) {
                if let error = document["error"] { throw Self.missed(error, index, answer) }
                guard document["_id"]?.string == id, let isFound = document["found"]?.bool else {
                    throw answer.unexpected("it tells of other ids than were asked for")
                }
                if isFound { stored.insert(id) }
            }
        }
        return stored
    }

    /// What kept a document from being looked for.
    private static func missed(_ error: JSONValue, _ index: String, _ answer: Answer) -> OpenSearchError {
        let complaint = OpenSearchComplaint(
            type: error["type"]?.string ?? "", reason: error["reason"]?.string ?? "")
        let details = OpenSearchError.Details(
            operation: answer.call, index: index, status: 200, type: complaint.type,
            reason: complaint.reason, requestID: answer.requestID)
        return complaint.type == "index_not_found_exception" ? .indexMissing(details) : .unavailable(details)
    }

    /// Writes a document whose versions the writer numbers.
    ///
    /// - Parameters:
    ///   - version: larger than that of the document that is there, 1 or more.
    ///   - requiresAlias: whether `index` must be an alias, so that none is made by the write.
    /// - Throws: ``OpenSearchError/conflict(_:)`` where a document of the same or a later version is there.
    public func put(
        _ index: String, _ id: String, _ source: JSONValue, version: Int, requiresAlias: Bool = false
    ) async throws(OpenSearchError) {
        try Self.checkID(id, "PUT _doc")
        var query: [(name: String, value: String?)] = [
            ("version_type", "external"), ("version", "\(version)"),
        ]
        if requiresAlias { query.append(("require_alias", "true")) }
        let answer = try await call(
            "PUT _doc", "PUT", index, "/_doc/{id}", labels: ["id": id], query: query, body: .json(source),
            permission: "WriteDocument")
        guard let result = answer.json["result"]?.string, ["created", "updated"].contains(result) else {
            throw answer.unexpected("it does not say what became of the document")
        }
    }
}
