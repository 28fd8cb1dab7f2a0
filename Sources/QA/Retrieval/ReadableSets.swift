import Corpus
import VectorIndex

/// Sets of passages by access class, by set of classes and by filter, and the changes they are levelled by.
struct ReadableSets: Sendable {
    private struct Entry: Sendable {
        var bitmap: IDBitmap
        /// The last change that the set holds.
        var sequence: Int64
    }

    /// The last change that the sets of ``classes`` hold; -1 before the first look.
    private(set) var sequence: Int64 = -1
    private var classes: [AccessClassID: IDBitmap] = [:]
    /// The latest changes, ascending: what the other sets are levelled by when they are used.
    private var changes: [ChunkChange] = []
    /// Every change after this one is in ``changes``.
    private var windowStart: Int64 = -1
    /// By what callers satisfy.
    private var unions = LRUCache<Set<AccessClassID>, Entry>(limit: 256)
    /// By filter, whoever may read them.
    private var filters = LRUCache<ChunkFilter, Entry>(limit: 256)

    /// Changes that are kept at least; twice as many at most.
    static let windowLimit = 32_768
    /// Changed documents past which a filter is asked of the whole corpus again.
    static let documentLimit = 2_000

    /// Follows changes; those that are known already are passed over.
    mutating func apply(_ news: [ChunkChange], upTo now: Int64) {
        guard now > sequence else { return }
        let fresh = news.drop { $0.sequence <= sequence }
        for change in fresh {
            guard let chunk = change.chunkID.map(UInt64.init) else { continue }
            if let before = change.before { classes[before]?.remove(chunk) }
            if let after = change.after { classes[after, default: IDBitmap([])].insert(chunk) }
        }
        changes += fresh
        sequence = now
        guard changes.count > 2 * Self.windowLimit else { return }
        let gone = changes.count - Self.windowLimit
        windowStart = changes[gone - 1].sequence
        changes.removeFirst(gone)
    }

    /// Begins anew from every passage there is.
    mutating func replace(with all: [(chunk: Int64, accessClass: AccessClassID)], at now: Int64) {
        guard now > sequence else { return }
        var ids: [AccessClassID: [UInt64]] = [:]
        for entry in all { ids[entry.accessClass, default: []].append(UInt64(entry.chunk)) }
        classes = ids.mapValues { IDBitmap($0) }
        unions.removeAll()
        filters.removeAll()
        changes = []
        (windowStart, sequence) = (now, now)
    }

    /// Everything of these classes.
    mutating func readable(_ satisfied: Set<AccessClassID>) -> IDBitmap {
        guard var entry = unions.take(satisfied), entry.sequence >= windowStart else {
            let union = IDBitmap.union(satisfied.compactMap { classes[$0] })
            unions.put(Entry(bitmap: union, sequence: sequence), for: satisfied)
            return union
        }
        for change in changes(after: entry.sequence) {
            guard let chunk = change.chunkID.map(UInt64.init) else { continue }
            if let before = change.before, satisfied.contains(before) { entry.bitmap.remove(chunk) }
            if let after = change.after, satisfied.contains(after) { entry.bitmap.insert(chunk) }
        }
        entry.sequence = sequence
        unions.put(entry, for: satisfied)
        return entry.bitmap
    }

    /// Documents that changed since the set of a filter was levelled, and with which change it was; `nil` when it
    /// must be made anew.
    ///
    /// - Parameter now: the last change that the asking snapshot holds. Newer ones are left to who sees them.
    mutating func staleDocuments(
        of filter: ChunkFilter, upTo now: Int64
    ) -> (documents: [String], since: Int64)? {
        guard let entry = filters.take(filter), entry.sequence >= windowStart else { return nil }
        filters.put(entry, for: filter)
        let documents = Set(
            changes(after: entry.sequence).prefix { $0.sequence <= now }.map(\.documentID))
        return documents.count <= Self.documentLimit ? (documents.sorted(), entry.sequence) : nil
    }

    mutating func remember(_ bitmap: IDBitmap, for filter: ChunkFilter, at now: Int64) {
        if let known = filters.take(filter), known.sequence > now, known.sequence >= windowStart {
            filters.put(known, for: filter)
        } else {
            filters.put(Entry(bitmap: bitmap, sequence: now), for: filter)
        }
    }

    /// Levels the set of a filter with what the corpus says of the documents that changed.
    ///
    /// - Parameters:
    ///   - present: every passage of those documents.
    ///   - matching: those that the filter lets through.
    ///   - since: the change that they are counted from.
    /// - Returns: the set, or `nil` when it was forgotten meanwhile, or made anew by an older snapshot.
    mutating func level(
        _ filter: ChunkFilter, replacing present: [Int64], with matching: [Int64], since: Int64, at now: Int64
    ) -> IDBitmap? {
        guard var entry = filters.take(filter), entry.sequence >= max(windowStart, since) else { return nil }
        if entry.sequence < now {
            for change in changes(after: entry.sequence).prefix(while: { $0.sequence <= now }) {
                if let chunk = change.chunkID { entry.bitmap.remove(UInt64(chunk)) }
            }
            for chunk in present { entry.bitmap.remove(UInt64(chunk)) }
            for chunk in matching { entry.bitmap.insert(UInt64(chunk)) }
            entry.sequence = now
        }
        filters.put(entry, for: filter)
        return entry.bitmap
    }

    /// Changes after `sequence`.
    private func changes(after sequence: Int64) -> ArraySlice<ChunkChange> {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].sequence > sequence { high = middle } else { low = middle + 1 }
        }
        return changes[low...]
    }
}
