import Foundation
import Synchronization

/// Where the engine puts a response, and where the task that asked for it waits.
///
/// A whole response is collected up to a limit. Of a streamed one at most `bufferBytes` wait here: what
/// would exceed that is refused with ``BodyVerdict/pause``, libcurl stops reading the connection, and
/// TCP (or HTTP/2) flow control makes the sender wait until the reader takes what there is.
final class ResponseInbox: Sendable {
    enum Mode: Sendable {
        case whole(limitBytes: Int)
        case streamed(bufferBytes: Int)
    }

    private typealias HeadWaiter = CheckedContinuation<Result<HTTPResponseHead, TransportError>, Never>
    private typealias BodyWaiter = CheckedContinuation<Result<Data?, TransportError>, Never>

    private struct State {
        var head: HTTPResponseHead?
        var body = Data()
        var isPaused = false
        var end: Result<Void, TransportError>?
        var headWaiter: HeadWaiter?
        var bodyWaiters: [BodyWaiter] = []
    }

    let mode: Mode
    private let state = Mutex(State())

    init(mode: Mode) {
        self.mode = mode
    }

    var isFinished: Bool { state.withLock { $0.end != nil } }
    var isPaused: Bool { state.withLock { $0.isPaused } }

    // MARK: The engine's side

    func put(_ head: HTTPResponseHead) {
        let waiter = state.withLock { state in
            state.head = head
            return state.headWaiter.take()
        }
        waiter?.resume(returning: .success(head))
    }

    func put(_ bytes: UnsafeRawBufferPointer) -> BodyVerdict {
        let (verdict, waiter, piece) = state.withLock { state -> (BodyVerdict, BodyWaiter?, Data) in
            guard state.end == nil else { return (.stop, nil, Data()) }
            switch mode {
            case .whole(let limitBytes):
                guard bytes.count <= limitBytes - state.body.count else { return (.tooLarge, nil, Data()) }
                state.body.append(bytes.assumingMemoryBound(to: UInt8.self))
                return (.taken, nil, Data())
            case .streamed(let bufferBytes):
                if !state.body.isEmpty, state.body.count + bytes.count > bufferBytes {
                    state.isPaused = true
                    return (.pause, nil, Data())
                }
                state.body.append(bytes.assumingMemoryBound(to: UInt8.self))
                guard !state.bodyWaiters.isEmpty else { return (.taken, nil, Data()) }
                let waiter = state.bodyWaiters.removeFirst()
                defer { state.body = Data() }
                return (.taken, waiter, state.body)
            }
        }
        waiter?.resume(returning: .success(piece))
        return verdict
    }

    func unpause() {
        state.withLock { $0.isPaused = false }
    }

    /// Ends the exchange. Only the first end counts.
    ///
    /// - Returns: whether it was the first.
    @discardableResult
    func finish(_ end: Result<Void, TransportError>) -> Bool {
        let ended = state.withLock { state -> Ended? in
            guard state.end == nil else { return nil }
            state.end = end
            var ended = Ended()
            if let waiter = state.headWaiter.take() { ended.head = (waiter, Self.headResult(state)) }
            for waiter in state.bodyWaiters { ended.bodies.append((waiter, takeBody(&state))) }
            state.bodyWaiters = []
            return ended
        }
        guard let ended else { return false }
        ended.head.map { waiter, result in waiter.resume(returning: result) }
        for (waiter, result) in ended.bodies { waiter.resume(returning: result) }
        return true
    }

    /// Who is told of the end, and what.
    private struct Ended {
        var head: (HeadWaiter, Result<HTTPResponseHead, TransportError>)?
        var bodies: [(BodyWaiter, Result<Data?, TransportError>)] = []
    }

    // MARK: The asking task's side

    /// Waits for status and headers. One caller.
    func head() async throws(TransportError) -> HTTPResponseHead {
        // Of a whole response it is there already.
        if let head = state.withLock({ $0.head }) { return head }
        let result = await withCheckedContinuation { waiter in
            let known = state.withLock { state -> Result<HTTPResponseHead, TransportError>? in
                if state.head != nil || state.end != nil { return Self.headResult(state) }
                state.headWaiter = waiter
                return nil
            }
            if let known { waiter.resume(returning: known) }
        }
        return try result.get()
    }

    /// Waits for body bytes: all of them of a whole response, what there is of a streamed one.
    ///
    /// - Returns: `nil` after the last byte.
    func body() async throws(TransportError) -> Data? {
        let result = await withCheckedContinuation { waiter in
            let known = state.withLock { state -> Result<Data?, TransportError>? in
                if case .streamed = mode, !state.body.isEmpty { return takeBody(&state) }
                if state.end != nil { return takeBody(&state) }
                state.bodyWaiters.append(waiter)
                return nil
            }
            if let known { waiter.resume(returning: known) }
        }
        return try result.get()
    }

    private static func headResult(_ state: State) -> Result<HTTPResponseHead, TransportError> {
        if let head = state.head { return .success(head) }
        switch state.end {
        case .failure(let error): return .failure(error)
        case .success, nil:
            return .failure(.protocolError(host: "the server", reason: "it sent no response"))
        }
    }

    /// What is buffered; after it the end: `nil`, or the error, which is told once.
    private func takeBody(_ state: inout State) -> Result<Data?, TransportError> {
        if case .failure(let error) = state.end {
            let arrived = state.body
            state.body = Data()
            if case .streamed = mode, error != .cancelled, !arrived.isEmpty { return .success(arrived) }
            state.end = .success(())
            return .failure(error)
        }
        guard !state.body.isEmpty else { return .success(nil) }
        defer { state.body = Data() }
        return .success(state.body)
    }
}
