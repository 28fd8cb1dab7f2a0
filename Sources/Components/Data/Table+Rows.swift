import JSONValue

/// What ``TableOperations`` does to rows.
extension Table {
    func filtering(_ column: String, by filter: CellFilter) -> Table {
        Table(rows.filter { filter.matches($0.values[column]) }, columns: columns)
    }

    /// By a column's values: numbers before texts, texts by their code points, others by their JSON; rows without a
    /// value stand last either way. Rows with the same value keep their order.
    func sorting(by column: String, ascending: Bool) -> Table {
        let keyed = rows.enumerated().map { (key: SortKey($0.element.values[column]), offset: $0.offset) }
        let ordered = keyed.sorted { left, right in
            if left.key.isMissing != right.key.isMissing { return right.key.isMissing }
            if left.key < right.key { return ascending }
            if right.key < left.key { return !ascending }
            return left.offset < right.offset
        }
        return Table(ordered.map { rows[$0.offset] }, columns: columns)
    }

    /// The first row of each value of `column`, or of each whole row if it is empty.
    func droppingDuplicates(of column: String) -> Table {
        var seen: Set<[String: JSONValue]> = []
        return Table(
            rows.filter { row in
                let compared = column.isEmpty ? row.values : [column: row.values[column] ?? .null]
                return seen.insert(compared.compactMapValues(\.comparable)).inserted
            }, columns: columns)
    }

    /// The rows of all, below each other, at most ``TableJoin/rowLimit``; the columns of all, in the order of first
    /// appearance. A flow that joins a table to itself again and again doubles it each time.
    static func concatenating(
        _ tables: [Table], for operation: String = TableOperations.Operation.concatenate.rawValue
    ) throws(DataError) -> Table {
        guard tables.reduce(0, { $0 + $1.rows.count }) <= TableJoin.rowLimit else {
            throw .tooManyRows(operation: operation, limit: TableJoin.rowLimit)
        }
        return Table(tables.flatMap(\.rows), columns: tables.flatMap(\.columns).uniqued())
    }
}

extension JSONValue {
    /// Equal for equal values of a column: 1 and 1.0 are, and what is null is not there.
    var comparable: JSONValue? {
        switch self {
        case .null: nil
        case .number(let value): Int(exactly: value).map { .integer($0) } ?? self
        default: self
        }
    }
}

/// A value in the order of a column.
private enum SortKey {
    case number(Double)
    case text(String)
    case other(String)
    case missing

    init(_ value: JSONValue?) {
        switch value {
        case nil, .null: self = .missing
        case .integer(let value): self = .number(Double(value))
        case .number(let value): self = .number(value)
        case .bool(let value): self = .number(value ? 1 : 0)
        case .string(let text): self = .text(text)
        case .array, .object: self = .other(value?.plainText ?? "")
        }
    }

    var isMissing: Bool { if case .missing = self { true } else { false } }

    private var rank: Int {
        switch self {
        case .number: 0
        case .text: 1
        case .other: 2
        case .missing: 3
        }
    }

    static func < (left: SortKey, right: SortKey) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left < right
        case (.text(let left), .text(let right)), (.other(let left), .other(let right)):
            left.unicodeScalars.lexicographicallyPrecedes(right.unicodeScalars)
        default: left.rank < right.rank
        }
    }
}
