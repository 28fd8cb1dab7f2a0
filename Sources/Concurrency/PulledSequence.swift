/// A sequence whose maker does nothing until its reader asks: the back-pressure of plain function calls.
///
/// Nothing runs ahead and nothing is kept, so a slow reader slows the source and costs no memory. It erases the
/// type of whatever sequence stands behind it. Cancelling the reading task cancels the step that it waits for;
/// dropping the iterator drops the source's.
public struct PulledSequence<Element: Sendable>: AsyncSequence, Sendable {
    private let makeSource: @Sendable () -> AsyncIterator

    /// - Parameter base: begun anew by each iteration, if it can be.
    public init<Base: AsyncSequence & Sendable>(_ base: Base) where Base.Element == Element {
        makeSource = { AsyncIterator(ErasedIterator(base.makeAsyncIterator())) }
    }

    /// A sequence that `next` makes element by element, until it returns `nil` or throws.
    ///
    /// - Parameter makeNext: called at the beginning of each iteration.
    public init(unfolding makeNext: @escaping @Sendable () -> () async throws -> Element?) {
        makeSource = { AsyncIterator(UnfoldingIterator(makeNext())) }
    }

    /// A sequence whose source is made with the first read, as a call that begins when somebody wants its answer.
    ///
    /// - Parameter begin: gives what makes the elements. What it throws ends the sequence: reading on begins nothing
    ///   again.
    public init(beginning begin: @escaping @Sendable () async throws -> () async throws -> Element?) {
        self.init {
            var next: (() async throws -> Element?)?
            var hasBegun = false
            return {
                if let next { return try await next() }
                guard !hasBegun else { return nil }
                hasBegun = true
                let made = try await begin()
                next = made
                return try await made()
            }
        }
    }

    /// The elements of a list.
    public init(_ elements: [Element]) {
        self.init {
            var rest = elements.makeIterator()
            return { rest.next() }
        }
    }

    /// A sequence that throws at once.
    public init(throwing error: any Error) {
        self.init { { throw error } }
    }

    /// One reading, for one task. Dropping it drops the source's.
    public struct AsyncIterator: AsyncIteratorProtocol {
        private let source: PulledSource<Element>

        fileprivate init(_ source: PulledSource<Element>) {
            self.source = source
        }

        public mutating func next() async throws -> Element? {
            try await source.next()
        }
    }

    /// Begins a reading; nothing runs before its first element is asked for.
    public func makeAsyncIterator() -> AsyncIterator { makeSource() }
}

/// A class in place of a closure: an iterator is mutated by its own reader alone.
private class PulledSource<Element: Sendable> {
    func next() async throws -> Element? { nil }
}

private final class ErasedIterator<Base: AsyncIteratorProtocol>: PulledSource<Base.Element>
where Base.Element: Sendable {
    private var base: Base

    init(_ base: Base) {
        self.base = base
    }

    override func next() async throws -> Base.Element? { try await base.next() }
}

private final class UnfoldingIterator<Element: Sendable>: PulledSource<Element> {
    private let unfold: () async throws -> Element?

    init(_ unfold: @escaping () async throws -> Element?) {
        self.unfold = unfold
    }

    override func next() async throws -> Element? { try await unfold() }
}
