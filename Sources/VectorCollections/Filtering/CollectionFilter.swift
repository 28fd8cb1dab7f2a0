/// Which points may be found, by their payloads and ids.
///
/// All of `must`, none of `mustNot` and, if there are any, at least one of `should` hold. A filter without conditions
/// admits every point.
public struct CollectionFilter: Sendable, Hashable {
    public var must: [Condition]
    public var mustNot: [Condition]
    public var should: [Condition]

    public init(must: [Condition] = [], mustNot: [Condition] = [], should: [Condition] = []) {
        self.must = must
        self.mustNot = mustNot
        self.should = should
    }

    public indirect enum Condition: Sendable, Hashable {
        /// The value at a path of keys. In a list, any one element is enough.
        case field([String], Test)
        /// The point has one of these ids.
        case ids([PointID])
        case filter(CollectionFilter)
    }

    public enum Test: Sendable, Hashable {
        /// The value is one of these. `1` and `1.0` are equal; `1`, `"1"` and `true` are three values.
        case anyOf([Scalar])
        case range(Bounds)
        /// Whether there is a value, which may be null.
        case exists(Bool)
        /// Whether the value is there and null.
        case isNull(Bool)
    }

    public enum Scalar: Sendable, Hashable {
        case text(String)
        case integer(Int)
        case number(Double)
        case flag(Bool)
    }

    /// Bounds that are all numbers, or all texts, which are compared by their UTF-8.
    public struct Bounds: Sendable, Hashable {
        public var above: Scalar?
        public var from: Scalar?
        public var below: Scalar?
        public var through: Scalar?

        public init(
            above: Scalar? = nil, from: Scalar? = nil, below: Scalar? = nil, through: Scalar? = nil
        ) {
            self.above = above
            self.from = from
            self.below = below
            self.through = through
        }

        var all: [(operator: String, value: Scalar)] {
            [(">", above), (">=", from), ("<", below), ("<=", through)].compactMap { sign, value in
                value.map { (sign, $0) }
            }
        }
    }

    /// Conditions in a filter, with those of the filters in it.
    public static let conditionLimit = 128
    /// Values and ids in all conditions together.
    public static let valueLimit = 5_000
    /// Filters within each other.
    public static let depthLimit = 8
    /// Bytes of a key, and of a text that is compared.
    public static let textBytes = 1_024
    /// Keys of a path.
    public static let pathLimit = 16

    var isEmpty: Bool { must.isEmpty && mustNot.isEmpty && should.isEmpty }
}

/// Texts and keys are compared by their bytes, as the databases do that carry filters out: filters whose texts only look
/// alike admit other points.
extension CollectionFilter.Condition {
    public static func == (one: Self, other: Self) -> Bool {
        switch (one, other) {
        case (.field(let one, let test), .field(let other, let otherTest)):
            one.map { ExactText($0) } == other.map { ExactText($0) } && test == otherTest
        case (.ids(let one), .ids(let other)): one == other
        case (.filter(let one), .filter(let other)): one == other
        case (.field, _), (.ids, _), (.filter, _): false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .field(let path, let test):
            hasher.combine(path.map { ExactText($0) })
            hasher.combine(test)
        case .ids(let ids): hasher.combine(ids)
        case .filter(let filter): hasher.combine(filter)
        }
    }
}

extension CollectionFilter.Scalar {
    public static func == (one: Self, other: Self) -> Bool {
        switch (one, other) {
        case (.text(let one), .text(let other)): ExactText(one) == ExactText(other)
        case (.integer(let one), .integer(let other)): one == other
        case (.number(let one), .number(let other)): one == other
        case (.flag(let one), .flag(let other)): one == other
        case (.text, _), (.integer, _), (.number, _), (.flag, _): false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .text(let text): hasher.combine(ExactText(text))
        case .integer(let number): hasher.combine(number)
        case .number(let number): hasher.combine(number)
        case .flag(let flag): hasher.combine(flag)
        }
    }
}

extension CollectionFilter {
    /// - Throws: ``CollectionError/invalid(field:reason:)`` past a limit.
    func check(place: String) throws(CollectionError) {
        var (conditions, values) = (0, 0)
        try count(place: place, depth: 1, &conditions, &values)
    }

    private func count(
        place: String, depth: Int, _ conditions: inout Int, _ values: inout Int
    ) throws(CollectionError) {
        guard depth <= Self.depthLimit else {
            throw .invalid(field: place, reason: "has more than \(Self.depthLimit) filters within each other")
        }
        for condition in must + mustNot + should {
            conditions += 1
            switch condition {
            case .filter(let inner):
                try inner.count(place: place, depth: depth + 1, &conditions, &values)
            case .ids(let ids): values += ids.count
            case .field(_, .anyOf(let scalars)): values += scalars.count
            case .field: values += 4
            }
            guard conditions <= Self.conditionLimit else {
                throw .invalid(field: place, reason: "has more than \(Self.conditionLimit) conditions")
            }
            guard values <= Self.valueLimit else {
                throw .invalid(field: place, reason: "has more than \(Self.valueLimit) values")
            }
        }
    }
}
