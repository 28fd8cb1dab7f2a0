/// One page of a listing, v1 or v2.
struct ListingAnswer<Entry: Decodable>: Decodable {
    struct Links: Decodable {
        var next: String?
        var base: String?
    }

    /// What comes with a list that is part of another answer.
    struct Meta: Decodable {
        var hasMore: Bool?
    }

    var results: [Entry]
    var start: Int?
    var limit: Int?
    var totalSize: Int?
    var meta: Meta?
    var links: Links?

    private enum CodingKeys: String, CodingKey {
        case results, start, limit, totalSize, meta
        case links = "_links"
    }
}

/// An id that is a string here and a number there.
struct WireID: Decodable, Hashable, Sendable {
    var text: String

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            text = String(number)
        } else {
            text = try container.decode(String.self)
        }
    }
}

extension ListingAnswer: Sendable where Entry: Sendable {}
extension ListingAnswer.Links: Sendable where Entry: Sendable {}
extension ListingAnswer.Meta: Sendable where Entry: Sendable {}
