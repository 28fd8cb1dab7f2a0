extension DatabaseMove {
    /// Brings a target that has rows of an earlier move to what the source holds by now: only what differs is written.
    ///
    /// Interrupted at any point it can be begun again.
    static func level(
        _ target: any LevellingSide, with source: any MovingSide, _ survey: SourceSurvey,
        _ limit: MovePageLimit, _ report: Report
    ) throws {
        try target.beginLevelling(of: survey.origin)
        var progress = MoveProgress(
            phase: .levelling, table: "", rows: 0, expectedRows: 0, allRows: 0,
            allExpectedRows: survey.rows)
        for table in MovedTable.all {
            progress.table = table.name
            progress.expectedRows = survey.counts[table.name] ?? 0
            let before = progress.allRows
            var levelling = TableLevelling(source: source, target: target, table: table, limit: limit)
            try levelling.run { rows in
                try Task.checkCancellation()
                progress.rows = rows
                progress.allRows = before + rows
                try report(progress)
            }
        }
        try target.endLevelling()
        try finish(target, of: source)
    }
}

/// One table of a target that is brought level.
private struct TableLevelling {
    let source: any MovingSide
    let target: any LevellingSide
    let table: MovedTable
    let limit: MovePageLimit

    /// - Parameter report: hears now and then how many rows of the source were read, and at the end.
    mutating func run(_ report: (Int) throws -> Void) throws {
        // What goes does so first: another row may be given what it had alone.
        guard try removeRows(report) else { return }
        try addRows(report)
    }

    /// Removes what the source has not, or has otherwise.
    ///
    /// - Returns: whether the source has rows that are not there now.
    private func removeRows(_ report: (Int) throws -> Void) throws -> Bool {
        var left = RowReader(source, table, limit)
        var right = RowReader(target, table, limit)
        var keys: [MovedKey] = []
        var lacks = false
        var (a, b) = (try left.read(), try right.read())
        while let there = b {
            switch a.map({ Self.order($0, there) }) {
            case .equal:
                if a?.form != there.form {
                    keys.append(there.key)
                    lacks = true
                }
                a = try left.read()
                b = try right.read()
            case .lacking:
                lacks = true
                a = try left.read()
            case .surplus, nil:
                keys.append(there.key)
                b = try right.read()
            }
            // Rows that were read are behind the place from where the next page is.
            if keys.count >= limit.rows {
                try target.remove(keys, from: table)
                keys = []
            }
            if (left.count + right.count) % 1_000 == 0 { try report(left.count) }
        }
        if !keys.isEmpty { try target.remove(keys, from: table) }
        try report(left.count)
        return lacks || a != nil
    }

    /// Adds what the source has and the target has not: all that there is has no other form.
    private func addRows(_ report: (Int) throws -> Void) throws {
        var left = RowReader(source, table, limit)
        var right = RowReader(target, table, limit)
        var rows: [[MovedValue]] = []
        var (byteCount, added) = (0, 0)
        func write() throws {
            guard !rows.isEmpty else { return }
            added += rows.count
            try target.write(rows, to: table, TableProgress(rows: added))
            (rows, byteCount) = ([], 0)
        }
        var (a, b) = (try left.read(), try right.read())
        while let row = a {
            switch b.map({ Self.order(row, $0) }) {
            case .equal:
                a = try left.read()
                b = try right.read()
            case .surplus:
                // Nothing but what this has added a moment ago, which lies before what was read.
                b = try right.read()
            case .lacking, nil:
                rows.append(row.values)
                byteCount += row.form.count
                if rows.count >= limit.rows || byteCount >= limit.bytes { try write() }
                a = try left.read()
            }
            if (left.count + right.count) % 1_000 == 0 { try report(left.count) }
        }
        try write()
        try report(left.count)
    }

    private enum Order { case equal, lacking, surplus }

    /// How a row of the source stands to one of the target.
    private static func order(_ a: ReadRow, _ b: ReadRow) -> Order {
        if MovedKey.precedes(a.key, b.key) { return .lacking }
        return MovedKey.precedes(b.key, a.key) ? .surplus : .equal
    }
}
