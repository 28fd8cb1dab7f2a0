import Foundation

/// The running transfers of an engine; one thread at a time is at it.
final class CurlLoop: @unchecked Sendable {
    // Sendable proof: the engine alone holds it, and calls it only from the thread that its mailbox names the one at
    // work; taking and giving back that turn go through the mailbox's lock, which orders what they see.

    /// Handles that are kept for later requests: making one costs more than using it.
    static let keptHandles = 32
    /// After so many steps on end that libcurl wants at once, sockets and commands have their turn.
    private static let stepLimit = 64

    private let configuration: HTTPClientConfiguration
    private let readiness: SocketReadiness
    private let multi: CurlMulti
    private var running: [UnsafeMutableRawPointer: CurlEasy] = [:]
    private var handles: [ObjectIdentifier: UnsafeMutableRawPointer] = [:]
    private var idle: [CurlEasy] = []
    /// No deadline lies before this; deadlines of streams only move away from it.
    private var nextCheck: ContinuousClock.Instant?
    /// When the alarm goes.
    private var alarm: ContinuousClock.Instant?

    init(_ configuration: HTTPClientConfiguration, _ readiness: SocketReadiness) throws(TransportError) {
        self.configuration = configuration
        self.readiness = readiness
        multi = try CurlMulti(configuration, readiness)
    }

    var runningCount: Int { running.count }

    /// - Returns: whether it runs.
    func start(_ transfer: CurlTransfer) -> Bool {
        guard !transfer.inbox.isFinished else { return false }
        do throws(TransportError) {
            let easy = if let kept = idle.popLast() { kept } else { try CurlEasy(configuration) }
            try easy.prepare(transfer)
            guard multi.add(easy) else {
                throw .invalidConfiguration(reason: "libcurl did not accept the request (out of memory?)")
            }
            running[easy.pointer] = easy
            handles[ObjectIdentifier(transfer)] = easy.pointer
            note(transfer.deadline)
            return true
        } catch {
            transfer.inbox.finish(.failure(error))
            return false
        }
    }

    func resume(_ transfer: CurlTransfer) {
        guard let easy = easy(of: transfer) else { return }
        transfer.resume()
        note(transfer.deadline)
        easy.unpause()
    }

    /// There is more of the body to send.
    func feed(_ transfer: CurlTransfer) {
        easy(of: transfer)?.unpause()
    }

    func end(_ transfer: CurlTransfer, _ result: Result<Void, TransportError>) {
        if let handle = handles.removeValue(forKey: ObjectIdentifier(transfer)),
            let easy = running.removeValue(forKey: handle)
        {
            multi.remove(easy)
            if easy.release(), idle.count < Self.keptHandles { idle.append(easy) }
        }
        transfer.feed?.stop()
        transfer.inbox.finish(result)
    }

    func endAll(_ result: Result<Void, TransportError>) {
        for easy in running.values {
            guard let transfer = easy.transfer else { continue }
            end(transfer, result)
        }
        idle = []
    }

    /// What the kernel told of.
    func take(_ event: SocketReadiness.Event) {
        switch event {
        case .socket(let socket, let readiness): multi.act(on: socket, readiness)
        case .alarm: alarm = nil
        }
    }

    /// Does all that can be done now, ends what is over or overdue, and sets the alarm for the rest.
    func settle() {
        var steps = 0
        let now = ContinuousClock.now
        if let due = multi.due, due <= now { multi.actOnTime() }
        endOverdue(now)
        endEnded()
        while multi.isDueNow, steps < Self.stepLimit {
            multi.actOnTime()
            endEnded()
            steps += 1
        }
        setAlarm(now)
    }

    private func endEnded() {
        while let (easy, result) = multi.nextEnded({ running[$0] }) {
            guard let transfer = easy.transfer else { continue }
            end(transfer, result)
        }
    }

    private func easy(of transfer: CurlTransfer) -> CurlEasy? {
        handles[ObjectIdentifier(transfer)].flatMap { running[$0] }
    }

    private func endOverdue(_ now: ContinuousClock.Instant) {
        guard let check = nextCheck, check <= now else { return }
        nextCheck = nil
        for easy in running.values {
            guard let transfer = easy.transfer, let deadline = transfer.deadline else { continue }
            if deadline <= now {
                end(transfer, .failure(transfer.timeoutError))
            } else {
                note(deadline)
            }
        }
    }

    private func note(_ deadline: ContinuousClock.Instant?) {
        guard let deadline else { return }
        nextCheck = min(nextCheck ?? deadline, deadline)
    }

    /// An alarm that goes too early is set again then; that is rarer than setting it with each request.
    private func setAlarm(_ now: ContinuousClock.Instant) {
        let times = [multi.isDueNow ? now : nil, multi.due, nextCheck]
        guard let next = times.compactMap(\.self).min() else { return }
        if let alarm, alarm <= next { return }
        alarm = next
        readiness.setAlarm(after: now.duration(to: next))
    }
}
