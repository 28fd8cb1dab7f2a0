import Corpus
import Foundation
import Logging
import Sourcing
import Synchronization

/// What became of the work of a job.
private enum JobEnding: Sendable {
    case ran(IngestOutcome)
    case refused(reason: String)
    case cancelled
    /// What it reads cannot be reached at the moment.
    case away(AwayUpload)

    var report: IngestReport? {
        if case .ran(let outcome) = self { outcome.report } else { nil }
    }

    var reason: String? {
        if case .refused(let reason) = self { reason } else { nil }
    }
}

extension IngestJobs {
    /// How often the figures of a running job are stored.
    static let savePause = Duration.seconds(1)

    /// Takes jobs over that an earlier process left.
    func recover() async {
        do {
            let open = try await openJobs()
            for files in [uploads, earlierUploads] { await files?.removeAll(besides: open) }
            // Where others work too, whoever has a source's turn takes over what was left of it.
            guard leases == nil else { return }
            try await takeOver(open)
        } catch {
            logger.error(
                "ingest jobs of an earlier process cannot be taken over",
                metadata: ["millrace.reason": "\(error)"])
        }
    }

    private func openJobs() async throws -> [IngestJob] {
        try await store.ingestJobs(
            source: nil, states: Set(IngestJob.State.allCases.filter { !$0.isFinal }), before: nil,
            limit: .max)
    }

    /// Removes files that processes left behind, wherever they are now.
    func tidy() async {
        do {
            try await uploads?.removeRemains(besides: try await openJobs())
        } catch is CancellationError {
        } catch {
            logger.warning(
                "uploads that nobody reads could not be looked for", metadata: ["millrace.reason": "\(error)"]
            )
        }
    }

    /// Carries out the job of a source that waits longest.
    ///
    /// - Returns: the job as it is then; `nil` when none waits, another process reads the source, or the database
    ///   cannot be asked.
    @discardableResult
    public func runNext(of source: any JobSource) async -> IngestJob? {
        guard let turn = turn(of: source.id), await hasWork(source.id) else { return nil }
        let job = try? await turn.holdUnlessElsewhere { () -> IngestJob? in
            do {
                try await takeOver(source.id)
                // As it is by now: while its turn was waited for it may have been changed, or deleted.
                guard let current = lane(source.id),
                    let job = try await store.takeIngestJob(source: source.id, at: now())
                else { return nil }
                return await carryOut(job, current)
            } catch {
                logger.error("no ingest job can be taken", metadata: ["millrace.reason": "\(error)"])
                return nil
            }
        }
        return job ?? nil
    }

    private func carryOut(_ job: IngestJob, _ source: any JobSource) async -> IngestJob {
        let feed = feed(of: job)
        feed.apply(job)
        let gate = JobGate()
        let work = Task {
            let ending = Mutex(JobEnding.cancelled)
            await accounting(job) {
                let read = await self.read(job, source, gate, feed)
                ending.withLock { $0 = read }
            }
            return ending.withLock(\.self)
        }
        state.withLock { $0.live[job.id] = Live(gate: gate) { work.cancel() } }
        await catchUp(job, gate, feed) { work.cancel() }
        let saving = Task {
            while (try? await Task.sleep(for: Self.savePause)) != nil {
                await self.saveFigures(feed)
                // What was asked of another process stands in the database alone.
                if self.leases != nil { await self.catchUp(job, gate, feed) { work.cancel() } }
            }
        }
        let ending = await withTaskCancellationHandler {
            await work.value
        } onCancel: {
            work.cancel()
        }
        saving.cancel()
        await saving.value
        _ = state.withLock { $0.live.removeValue(forKey: job.id) }
        let (ended, isStored) = await end(job, ending, feed, isStopping: Task.isCancelled)
        // A job whose end is not stored is begun again, and needs what it reads.
        if ended.state.isFinal, isStored {
            for told in state.withLock({ Array($0.endings.values) }) { told.yield(ended) }
            await source.ended(ended)
        }
        return ended
    }

