/// A reason that documents of a source failed for, told once for all that it is the same for.
public struct IngestFailureReason: Hashable, Sendable {
    /// Without what differs from document to document: ``folded(_:)``.
    public var reason: String
    /// Documents that failed for it.
    public var count: Int
    /// The first of them, by id.
    public var exampleID: String
    public var exampleTitle: String

    public init(reason: String, count: Int, exampleID: String, exampleTitle: String) {
        self.reason = reason
        self.count = count
        self.exampleID = exampleID
        self.exampleTitle = exampleTitle
    }

    /// Characters of a reason that are looked at.
    public static let lengthLimit = 2_000

    /// A reason without names in quotes, and without numbers of more than three digits: what is left is the same for every
    /// document that fails alike. Statuses of HTTP stay.
    public static func folded(_ reason: String) -> String {
        var text = ""
        var digits = ""
        var quoted = false
        func flushed() -> String { digits.count > 3 ? "…" : digits }
        for character in reason.prefix(lengthLimit) {
            if quoted {
                if character == "”" {
                    text += "…”"
                    quoted = false
                }
                continue
            }
            if character.isASCII, character.isWholeNumber {
                digits.append(character)
                continue
            }
            text += flushed()
            digits = ""
            text.append(character)
            quoted = character == "“"
        }
        return text + flushed()
    }
}
