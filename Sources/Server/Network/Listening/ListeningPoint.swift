import Foundation
import Synchronization

/// A second hold on the socket that a server listens at, for another process to be given.
///
/// The first is of what accepts, which may close it at any time; a number that was closed may stand for another file.
final class ListeningPoint: Sendable {
    private let descriptor = Mutex<Int32?>(nil)

    /// Holds a socket until ``close()``.
    func hold(_ socket: ListeningSocket) {
        let copy = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, 0)
        guard copy >= 0 else { return }
        let before = descriptor.withLock { descriptor in
            defer { descriptor = copy }
            return descriptor
        }
        if let before { _ = Foundation.close(before) }
    }

    /// Lends the socket; it stays open meanwhile.
    ///
    /// - Returns: whether anything is listened at.
    func lend(_ body: (Int32) throws(SocketFailure) -> Void) throws(SocketFailure) -> Bool {
        try descriptor.withLock { descriptor throws(SocketFailure) -> Bool in
            guard let descriptor else { return false }
            try body(descriptor)
            return true
        }
    }

    /// Lets it go, so that nobody waits at a socket where nobody accepts.
    func close() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        if let held { _ = Foundation.close(held) }
    }
}
