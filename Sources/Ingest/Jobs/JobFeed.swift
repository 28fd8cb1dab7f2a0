import Concurrency
import Corpus
import Synchronization

/// What is told about one job in this process: how it stands, and its latest events for whoever follows.
///
/// Each event says all that there is to say, so that who missed some has lost nothing.
final class JobFeed: Sendable {
    /// Events that are kept.
    static let eventLimit = 1_000
    /// Positions of one process. The next one begins behind them, for it cannot know which of them were told.
    static let positionsPerProcess = 1_000_000

    private struct State {
        var job: IngestJob
        var events: [JobEvent] = []
        /// The next event's.
        var position: Int
        var followers: [Int: AsyncStream<Void>.Continuation] = [:]
        var nextFollower = 0
    }

    private let state: Mutex<State>

    /// - Parameter isNew: whether its present state is told as its first event.
    init(_ job: IngestJob, isNew: Bool) {
        state = Mutex(State(job: job, position: job.position))
        if isNew { tell(.state) { _ in true } }
    }

    var job: IngestJob { state.withLock(\.job) }

    /// Takes over what the store says of the job's state, unless something newer is known.
    func apply(_ stored: IngestJob) {
        tell(.state) { job in
            guard stored.revision > job.revision else { return false }
            // Of a running job the figures of this process are the newer ones.
            let figures = job
            job = stored
            if !stored.state.isFinal { job.takeFigures(of: figures) }
            return true
        }
    }

    /// Takes over what the store says of a job that another process carries out.
    func follow(_ stored: IngestJob) {
        tell(stored.revision > job.revision ? .state : .progress) { job in
            guard stored.revision > job.revision || stored.position > job.position else { return false }
            job = stored
            return true
        }
    }

    func progress(_ progress: IngestProgress) {
        tell(.progress) { job in
            job.take(progress)
            return !job.state.isFinal
        }
    }

    private func tell(_ kind: JobEvent.Kind, _ change: (inout IngestJob) -> Bool) {
        let followers = state.withLock { state -> [AsyncStream<Void>.Continuation] in
            guard change(&state.job) else { return [] }
            let last = (state.job.position / Self.positionsPerProcess + 1) * Self.positionsPerProcess - 1
            // A last state must always find room.
            guard kind == .state || state.position < last - 1_000 else { return [] }
            state.position = max(state.position, state.job.position)
            state.job.position = state.position
            state.events.append(JobEvent(position: state.position, kind: kind, job: state.job))
            state.position += 1
            if state.events.count > Self.eventLimit {
                state.events.removeFirst(state.events.count - Self.eventLimit / 2)
            }
            return Array(state.followers.values)
        }
        followers.forEach { $0.yield() }
    }

    // MARK: Following

    /// Events behind `position`, to the job's last one.
    ///
    /// - Parameter position: of the last event that was read; -1 for none.
    func events(after position: Int) -> PulledSequence<JobEvent> {
        PulledSequence(unfolding: { [self] in
            let (signals, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
            let following = Following(self, continuation)
            let signal = ExclusiveIterator(signals.makeAsyncIterator())
            var position = position
            return {
                while true {
                    let (event, isOver) = following.feed.event(after: position)
                    if let event {
                        position = event.position
                        return event
                    }
                    if isOver { return nil }
                    _ = try await signal.next()
                    try Task.checkCancellation()
                }
            }
        })
    }

    private func event(after position: Int) -> (event: JobEvent?, isOver: Bool) {
        state.withLock { state in
            (state.events.first { $0.position > position }, state.job.state.isFinal)
        }
    }

    /// One who follows; leaves when it is let go.
    private final class Following: Sendable {
        let feed: JobFeed
        private let id: Int

        init(_ feed: JobFeed, _ continuation: AsyncStream<Void>.Continuation) {
            self.feed = feed
            id = feed.state.withLock { state in
                state.nextFollower += 1
                state.followers[state.nextFollower] = continuation
                return state.nextFollower
            }
        }

        deinit {
            feed.state.withLock { $0.followers.removeValue(forKey: id) }?.finish()
        }
    }
}

extension IngestJob {
    mutating func take(_ progress: IngestProgress) {
        stage = progress.phase.rawValue
        expected = progress.pagesExpected
        currentTitle = progress.currentTitle
        take(progress.pages, progress.chunkCounts)
    }

    mutating func take(_ pages: IngestReport.Pages, _ chunks: IngestReport.Chunks) {
        counts.seen = pages.seen
        counts.stored = pages.added + pages.updated + pages.refreshed
        counts.unchanged = pages.unchanged
        counts.readersChanged = pages.readersChanged
        counts.removed = pages.removed
        counts.failed = pages.failed
        counts.leftOut = pages.leftOut
        counts.chunks = chunks.added
        counts.embedded = chunks.embedded
        counts.tokens = chunks.tokens
        counts.dollars = chunks.dollars
    }

    /// Takes over how far another copy of the job is.
    mutating func takeFigures(of other: IngestJob) {
        stage = other.stage
        expected = other.expected
        currentTitle = other.currentTitle
        counts = other.counts
        position = max(position, other.position)
    }
}
