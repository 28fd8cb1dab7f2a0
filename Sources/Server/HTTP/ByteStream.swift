import Concurrency
import Foundation

/// Bytes that are made while they are sent: a piece is asked for when the client has taken the one before.
struct ByteStream: Sendable {
    /// How many bytes there will be, if that is known before.
    let length: Int?
    private let pieces: PulledSequence<Data>
    private let observe: @Sendable (StreamOutcome) -> Void

    /// - Parameter pieces: bytes of exactly `length` together. A failure cuts the response short, which a client
    ///   can tell from a complete one.
    init(_ pieces: PulledSequence<Data>, length: Int? = nil) {
        self.init(pieces, length: length, observe: { _ in })
    }

    private init(
        _ pieces: PulledSequence<Data>, length: Int?, observe: @escaping @Sendable (StreamOutcome) -> Void
    ) {
        self.pieces = pieces
        self.length = length
        self.observe = observe
    }

    /// The same bytes, with `observe` called once they are sent or given up.
    func observingEnd(_ observe: @escaping @Sendable (StreamOutcome) -> Void) -> ByteStream {
        ByteStream(pieces, length: length, observe: observe)
    }

    /// Gives each piece to `write` in order.
    ///
    /// - Throws: what the maker of the pieces or `write` throws.
    func send(_ write: (Data) async throws -> Void) async throws {
        var source = pieces.makeAsyncIterator()
        while true {
            let piece: Data?
            do {
                piece = try await source.next()
            } catch {
                observe(Task.isCancelled ? .cancelled : .failed(ProblemDetails(error)))
                throw error
            }
            guard let piece else { return observe(.complete) }
            do {
                try await write(piece)
            } catch {
                observe(.cancelled)
                throw error
            }
        }
    }
}
