/// How far a move has come.
public struct MoveProgress: Sendable, Hashable {
    public enum Phase: String, Sendable, Hashable {
        case copying
        /// What an earlier move left is brought to what the source holds by now.
        case levelling
        case comparing
    }

    public var phase: Phase
    public var table: String
    /// Of this table, those of earlier attempts included.
    public var rows: Int
    /// Of this table, at the source.
    public var expectedRows: Int
    /// Of all tables in this phase.
    public var allRows: Int
    public var allExpectedRows: Int
}

/// What became of a move.
public struct MoveOutcome: Sendable, Hashable {
    public struct Table: Sendable, Hashable {
        public var name: String
        public var rows: Int
        /// SHA-256 of every row in the order of its key, in hexadecimal; the same on both sides.
        public var digest: String
    }

    public var tables: [Table]
    /// Texts in which U+0000, or what is no UTF-8, became U+FFFD, as PostgreSQL's text cannot hold it.
    public var replacedTexts: Int

    public var rows: Int { tables.reduce(0) { $0 + $1.rows } }

    /// Rows of one table; 0 for one that there is not.
    public func rows(of table: String) -> Int { tables.first { $0.name == table }?.rows ?? 0 }
}

/// How much of a table is read at once; a page ends with the row that reaches either.
public struct MovePageLimit: Sendable, Hashable {
    public var rows: Int
    public var bytes: Int

    /// - Parameters:
    ///   - rows: 1 or more.
    ///   - bytes: 1 or more; one row may have more.
    public init(rows: Int = 1_000, bytes: Int = 4 << 20) {
        self.rows = max(1, rows)
        self.bytes = max(1, bytes)
    }
}
