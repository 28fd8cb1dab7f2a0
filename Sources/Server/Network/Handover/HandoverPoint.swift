import Concurrency
import Dispatch
import Foundation
import Logging
import ServiceLifecycle

/// Gives the socket that a server listens at to the process that is to serve next, and ends the server then.
///
/// Two processes never accept at once, and never write one data folder: the next one is given the socket, this one accepts
/// no more, finishes what it has begun, and lets go of the folder with its end. Connections that come meanwhile wait at the
/// socket, which is open in at least one of them all the time.
public struct HandoverPoint: Service {
    let path: String
    let point: ListeningPoint
    let logger: Logger
    let stop: @Sendable () -> Void

    /// Its waits are for one that is slow to answer.
    private static let executor = BlockingExecutor(label: "millrace.handover", width: 1)

    public func run() async {
        let socket: HandoverSocket
        do {
            socket = try await Self.executor.run { [path] in try HandoverSocket.listening(at: path) }
        } catch is CancellationError {
            // The server ended before it served, as at a port that is in use; it says so itself.
            return
        } catch {
            logger.warning(
                "no other process can take this one's socket over", metadata: ["millrace.reason": "\(error)"])
            try? await gracefulShutdown()
            return
        }
        let (arrivals, arrived) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: .global())
        source.setEventHandler { arrived.yield() }
        source.setCancelHandler { socket.close() }
        source.resume()
        defer { source.cancel() }
        await cancelWhenGracefulShutdown {
            for await _ in arrivals {
                guard let other = socket.accepted() else { continue }
                let hasEnded = (try? await Self.executor.run { isTaken(by: other) }) ?? false
                guard hasEnded else { continue }
                logger.info("another process has taken the socket over; this one ends")
                return stop()
            }
        }
        // The next process makes one of its own at this path, once this one has ended.
        if unlink(path) != 0, errno != ENOENT {
            logger.debug("the handover's socket could not be removed", metadata: ["millrace.path": "\(path)"])
        }
        // A service that ends before its group is told to would have the others cancelled.
        try? await gracefulShutdown()
    }

    /// Whether `other` has the socket now.
    private func isTaken(by other: HandoverSocket) -> Bool {
        defer { other.close() }
        do {
            guard try other.line() == HandoverSocket.greeting else {
                throw SocketFailure("it speaks another language")
            }
            let isSent = try point.lend { (descriptor) throws(SocketFailure) in
                try DescriptorPassing.send(descriptor, over: other.descriptor)
            }
            guard isSent else { throw SocketFailure("nothing is listened at") }
            return try other.line() == HandoverSocket.taken
        } catch {
            logger.warning(
                "a process asked for the socket and did not take it",
                metadata: ["millrace.reason": "\(error)"])
            return false
        }
    }
}
