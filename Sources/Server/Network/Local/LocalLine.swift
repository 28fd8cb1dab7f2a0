import Concurrency
import Foundation
import Synchronization

/// One who asks a ``LocalPoint``. What is said there comes whole and in order, with signs of life between.
public final class LocalLine: Sendable {
    private let socket: UnixSocket
    private let executor: BlockingExecutor
    /// Held by whoever speaks; whether it is still open, since another may have the descriptor then.
    private let isOpen = Mutex(true)

    init(_ socket: UnixSocket, _ executor: BlockingExecutor) {
        self.socket = socket
        self.executor = executor
    }

    /// Says a part of the reply, and waits until the other side has room for it.
    ///
    /// - Throws: ``LocalLineError`` when nobody hears it any more; `CancellationError`.
    public func say(_ part: Data) async throws { try await write(.part(part)) }

    func end(_ reply: Data) async throws { try await write(.end(reply)) }

    private func write(_ message: LocalMessage) async throws {
        try await executor.run {
            try self.isOpen.withLock { isOpen in
                guard isOpen else { throw LocalLineError(reason: "the line is closed") }
                do throws(SocketFailure) {
                    try message.write(to: self.socket)
                } catch {
                    // What was said half cannot be gone on with: nothing more is.
                    self.socket.hangUp()
                    throw LocalLineError(reason: error.description)
                }
            }
        }
    }

    /// Says that this side is there, unless something is just being said: that is a sign as well.
    func sign() {
        isOpen.withLockIfAvailable { isOpen in
            if isOpen { socket.sendNow(LocalMessage.signOfLife) }
        }
    }

    /// The question, with whether it may take long.
    func question(within limit: Duration) async throws -> (message: Data, isLong: Bool) {
        try await executor.run { [socket] in
            socket.limitWaits(to: limit)
            guard
                case .question(let message, let isLong) = try LocalMessage.read(
                    from: socket, until: .now + limit)
            else { throw SocketFailure.otherLanguage }
            return (message, isLong)
        }
    }

    /// Whether the other side has hung up. Asked only until ``close()``.
    var hasHungUp: Bool { socket.hasHungUp }

    deinit { close() }

    func close() {
        isOpen.withLock { isOpen in
            if isOpen { socket.close() }
            isOpen = false
        }
    }
}

/// Why something could not be said to whoever asked.
public struct LocalLineError: Error, Hashable, CustomStringConvertible {
    public let reason: String

    public var description: String { "Whoever asked does not hear the answer: \(reason)." }
}
