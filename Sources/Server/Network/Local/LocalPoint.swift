import Concurrency
import Dispatch
import Foundation
import Logging
import ServiceLifecycle

/// Answers what other processes of the same user ask the one that serves a data folder, at a Unix socket in it.
///
/// Whoever may connect may write the folder, and so read all that is in it: nothing else says who it is. A few are
/// answered at once, and the others wait in the order in which they came. Whoever hangs up is not answered any more.
public struct LocalPoint: Service {
    private let path: String
    private let logger: Logger
    private let answer: @Sendable (_ message: Data) async -> Data

    static let concurrency = 4
    /// Processes that may wait; a further one is hung up on.
    static let waitingLimit = 64
    /// Time for a message from its first byte to its last, and for each wait at the other side.
    private static let patience = 10
    /// How often it is looked whether somebody has hung up.
    private static let pause = Duration.milliseconds(200)
    /// What is waited where this process may open no more files.
    private static let pauseWhenFull = DispatchTimeInterval.milliseconds(200)
    private static let executor = BlockingExecutor(label: "millrace.local", width: concurrency)

    /// - Parameters:
    ///   - path: of the socket, in a folder that nobody else may write.
    ///   - answer: gives the reply to a message; cancelled when whoever asked hangs up.
    public init(
        path: String, logger: Logger, answer: @escaping @Sendable (_ message: Data) async -> Data
    ) {
        self.path = path
        self.logger = logger
        self.answer = answer
    }

    /// Answers until the group of services that it belongs to shuts down; whoever was let in is answered first then.
    public func run() async {
        let socket: UnixSocket
        do {
            socket = try await Self.executor.run { [path] in
                try UnixSocket.listening(at: path, backlog: Int32(Self.waitingLimit))
            }
        } catch is CancellationError {
            return
        } catch {
            logger.warning(
                "the command line cannot ask this process", metadata: ["millrace.reason": "\(error)"])
            try? await gracefulShutdown()
            return
        }
        let (arrivals, arrived) = AsyncStream<UnixSocket>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.waitingLimit))
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: .global())
        source.setEventHandler {
            var isFull = false
            while let other = socket.accepted(isFull: &isFull) {
                switch arrived.yield(other) {
                case .enqueued: break
                default: other.close()
                }
            }
            // Whoever waits would be told of at once again, and nothing can be opened for him yet.
            guard isFull else { return }
            source.suspend()
            // A source may be resumed from any thread (dispatch_resume(3)), and is so once for each time it is suspended.
            nonisolated(unsafe) let paused = source
            DispatchQueue.global().asyncAfter(deadline: .now() + Self.pauseWhenFull) { paused.resume() }
        }
        source.setCancelHandler { socket.close() }
        source.resume()
        defer { source.cancel() }
        await withGracefulShutdownHandler {
            await serve(arrivals)
        } onGracefulShutdown: { [path] in
            // The next process makes one of its own at this path.
            unlink(path)
            arrived.finish()
        }
        arrived.finish()
        // A service that ends before its group is told to would have the others cancelled.
        try? await gracefulShutdown()
    }

    private func serve(_ arrivals: AsyncStream<UnixSocket>) async {
        await withTaskGroup(of: Void.self) { group in
            var count = 0
            for await other in arrivals {
                if count == Self.concurrency {
                    await group.next()
                    count -= 1
                }
                group.addTask { await serve(other) }
                count += 1
            }
        }
    }

    private func serve(_ other: UnixSocket) async {
        defer { other.close() }
        do {
            let message = try await Self.executor.run {
                other.limitWaits(seconds: Self.patience)
                return try LocalMessage.read(
                    from: other, limit: LocalMessage.requestLimit,
                    until: .now + .seconds(Self.patience))
            }
            guard let reply = await reply(to: message, of: other) else { return }
            try await Self.executor.run { try LocalMessage.write(reply, to: other) }
        } catch {
            logger.debug(
                "a process asked and was not answered", metadata: ["millrace.reason": "\(error)"])
        }
    }

    /// - Returns: `nil` when whoever asked hung up meanwhile.
    private func reply(to message: Data, of other: UnixSocket) async -> Data? {
        await withTaskGroup(of: Data?.self) { group in
            group.addTask { await answer(message) }
            group.addTask {
                while !other.hasHungUp, !Task.isCancelled { try? await Task.sleep(for: Self.pause) }
                return nil
            }
            let first = await group.next()
            group.cancelAll()
            return first ?? nil
        }
    }
}
