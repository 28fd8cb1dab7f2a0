import Concurrency
import Foundation
import HTTPTypes
import HummingbirdCore
import NIOCore
import NIOHTTP1
import Synchronization

/// A request's body on its way in: whole, or piece by piece as it is asked for; within limits, or not at all.
final class IncomingBody: Sendable {
    private struct State {
        /// What was received of a body that is taken whole.
        var buffer = ByteBuffer()
        /// The body that is taken piece by piece.
        var stream: BodyReader?
        var isAbandoned = false
    }

    /// What is read and thrown away of a body that is too large or unwanted, so that its sender hears of it, as a
    /// multiple of the limit. A sender that still goes on is cut off.
    static let patience = 16

    private let request: Request
    private let limitBytes: Int
    private let timeout: Duration
    private let askForBody: @Sendable () async -> Void
    private let state = Mutex(State())

    /// - Parameters:
    ///   - limitBytes: of a body that is taken whole.
    ///   - timeout: in which a whole body must have come, or the next piece of one.
    ///   - askForBody: tells a client that waits for a word that the body is wanted.
    init(
        _ request: Request, limitBytes: Int, timeout: Duration,
        askForBody: @escaping @Sendable () async -> Void = {}
    ) {
        self.request = request
        self.limitBytes = limitBytes
        self.timeout = timeout
        self.askForBody = askForBody
    }

    /// Whether the client waits for a word before it sends the body.
    private var isHeldBack: Bool { request.headers[.expect]?.lowercased() == "100-continue" }

    var source: BodySource {
        BodySource(whole: { try await self.collect() }, pieces: { self.pieces(limitBytes: $0) })
    }

    /// Whether so much more may come that the connection is of no further use.
    var isAbandoned: Bool {
        state.withLock(\.isAbandoned) || isPartlyRead && declared > limitBytes * Self.patience
    }
    /// Whether pieces may still come that nobody has asked for.
    var isPartlyRead: Bool { state.withLock(\.stream)?.isOpen ?? false }

    private var declaredLength: Int? { request.headers.value(of: .contentLength).flatMap { Int($0) } }
    private var declared: Int { declaredLength ?? 0 }

    /// Refuses a body that has ended after `count` bytes although more were declared: a client that was answered meanwhile
    /// may end it where it is (``BodyLengthWatch``).
    private func checkEnd(after count: Int) throws(RequestFault) {
        if let declaredLength, count < declaredLength { throw .bodyCutOff }
    }

    /// Does `work`, and cancels it when the client hangs up. While a body is still coming, a client that hangs up
    /// is noticed by who reads it and by who writes.
    func untilHangUp(_ work: () async throws -> Void) async throws {
        guard !isPartlyRead else { return try await work() }
        // The body was read to its end, so what comes next on this connection is its end.
        var read = request
        read.body = RequestBody(buffer: state.withLock(\.buffer))
        try await read.body.consumeWithCancellationOnInboundClose { _ in try await work() }
    }

    /// Drops what was not read. `false` when the connection is of no further use.
    func dropRest() async -> Bool {
        guard !state.withLock(\.isAbandoned) else { return false }
        guard let stream = state.withLock(\.stream), stream.isOpen else { return true }
        let most = limitBytes * Self.patience
        let isAtEnd = try? await withDeadline(timeout) {
            var dropped = 0
            while let piece = try await stream.next() {
                dropped += piece.readableBytes
                guard dropped <= most else { return false }
            }
            return !stream.isOpen
        }
        return isAtEnd ?? false
    }

    /// - Throws: ``RequestFault``, or the connection's error.
    private func collect() async throws -> Data {
        // What was not sent yet need not be sent to be refused.
        guard declared <= (isHeldBack ? limitBytes : limitBytes * Self.patience) else {
            state.withLock { $0.isAbandoned = true }
            throw RequestFault.bodyTooLarge(limitBytes: limitBytes)
        }
        if isHeldBack { await askForBody() }
        do {
            let whole = try await withDeadline(timeout) { try await self.readWhole() }
            state.withLock { $0.buffer = whole }
            return Data(whole.readableBytesView)
        } catch let error as DeadlineExceeded {
            state.withLock { $0.isAbandoned = true }
            throw RequestFault.bodyTooSlow(seconds: error.limit / .seconds(1))
        } catch let error as HTTPParserError {
            state.withLock { $0.isAbandoned = true }
            throw RequestFault(body: error)
        } catch let error as RequestFault {
            throw error
        } catch let error as CancellationError {
            throw error
        } catch {
            // Whatever else goes wrong is the connection, which has ended.
            state.withLock { $0.isAbandoned = true }
            throw RequestFault.bodyCutOff
        }
    }

    private func readWhole() async throws -> ByteBuffer {
        var whole = ByteBuffer()
        var received = 0
        for try await var piece in request.body {
            received += piece.readableBytes
            if received <= limitBytes {
                whole.writeBuffer(&piece)
            } else if received > limitBytes * Self.patience {
                state.withLock { $0.isAbandoned = true }
                break
            }
        }
        guard received <= limitBytes else { throw RequestFault.bodyTooLarge(limitBytes: limitBytes) }
        // A reading that was cancelled ends as a complete one does.
        try Task.checkCancellation()
        try checkEnd(after: received)
        return whole
    }

    /// - Parameter limitBytes: of all pieces together, counted as they come.
    private func pieces(limitBytes: Int) -> PulledSequence<Data> {
        let stream = BodyReader(request.body)
        state.withLock { $0.stream = stream }
        return PulledSequence(unfolding: {
            var received = 0
            var pace = BodyPace(self.timeout)
            var isAskedFor = false
            return {
                guard self.declared <= limitBytes else {
                    throw RequestFault.bodyTooLarge(limitBytes: limitBytes)
                }
                if self.isHeldBack, !isAskedFor { await self.askForBody() }
                isAskedFor = true
                guard let piece = try await self.nextPiece(of: stream, &pace) else {
                    try self.checkEnd(after: received)
                    return nil
                }
                received += piece.count
                guard received <= limitBytes else { throw RequestFault.bodyTooLarge(limitBytes: limitBytes) }
                return piece
            }
        })
    }

    private func nextPiece(of stream: BodyReader, _ pace: inout BodyPace) async throws -> Data? {
        let start = ContinuousClock.now
        do {
            let piece = try await withDeadline(pace.limit) {
                let piece = try await stream.next()
                return piece.map { Data($0.readableBytesView) }
            }
            pace.received(piece?.count ?? 0, after: ContinuousClock.now - start)
            return piece
        } catch is DeadlineExceeded {
            state.withLock { $0.isAbandoned = true }
            throw RequestFault.bodyTooSlow(seconds: timeout / .seconds(1))
        } catch let error as CancellationError {
            throw error
        } catch let error as HTTPParserError {
            state.withLock { $0.isAbandoned = true }
            throw RequestFault(body: error)
        } catch {
            // The decoder knows by length or chunk that the connection ended too early.
            state.withLock { $0.isAbandoned = true }
            throw RequestFault.bodyCutOff
        }
    }
}

extension RequestFault {
    /// What a fault in the middle of a body means.
    fileprivate init(body error: HTTPParserError) {
        self = error == .invalidEOFState ? .bodyCutOff : RequestFault(error)
    }
}
