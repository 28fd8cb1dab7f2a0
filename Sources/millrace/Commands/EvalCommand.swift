import ArgumentParser
import Corpus
import Foundation
import QA

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measures retrieval and answers on a set of questions.",
        discussion: """
            FILE has one JSON object a line: id, question, pages (titles; empty when nothing answers), kind,
            principals; and, where known, answer, accept, reject, history, half, language, forbidden_principals.
            docs/evaluation.md describes them. They are asked of the data folder as /v1/ask would be asked.

            --beir FOLDER measures retrieval alone on a public set (corpus.jsonl, queries.jsonl, qrels.tsv, as
            BEIR lays them out), in memory; the data folder is not touched.

            Exit code 1 when a page reached a reader who may not see it.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption

    @Argument(help: ArgumentHelp("The questions.", valueName: "file.jsonl"))
    var file: String?

    @Option(help: ArgumentHelp("A public retrieval set.", valueName: "folder"))
    var beir: String?

    @Option(
        help: ArgumentHelp(
            "How --beir cuts documents: structure, fixed or children. Without it each is one passage.",
            valueName: "name"))
    var strategy: String?

    @Option(help: ArgumentHelp("Only one half of the questions: development or report.", valueName: "name"))
    var half: EvaluationHalf?

    @Option(
        help: ArgumentHelp(
            "Also ask with this settings file, over the same data, and say what differs.",
            valueName: "settings"))
    var compare: String?

    @Option(
        help: ArgumentHelp(
            "Say what differs from a report that --json wrote before.", valueName: "report.json"))
    var against: String?

    @Option(help: ArgumentHelp("Write the report as one page with plots and traces.", valueName: "file"))
    var html: String?

    @Option(
        help: ArgumentHelp(
            "Questions asked at once; the cores if not given. 1 to measure latency.", valueName: "count"))
    var concurrency: Int?

    @Flag(help: "Show every question that went wrong.")
    var failures = false

    var width: Int { concurrency ?? ProcessInfo.processInfo.activeProcessorCount }

    func validate() throws {
        guard (file == nil) != (beir == nil) else {
            throw ValidationError("Give either a file of questions or --beir FOLDER.")
        }
        guard strategy == nil || beir != nil else {
            throw ValidationError(
                "--strategy goes with --beir. Questions are asked of what `ingest` has cut: set ingest.strategy."
            )
        }
        guard beir == nil || (compare == nil && against == nil && html == nil) else {
            throw ValidationError(
                "--compare, --against and --html go with a file of questions, not with --beir.")
        }
        guard compare == nil || against == nil else {
            throw ValidationError("Give either --compare or --against.")
        }
        guard (1...256).contains(width) else {
            throw ValidationError("--concurrency is \(width); it must be between 1 and 256.")
        }
    }

    func run() async throws {
        let services = try await tenant.services(common)
        if let beir {
            try await runBEIR(URL(fileURLWithPath: beir), services)
        } else {
            try await runQuestions(URL(fileURLWithPath: file ?? ""), services)
        }
    }

    private func runQuestions(_ file: URL, _ services: Services) async throws {
        var questions = try EvaluationQuestion.load(file)
        if let half { questions.removeAll { $0.half != half } }
        guard !questions.isEmpty else {
            throw CommandError(
                "\(file.path) has no question\(half.map { " of the \($0.rawValue) half" } ?? "").")
        }
        let other = try EarlierReport(against: against)
        _ = try services.corpusThatIsThere()
        let report = try await report(questions, services, name: common.config ?? "these settings")
        var before = other
        if let compare {
            var options = common
            options.config = compare
            let plain = Services(try options.settings())
            try await plain.fetchReferences()
            let settings = tenant.settings(plain.settings)
            let compared =
                settings[\.data] == services.settings[\.data]
                ? try Services(settings, overDataOf: services) : Services(settings)
            before = EarlierReport(try await self.report(questions, compared, name: compare))
        }
        let comparison = before.map {
            EvaluationComparison(before: $0.outcomes, named: $0.name, after: report)
        }
        if let html {
            let page = EvaluationPage(report, comparison: comparison, otherCurve: before?.riskCoverage)
            try Data(page.html.utf8).write(to: URL(fileURLWithPath: html), options: .atomic)
        }
        if common.json {
            print(try JSONText.encode(ReportOutput(report: report, comparison: comparison)))
        } else {
            EvaluationText.print(report, comparison, failures: failures)
        }
        if report.leaks > 0 { throw ExitCode.failure }
    }

    private func report(
        _ questions: [EvaluationQuestion], _ services: Services, name: String
    ) async throws -> EvaluationReport {
        let evaluation = Evaluation(
            try await services.questionAnswering(), scopes: try services.corpus(), concurrency: width)
        let outcomes = try await Interruption.cancelling { try await evaluation.outcomes(questions) }
        return EvaluationReport(outcomes, name: name, half: half, concurrency: width)
    }
}

extension EvaluationHalf: ExpressibleByArgument {}

/// A report with its comparison, if there is one, as one JSON object.
private struct ReportOutput: Encodable {
    var report: EvaluationReport
    var comparison: EvaluationComparison?

    private enum CodingKeys: String, CodingKey {
        case comparison
    }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(comparison, forKey: .comparison)
    }
}

/// What a comparison needs of a report.
private struct EarlierReport: Decodable {
    var name: String
    var outcomes: [EvaluationOutcome]
    var riskCoverage: RiskCoverage

    init(_ report: EvaluationReport) {
        (name, outcomes, riskCoverage) = (report.name, report.outcomes, report.riskCoverage)
    }

    /// Reads it before anything is asked, so that a wrong file costs no run; `nil` without a file.
    init?(against file: String?) throws {
        guard let file else { return nil }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        do {
            self = try decoder.decode(Self.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        } catch {
            throw CommandError(
                "\(file) is no report that `millrace eval --json` of this version wrote: \(Self.reason(error))"
            )
        }
        name = "\(file) (\(name))"
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, _): "it has no “\(key.stringValue)”."
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
            "\(context.codingPath.map(\.stringValue).joined(separator: ".")): \(context.debugDescription)"
        case is DecodingError: "it is not JSON."
        default: error.localizedDescription
        }
    }
}
