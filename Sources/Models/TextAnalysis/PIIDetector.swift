/// Personal data in a text.
public struct PIISpan: Sendable, Hashable, Codable {
    /// UTF-8 bytes of the text.
    public var range: Range<Int>
    /// In the detector's words, such as `EMAIL`, `PHONE`, `NAME`.
    public var type: String
    /// How sure the detector is, 0 to 1.
    public var score: Double

    public init(range: Range<Int>, type: String, score: Double) {
        self.range = range
        self.type = type
        self.score = score
    }
}

/// Finds personal data.
public protocol PIIDetector: Sendable {
    /// The personal data of each text, in the order in which it begins; spans may overlap.
    ///
    /// - Returns: one list a text, in the order of `texts`; a text without a visible character has none.
    /// - Throws: the detector's error, for all texts: none is let through that was not looked at.
    func spans(in texts: [String]) async throws -> [[PIISpan]]
}
