/// What a point is found by: a number or a text of the client's.
///
/// Two texts are one id if their bytes are the same, wherever they are compared: here, in SQLite and in PostgreSQL. Texts
/// that only look alike, such as “é” as one scalar and as two, are two ids; nothing is normalised.
public enum PointID: Sendable, Hashable {
    /// Any unsigned 64-bit integer.
    case integer(UInt64)
    /// 1 to 256 bytes of UTF-8 without U+0000.
    case name(String)

    public static let nameBytes = 1...256

    /// Why it cannot be taken; `nil` if it can.
    public var fault: String? {
        guard case .name(let name) = self else { return nil }
        guard Self.nameBytes.contains(name.utf8.count) else {
            return "has \(name.utf8.count) bytes; a text of 1 to \(Self.nameBytes.upperBound) is expected"
        }
        // SQLite would end the text there and so take two for one.
        return name.utf8.contains(0) ? "contains U+0000" : nil
    }
}

extension PointID {
    public static func == (one: PointID, other: PointID) -> Bool {
        switch (one, other) {
        case (.integer(let one), .integer(let other)): one == other
        case (.name(let one), .name(let other)): ExactText(one) == ExactText(other)
        case (.integer, .name), (.name, .integer): false
        }
    }

    public func hash(into hasher: inout Hasher) {
        switch self {
        case .integer(let number): hasher.combine(number)
        case .name(let name): hasher.combine(ExactText(name))
        }
    }
}

extension PointID: CustomStringConvertible {
    public var description: String {
        switch self {
        case .integer(let number): "\(number)"
        case .name(let name): "“\(name.prefix(64))”"
        }
    }
}

extension PointID {
    /// The id that a point has in the index, if it follows from the point's own.
    ///
    /// Integers below 2⁶³ are their own, so that results need no look into the database. The upper half belongs to
    /// texts and to larger integers, which are given one each and are looked up by their ``key``.
    package var slot: UInt64? {
        if case .integer(let number) = self, number < Self.firstMapped { number } else { nil }
    }

    /// The first of the ids that are given.
    package static let firstMapped: UInt64 = 1 << 63

    /// How an id without a ``slot`` is kept in the database: a letter for its kind, then its text.
    package var key: String {
        switch self {
        case .integer(let number): "n\(number)"
        case .name(let name): "s\(name)"
        }
    }

    /// - Parameters:
    ///   - slot: the id in the index.
    ///   - key: as it is kept; `nil` for an id that follows from its slot.
    package init?(slot: UInt64, key: String?) {
        guard slot >= Self.firstMapped else {
            guard key == nil else { return nil }
            self = .integer(slot)
            return
        }
        // By scalars: a text may begin with a mark that makes one character with the letter before it.
        guard let key, let kind = key.unicodeScalars.first else { return nil }
        let text = String(key.unicodeScalars.dropFirst())
        switch kind {
        case "s": self = .name(text)
        case "n":
            guard let number = UInt64(text), number >= Self.firstMapped, String(number) == text else {
                return nil
            }
            self = .integer(number)
        default: return nil
        }
        if fault != nil { return nil }
    }
}
