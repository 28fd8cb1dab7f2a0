import JSONValue

/// Rows of two tables that belong together, in one.
struct TableJoin {
    enum Kind: String, Sendable, CaseIterable {
        case inner, outer, left, right
    }

    /// Rows that a join makes at most: each row may meet every other. Of an outer one all rows of the right table count.
    static let rowLimit = 1_000_000

    let kind: Kind
    /// The column whose values decide which rows belong together; `nil` for the rows' places.
    let column: String?

    /// The joined rows: those of `left` in their order with each partner, and then those of `right` that met none.
    /// A right join follows the order of `right`.
    ///
    /// Where both have a column, the left value stands, and the right one where that is missing. Values are equal as
    /// in ``JSONValue/comparable``; rows without a value belong to each other.
    func joined(_ left: Table, _ right: Table) throws(DataError) -> Table {
        if let column {
            try left.require(column, for: Self.operation)
            try right.require(column, for: Self.operation)
        }
        let columns = (left.columns + right.columns).uniqued()
        let rows: [Record]
        if kind == .right {
            rows = try pairs(right.rows, left.rows, keepsFirst: true, keepsSecond: false) { right, left in
                merged(left, right)
            }
        } else {
            rows = try pairs(
                left.rows, right.rows, keepsFirst: kind != .inner, keepsSecond: kind == .outer, merged)
        }
        return Table(rows, columns: columns)
    }

    static let operation = TableOperations.Operation.merge.rawValue

    private func pairs(
        _ first: [Record], _ second: [Record], keepsFirst: Bool, keepsSecond: Bool,
        _ merge: (Record?, Record?) -> Record
    ) throws(DataError) -> [Record] {
        var partners: [JSONValue?: [Int]] = [:]
        for (offset, row) in second.enumerated() { partners[key(row, offset), default: []].append(offset) }
        // Counted before a row is made: two tables of a million rows may meet a million million times.
        let count = first.enumerated().reduce(keepsSecond ? second.count : 0) { count, row in
            count + max(partners[key(row.element, row.offset)]?.count ?? 0, keepsFirst ? 1 : 0)
        }
        guard count <= Self.rowLimit else {
            throw .tooManyRows(operation: Self.operation, limit: Self.rowLimit)
        }
        var isMet = [Bool](repeating: false, count: second.count)
        var rows: [Record] = []
        for (offset, row) in first.enumerated() {
            let met = partners[key(row, offset)] ?? []
            for partner in met {
                isMet[partner] = true
                rows.append(merge(row, second[partner]))
            }
            if met.isEmpty, keepsFirst { rows.append(merge(row, nil)) }
        }
        guard keepsSecond else { return rows }
        return rows + second.indices.filter { !isMet[$0] }.map { merge(nil, second[$0]) }
    }

    private func key(_ row: Record, _ offset: Int) -> JSONValue? {
        guard let column else { return .integer(offset) }
        return row.values[column]?.comparable
    }

    private func merged(_ left: Record?, _ right: Record?) -> Record {
        let left = left?.values.filter { $0.value != .null } ?? [:]
        return Record((right?.values ?? [:]).merging(left) { _, left in left })
    }
}
