import Concurrency
import JSONValue
import Synchronization

/// A run that can be followed, left, taken up again and cancelled; it goes on whether or not anybody looks.
public final class Run: Sendable {
    public enum State: String, Sendable, Hashable {
        case running, finished, failed, cancelled
    }

    public let id: String
    private let log: RunLog
    private let task: Task<RunOutcome, any Error>
    private let ending: Ending

    init(id: String, log: RunLog, ending: Ending, task: Task<RunOutcome, any Error>) {
        self.id = id
        self.log = log
        self.ending = ending
        self.task = task
    }

    public var state: State { ending.state }

    /// Ends the run: its steps are cancelled, and its last event is `cancelled`.
    public func cancel() { task.cancel() }

    /// Waits for the end. Cancelling who waits does not cancel the run.
    ///
    /// - Throws: what the run failed with.
    public func outcome() async throws -> RunOutcome { try await task.value }

    /// The run's events from `position` on, to the last one.
    ///
    /// While the sequence is read, the run does not get further ahead of its reader than the log's window. What is
    /// older than the window comes from the journal.
    ///
    /// - Throws: ``FlowError/eventsGone(run:position:earliest:)`` from the iteration, when there is no journal.
    public func events(from position: Int = 0) -> RunEvents { RunEvents(log, from: position) }
}

/// How a run stands.
final class Ending: Sendable {
    private let value = Mutex(Run.State.running)

    var state: Run.State { value.withLock { $0 } }
    func set(_ state: Run.State) { value.withLock { $0 = state } }
}

/// The events of a run for one reader.
///
/// The run waits for this reader from the moment that the sequence is made. Dropping it and its iterator ends
/// that.
public struct RunEvents: AsyncSequence, Sendable {
    public typealias Element = RunEvent

    private let place: FollowerPlace

    init(_ log: RunLog, from position: Int) {
        place = FollowerPlace(log, from: position)
    }

    public struct AsyncIterator: AsyncIteratorProtocol {
        fileprivate let place: FollowerPlace

        public mutating func next() async throws -> RunEvent? {
            try await place.log.next(for: place.id)
        }
    }

    /// One iteration at a time; a second one goes on where the first stopped.
    public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(place: place) }
}

/// A follower's place in the log, given up with the last reference to it.
private final class FollowerPlace: Sendable {
    let log: RunLog
    let id: Int

    init(_ log: RunLog, from position: Int) {
        self.log = log
        id = log.follow(from: position)
    }

    deinit { log.leave(id) }
}

extension Plan {
    /// Begins a run that goes on by itself.
    ///
    /// - Parameters:
    ///   - inputs: one value for each input of the flow.
    ///   - changes: parameters of this run that differ from the flow's, by component id.
    ///   - journal: keeps the events beyond this process; `nil` for memory alone.
    /// - Returns: the run, and its events from the first one on, whose reader the run waits for.
    /// - Throws: ``FlowError`` when the inputs or changes do not fit; nothing has begun then.
    public func start(
        _ inputs: [String: any Payload] = [:], changing changes: [String: [String: JSONValue]] = [:],
        in context: RunContext, journal: (any RunJournal)? = nil
    ) throws -> (run: Run, events: RunEvents) {
        let start = ContinuousClock.now
        let log = RunLog(runID: context.runID, journal: journal, start: start)
        let traces = TraceCollector(expecting: nodes.count)
        let frame = try frame(inputs, changing: changes, in: context, traces: traces, log: log)
        let events = RunEvents(log, from: 0)
        let ending = Ending()
        let task = Task {
            do {
                if let limit = context.budget.time {
                    try await withDeadline(limit, clock: context.clock) { try await Executor.run(frame) }
                } else {
                    try await Executor.run(frame)
                }
                ending.set(.finished)
                await log.end(.finished)
            } catch is CancellationError {
                ending.set(.cancelled)
                await log.end(.cancelled)
                throw CancellationError()
            } catch {
                ending.set(.failed)
                await log.end(.failed(reason: "\(error)"))
                throw error
            }
            return RunOutcome(
                outputs: frame.outputs, traces: traces.traces, duration: ContinuousClock.now - start)
        }
        return (Run(id: context.runID, log: log, ending: ending, task: task), events)
    }
}
