import JSONValue

/// How a value is compared with a wanted one.
enum CellOperator: String, Sendable, CaseIterable {
    case equals
    case notEquals = "not_equals"
    case contains
    case notContains = "not_contains"
    case startsWith = "starts_with"
    case endsWith = "ends_with"
    case greaterThan = "greater_than"
    case lessThan = "less_than"
}

/// Says which values of a column are wanted.
///
/// Numbers are compared as numbers when both sides are or write one, texts by their code points, as Python does;
/// `contains` seeks a text, not a pattern. A value that is missing or null equals nothing, contains nothing and is neither
/// greater nor less; so it meets `not_equals` and `not_contains`.
struct CellFilter: Sendable {
    let comparison: CellOperator
    private let text: String
    private let number: Double?
    private let flag: Bool?

    init(_ comparison: CellOperator, _ wanted: JSONValue) {
        self.comparison = comparison
        text = wanted.plainText
        number = wanted.writtenNumber
        // Python writes its truth values with a capital, and so do flows that were made for it.
        flag = wanted.bool ?? ["true": true, "false": false][text.lowercased()]
    }

    func matches(_ value: JSONValue?) -> Bool {
        let value = value == .null ? nil : value
        guard let value else { return comparison == .notEquals || comparison == .notContains }
        switch comparison {
        case .equals: return equals(value)
        case .notEquals: return !equals(value)
        case .contains: return contains(value.plainText)
        case .notContains: return !contains(value.plainText)
        case .startsWith: return value.plainText.utf8.starts(with: text.utf8)
        case .endsWith: return value.plainText.utf8.reversed().starts(with: text.utf8.reversed())
        case .greaterThan:
            if let number, let value = value.writtenNumber { return value > number }
            return text.unicodeScalars.lexicographicallyPrecedes(value.plainText.unicodeScalars)
        case .lessThan:
            if let number, let value = value.writtenNumber { return value < number }
            return value.plainText.unicodeScalars.lexicographicallyPrecedes(text.unicodeScalars)
        }
    }

    private func equals(_ value: JSONValue) -> Bool {
        switch value {
        case .integer, .number: number.map { $0 == value.double } ?? false
        case .bool(let value): flag == value
        // A text that looks like a number is one of its letters: "007" is not "7".
        default: value.plainText.utf8.elementsEqual(text.utf8)
        }
    }

    private func contains(_ value: String) -> Bool {
        text.isEmpty || value.utf8.contains(text.utf8)
    }
}
