import Concurrency
import Foundation
import Synchronization

/// A body's pieces on their way to libcurl: a task brings them, the engine takes them.
///
/// One piece waits here and one in the task's hand, so a slow network slows the source and costs no memory.
/// When there is nothing to take, libcurl is told to pause, and the next piece wakes it.
final class BodyFeed: Sendable {
    /// What became of an attempt to take bytes.
    enum Portion: Equatable {
        case bytes(Int)
        /// Nothing yet: ask again after the wake-up.
        case wait
        case end
        case failed(TransportError)
    }

    private struct State {
        var piece = Data()
        /// Of the whole body.
        var takenBytes = 0
        var broughtBytes = 0
        var isComplete = false
        var failure: TransportError?
        /// libcurl pauses until the next piece.
        var isStarved = false
        /// The task waits until the piece is taken.
        var waiter: CheckedContinuation<Bool, Never>?
        /// Of the body's readings; an earlier one's task brings nothing any more.
        var reading = 0
        var task: Task<Void, Never>?
        var wakeUp: (@Sendable () -> Void)?
    }

    let length: Int
    private let pieces: PulledSequence<Data>
    private let isReplayable: Bool
    private let state = Mutex(State())

    /// - Returns: `nil` for a body that is small and in memory, or is empty.
    init?(_ body: HTTPBody) {
        guard let pieces = body.pieces, body.length > 0 else { return nil }
        self.pieces = pieces
        length = body.length
        isReplayable = body.isReplayable
    }

    /// Begins to read the body.
    ///
    /// - Parameter wakeUp: called when bytes, the end or a failure came after ``Portion/wait``.
    func start(wakeUp: @escaping @Sendable () -> Void) {
        let reading = state.withLock { state in
            state.wakeUp = wakeUp
            return state.reading
        }
        run(reading)
    }

    /// Gives the body up; the task is cancelled.
    func stop() {
        let (task, waiter) = state.withLock { state in
            state.reading += 1
            state.wakeUp = nil
            return (state.task.take(), state.waiter.take())
        }
        waiter?.resume(returning: false)
        task?.cancel()
    }

    // MARK: The engine's side

    func take(_ buffer: UnsafeMutableRawBufferPointer) -> Portion {
        let (portion, waiter) = state.withLock { state -> (Portion, CheckedContinuation<Bool, Never>?) in
            if let failure = state.failure { return (.failed(failure), nil) }
            guard !state.piece.isEmpty else {
                if state.isComplete { return (.end, nil) }
                state.isStarved = true
                return (.wait, nil)
            }
            let count = min(buffer.count, state.piece.count)
            state.piece.copyBytes(to: buffer, count: count)
            // A slice of the same storage: nothing is copied but what libcurl takes.
            state.piece = state.piece.dropFirst(count)
            state.takenBytes += count
            return (.bytes(count), state.piece.isEmpty ? state.waiter.take() : nil)
        }
        waiter?.resume(returning: true)
        return portion
    }

    /// Begins anew, as libcurl needs when a connection turns out to be dead after it took bytes.
    ///
    /// - Returns: whether the body can be.
    func rewind() -> Bool {
        let old = state.withLock { state -> (Task<Void, Never>?, CheckedContinuation<Bool, Never>?, Int)? in
            if state.takenBytes == 0 { return (nil, nil, state.reading) }
            guard isReplayable else { return nil }
            let stopped = (state.task.take(), state.waiter.take())
            state.piece = Data()
            state.takenBytes = 0
            state.broughtBytes = 0
            state.isComplete = false
            state.failure = nil
            state.reading += 1
            return (stopped.0, stopped.1, state.reading)
        }
        guard let (task, waiter, reading) = old else { return false }
        waiter?.resume(returning: false)
        if let task {
            task.cancel()
            run(reading)
        }
        return true
    }

    // MARK: The source's side

    private func run(_ reading: Int) {
        let task = Task { [self] in
            do {
                // The piece that completes the body is kept until the source has ended: libcurl asks for nothing
                // after it, and would never hear that more came.
                var last: Data?
                var count = 0
                for try await piece in pieces where !piece.isEmpty {
                    count += piece.count
                    guard count <= length else { return finish(reading, .longerBody(than: length)) }
                    if count == length {
                        last = piece
                    } else {
                        guard await bring(piece, reading) else { return }
                    }
                }
                if let last { guard await bring(last, reading) else { return } }
                finish(reading)
            } catch let error as TransportError {
                finish(reading, error)
            } catch {
                // Not the error's own words: they may hold what is sent.
                finish(reading, .unreadableBody(reason: "its source failed (\(type(of: error)))"))
            }
        }
        let isCurrent = state.withLock { state in
            if state.reading == reading { state.task = task }
            return state.reading == reading
        }
        if !isCurrent { task.cancel() }
    }

    /// Waits until the piece before is taken.
    ///
    /// - Returns: `false` when nobody wants more.
    private func bring(_ piece: Data, _ reading: Int) async -> Bool {
        let isWanted = await withCheckedContinuation { (waiter: CheckedContinuation<Bool, Never>) in
            let known = state.withLock { state -> Bool? in
                if state.reading != reading { return false }
                if state.piece.isEmpty { return true }
                state.waiter = waiter
                return nil
            }
            if let known { waiter.resume(returning: known) }
        }
        guard isWanted else { return false }
        return change(reading) { state in
            state.broughtBytes += piece.count
            state.piece = piece
        }
    }

    private func finish(_ reading: Int, _ error: TransportError? = nil) {
        _ = change(reading) { state in
            state.isComplete = true
            state.failure = error
            if error == nil, state.broughtBytes < length {
                state.failure = .unreadableBody(
                    reason: "it ended after \(state.broughtBytes) of the \(length) bytes announced")
            }
        }
    }

    /// Changes the state for a reading that is still wanted, and wakes libcurl if it waits.
    private func change(_ reading: Int, _ body: (inout State) -> Void) -> Bool {
        let (isWanted, wakeUp) = state.withLock { state -> (Bool, (@Sendable () -> Void)?) in
            guard state.reading == reading, state.failure == nil else { return (false, nil) }
            body(&state)
            defer { state.isStarved = false }
            return (true, state.isStarved ? state.wakeUp : nil)
        }
        wakeUp?()
        return isWanted
    }
}

extension TransportError {
    fileprivate static func longerBody(than length: Int) -> TransportError {
        .unreadableBody(reason: "it is longer than the \(length) bytes announced")
    }
}
