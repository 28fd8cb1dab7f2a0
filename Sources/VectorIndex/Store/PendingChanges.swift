/// Changes of a log that are not made yet, as few as lead to the same content.
///
/// A document that changes again and again stores a vector and removes it soon after. Made one by one, those changes cost
/// an opening a link and a repair each; what is gone by the end of the log need not come in.
struct PendingChanges {
    private var entries: [VectorEntry] = []
    /// Where in ``entries`` the vector of an id is that counts.
    private var places: [UInt64: Int] = [:]
    private var removed: Set<UInt64> = []

    /// Vectors that were noted, those that count no more among them.
    var storedCount: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty && removed.isEmpty }

    mutating func store(_ entry: VectorEntry) {
        places[entry.id] = entries.count
        entries.append(entry)
    }

    mutating func remove(_ ids: some Sequence<UInt64>) {
        for id in ids {
            places[id] = nil
            // It may have been there before.
            removed.insert(id)
        }
    }

    /// Makes the changes, and forgets them.
    mutating func apply(to builder: HNSWBuilder) throws(VectorIndexError) {
        // What is stored was stored after its removal, where there was one.
        // Nothing to change must not cost what a first change costs: a look at every block.
        let gone = removed.filter { builder.index.slots.slot(of: $0) != nil }
        if !gone.isEmpty { try builder.remove(gone.sorted()) }
        let stored = places.values.sorted().map { entries[$0] }
        if !stored.isEmpty {
            try builder.upsert(stored, scales: [Float](repeating: 1, count: stored.count))
        }
        self = PendingChanges()
    }
}
