import Concurrency
import Corpus
import Foundation
import Logging
import QA
import Synchronization
import Workspace

/// Asks sets of questions in the background, one run after the other, and keeps what came of it.
///
/// Runs outlive the process: one that was under way when it ended is begun anew by the next. Questions are asked as
/// `millrace eval` asks them, by ``Evaluation``, with a trace each.
public final class EvaluationJobs: Sendable {
    /// Reads sets, works out reports: long, and nobody else's business.
    static let thread = BlockingExecutor(label: "millrace.evaluation", width: 1)
    /// How often the store is asked for runs although nobody called.
    private static let pause = Duration.seconds(30)

    private struct Live: Sendable {
        var done = 0
        var isCancelled = false
        var cancel: (@Sendable () -> Void)?
    }

    let store: any EvaluationStore
    let sets: EvaluationSets
    let qa: QuestionAnswering
    private let scopes: any ReadScopes
    private let tracing: (any TraceBeginning)?
    private let logger: Logger
    let now: @Sendable () -> Date
    let freshID: @Sendable () -> String
    private let live = Mutex<[String: Live]>([:])
    /// The turns that questions are asked in; `nil` while nobody else asks any.
    private let turns = Mutex<EvaluationTurns?>(nil)
    private let wake: (stream: AsyncStream<Void>, continuation: AsyncStream<Void>.Continuation)