    /// Does what somebody asked for who did not know the job to run here, and could only say so to the store.
    private func catchUp(_ job: IngestJob, _ gate: JobGate, _ feed: JobFeed, cancel: () -> Void) async {
        let found = try? await store.changeIngestJob(job.id) { job in
            guard job.state == .queued else { return false }
            job.enter(.running)
            return true
        }
        guard let found else { return }
        gate.follow(found.job)
        if leases != nil { feed.apply(found.job) }
        if found.job.state == .cancelling || found.job.state.isFinal { cancel() }
    }

    private func read(
        _ job: IngestJob, _ source: any JobSource, _ gate: JobGate, _ feed: JobFeed
    ) async -> JobEnding {
        do {
            try await gate.pass()
            let documents = try await source.documents(of: job.scope, isDryRun: job.isDryRun)
            let pipeline = try await pipeline(job.isDryRun)
            let own = claimed(documents, ledger: source.description.ledger, isDryRun: job.isDryRun)
            return .ran(
                await pipeline.outcome(of: GatedSource(base: own, gate: gate)) { feed.progress($0) })
        } catch is CancellationError {
            return .cancelled
        } catch let away as AwayUpload {
            return .away(away)
        } catch {
            return .refused(reason: "\(error)")
        }
    }

    /// Stores how far a running job is.
    private func saveFigures(_ feed: JobFeed) async {
        let figures = feed.job
        do {
            _ = try await store.changeIngestJob(figures.id) { job in
                guard !job.state.isFinal, job.position < figures.position else { return false }
                job.takeFigures(of: figures)
                return true
            }
        } catch {
            logger.warning(
                "how far an ingest job is could not be stored", metadata: ["millrace.reason": "\(error)"])
        }
    }

    private func end(
        _ job: IngestJob, _ ending: JobEnding, _ feed: JobFeed, isStopping: Bool
    ) async -> (job: IngestJob, isStored: Bool) {
        let figures = feed.job
        let time = now()
        do {
            if case .ran(let outcome) = ending { try await note(outcome, of: job, at: time) }
            let found = try await store.changeIngestJob(job.id) { job in
                guard !job.state.isFinal else { return false }
                job.takeFigures(of: figures)
                if case .away(let fault) = ending {
                    job = job.heldOff(fault, at: time)
                } else {
                    job.end(ending.report, ending.reason, isStopping: isStopping, at: time)
                }
                return true
            }
            guard let found else { return (job, false) }
            feed.apply(found.job)
            log(found.job)
            return (found.job, true)
        } catch {
            logger.error(
                "the end of an ingest job could not be stored; it is begun again at the next start",
                metadata: ["millrace.job": "\(job.id)", "millrace.reason": "\(error)"])
            var lost = feed.job
            lost.revision += 1
            lost.state = .interrupted
            lost.endedAt = time
            lost.reason = "Its end could not be stored. It is begun again when Millrace starts anew."
            feed.apply(lost)
            return (lost, false)
        }
    }

    /// Keeps account of the source.
    private func note(_ outcome: IngestOutcome, of job: IngestJob, at time: Date) async throws {
        guard !job.isDryRun else { return }
        let report = outcome.report
        let hasEnded = report.stopReason == nil && !report.isInterrupted
        try await store.noteFailures(
            report.failures(at: time), of: job.source, seen: outcome.seen,
            isWhole: hasEnded && job.scope == .site)
        if hasEnded, job.scope == .site, report.exitCode == 0 {
            try await store.setState("synced_at", time.formatted(.iso8601))
            try await store.setState(Self.syncedAt(of: job.source), time.formatted(.iso8601))
        }
    }

    /// The name of the state that tells when a source was last read whole without failures.
    public static func syncedAt(of source: String) -> String { "synced_at:\(source)" }

    private func log(_ job: IngestJob) {
        logger.info(
            "ingest job \(job.state.rawValue)",
            metadata: [
                "millrace.job": "\(job.id)", "millrace.source": "\(job.source)",
                "millrace.stored": "\(job.counts.stored)", "millrace.failed": "\(job.counts.failed)",
            ])
    }
}

extension IngestReport {
    /// The documents that failed, as far as they are listed.
    func failures(at time: Date) -> [IngestFailure] {
        skipped.filter(\.isFailure).map {
            IngestFailure(id: $0.id, title: $0.title, reason: $0.reason, failedAt: time)
        }
    }
}
