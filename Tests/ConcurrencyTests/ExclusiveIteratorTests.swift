import Concurrency
import Testing

@Suite(.timeLimit(.minutes(1))) struct `An iterator with one reader at a time` {
    @Test func `is handed on from task to task and loses nothing`() async throws {
        let iterator = ExclusiveIterator(PulledSequence([1, 2, 3]).makeAsyncIterator())
        for expected in [1, 2, 3, nil] {
            let next = try await Task { try await iterator.next() }.value
            #expect(next == expected)
        }
    }

    @Test func `refuses a second reader while the first one waits, and serves the first`() async throws {
        let (values, feed) = AsyncStream.makeStream(of: Int.self)
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let iterator = ExclusiveIterator(
            PulledSequence<Int>(unfolding: {
                {
                    begin.yield()
                    for await value in values { return value }
                    return nil
                }
            }).makeAsyncIterator())
        let first = Task { try await iterator.next() }
        for await _ in begun { break }
        await #expect(throws: IteratorInUse.self) { try await iterator.next() }
        feed.yield(7)
        #expect(try await first.value == 7)
    }
}
