/// What an engine's snapshot reads where ``PassageFactsCache`` does not know.
@_spi(CorpusEngine) public protocol PassageFactsReader {
    /// The number of the last change that the snapshot holds.
    func lastChange() throws -> Int64
    /// What happened after a change, or `nil` when that is too long ago to be known.
    func changes(after sequence: Int64) throws -> [PassageFactsCache.Change]?
    /// Whoever may read them.
    func places(ofChunks ids: [Int64]) throws -> [Int64: PassageFactsCache.Place]
    /// Whoever may read them; documents without passages are nobody's, and left out.
    func unnamedFacts(ofDocuments ids: [String]) throws -> [PassageFactsCache.Facts]
    func names(ofSpaces keys: Set<String>) throws -> [String: String]
}

extension PassageFactsCache {
    /// The documents that passages are from, by passage, for somebody who satisfies `classes`.
    public func documents(
        ofChunks ids: [Int64], for classes: Set<AccessClassID>, in snapshot: some PassageFactsReader
    ) throws -> [Int64: String] {
        let now = try level(with: snapshot)
        var places = places(of: ids)
        let missing = ids.filter { places[$0] == nil }
        if !missing.isEmpty {
            let fresh = try snapshot.places(ofChunks: missing)
            remember(fresh, at: now)
            places.merge(fresh) { $1 }
        }
        return places.compactMapValues { classes.contains($0.accessClass) ? $0.document : nil }
    }

    /// What searches count documents by, in no order, for somebody who satisfies `classes`.
    public func facts(
        ofDocuments ids: [String], for classes: Set<AccessClassID>, in snapshot: some PassageFactsReader
    ) throws -> [DocumentFacts] {
        let now = try level(with: snapshot)
        let known = facts(of: ids)
        var found = Array(known.values)
        let missing = known.count == ids.count ? [] : ids.filter { known[$0] == nil }
        if !missing.isEmpty {
            let fresh = try snapshot.unnamedFacts(ofDocuments: missing)
            remember(fresh, at: now)
            found += fresh
        }
        let readable = found.filter { classes.contains($0.accessClass) }.map(\.facts)
        let names = try snapshot.names(ofSpaces: Set(readable.map(\.spaceKey)))
        return readable.map { facts in
            var facts = facts
            facts.spaceName = names[facts.spaceKey] ?? facts.spaceKey
            return facts
        }
    }

    /// - Returns: the last change that the snapshot holds.
    private func level(with snapshot: some PassageFactsReader) throws -> Int64 {
        let now = try snapshot.lastChange()
        try level(upTo: now) { try snapshot.changes(after: $0) }
        return now
    }
}
