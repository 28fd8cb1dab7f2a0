import Concurrency
import Foundation
import Synchronization

/// The other side of a ``LocalPoint``.
public enum LocalCall {
    /// How long a process is waited for that says nothing at all.
    ///
    /// One that works gives a sign of life each second, however long its work takes.
    public struct Patience: Sendable, Hashable {
        /// Until the first sign, and for a place where many wait to be let in.
        public var first: Duration
        /// From each sign to the next.
        public var next: Duration

        /// - Parameters: durations of a microsecond or more.
        public init(first: Duration = .seconds(5), next: Duration = .seconds(10)) {
            self.first = first
            self.next = next
        }
    }

    /// Bytes that all parts of a reply may have together; they wait here while `heard` is slow.
    private static let replyLimit = 256 << 20

    /// Asks the process that listens at a path, and waits for its reply for as long as it gives signs of life.
    ///
    /// - Parameters:
    ///   - message: 32 MiB at most.
    ///   - isLong: whether it may go on for minutes; it waits behind others that do.
    ///   - heard: given each part of the reply before its end, in order.
    /// - Returns: the end of the reply; `nil` when no process listens there.
    /// - Throws: ``LocalCallError``; what `heard` throws; `CancellationError`, and the other process then does no more of it.
    public static func send(
        _ message: Data, to path: String, isLong: Bool = false, patience: Patience = Patience(),
        heard: @Sendable (_ part: Data) async throws -> Void = { _ in }
    ) async throws -> Data? {
        guard message.count <= LocalMessage.questionLimit else {
            throw LocalCallError.tooLong(bytes: message.count, limit: LocalMessage.questionLimit)
        }
        // A thread for each: one that waits must not hold up another.
        let executor = BlockingExecutor(label: "millrace.call", width: 1)
        let connected = try await executor.run { () throws -> UnixSocket? in
            do {
                return try UnixSocket.connected(to: path, within: patience.first)
            } catch let failure as SocketFailure {
                try Task.checkCancellation()
                guard !failure.isTimeout else {
                    throw LocalCallError.silent(path: path, waited: patience.first)
                }
                throw LocalCallError.unreachable(path: path, reason: failure.description)
            }
        }
        guard let socket = connected else { return nil }
        defer { socket.close() }
        let (parts, came) = AsyncStream<Data>.makeStream()
        return try await withTaskCancellationHandler {
            async let end = executor.run {
                defer { came.finish() }
                return try Self.reply(
                    to: .question(message, isLong: isLong), at: path, socket, patience, came)
            }
            do {
                for await part in parts { try await heard(part) }
                // Whoever is cancelled has not heard all parts, though the end may have come.
                try Task.checkCancellation()
            } catch {
                socket.hangUp()
                throw error
            }
            return try await end
        } onCancel: {
            socket.hangUp()
        }
    }

    private static func reply(
        to question: LocalMessage, at path: String, _ socket: UnixSocket, _ patience: Patience,
        _ came: AsyncStream<Data>.Continuation
    ) throws -> Data {
        var waited = patience.first
        // A long question is taken in when its turn comes.
        socket.limitWaits(to: patience.first + patience.next * 2)
        do {
            try question.write(to: socket)
            socket.limitWaits(to: waited)
            var count = 0
            while true {
                let message = try LocalMessage.read(from: socket) {
                    guard waited != patience.next else { return }
                    waited = patience.next
                    socket.limitWaits(to: waited)
                }
                switch message {
                case .sign: continue
                case .part(let part):
                    count += part.count
                    guard count <= replyLimit else {
                        throw SocketFailure("what was said has more than \(replyLimit) bytes")
                    }
                    came.yield(part)
                case .end(let end): return end
                case .question: throw SocketFailure.otherLanguage
                }
            }
        } catch let failure as SocketFailure {
            try Task.checkCancellation()
            if failure.isTimeout { throw LocalCallError.silent(path: path, waited: waited) }
            if failure == .otherLanguage { throw LocalCallError.otherVersion(path: path) }
            throw LocalCallError.unanswered(path: path, reason: failure.description)
        }
    }
}
