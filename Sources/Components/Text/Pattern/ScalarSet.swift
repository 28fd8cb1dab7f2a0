/// A set of Unicode scalars: a class of a pattern, or one scalar of it.
struct ScalarSet: Sendable, Hashable {
    enum Class: Sendable, Hashable {
        case digit, word, space
        /// Anything but a newline.
        case line
        case any

        func contains(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .digit: scalar.properties.generalCategory == .decimalNumber
            case .word: scalar.isWordScalar
            case .space: scalar.properties.isWhitespace
            case .line: scalar != "\n"
            case .any: true
            }
        }
    }

    struct Member: Sendable, Hashable {
        var kind: Class
        var isNegated: Bool
    }

    var ranges: [ClosedRange<UInt32>] = []
    var classes: [Member] = []
    var isNegated = false
    var ignoresCase = false

    /// What a look-up costs, in comparisons.
    var cost: Int { 1 + ranges.count + classes.count }

    /// - Parameter cases: the scalar in other cases, for sets that ignore them.
    func contains(_ scalar: Unicode.Scalar, _ cases: [Unicode.Scalar]) -> Bool {
        (holds(scalar) || ignoresCase && cases.contains(where: holds)) != isNegated
    }

    private func holds(_ scalar: Unicode.Scalar) -> Bool {
        ranges.contains { $0.contains(scalar.value) }
            || classes.contains { $0.kind.contains(scalar) != $0.isNegated }
    }
}

extension ScalarSet {
    init(_ scalar: Unicode.Scalar, ignoresCase: Bool) {
        self.init(ranges: [scalar.value...scalar.value], ignoresCase: ignoresCase)
    }

    init(_ kind: Class, isNegated: Bool = false) {
        self.init(classes: [Member(kind: kind, isNegated: isNegated)])
    }
}

extension Unicode.Scalar {
    /// The scalar as a small and as a capital letter, where it is one scalar then too.
    var otherCases: [Unicode.Scalar] {
        [properties.lowercaseMapping, properties.uppercaseMapping].compactMap { text in
            let scalars = text.unicodeScalars
            return scalars.dropFirst().isEmpty && scalars.first != self ? scalars.first : nil
        }
    }
}
