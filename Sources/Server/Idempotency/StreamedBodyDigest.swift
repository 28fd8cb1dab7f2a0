import Concurrency
import Crypto
import Foundation
import Synchronization

/// What is known of a body that is taken as it comes: a MAC of its bytes under the idempotency key, made while the
/// operation reads them, so that none are held for it.
final class StreamedBodyDigest: Sendable {
    /// A body, or the beginning of one.
    struct Mark: Hashable, Sendable, Codable {
        /// Bytes that were read.
        var count: Int
        /// Whether these are all. A refusal rests on what had been read by then.
        var isWhole: Bool
        var code: Data
    }

    private struct State {
        var code: HMAC<SHA256>
        var count = 0
        var isWhole = false
        var hasFailed = false
    }

    private let key: SymmetricKey
    private let state: Mutex<State>

    /// - Parameter key: the client's idempotency key.
    init(key: String) {
        let key = SymmetricKey(data: Data(key.utf8))
        self.key = key
        state = Mutex(State(code: HMAC<SHA256>(key: key)))
    }

    /// The same pieces, each of which is counted when it is read.
    func watching(_ pieces: PulledSequence<Data>) -> PulledSequence<Data> {
        PulledSequence(unfolding: { [self] in
            var source = pieces.makeAsyncIterator()
            return {
                do {
                    let piece = try await source.next()
                    self.take(piece)
                    return piece
                } catch {
                    self.state.withLock { $0.hasFailed = true }
                    throw error
                }
            }
        })
    }

    private func take(_ piece: Data?) {
        state.withLock { state in
            guard let piece else { return state.isWhole = true }
            state.code.update(data: piece)
            state.count += piece.count
        }
    }

    /// Whether the body could not be read to its end: it was cut off, came too slowly or was too large. Nothing was
    /// carried out then that an answer could be given for.
    var hasFailed: Bool { state.withLock { $0.hasFailed } }

    /// What has been read until now.
    var mark: Mark {
        state.withLock { state in
            Mark(count: state.count, isWhole: state.isWhole, code: Data(state.code.finalize()))
        }
    }

    /// Whether these pieces are the body that was marked, or begin like it where only its beginning was.
    ///
    /// No more is read than tells it.
    /// - Throws: what the pieces throw.
    func isSame(_ pieces: PulledSequence<Data>, as mark: Mark) async throws -> Bool {
        var code = HMAC<SHA256>(key: key)
        var missing = mark.count
        if missing > 0 || mark.isWhole {
            for try await piece in pieces {
                guard piece.count <= missing || !mark.isWhole else { return false }
                let part = piece.prefix(missing)
                code.update(data: part)
                missing -= part.count
                if missing == 0, !mark.isWhole { break }
            }
        }
        return missing == 0 && Data(code.finalize()) == mark.code
    }
}
