import Concurrency
import Dispatch
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// Answers what other processes of the same user ask the one that serves a data folder, at a Unix socket in it.
///
/// Whoever may connect may write the folder, and so read all that is in it: nothing else says who it is. A few are
/// answered at once, and the others wait in the order in which they came; of those that take long fewer are, so that the
/// short ones need not wait for them. All are given signs of life until they are answered. Whoever hangs up is not answered
/// any more.
public struct LocalPoint: Service {
    /// Gives the end of the reply to a message, after the parts that it says on the line; cancelled when whoever asked
    /// hangs up.
    public typealias Answer = @Sendable (_ message: Data, _ line: LocalLine) async -> Data

    private let path: String
    private let logger: Logger
    private let answer: Answer
    private let open = Count()
    private let places = RunLimiter(running: shortAtOnce + longAtOnce, waiting: waitingLimit)

    /// Of lines that are open.
    private final class Count: Sendable {
        private let count = Mutex(0)

        func enters(atMost limit: Int) -> Bool {
            count.withLock { count in
                guard count < limit else { return false }
                count += 1
                return true
            }
        }

        func leaves() { count.withLock { $0 -= 1 } }
    }

    static let shortAtOnce = 4
    static let longAtOnce = 2
    /// Processes that may wait; a further one is hung up on.
    static let waitingLimit = 64
    /// Time for a message from its first byte to its last, and for each wait at the other side.
    private static let patience = Duration.seconds(10)
    /// How often it is looked whether somebody has hung up.
    private static let pause = Duration.milliseconds(200)
    /// Looks from one sign of life to the next: each second.
    private static let looksPerSign = 5
    /// What is waited where this process may open no more files.
    private static let pauseWhenFull = DispatchTimeInterval.milliseconds(200)
    private static let executor = BlockingExecutor(label: "millrace.local", width: shortAtOnce)

    /// - Parameter path: of the socket, in a folder that nobody else may write.
    public init(path: String, logger: Logger, answer: @escaping Answer) {
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
        let (arrivals, arrived) = AsyncStream<LocalLine>.makeStream(
            bufferingPolicy: .bufferingOldest(Self.waitingLimit))
        let source = DispatchSource.makeReadSource(fileDescriptor: socket.descriptor, queue: .global())
        source.setEventHandler {
            var isFull = false
            while let other = socket.accepted(isFull: &isFull) {
                let line = LocalLine(other, Self.executor)
                // Before anything else has to be free for it.
                line.sign()
                switch arrived.yield(line) {
                case .enqueued: break
                default: line.close()
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

    private func serve(_ arrivals: AsyncStream<LocalLine>) async {
        await withDiscardingTaskGroup { group in
            for await line in arrivals {
                guard open.enters(atMost: Self.waitingLimit) else {
                    line.close()
                    continue
                }
                group.addTask {
                    await serve(line)
                    open.leaves()
                }
            }
        }
    }

    private func serve(_ line: LocalLine) async {
        defer { line.close() }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await attend(line) }
            group.addTask { await reply(on: line) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Gives signs of life until whoever asks has hung up.
    private func attend(_ line: LocalLine) async {
        var looks = 0
        while !line.hasHungUp, (try? await Task.sleep(for: Self.pause)) != nil {
            looks += 1
            if looks.isMultiple(of: Self.looksPerSign) { line.sign() }
        }
    }

    private func reply(on line: LocalLine) async {
        do {
            let (message, isLong) = try await line.question(within: Self.patience)
            let place = try await places.slot(
                for: isLong ? "long" : "short", atMost: isLong ? Self.longAtOnce : Self.shortAtOnce)
            defer { place.release() }
            try await line.end(await answer(message, line))
        } catch {
            logger.debug(
                "a process asked and was not answered", metadata: ["millrace.reason": "\(error)"])
        }
    }
}
