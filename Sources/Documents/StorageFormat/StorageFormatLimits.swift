/// How much of one page is taken in.
public struct StorageFormatLimits: Hashable, Sendable {
    /// A longer body is refused.
    public var maxBytes: Int
    /// Elements nested deeper are left out; their text stays, flat.
    public var maxDepth: Int
    /// Further elements are left out; their text stays, flat.
    public var maxElementCount: Int

    /// - Parameters:
    ///   - maxBytes: of the body in UTF-8, at most 1 GiB.
    ///   - maxDepth: at most 512.
    ///   - maxElementCount: bounds memory; about 0.3 kB each.
    public init(maxBytes: Int = 16 << 20, maxDepth: Int = 256, maxElementCount: Int = 500_000) {
        precondition((1...1 << 30).contains(maxBytes), "maxBytes \(maxBytes) is not in 1...1 GiB")
        precondition((1...512).contains(maxDepth), "maxDepth \(maxDepth) is not in 1...512")
        precondition(maxElementCount > 0, "maxElementCount \(maxElementCount) is not positive")
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
        self.maxElementCount = maxElementCount
    }
}

/// Something that a page's author or an operator may want to know; the page was taken in all the same.
public enum ParseWarning: Hashable, Sendable {
    /// The markup was not well-formed and was repaired. `line` is the first defect's, 1-based; `code` is
    /// libxml2's number for it.
    case repairedMarkup(line: Int, code: Int)
    /// One tag had so many attributes that the surplus was left out.
    case tooManyAttributes
    /// Elements deeper than `limit` were left out; their text is there.
    case depthCut(limit: Int)
    /// Elements after the first `limit` were left out; their text is there.
    case elementCountCut(limit: Int)
    /// A macro that is not known: its title, its body and what stands for it were kept, as far as it has them.
    case unknownMacro(name: String)
}

extension ParseWarning: CustomStringConvertible {
    public var description: String {
        switch self {
        case .repairedMarkup(let line, let code):
            "The markup is not well-formed from line \(line) on (libxml2 error \(code)); it was repaired."
        case .tooManyAttributes:
            "A tag has more than \(StorageFormatRepair.maxAttributeCount) attributes; the rest were left out."
        case .depthCut(let limit):
            "Elements are nested deeper than \(limit); the text below was kept without its structure."
        case .elementCountCut(let limit):
            "There are more than \(limit) elements; the text after them was kept without its structure."
        case .unknownMacro(let name):
            "The macro “\(name)” is not known; its title, body and fallback were kept, if it has them."
        }
    }
}

/// What a body in storage format holds.
public struct ParsedPage: Hashable, Sendable {
    /// In reading order.
    public var blocks: [Block]
    /// Each once, in the order of first appearance.
    public var warnings: [ParseWarning]
    /// Names that the body itself gives to the people it mentions, as Atlassian Document Format does.
    public var names: [UserReference: String] = [:]
    /// Excerpts that stand within a sentence, as ``Block/excerpt(name:_:)``; those that are blocks of their own
    /// are among `blocks`.
    public var sentenceExcerpts: [Block] = []

    /// - Parameter warnings: none for a page without fault.
    public init(blocks: [Block], warnings: [ParseWarning] = []) {
        self.blocks = blocks
        self.warnings = warnings
    }
}
