import Foundation
import Synchronization

/// Drives every transfer of one client.
///
/// A thread of its own waits for the network, and what callers want is left for it in a mailbox. While little is under
/// way and nobody is at work, whoever leaves something does it there and then: a request over a connection that is open
/// already is on its way before the asking task waits, and no other thread was woken for it. With much under way the
/// thread is about to wake anyway, and does what was left in one go. Nobody ever waits for his turn.
final class CurlEngine: Sendable {
    private enum Command: Sendable {
        case start(CurlTransfer)
        case resume(CurlTransfer)
        case feed(CurlTransfer)
        case cancel(CurlTransfer)
    }

    private struct Mailbox {
        var commands: [Command] = []
        var events: [SocketReadiness.Event] = []
        /// Somebody is at work with the loop, and looks here again before he goes.
        var isDriven = false
        var isClosed = false
        /// How many transfers were under way when somebody last went.
        var runningCount = 0
    }

    /// With so many transfers under way callers leave the work to the thread.
    private static let sharedCount = 4
    /// How often a caller does what others have left meanwhile; then the engine's thread goes on.
    private static let roundLimit = 2
    /// How often the engine's thread does what was left meanwhile; then it looks what the network has brought.
    private static let workLimit = 8

    private let readiness: SocketReadiness
    private let loop: CurlLoop
    private let mailbox = Mutex(Mailbox())

    init(_ configuration: HTTPClientConfiguration) throws(TransportError) {
        readiness = try SocketReadiness()
        loop = try CurlLoop(configuration, readiness)
    }

    func launch() {
        let thread = Thread { [self] in run() }
        thread.name = "millrace-http"
        thread.start()
    }

    func start(_ transfer: CurlTransfer) {
        if !post(.start(transfer)) { transfer.inbox.finish(.failure(.clientClosed)) }
    }

    /// The reader has taken what was buffered.
    func resume(_ transfer: CurlTransfer) {
        post(.resume(transfer))
    }

    /// The asking task is told at once; the connection goes as soon as the engine's thread comes round.
    func cancel(_ transfer: CurlTransfer) {
        // What is over needs no end, and what was cancelled has one on its way.
        guard transfer.inbox.finish(.failure(.cancelled)) else { return }
        // Whoever cancels a task may hold locks of the runtime's: nothing is done on his thread.
        post(.cancel(transfer), mayDrive: false)
    }

    /// Ends the thread and, with ``TransportError/clientClosed``, everything under way.
    func close() {
        mailbox.withLock { $0.isClosed = true }
        readiness.ring()
    }

    /// Leaves a command, and may carry it out where nobody else is at work.
    ///
    /// - Returns: whether the engine is open.
    @discardableResult
    private func post(_ command: Command, mayDrive: Bool = true) -> Bool {
        let (isOpen, isMine, isUnheard) = mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return (false, false, false) }
            mailbox.commands.append(command)
            // Whoever is at work will look, and the first command that is left rings for those behind it.
            guard !mailbox.isDriven else { return (true, false, false) }
            guard mayDrive, mailbox.runningCount < Self.sharedCount else {
                return (true, false, mailbox.commands.count == 1)
            }
            mailbox.isDriven = true
            return (true, true, false)
        }
        if isMine { drive() }
        if isUnheard { readiness.ring() }
        return isOpen
    }

    /// Carries out what is left, as a caller. What the network brings, TLS with it, is the engine's thread's.
    private func drive() {
        var rounds = 0
        while true {
            let (commands, isLeft) = mailbox.withLock { mailbox -> ([Command], Bool) in
                guard !mailbox.isClosed, !mailbox.commands.isEmpty, rounds < Self.roundLimit else {
                    mailbox.isDriven = false
                    mailbox.runningCount = loop.runningCount
                    return ([], mailbox.isClosed || !mailbox.commands.isEmpty || !mailbox.events.isEmpty)
                }
                defer { mailbox.commands = [] }
                return (mailbox.commands, false)
            }
            guard !commands.isEmpty else {
                if isLeft { readiness.ring() }
                return
            }
            for command in commands { carryOut(command) }
            loop.settle()
            rounds += 1
        }
    }

    private func run() {
        var isOpen = true
        while isOpen {
            let events = readiness.wait()
            let isMine = mailbox.withLock { mailbox in
                mailbox.events += events
                defer { mailbox.isDriven = true }
                return !mailbox.isDriven
            }
            // Whoever is at work rings when he goes.
            if isMine { isOpen = work() }
        }
    }

    /// Does everything that is there, as the engine's thread.
    ///
    /// - Returns: whether the engine is open.
    private func work() -> Bool {
        var rounds = 0
        while true {
            let (commands, events, isClosed) = mailbox.withLock {
                mailbox -> ([Command], [SocketReadiness.Event], Bool) in
                let isAnything = !mailbox.commands.isEmpty || !mailbox.events.isEmpty
                // Whoever closed it let nobody in after, and this thread goes: it keeps its turn for ever.
                guard mailbox.isClosed || isAnything && rounds < Self.workLimit else {
                    mailbox.isDriven = false
                    mailbox.runningCount = loop.runningCount
                    return ([], [], false)
                }
                defer {
                    mailbox.commands = []
                    mailbox.events = []
                }
                return (mailbox.commands, mailbox.events, mailbox.isClosed)
            }
            for command in commands { carryOut(command) }
            if isClosed {
                loop.endAll(.failure(.clientClosed))
                return false
            }
            guard !commands.isEmpty || !events.isEmpty else {
                // Callers may have left more; who leaves it behind others does not ring.
                if rounds == Self.workLimit { readiness.ring() }
                return true
            }
            for event in events { loop.take(event) }
            loop.settle()
            rounds += 1
        }
    }

    private func carryOut(_ command: Command) {
        switch command {
        case .start(let transfer):
            // The feed only now: the end of what runs is what stops it.
            if loop.start(transfer) { transfer.feed?.start { [self, transfer] in post(.feed(transfer)) } }
        case .resume(let transfer): loop.resume(transfer)
        case .feed(let transfer): loop.feed(transfer)
        case .cancel(let transfer): loop.end(transfer, .failure(.cancelled))
        }
    }
}
