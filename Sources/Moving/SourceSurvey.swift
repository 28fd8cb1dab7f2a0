import Crypto

/// What a source holds, in short.
struct SourceSurvey: Sendable {
    /// By table, how many rows are moved.
    let counts: [String: Int]
    /// Tells it from a source that has other rows: made of how many each table has, the last of each, and how often
    /// documents were changed.
    let fingerprint: String

    var rows: Int { counts.values.reduce(0, +) }

    init(_ side: any MovingSide) throws {
        var counts: [String: Int] = [:]
        var hash = SHA256()
        for table in MovedTable.all {
            let count = try side.count(table)
            counts[table.name] = count
            let key = try side.lastKey(of: table)?.values ?? []
            hash.update(data: MovedValue.form([.text(table.name), .integer(Int64(count))] + key))
        }
        hash.update(data: MovedValue.form([.text(try side.state("generation") ?? "0")]))
        self.counts = counts
        fingerprint = DatabaseMove.hexadecimal(hash.finalize())
    }

    /// A server lets others write while it is read; what they wrote is not at the target.
    ///
    /// By a new snapshot of the same session: the password it was opened with may be of no more use by now.
    func demandUnchanged(_ source: any MovingSide) throws {
        try source.endSnapshot()
        try source.beginSnapshot(asSource: true)
        guard try SourceSurvey(source).fingerprint == fingerprint else {
            throw MovingError.sourceChanged(place: source.place)
        }
    }
}