    /// - Parameters:
    ///   - scopes: of the corpus that `qa` asks.
    ///   - builtIn: sets that come with the server; those whose files cannot be read are listed by nobody.
    ///   - tracing: begins a trace for each question.
    ///   - freshID: names sets and runs.
    public init(
        store: any EvaluationStore, qa: QuestionAnswering, scopes: any ReadScopes,
        builtIn: [BuiltInEvaluationSet] = [], tracing: (any TraceBeginning)? = nil, logger: Logger,
        now: @escaping @Sendable () -> Date = { Date() },
        freshID: @escaping @Sendable () -> String = { UUID().uuidString.lowercased() }
    ) {
        self.store = store
        sets = EvaluationSets(store: store, builtIn: builtIn)
        self.qa = qa
        self.scopes = scopes
        self.tracing = tracing
        self.logger = logger
        self.now = now
        self.freshID = freshID
        wake = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Has questions asked in turns with those of people.
    func take(turnsOf limiter: RunLimiter) { turns.withLock { $0 = EvaluationTurns(limiter) } }

    /// Waits for the turn of an evaluation's next question among those of people; `nil` while nobody else asks any.
    public var turn: Evaluation.Turn? {
        guard let turns = turns.withLock({ $0 }) else { return nil }
        return { try await turns.take() }
    }

    /// A run as it stands at this moment.
    func current(_ run: StoredEvaluationRun) -> StoredEvaluationRun {
        guard let live = live.withLock({ $0[run.id] }), !run.state.isFinal else { return run }
        var run = run
        run.done = max(run.done, live.done)
        return run
    }

    /// Puts runs into the queue.
    func submit(_ runs: [StoredEvaluationRun]) async throws {
        try await store.add(runs)
        wake.continuation.yield()
    }

    /// Ends a run at its next question, or before its first. One that has ended stays as it is.
    func cancel(_ run: StoredEvaluationRun) async throws -> StoredEvaluationRun {
        let cancel = live.withLock { live -> (@Sendable () -> Void)? in
            live[run.id]?.isCancelled = true
            return live[run.id]?.cancel
        }
        if let cancel {
            cancel()
        } else if !run.state.isFinal {
            var ended = run
            (ended.state, ended.endedAt) = (.cancelled, now())
            try await store.update(ended, report: nil)
        }
        return current(try await store.evaluationRun(run.id, inTenant: run.tenant))
    }

    // MARK: Working

    /// Carries runs out until the task is cancelled; what runs then is begun anew by the next process.
    public func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [wake] in
                while (try? await Task.sleep(for: Self.pause)) != nil { wake.continuation.yield() }
                wake.continuation.finish()
            }
            wake.continuation.yield()
            for await _ in wake.stream {
                while !Task.isCancelled, let next = await next() { await carryOut(next) }
                if Task.isCancelled { break }
            }
            group.cancelAll()
        }
    }

    private func next() async -> StoredEvaluationRun? {
        do {
            return try await store.unfinishedEvaluationRuns(limit: 1).first
        } catch {
            logger.error(
                "no evaluation run could be read", metadata: ["millrace.reason": "\(error)"])
            return nil
        }
    }

    /// - Parameter run: the oldest that has not ended. It has when this returns, unless the process ends.
    private func carryOut(_ run: StoredEvaluationRun) async {
        var run = run
        (run.state, run.startedAt, run.done) = (.running, now(), 0)
        let begun = run
        do {
            guard try await store.update(run, report: nil) else { return }
        } catch {
            logger.error(
                "an evaluation could not be begun; it is tried again later",
                metadata: ["millrace.run": "\(run.id)", "millrace.reason": "\(error)"])
            // A disk that is full stays so for a while: the next look at the queue must not follow at once.
            try? await Task.sleep(for: Self.pause)
            return
        }
        let task = Task { try await self.report(begun) }
        live.withLock { $0[run.id] = Live(cancel: { task.cancel() }) }
        defer { live.withLock { $0[run.id] = nil } }
        var report: Data?
        do {
            let (figures, data) = try await withTaskCancellationHandler {
                try await task.value
            } onCancel: {
                task.cancel()
            }
            (run.state, run.done, run.total) = (.finished, figures.questions, figures.questions)
            run.summary = EvaluationSummary(figures).written
            report = data
        } catch {
            let isAsked = live.withLock { $0[run.id]?.isCancelled } ?? false
            // The server ends: the next one begins it anew.
            if Task.isCancelled, !isAsked { return }
            if isAsked {
                run.state = .cancelled
            } else {
                run.state = .failed
                run.failure = String("\(error)".prefix(2_000))
            }
            run.done = live.withLock { $0[run.id]?.done } ?? 0
        }
        run.endedAt = now()
        let (ended, kept) = (run, report)
        // In a task of its own: what has come of it is kept though the server ends.
        await Task { await keep(ended, kept) }.value
    }

    private func keep(_ run: StoredEvaluationRun, _ report: Data?) async {
        do {
            try await store.update(run, report: report)
        } catch {
            logger.error(
                "what came of an evaluation could not be kept",
                metadata: ["millrace.run": "\(run.id)", "millrace.reason": "\(error)"])
            var failed = run
            (failed.state, failed.failure) = (.failed, "What came of it could not be kept: \(error)")
            _ = try? await store.update(failed, report: nil)
        }
    }

    private func report(_ run: StoredEvaluationRun) async throws -> (EvaluationReport, Data) {
        let half = run.half.flatMap { EvaluationHalf(rawValue: $0) }
        let questions = Self.chosen(
            try await sets.set(run.set, for: run.tenant).questions, half: half, limit: run.limit)
        guard !questions.isEmpty else { throw EvaluationFault.noQuestions(set: run.setName) }
        let variant = EvaluationVariant(
            name: run.name, flow: run.flow, settings: EvaluationSettings.read(run.settings))
        let evaluation = Evaluation(
            try variant.applied(to: qa), scopes: scopes, flow: run.flow, concurrency: run.concurrency,
            tracing: tracing, owner: TraceOwner(tenant: run.tenant, name: run.createdBy),
            turn: turn)
        let outcomes = try await evaluation.outcomes(questions) { [self] done in
            live.withLock { live in
                let known = live[run.id]?.done ?? 0
                live[run.id]?.done = max(known, done)
            }
        }
        return try await Self.thread.run {
            let report = EvaluationReport(
                outcomes, name: run.name, half: half, concurrency: run.concurrency)
            return (report, try JSONEncoder().encode(report))
        }
    }

    static func chosen(
        _ questions: [EvaluationQuestion], half: EvaluationHalf?, limit: Int?
    ) -> [EvaluationQuestion] {
        let all = half.map { half in questions.filter { $0.half == half } } ?? questions
        return limit.map { Array(all.prefix($0)) } ?? all
    }

    /// What came of a run that has finished.
    func report(of run: StoredEvaluationRun) async throws -> EvaluationReport? {
        guard let data = try await store.evaluationReport(ofRun: run.id, inTenant: run.tenant) else {
            return nil
        }
        return try await Self.thread.run { try JSONDecoder().decode(EvaluationReport.self, from: data) }
    }
}
