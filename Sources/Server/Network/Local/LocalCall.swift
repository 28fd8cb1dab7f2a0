import Concurrency
import Foundation

/// The other side of a ``LocalPoint``.
public enum LocalCall {
    /// Asks the process that listens at a path, and waits for its reply however long it takes.
    ///
    /// - Returns: `nil` when no process listens there.
    /// - Throws: ``LocalCallError``; `CancellationError`, and the other process then does no more of it.
    public static func send(_ message: Data, to path: String) async throws -> Data? {
        // A thread for each: one that waits must not hold up another.
        let executor = BlockingExecutor(label: "millrace.call", width: 1)
        let connected = try await executor.run { () throws -> UnixSocket? in
            do {
                return try UnixSocket.connected(to: path)
            } catch let failure as SocketFailure {
                throw LocalCallError.unreachable(path: path, reason: failure.description)
            }
        }
        guard let socket = connected else { return nil }
        defer { socket.close() }
        return try await withTaskCancellationHandler {
            do {
                return try await executor.run {
                    try LocalMessage.write(message, to: socket)
                    return try LocalMessage.read(from: socket, limit: LocalMessage.replyLimit)
                }
            } catch let failure as SocketFailure {
                try Task.checkCancellation()
                throw LocalCallError.unanswered(path: path, reason: failure.description)
            }
        } onCancel: {
            socket.hangUp()
        }
    }
}

/// Why the process that serves a data folder did not reply.
public enum LocalCallError: Error, Hashable, CustomStringConvertible {
    /// There may be one, but it cannot be asked.
    case unreachable(path: String, reason: String)
    /// It was asked, and ended or gave up before it had replied.
    case unanswered(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreachable(let path, let reason):
            "The process that serves the data folder could not be asked at \(path): \(reason)."
        case .unanswered(let path, let reason):
            """
            The process that serves the data folder was asked at \(path) and did not answer: \(reason). It may have \
            ended meanwhile; ask again.
            """
        }
    }
}
