/// What to look for, and where.
public struct SearchRequest: Sendable, Hashable, Encodable {
    /// How documents are found.
    public enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        /// By meaning.
        case vector
        /// By words.
        case keyword
        /// By both, fused by rank.
        case hybrid
    }

    /// At most 4096 bytes of UTF-8, with at least one letter or digit.
    public var query: String
    /// `hybrid` unless told.
    public var mode: Mode?
    /// What may be looked at; everything unless told.
    public var filters: SearchFilters?
    /// 1…100; 20 unless told.
    public var limit: Int?
    /// 0…10000; add the limit to it for the next page.
    public var offset: Int?

    /// A search; what is left out is the server's to choose.
    public init(
        _ query: String, mode: Mode? = nil, filters: SearchFilters? = nil, limit: Int? = nil,
        offset: Int? = nil
    ) {
        self.query = query
        self.mode = mode
        self.filters = filters
        self.limit = limit
        self.offset = offset
    }
}

extension SearchRequest: ExpressibleByStringLiteral {
    /// A search that is nothing but its query.
    public init(stringLiteral value: String) { self.init(value) }
}
