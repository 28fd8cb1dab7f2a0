import Synchronization

/// What was counted or listed at one moment, kept until the next change: everybody who satisfies the same classes
/// gets the same.
@_spi(CorpusEngine) public struct SnapshotCache<Value: Sendable>: ~Copyable, Sendable {
    private struct State {
        var sequence: Int64 = -1
        var values: [Set<AccessClassID>: Value] = [:]
    }

    private let state = Mutex(State())
    /// Sets of classes that are remembered.
    private let limit = 256

    public init() {}

    /// - Parameters:
    ///   - sequence: the last change that the caller's snapshot holds.
    ///   - make: makes it anew; not called when nothing has changed.
    public func value(
        classes: Set<AccessClassID>, sequence: Int64, make: () throws(CorpusError) -> Value
    ) throws(CorpusError) -> Value {
        let known = state.withLock { $0.sequence == sequence ? $0.values[classes] : nil }
        if let known { return known }
        let fresh = try make()
        state.withLock { state in
            guard sequence >= state.sequence else { return }
            if sequence > state.sequence || state.values.count >= limit { state.values = [:] }
            state.sequence = sequence
            state.values[classes] = fresh
        }
        return fresh
    }
}

/// What a space holds for those who satisfy some classes.
@_spi(CorpusEngine) public struct SpaceHolding: Sendable {
    public private(set) var documents = 0
    public private(set) var chunks = 0
    public private(set) var kinds: [Document.Kind: Int] = [:]

    public init() {}

    /// Counts documents of one kind.
    public mutating func add(documents: Int, chunks: Int, of kind: String) {
        self.documents += documents
        self.chunks += chunks
        if let kind = Document.Kind(rawValue: kind) { kinds[kind, default: 0] += documents }
    }
}

@_spi(CorpusEngine) extension [String: SpaceHolding] {
    /// What all spaces hold.
    public var summed: (documents: Int, chunks: Int, kinds: [Document.Kind: Int]) {
        var kinds: [Document.Kind: Int] = [:]
        for holding in values { kinds.merge(holding.kinds, uniquingKeysWith: +) }
        return (
            values.reduce(0) { $0 + $1.documents }, values.reduce(0) { $0 + $1.chunks }, kinds
        )
    }
}
