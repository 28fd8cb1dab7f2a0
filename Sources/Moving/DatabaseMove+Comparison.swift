import Crypto

extension DatabaseMove {
    /// Reads every row of both sides.
    ///
    /// - Throws: ``MovingError/different(_:)`` with the first difference of each table.
    static func compare(
        _ source: any MovingSide, _ target: any MovingSide, _ survey: SourceSurvey,
        _ limit: MovePageLimit, _ report: Report
    ) throws -> MoveOutcome {
        source.replacedTexts = 0
        var tables: [MoveOutcome.Table] = []
        var differences: [MoveDifference] = []
        var progress = MoveProgress(
            phase: .comparing, table: "", rows: 0, expectedRows: 0, allRows: 0,
            allExpectedRows: survey.rows)
        for table in MovedTable.all {
            progress.table = table.name
            progress.expectedRows = survey.counts[table.name] ?? 0
            var comparison = TableComparison(
                left: RowReader(source, table, limit), right: RowReader(target, table, limit))
            let before = progress.allRows
            try comparison.run { rows in
                try Task.checkCancellation()
                progress.rows = rows
                progress.allRows = before + rows
                try report(progress)
            }
            if let difference = comparison.outcome(table.name) { differences.append(difference) }
            tables.append(
                MoveOutcome.Table(
                    name: table.name, rows: comparison.left.count,
                    digest: hexadecimal(comparison.left.hash.finalize())))
        }
        guard differences.isEmpty else { throw MovingError.different(differences) }
        return MoveOutcome(tables: tables, replacedTexts: source.replacedTexts)
    }
}

/// The rows of a table one by one, a page in memory at a time.
struct RowReader {
    private let side: any MovingSide
    let table: MovedTable
    private let limit: MovePageLimit
    private var page: [[MovedValue]] = []
    private var next = 0
    private var lastKey: MovedKey?
    private var isAtEnd = false
    private(set) var count = 0
    /// Of every row so far.
    private(set) var hash = SHA256()

    init(_ side: any MovingSide, _ table: MovedTable, _ limit: MovePageLimit) {
        self.side = side
        self.table = table
        self.limit = limit
    }

    mutating func read() throws -> ReadRow? {
        if next == page.count {
            guard !isAtEnd else { return nil }
            page = try side.page(of: table, after: lastKey, limit)
            next = 0
            guard let last = page.last else {
                isAtEnd = true
                return nil
            }
            lastKey = table.key(of: last)
        }
        let row = page[next]
        next += 1
        count += 1
        let form = MovedValue.form(row)
        hash.update(data: form)
        return ReadRow(key: table.key(of: row), form: form, values: row)
    }
}

struct ReadRow {
    var key: MovedKey
    var form: [UInt8]
    /// In the order of columns.
    var values: [MovedValue]
}

/// Both sides of a table, read along each other.
struct TableComparison {
    var left: RowReader
    var right: RowReader
    private var first: (kind: MoveDifference.Kind, key: MovedKey)?

    init(left: RowReader, right: RowReader) {
        self.left = left
        self.right = right
    }

    /// - Parameter report: hears now and then how many rows of the source were read, and at the end.
    mutating func run(_ report: (Int) throws -> Void) throws {
        var (a, b) = (try left.read(), try right.read())
        while a != nil || b != nil {
            note(a, b)
            // Behind the first difference rows stand no longer beside each other: only numbers and hashes count.
            a = try left.read()
            b = try right.read()
            if left.count % 1_000 == 0 { try report(left.count) }
        }
        try report(left.count)
    }

    private mutating func note(_ a: ReadRow?, _ b: ReadRow?) {
        guard first == nil else { return }
        switch (a, b) {
        case (let a?, let b?):
            guard a.form != b.form else { return }
            first =
                MovedKey.precedes(a.key, b.key)
                ? (.missing, a.key) : MovedKey.precedes(b.key, a.key) ? (.added, b.key) : (.changed, a.key)
        case (let a?, nil): first = (.missing, a.key)
        case (nil, let b?): first = (.added, b.key)
        case (nil, nil): break
        }
    }

    /// What was found, as counts, hashes and rows say.
    func outcome(_ table: String) -> MoveDifference? {
        guard let first else { return nil }
        return MoveDifference(
            table: table, kind: first.kind, key: first.key.description, sourceRows: left.count,
            targetRows: right.count)
    }
}
