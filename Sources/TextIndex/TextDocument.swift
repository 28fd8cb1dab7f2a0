/// A term where it stands in a field.
public struct TermOccurrence: Sendable, Hashable {
    /// Compared byte by byte; 1 to ``TextDocument/termByteLimit`` bytes of UTF-8.
    public let term: String
    /// Place in the field, counted as the caller's analyzer counts. Several terms may share one.
    public let position: UInt32

    /// Places a term. Checked when the document is stored, not here.
    public init(_ term: String, at position: UInt32) {
        self.term = term
        self.position = position
    }
}

/// The terms of one field of a document.
public struct TextField: Sendable, Hashable {
    /// In any order. The same term twice at the same position counts once.
    public var occurrences: [TermOccurrence]
    /// What BM25F takes for the field's length, at most ``TextDocument/lengthLimit``: the words, not the
    /// terms, as one word may be several terms.
    public var length: Int

    /// - Parameters:
    ///   - occurrences: its terms, in any order.
    ///   - length: `nil` counts the distinct positions.
    public init(_ occurrences: [TermOccurrence] = [], length: Int? = nil) {
        self.occurrences = occurrences
        self.length = length ?? Set(occurrences.map(\.position)).count
    }
}

/// A value that documents have or have not, to count by: a space, a type, a label.
public struct TextFacet: Sendable, Hashable {
    /// At most 127 bytes of UTF-8.
    public let field: String
    /// Text of any length, compared byte by byte.
    public let value: String

    static let fieldByteLimit = 127

    /// Checked when the document is stored, not here.
    public init(field: String, value: String) {
        self.field = field
        self.value = value
    }
}

/// What a document is found by. Its text is not kept, only which terms stand where.
public struct TextDocument: Sendable, Hashable {
    /// Chosen by the caller; a second document under the same id replaces the first.
    public let id: UInt64
    /// One for each field of the store's ``TextFormat``, in its order.
    public var fields: [TextField]
    /// Any number, also several values of one field. Repeats count once.
    public var facets: [TextFacet]

    /// Bytes of a term, or of a facet's field and value together.
    public static let termByteLimit = 65_000
    /// The largest length of a field, and the most often a term may stand in one.
    public static let lengthLimit = 65_535

    /// Makes a document. Checked when it is stored, not here.
    public init(id: UInt64, fields: [TextField], facets: [TextFacet] = []) {
        (self.id, self.fields, self.facets) = (id, fields, facets)
    }
}
