import Corpus
import Foundation
import QA
import Server

/// Questions with known answers, asked of a data folder as `eval` asks them.
struct AskedEvaluation: FolderWork {
    /// A JSON object each line, as ``QA/EvaluationQuestion/parse(lines:)`` reads them.
    var lines: String
    var half: EvaluationHalf?
    /// Questions asked at once.
    var concurrency: Int
    /// Settings that have other values for this, by their keys; each must be allowed.
    var changes: [String: String] = [:]
    /// How many may be asked at once.
    static let widths = 1...256

    /// Whether people ask meanwhile, in turns with whom these questions are asked.
    var isServed = false

    /// What comes of it.
    enum Part: Codable, Sendable {
        /// So many questions are done.
        case done(Int)
        /// Once all are done: of each question, in their order.
        case outcome(EvaluationOutcome)
    }

    /// The questions of the half.
    func questions() throws -> [EvaluationQuestion] {
        let all = try EvaluationQuestion.parse(lines: lines)
        return half.map { half in all.filter { $0.half == half } } ?? all
    }

    var asked: AskedWork.Kind { .evaluation(self) }
    var isLong: Bool { true }

    func status(
        in services: Services, say: @escaping @Sendable (Part) async throws -> Void
    ) async throws -> Int32 {
        guard Self.widths.contains(concurrency) else {
            throw CommandError(
                "--concurrency is \(concurrency); it must be between \(Self.widths.lowerBound) and \(Self.widths.upperBound)."
            )
        }
        let questions = try questions()
        let evaluation = Evaluation(
            try await changed(services).questionAnswering(), scopes: try services.corpus(),
            concurrency: concurrency, turn: isServed ? try await services.evaluations().turn : nil)
        let (counts, counted) = AsyncStream<Int>.makeStream(bufferingPolicy: .bufferingNewest(1))
        async let outcomes = {
            defer { counted.finish() }
            return try await evaluation.outcomes(questions) { counted.yield($0) }
        }()
        for await count in counts { try await say(.done(count)) }
        for outcome in try await outcomes { try await say(.outcome(outcome)) }
        return 0
    }

    /// The graph with the other settings, over the same data.
    private func changed(_ services: Services) throws -> Services {
        guard !changes.isEmpty else { return services }
        for (key, value) in changes {
            guard let setting = Keys.byName[key], setting.refusal(value) == nil else {
                throw CommandError("There is no setting \(key) that may have this value.")
            }
        }
        let settings = services.settings.replacing(changes, origin: "--compare")
        let changed = try Services(settings, overDataOf: services)
        let refused = isServed ? changes.keys.filter { !Settings.mayDifferWhileServed($0) }.sorted() : []
        guard refused.isEmpty else {
            throw CommandError(
                """
                While a process serves the data folder, a comparison may change settings of search, reranking, caches and \
                limits alone, not \(refused.joined(separator: ", ")). Stop that process and ask again.
                """)
        }
        return changed
    }
}

/// What comes of an evaluation, gathered while it goes on.
actor EvaluationGathering {
    private let total: Int
    private let isShown: Bool
    private var last = ContinuousClock.now
    private(set) var outcomes: [EvaluationOutcome] = []

    /// On a terminal; else a line now and then.
    private static let interval: (bar: Duration, line: Duration) = (.milliseconds(100), .seconds(10))

    /// - Parameters:
    ///   - total: questions that are asked.
    ///   - isShown: whether standard error tells how many are done.
    init(total: Int, isShown: Bool) {
        self.total = total
        self.isShown = isShown
    }

    func take(_ part: AskedEvaluation.Part) {
        switch part {
        case .done(let count): show(count)
        case .outcome(let outcome): outcomes.append(outcome)
        }
    }

    private func show(_ count: Int) {
        guard isShown else { return }
        let isInteractive = Terminal.isInteractive(STDERR_FILENO)
        let isLast = count >= total
        let interval = isInteractive ? Self.interval.bar : Self.interval.line
        guard ContinuousClock.now - last >= interval || (isLast && isInteractive) else { return }
        last = .now
        let text = "\(count) of \(total) questions"
        // The line is free for the report once all are done.
        let line = isInteractive ? "\r\u{1B}[2K" + (isLast ? "" : text) : text + "\n"
        FileHandle.standardError.write(Data(line.utf8))
    }
}
