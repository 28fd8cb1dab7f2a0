import ArgumentParser
import Corpus
import Foundation
import QA
import Workspace

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measures retrieval and answers on a set of questions.",
        discussion: """
            FILE has one JSON object a line: id, question, pages (titles; empty when nothing answers), kind,
            principals; and, where known, answer, accept, reject, history, half, language, forbidden_principals.
            docs/evaluation.md describes them. They are asked of the data folder as /v1/ask would be asked; while a
            process serves it, that process asks them, in turns with the questions of people.

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

    var width: Int {
        concurrency ?? min(ProcessInfo.processInfo.activeProcessorCount, AskedEvaluation.widths.upperBound)
    }

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
        try OptionRange.check("--concurrency", concurrency, in: AskedEvaluation.widths)
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
        var work = AskedEvaluation(
            lines: try String(contentsOf: file, encoding: .utf8), half: half, concurrency: width)
        let count = questions.count
        let report = try await report(work, count, services, name: common.config ?? "these settings")
        var before = other
        if let compare {
            let compared = try await comparedServices(compare)
            let settings = compared.settings
            let isSameData = settings[\.data] == services.settings[\.data]
            if isSameData { work.changes = services.settings.changes(to: settings) }
            before = EarlierReport(
                try await self.report(work, count, isSameData ? services : compared, name: compare))
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

    /// The graph that a settings file gives.
    private func comparedServices(_ file: String) async throws -> Services {
        var options = common
        options.config = file
        let services = Services(try options.settings())
        try await services.fetchReferences()
        // Which tenants there are the other file need not say.
        return tenant.name == Owner.defaultTenant ? services : Services(tenant: tenant.name, of: services)
    }

    private func report(
        _ work: AskedEvaluation, _ count: Int, _ services: Services, name: String
    ) async throws -> EvaluationReport {
        let gathering = EvaluationGathering(total: count, isShown: !common.json)
        let status = try await services.status(of: work) { await gathering.take($0) }
        if status != 0 { throw ExitCode(status) }
        let outcomes = await gathering.outcomes
        guard outcomes.count == count else {
            throw CommandError("Only \(outcomes.count) of \(count) questions were answered. Ask again.")
        }
        return EvaluationReport(
            outcomes, name: name, half: half, concurrency: width)
    }
}

extension EvaluationHalf: ExpressibleByArgument {}
