extension DatabaseMove {
    /// Copies every page that the target does not have yet.
    static func copy(
        from source: any MovingSide, to target: any MovingSide, _ survey: SourceSurvey,
        _ limit: MovePageLimit, _ report: Report
    ) throws {
        var known: [String: TableProgress]
        switch try prepare(target, for: survey) {
        case .copying(let found): known = found
        case .levelling(let target): return try level(target, with: source, survey, limit, report)
        }
        var progress = MoveProgress(
            phase: .copying, table: "", rows: 0, expectedRows: 0, allRows: 0,
            allExpectedRows: survey.rows)
        for table in MovedTable.all {
            // One without a note was forgotten as a move before ended: it has what it has.
            var state =
                try known.removeValue(forKey: table.name)
                ?? TableProgress(lastKey: target.lastKey(of: table), rows: target.count(table))
            progress.table = table.name
            progress.expectedRows = survey.counts[table.name] ?? 0
            progress.allRows += state.rows
            while !state.isDone {
                try Task.checkCancellation()
                let rows = try source.page(of: table, after: state.lastKey, limit)
                if let last = rows.last { state.lastKey = table.key(of: last) }
                state.rows += rows.count
                state.isDone = rows.isEmpty
                try target.write(rows, to: table, state)
                progress.rows = state.rows
                progress.allRows += rows.count
                try report(progress)
            }
        }
        try finish(target, of: source)
    }

    static func finish(_ target: any MovingSide, of source: any MovingSide) throws {
        var numbers: [String: Int64] = [:]
        for table in MovedTable.all where table.numbered != nil {
            numbers[table.name] = try source.lastNumber(of: table)
        }
        try target.finish(lastNumbers: numbers)
    }

    /// What is to be done with a target.
    private enum Preparation {
        /// Tables are copied from where they are.
        case copying([String: TableProgress])
        /// It has rows of the source from another time.
        case levelling(any LevellingSide)
    }

    /// Finds out whether the target may be written to, and how far it is.
    private static func prepare(_ target: any MovingSide, for survey: SourceSurvey) throws -> Preparation {
        let (known, sources) = try target.progress()
        if known.isEmpty {
            var holdings: [String] = []
            for table in MovedTable.all {
                let count = try target.count(table)
                if count > 0 { holdings.append("\(count) in \(table.name)") }
            }
            guard holdings.isEmpty else {
                throw MovingError.targetNotEmpty(place: target.place, holdings: holdings)
            }
        } else if sources != [survey.note] {
            guard sources.allSatisfy({ survey.isOrigin(ofNote: $0) }),
                let levelled = target as? any LevellingSide
            else { throw MovingError.otherMove(place: target.place) }
            return .levelling(levelled)
        }
        try target.begin(source: survey.note)
        return .copying(known)
    }
}
