import Crypto

/// What a source holds, in short.
struct SourceSurvey: Sendable {
    /// By table, how many rows are moved.
    let counts: [String: Int]
    /// Names the source, whatever it holds: what its database says of itself; empty where it says nothing.
    let origin: String
    /// Tells it from a source that has other rows, as far as ``MovingSide/fingerprint(of:)`` does.
    let fingerprint: String

    var rows: Int { counts.values.reduce(0, +) }
    /// What a target notes of the move that it has begun.
    var note: String { "\(origin):\(fingerprint)" }

    init(_ side: any MovingSide) throws {
        var counts: [String: Int] = [:]
        var hash = SHA256()
        for table in MovedTable.all {
            let (count, rows) = try side.fingerprint(of: table)
            counts[table.name] = count
            hash.update(data: MovedValue.form([.text(table.name), .integer(Int64(count))] + rows))
        }
        hash.update(data: MovedValue.form([.text(try side.state("generation") ?? "0")]))
        self.counts = counts
        origin = try side.state("identity") ?? ""
        fingerprint = DatabaseMove.hexadecimal(hash.finalize())
    }

    /// Whether a target has noted a move of the same source, whatever that held.
    func isOrigin(ofNote note: String) -> Bool { !origin.isEmpty && note.hasPrefix("\(origin):") }

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
