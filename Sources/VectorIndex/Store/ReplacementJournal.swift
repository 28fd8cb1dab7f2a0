import Synchronization

/// Which slots lately took the place of others: one thread writes, many read.
///
/// A search that runs while an id gets a new vector may meet neither of its two slots: it passed where the new
/// one is linked before it was, and came to where the old one was after it had gone. So a search looks here
/// for what was replaced since it began.
final class ReplacementJournal: Sendable {
    /// How many replacements are remembered. A search takes a fraction of the time that so many take.
    static let length = 4096

    private let ring = AtomicWords(count: length, repeating: 0)
    private let total = Atomic(0)

    /// Replacements so far.
    var count: Int { total.load(ordering: .acquiring) }

    /// Notes a slot: after it was made live and before the old one is live no longer, so that whoever misses
    /// the old one finds the new one here. For the writer.
    func append(_ slot: UInt32) {
        let position = total.load(ordering: .relaxed)
        ring.publish(slot, at: position % Self.length)
        total.store(position + 1, ordering: .releasing)
    }

    /// Whether everything since `count` was `start` is remembered.
    func reaches(backTo start: Int) -> Bool { count - start < Self.length }

    /// The slots noted since `count` was `start`, as far as they are remembered. Where
    /// ``reaches(backTo:)`` is false afterwards some may be missing or be later ones.
    func slots(since start: Int) -> [UInt32] {
        let end = count
        return (max(start, end - Self.length)..<end).map { ring[$0 % Self.length] }
    }
}
