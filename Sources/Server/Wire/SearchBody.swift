import Corpus
import QA

/// The body of `POST /v1/search`.
struct SearchBody: Decodable, Sendable {
    var query: String
    var mode: SearchMode
    var filters: FiltersBody
    var limit: Int
    var offset: Int

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case query, mode, filters, limit, offset
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
        filters = try container.decodeIfPresent(FiltersBody.self, forKey: .filters) ?? FiltersBody()
        limit = try container.wholeNumber(forKey: .limit) ?? 20
        offset = try container.wholeNumber(forKey: .offset) ?? 0
    }

    /// The search of `reader`, its limits checked.
    func request(reader: Reader) throws(QAError) -> SearchRequest {
        try SearchRequest(
            query, mode: mode, filter: filters.filter(reader: reader), limit: limit, offset: offset)
    }
}
