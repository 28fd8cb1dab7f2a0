import Foundation
import Synchronization

/// Drives every transfer of one client from one thread of its own.
///
/// Other threads only leave commands in a mailbox and wake the loop; all of libcurl's state is touched
/// by the loop alone.
final class CurlEngine: Sendable {
    private enum Command: Sendable {
        case start(CurlTransfer)
        case resume(CurlTransfer)
        case feed(CurlTransfer)
        case cancel(CurlTransfer)
    }

    private struct Mailbox {
        var commands: [Command] = []
        var isClosed = false
    }

    private let configuration: HTTPClientConfiguration
    private let multi: CurlMulti
    private let mailbox = Mutex(Mailbox())

    init(_ configuration: HTTPClientConfiguration) throws(TransportError) {
        self.configuration = configuration
        multi = try CurlMulti(configuration)
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

    /// The asking task is told at once; the connection goes as soon as the loop comes round.
    func cancel(_ transfer: CurlTransfer) {
        transfer.inbox.finish(.failure(.cancelled))
        post(.cancel(transfer))
    }

    /// Ends the thread and, with ``TransportError/clientClosed``, everything under way.
    func close() {
        mailbox.withLock { $0.isClosed = true }
        multi.wakeUp()
    }

    @discardableResult
    private func post(_ command: Command) -> Bool {
        let (isOpen, isFirst) = mailbox.withLock { mailbox in
            guard !mailbox.isClosed else { return (false, false) }
            mailbox.commands.append(command)
            return (true, mailbox.commands.count == 1)
        }
        // Whoever left the first command since the loop looked wakes it for the others too.
        if isFirst { multi.wakeUp() }
        return isOpen
    }

    private func run() {
        var loop = Loop(multi: multi, configuration: configuration)
        while true {
            let (commands, isClosed) = mailbox.withLock { mailbox in
                defer { mailbox.commands = [] }
                return (mailbox.commands, mailbox.isClosed)
            }
            for command in commands {
                switch command {
                case .start(let transfer):
                    loop.start(transfer) { [self, transfer] in post(.feed(transfer)) }
                case .resume(let transfer): loop.resume(transfer)
                case .feed(let transfer): loop.feed(transfer)
                case .cancel(let transfer): loop.end(transfer, .failure(.cancelled))
                }
            }
            if isClosed { break }
            loop.turn()
        }
        loop.endAll(.failure(.clientClosed))
    }
}

/// The running transfers; never leaves the engine's thread.
private struct Loop {
    /// Bounds how long a wait lasts when nothing has a deadline; a wake-up ends it anyway.
    private static let longestWait = Duration.seconds(60)

    let multi: CurlMulti
    let configuration: HTTPClientConfiguration
    private var running: [UnsafeMutableRawPointer: CurlEasy] = [:]
    private var handles: [ObjectIdentifier: UnsafeMutableRawPointer] = [:]
    /// No deadline lies before this; deadlines of streams only move away from it.
    private var nextCheck: ContinuousClock.Instant?

    init(multi: CurlMulti, configuration: HTTPClientConfiguration) {
        self.multi = multi
        self.configuration = configuration
    }

    /// - Parameter onFeed: called when there is more of the body to send.
    mutating func start(_ transfer: CurlTransfer, onFeed: @escaping @Sendable () -> Void) {
        guard !transfer.inbox.isFinished else { return }
        do throws(TransportError) {
            let easy = try CurlEasy(transfer, configuration)
            guard multi.add(easy) else {
                throw .invalidConfiguration(reason: "libcurl did not accept the request (out of memory?)")
            }
            running[easy.pointer] = easy
            handles[ObjectIdentifier(transfer)] = easy.pointer
            note(transfer.deadline)
            // Only now: the end of what runs is what stops the feed.
            transfer.feed?.start(wakeUp: onFeed)
        } catch {
            transfer.inbox.finish(.failure(error))
        }
    }

    mutating func resume(_ transfer: CurlTransfer) {
        guard let handle = handles[ObjectIdentifier(transfer)], let easy = running[handle] else { return }
        transfer.resume()
        note(transfer.deadline)
        easy.unpause()
    }

    /// There is more of the body to send.
    func feed(_ transfer: CurlTransfer) {
        guard let handle = handles[ObjectIdentifier(transfer)], let easy = running[handle] else { return }
        easy.unpause()
    }

    mutating func end(_ transfer: CurlTransfer, _ result: Result<Void, TransportError>) {
        if let handle = handles.removeValue(forKey: ObjectIdentifier(transfer)),
            let easy = running.removeValue(forKey: handle)
        {
            multi.remove(easy)
        }
        transfer.feed?.stop()
        transfer.inbox.finish(result)
    }

    mutating func endAll(_ result: Result<Void, TransportError>) {
        for easy in running.values { end(easy.transfer, result) }
    }

    /// Moves bytes, ends what is over or overdue, and waits for more.
    mutating func turn() {
        for (easy, result) in multi.perform({ running[$0] }) {
            end(easy.transfer, result)
        }
        endOverdue()
        let wait = nextCheck.map { ContinuousClock.now.duration(to: $0) } ?? Self.longestWait
        multi.wait(atMost: min(wait, Self.longestWait))
    }

    private mutating func endOverdue() {
        let now = ContinuousClock.now
        guard let check = nextCheck, check <= now else { return }
        nextCheck = nil
        for easy in running.values {
            guard let deadline = easy.transfer.deadline else { continue }
            if deadline <= now {
                end(easy.transfer, .failure(easy.transfer.timeoutError))
            } else {
                note(deadline)
            }
        }
    }

    private mutating func note(_ deadline: ContinuousClock.Instant?) {
        guard let deadline else { return }
        nextCheck = min(nextCheck ?? deadline, deadline)
    }
}
