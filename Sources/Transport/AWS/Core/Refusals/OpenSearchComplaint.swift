/// What OpenSearch says of a request, or of an item of one, that it does not carry out.
///
/// Its words may quote what was sent: a field's value, a question. They are cut there.
package struct OpenSearchComplaint: Sendable, Hashable {
    /// For example `mapper_parsing_exception`; empty when it told none.
    package var type: String
    /// At most 300 characters, on one line.
    package var reason: String

    /// OpenSearch has no name for it: a document is asked for that is not there.
    package static let missingDocument = "document_missing"

    package init(type: String, reason: String) {
        self.type = AWSRefusalText.shortened(type)
        self.reason = AWSRefusalText.shortened(Self.withoutContent(reason))
    }

    /// Behind these OpenSearch and Lucene repeat values, terms and questions.
    private static let quotes = [
        "Preview of field's value", "For input string:", "Failed to parse query [",
        "failed to parse date field [", "Cannot parse '", "The prefix of the first immense term is",
        "Unrecognized token",
    ]

    private static func withoutContent(_ reason: String) -> String {
        let starts = quotes.compactMap { reason.firstRange(of: $0)?.upperBound }
        guard let first = starts.min() else { return reason }
        return reason[..<first] + "…"
    }
}

/// The `error` of an answer: an object whose first root cause says most, or a text.
extension OpenSearchComplaint: Decodable {
    private struct Cause: Decodable {
        var type: String?
        var reason: String?
        var root_cause: [Cause]?
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let text = try? container.decode(String.self) {
            self.init(type: "", reason: text)
            return
        }
        // Anything else is no complaint; an answer must not become unreadable by it.
        let cause = try? container.decode(Cause.self)
        let root = cause?.root_cause?.first ?? cause
        self.init(type: root?.type ?? cause?.type ?? "", reason: root?.reason ?? cause?.reason ?? "")
    }
}
