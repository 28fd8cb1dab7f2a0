import Corpus
import JSONValue
import QA

/// The body of `POST /v1/search`.
struct SearchBody: RequestDocument {
    var query: String
    var mode: SearchMode
    var filters: FiltersBody
    var limit: Int
    var offset: Int
    var order: SearchOrder

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case query, mode, filters, limit, offset, sort
    }

    static let summary = "what to look for, and where"

    static var schema: JSONSchema {
        .request(
            required: [
                "query": JSONSchema([
                    "type": "string", "minLength": 1, "maxLength": .integer(Question.byteLimit),
                    "description": "with at least one letter or digit; the limit is in bytes of UTF-8",
                ])
            ],
            optional: [
                "mode": .choice(SearchMode.allCases.map(\.rawValue)).standard("hybrid")
                    .described("by meaning, by words, or by both, fused by rank"),
                "sort": .choice(SearchOrder.allCases.map(\.rawValue)).standard("relevance")
                    .described("updated shows the latest change first, among the documents that fit best"),
                "filters": FiltersBody.schema,
                "limit": .integer(in: 1...100).standard(20),
                "offset": .integer(in: 0...10_000).standard(0),
            ]
        ).named("SearchRequest")
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        query = try container.decode(String.self, forKey: .query)
        let name = try container.decodeIfPresent(String.self, forKey: .mode) ?? SearchMode.hybrid.rawValue
        guard let mode = SearchMode(rawValue: name) else {
            throw RequestFault.invalidField(
                name: "mode",
                reason: "is “\(name.prefix(50))”; modes are "
                    + SearchMode.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.mode = mode
        let sort = try container.decodeIfPresent(String.self, forKey: .sort) ?? SearchOrder.relevance.rawValue
        guard let order = SearchOrder(rawValue: sort) else {
            throw RequestFault.invalidField(
                name: "sort",
                reason: "is “\(sort.prefix(50))”; orders are "
                    + SearchOrder.allCases.map(\.rawValue).joined(separator: ", "))
        }
        self.order = order
        filters = try container.decodeIfPresent(FiltersBody.self, forKey: .filters) ?? FiltersBody()
        limit = try container.wholeNumber(forKey: .limit) ?? 20
        offset = try container.wholeNumber(forKey: .offset) ?? 0
    }

    /// The search, its limits checked.
    func request() throws(QAError) -> SearchRequest {
        try SearchRequest(
            query, mode: mode, filter: filters.filter, limit: limit, offset: offset, order: order)
    }
}
