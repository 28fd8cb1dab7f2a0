/// How a text is compared with another.
///
/// By code points, as Python does: `a\r\nb` contains `\n`, which Swift's characters do not show.
struct TextComparison: Sendable {
    enum Operator: String, Sendable, CaseIterable {
        case equals
        case notEquals = "not_equals"
        case contains
        case notContains = "not_contains"
        case startsWith = "starts_with"
        case endsWith = "ends_with"
        case regex
        case lessThan = "less_than"
        case lessOrEqual = "less_or_equal"
        case greaterThan = "greater_than"
        case greaterOrEqual = "greater_or_equal"
    }

    let comparison: Operator
    let match: String
    let isCaseSensitive: Bool

    init(_ comparison: Operator, _ match: String, isCaseSensitive: Bool) {
        self.comparison = comparison
        self.match = match
        self.isCaseSensitive = isCaseSensitive
    }

    /// - Throws: ``TextPatternError``, or ``NoNumber`` when a number is to be compared and `match` is none.
    func holds(for text: String) throws -> Bool {
        switch comparison {
        case .equals: return folded(text).utf8.elementsEqual(folded(match).utf8)
        case .notEquals: return !folded(text).utf8.elementsEqual(folded(match).utf8)
        case .contains: return contains(text)
        case .notContains: return !contains(text)
        case .startsWith: return folded(text).utf8.starts(with: folded(match).utf8)
        case .endsWith: return folded(text).utf8.reversed().starts(with: folded(match).utf8.reversed())
        case .regex:
            return try TextPattern(match, isCaseSensitive: isCaseSensitive).matchesBeginning(of: text)
        case .lessThan: return try compares(text, <)
        case .lessOrEqual: return try compares(text, <=)
        case .greaterThan: return try compares(text, >)
        case .greaterOrEqual: return try compares(text, >=)
        }
    }

    private func folded(_ text: String) -> String { isCaseSensitive ? text : text.lowercased() }

    private func contains(_ text: String) -> Bool {
        match.isEmpty || folded(text).utf8.contains(folded(match).utf8)
    }

    private func compares(_ text: String, _ holds: (Double, Double) -> Bool) throws -> Bool {
        guard let limit = Self.number(match) else {
            throw NoNumber(comparison: comparison.rawValue, match: match)
        }
        // A text that a model or a person wrote may be no number; that is the other branch, not an error.
        return Self.number(text).map { holds($0, limit) } ?? false
    }

    /// The number that a text is, white space around it left out.
    private static func number(_ text: String) -> Double? {
        let words = text.split(whereSeparator: \.isWhitespace)
        return words.count == 1 ? words.first.flatMap { Double($0) } : nil
    }
}

/// A text is to be compared as a number with something that is none.
struct NoNumber: Error, Hashable, CustomStringConvertible {
    var comparison: String
    var match: String

    var description: String {
        """
        \(comparison) compares numbers, and “\(match.prefix(60))” in `match` is none. Write it like 12 or 0.5, or choose \
        an operator for texts.
        """
    }
}
