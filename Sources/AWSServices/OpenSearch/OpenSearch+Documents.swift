import JSONValue
import Transport

/// A document as it is kept.
public struct OpenSearchDocument: Sendable, Hashable {
    /// Which write a document is of; a write can ask that there was none since.
    public struct Revision: Sendable, Hashable {
        public var sequence: Int
        public var primaryTerm: Int

        public init(sequence: Int, primaryTerm: Int) {
            self.sequence = sequence
            self.primaryTerm = primaryTerm
        }
    }

    public var id: String
    /// `nil` where Serverless does not tell it.
    public var revision: Revision?
    public var source: JSONValue
    /// Grows with each write under this id, by one unless its writers number them; `nil` where Serverless does not
    /// tell it.
    public var version: Int?
}

/// When what was written is found.
public enum OpenSearchRefresh: String, Sendable {
    /// After the index's own interval.
    case later = "false"
    /// The call returns when it is found. Not on Serverless.
    case waited = "wait_for"
    /// At once, which costs the cluster much. Not on Serverless.
    case atOnce = "true"
}

extension OpenSearch {
    /// A document by its id, as it was last written, found or not yet; `nil` where there is none.
    public func document(_ index: String, _ id: String) async throws(OpenSearchError) -> OpenSearchDocument? {
        try Self.checkID(id, "GET _doc")
        let answer: Answer
        do throws(OpenSearchError) {
            answer = try await call(
                "GET _doc", "GET", index, "/_doc/{id}", labels: ["id": id], permission: "ReadDocument")
        } catch {
            if error.isMissingDocument { return nil }
            throw error
        }
        guard answer.json["found"]?.bool != false else { return nil }
        guard let found = answer.json["_id"]?.string, let source = answer.json["_source"] else {
            throw answer.unexpected("it has no _id or no _source")
        }
        guard found == id else { throw answer.unexpected("it is another document's") }
        return OpenSearchDocument(
            id: id, revision: OpenSearchDocument.Revision(answer.json), source: source,
            version: answer.json["_version"]?.integer)
    }

    /// Writes a document, whether there is one or not.
    ///
    /// - Parameter ifUnchanged: the revision that it must still have.
    /// - Returns: whether it is new.
    /// - Throws: ``OpenSearchError/conflict(_:)`` when the revision is another.
    @discardableResult
    public func put(
        _ index: String, _ id: String, _ source: JSONValue,
        ifUnchanged revision: OpenSearchDocument.Revision? = nil, refresh: OpenSearchRefresh = .later
    ) async throws(OpenSearchError) -> Bool {
        try Self.checkID(id, "PUT _doc")
        var query = try parameters(refresh, "PUT _doc")
        if let revision {
            query.append(("if_seq_no", "\(revision.sequence)"))
            query.append(("if_primary_term", "\(revision.primaryTerm)"))
        }
        let answer = try await call(
            "PUT _doc", "PUT", index, "/_doc/{id}", labels: ["id": id], query: query, body: .json(source),
            permission: "WriteDocument")
        switch answer.json["result"]?.string {
        case "created": return true
        case "updated", "noop": return false
        default: throw answer.unexpected("it does not say what became of the document")
        }
    }

    /// Deletes a document.
    ///
    /// - Returns: whether there was one.
    @discardableResult
    public func delete(
        _ index: String, _ id: String, refresh: OpenSearchRefresh = .later
    ) async throws(OpenSearchError) -> Bool {
        try Self.checkID(id, "DELETE _doc")
        do throws(OpenSearchError) {
            let answer = try await call(
                "DELETE _doc", "DELETE", index, "/_doc/{id}", labels: ["id": id],
                query: try parameters(refresh, "DELETE _doc"), permission: "WriteDocument")
            guard answer.json["result"]?.string == "deleted" else {
                throw answer.unexpected("it does not say what became of the document")
            }
            return true
        } catch {
            if error.isMissingDocument { return false }
            throw error
        }
    }

    func parameters(
        _ refresh: OpenSearchRefresh, _ name: String
    ) throws(OpenSearchError) -> [(name: String, value: String?)] {
        guard refresh != .later else { return [] }
        guard kind != .serverless else {
            throw .invalidOperation(
                operation: name, reason: "OpenSearch Serverless takes no refresh with a write")
        }
        return [("refresh", refresh.rawValue)]
    }

    static func checkID(_ id: String, _ name: String) throws(OpenSearchError) {
        guard OpenSearchName.isID(id) else {
            throw .invalidOperation(
                operation: name,
                reason:
                    "an id has 1 to 512 bytes and is not . or .., and this one of \(id.utf8.count) is not so")
        }
    }
}

extension OpenSearchError {
    /// Whether it is the document that is not there, and not its index or OpenSearch itself.
    fileprivate var isMissingDocument: Bool {
        if case .notFound(let details) = self {
            details.type == OpenSearchComplaint.missingDocument
        } else {
            false
        }
    }
}

extension OpenSearchDocument.Revision {
    fileprivate init?(_ json: JSONValue) {
        guard let sequence = json["_seq_no"]?.integer, let term = json["_primary_term"]?.integer else {
            return nil
        }
        self.init(sequence: sequence, primaryTerm: term)
    }
}
