import Corpus
import Foundation

extension IngestJob {
    /// Goes into another state, which is told behind everything that was told.
    mutating func enter(_ state: State) {
        self.state = state
        revision += 1
        position += 1
    }

    /// Nobody reads it: it ends at once, and what it waited for is not told any more.
    mutating func cancelWaiting(at time: Date) {
        endedAt = time
        (heldUntil, heldSeconds, reason) = (nil, nil, nil)
        enter(.cancelled)
    }

    /// As the next process finds it.
    mutating func recover(known: Bool, at time: Date) {
        let behind = (position / JobFeed.positionsPerProcess + 1) * JobFeed.positionsPerProcess
        let old = state
        if old == .cancelling {
            enter(.cancelled)
        } else if !known {
            enter(.interrupted)
            reason = "The settings no longer name its source \(source)."
        } else if old == .running, attempts >= IngestJobs.attemptLimit {
            enter(.interrupted)
            reason = "It was begun \(attempts) times, and each time its process ended before it did."
        } else if old == .running {
            enter(.queued)
        }
        if state.isFinal { endedAt = time }
        position = behind
    }

    /// What its reading came to.
    ///
    /// - Parameters:
    ///   - report: `nil` when nothing was read, because of `failure` or because it was cancelled.
    ///   - isStopping: whether the process ends, and not the job.
    mutating func end(_ report: IngestReport?, _ failure: String?, isStopping: Bool, at time: Date) {
        if let report { take(report, at: time) }
        heldSeconds = nil
        let isInterrupted = report?.isInterrupted ?? (failure == nil)
        if isInterrupted, state != .cancelling, isStopping {
            // This attempt ended by no fault of the job's.
            attempts -= 1
            if state != .paused { enter(.queued) }
            return
        }
        endedAt = time
        if isInterrupted {
            if state != .cancelling { reason = "It was stopped from within." }
            enter(state == .cancelling ? .cancelled : .interrupted)
        } else if let failure = failure ?? report?.stopReason {
            reason = failure
            enter(.failed)
        } else {
            enter(.finished)
        }
    }

    /// The shortest and the longest time that it is held, and how long in all until it fails, in seconds.
    private static let (shortestHold, longestHold, patience) = (5.0, 60.0, 3_600.0)

    /// What it reads could not be reached: it waits, ever longer, while others of its source go on. After an hour of that
    /// it fails.
    func heldOff(_ fault: AwayUpload, at time: Date) -> IngestJob {
        var job = self
        let held = heldSeconds ?? 0
        guard state != .cancelling, held < Self.patience else {
            job.end(nil, state == .cancelling ? nil : "\(fault.final)", isStopping: false, at: time)
            return job
        }
        let pause = min(held + Self.shortestHold, Self.longestHold)
        // Ended by no fault of the job's.
        job.attempts -= 1
        job.heldSeconds = held + pause
        job.heldUntil = time.addingTimeInterval(pause)
        job.reason = fault.description
        if state != .paused { job.enter(.queued) }
        return job
    }

    private mutating func take(_ report: IngestReport, at time: Date) {
        take(report.pages, report.chunks)
        failures = Array(report.failures(at: time).prefix(Self.failureLimit))
        let refusals = report.refusedRemovals.map {
            """
            \($0.absent) of \($0.stored) stored documents of space \($0.spaceKey) are absent from the source. That \
            many are not removed unasked, and nobody may read them until the source has them again.
            """
        }
        let warnings = report.warnings.map { ($0.id.map { "\($0): " } ?? "") + $0.message }
        notes = Array((report.closed + refusals + warnings).prefix(Self.noteLimit))
        planned = report.planned?.prefix(Self.plannedLimit).map {
            Planned(id: $0.id, title: $0.title, change: $0.change.rawValue, space: $0.space)
        }
        plan = report.plannedSpaces.map { spaces in
            Plan(
                spaces: spaces.prefix(Plan.spaceLimit).map { Plan.SpaceCounts($0) }, requests: report.requests
            )
        }
    }
}

extension IngestJob.Plan.SpaceCounts {
    fileprivate init(_ space: IngestReport.PlannedSpace) {
        self.init(key: space.key, name: space.name)
        let pages = space.pages
        read = pages.seen
        added = pages.added
        updated = pages.updated - space.moved
        moved = space.moved
        readersChanged = pages.readersChanged
        unchanged = pages.unchanged
        removed = pages.removed
        leftOut = pages.leftOut
        failed = pages.failed
    }
}
