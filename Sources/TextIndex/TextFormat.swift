/// Which fields the documents of a store have. Fixed when the store is first opened.
public struct TextFormat: Sendable, Hashable {
    /// 1 to ``fieldLimit`` names, in the order of ``TextDocument/fields``.
    public let fields: [String]

    /// Fields that a format may have.
    public static let fieldLimit = 8

    /// - Throws: ``TextIndexError/invalidParameter(name:value:allowed:)`` for more fields than there may be.
    public init(fields: [String]) throws(TextIndexError) {
        guard 1...Self.fieldLimit ~= fields.count else {
            throw .invalidParameter(
                name: "fields.count", value: Double(fields.count), allowed: 1...Double(Self.fieldLimit))
        }
        self.fields = fields
    }

    private init(known fields: [String]) { self.fields = fields }

    /// Title, heading path, body and labels.
    public static let passages = TextFormat(known: ["title", "heading", "body", "labels"])
}

/// How matches are scored: BM25F (Robertson, Zaragoza & Taylor, "Simple BM25 Extension to Multiple Weighted
/// Fields", CIKM 2004).
///
/// With *tf* the occurrences of a term in field *f* of a document, *l* that field's length and *avg* the mean
/// length of the field over all documents that are there now,
///
///     x     = Σ over f:  weight_f · tf / (1 − b_f + b_f · l / avg)
///     score = idf · (k1 + 1) · x / (k1 + x)
///     idf   = ln(1 + (N − df + 0.5) / (df + 0.5))
///
/// where *N* documents are there now and *df* of them have the term in any field. With one field of weight 1
/// it is BM25.
public struct TextScoring: Sendable, Hashable {
    /// What a field counts for.
    public struct Field: Sendable, Hashable {
        /// How many occurrences in a field of weight 1 one occurrence here is worth: 0.001…1000.
        public var weight: Double
        /// How much of a field's length is held against it: 0…1.
        public var b: Double

        /// Values out of their ranges are refused where a store is opened.
        public init(weight: Double = 1, b: Double = 0.75) {
            (self.weight, self.b) = (weight, b)
        }
    }

    /// How soon further occurrences count for nothing: 0.01…100.
    public var k1: Double
    /// One for each field of the format.
    public var fields: [Field]

    /// Values out of their ranges are refused where a store is opened.
    public init(k1: Double = 1.2, fields: [Field]) {
        (self.k1, self.fields) = (k1, fields)
    }

    /// For ``TextFormat/passages``: title 2.5, heading path 1.5, body 1, labels 2. Labels are a set, whose
    /// length says nothing; titles and heading paths are short, and being long speaks little against one.
    public static let passages = TextScoring(
        k1: 1.2,
        fields: [
            Field(weight: 2.5, b: 0.4), Field(weight: 1.5, b: 0.4), Field(weight: 1, b: 0.75),
            Field(weight: 2, b: 0),
        ])

    /// The same weight and `b` for every field of a format.
    public static func uniform(_ format: TextFormat, k1: Double = 1.2, b: Double = 0.75) -> TextScoring {
        TextScoring(k1: k1, fields: format.fields.map { _ in Field(b: b) })
    }

    /// - Throws: ``TextIndexError/invalidParameter(name:value:allowed:)`` for what is out of range.
    package func check(for format: TextFormat) throws(TextIndexError) {
        let count = Double(format.fields.count)
        try Self.check("scoring.fields.count", Double(fields.count), count...count)
        try Self.check("k1", k1, 0.01...100)
        for field in fields {
            try Self.check("weight", field.weight, 0.001...1000)
            try Self.check("b", field.b, 0...1)
        }
    }

    package static func check(
        _ name: String, _ value: Double, _ allowed: ClosedRange<Double>
    ) throws(TextIndexError) {
        guard allowed.contains(value) else {
            throw .invalidParameter(name: name, value: value, allowed: allowed)
        }
    }
}
