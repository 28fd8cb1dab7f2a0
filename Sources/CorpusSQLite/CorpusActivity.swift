import Synchronization

/// How much a corpus was asked for since it was opened.
public struct CorpusActivity: Sendable, Hashable {
    /// Read transactions.
    public var reads: Int
    /// Passages that were loaded with their texts.
    public var passages: Int
}

/// Counts what a corpus is asked for.
struct ActivityCounters: ~Copyable {
    private let reads = Atomic<Int>(0)
    private let passages = Atomic<Int>(0)

    func readBegan() { reads.wrappingAdd(1, ordering: .relaxed) }
    func loaded(passages count: Int) { passages.wrappingAdd(count, ordering: .relaxed) }

    var now: CorpusActivity {
        CorpusActivity(reads: reads.load(ordering: .relaxed), passages: passages.load(ordering: .relaxed))
    }
}
