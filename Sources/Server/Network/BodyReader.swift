import Concurrency
import HummingbirdCore
import NIOCore
import Synchronization

/// The pieces of a request's body, for one reader at a time.
final class BodyReader: Sendable {
    /// An earlier reading failed or was cancelled.
    struct Broken: Error {}

    private let pieces: ExclusiveIterator<RequestBody.AsyncIterator>
    private let isAtEnd = Atomic(false)
    private let isBroken = Atomic(false)

    init(_ body: RequestBody) {
        pieces = ExclusiveIterator(body.makeAsyncIterator())
    }

    /// Whether more may come.
    var isOpen: Bool { !isAtEnd.load(ordering: .acquiring) }

    /// The next piece with bytes in it; `nil` at the end, and ever after.
    ///
    /// - Throws: `CancellationError` when the task was cancelled, `IteratorInUse`, or the connection's error;
    ///   ``Broken`` ever after, for what is missing is no end.
    func next() async throws -> ByteBuffer? {
        guard isOpen else { return nil }
        guard !isBroken.load(ordering: .acquiring) else { throw Broken() }
        do {
            while let piece = try await pieces.next() {
                if piece.readableBytes > 0 { return piece }
            }
            // A cancelled reading ends as a complete one does.
            try Task.checkCancellation()
            isAtEnd.store(true, ordering: .releasing)
            return nil
        } catch let error as IteratorInUse {
            // The other reading goes on.
            throw error
        } catch {
            isBroken.store(true, ordering: .releasing)
            throw error
        }
    }
}
