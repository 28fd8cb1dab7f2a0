import ArgumentParser
import Corpus
import CorpusSQLite
import Documents
import Foundation
import Ingest
import QA
import Text

struct EvalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eval",
        abstract: "Measures retrieval and answers on a set of questions.",
        discussion: """
            FILE has one JSON object a line: id, question, pages (titles; empty when nothing answers), kind,
            principals, and forbidden_principals where somebody must not see the answer. It is measured against
            the data folder.

            --beir FOLDER measures retrieval alone on a public set (corpus.jsonl, queries.jsonl, qrels.tsv, as
            BEIR lays them out), in memory; the data folder is not touched.
            """)

    @OptionGroup var common: CommonOptions

    @Argument(help: ArgumentHelp("The questions.", valueName: "file.jsonl"))
    var file: String?

    @Option(help: ArgumentHelp("A public retrieval set.", valueName: "folder"))
    var beir: String?

    @Option(
        help: ArgumentHelp(
            "How --beir cuts documents: structure, fixed or children. Without it each is one passage.",
            valueName: "name"))
    var strategy: String?

    @Flag(help: "Show every question that went wrong.")
    var failures = false

    func validate() throws {
        guard (file == nil) != (beir == nil) else {
            throw ValidationError("Give either a file of questions or --beir FOLDER.")
        }
        guard strategy == nil || beir != nil else {
            throw ValidationError(
                "--strategy goes with --beir. Questions are asked of what `ingest` has cut: set ingest.strategy."
            )
        }
    }

    func run() async throws {
        let services = try common.services()
        if let beir {
            try await runBEIR(URL(fileURLWithPath: beir), services)
        } else {
            try await runQuestions(URL(fileURLWithPath: file ?? ""), services)
        }
    }

    private func runQuestions(_ file: URL, _ services: Services) async throws {
        let questions = try EvaluationQuestion.load(file)
        _ = try services.corpusThatIsThere()
        let qa = try await services.questionAnswering()
        let evaluation = Evaluation(qa, scopes: try services.corpus())
        let report = try await Interruption.cancelling { try await evaluation.run(questions) }
        if common.json {
            print(try JSONText.encode(report))
            return
        }
        print("\(report.questions) questions")
        printScores(report.retrieval.sorted { $0.key > $1.key }.map { ($0.key, $0.value) })
        print("\nhybrid, by kind")
        printScores(report.byKind.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        let abstention = report.abstention
        print(
            """

            abstention   precision \(Self.figure(abstention.precision)) · recall \(Self.figure(abstention.recall)) \
            (rightly \(abstention.abstainedRightly), wrongly \(abstention.abstainedWrongly), answered though \
            unanswerable \(abstention.answeredWrongly))
            citations    precision \(Self.figure(report.citationPrecision)) of \
            \(abstention.answeredRightly) answers cite a page that answers
            permissions  \(report.leaks) leaks
            """)
        if failures {
            for failure in report.failures {
                print("\n\(failure.id) \(failure.question)\n  \(failure.problem)")
            }
        }
        if report.leaks > 0 { throw ExitCode.failure }
    }

    private func runBEIR(_ folder: URL, _ services: Services) async throws {
        let set = try RetrievalSet(folder: folder)
        let embedder = try services.embedder()
        let configuration = services.settings.qa
        let cut = try cutting(services)
        let report = try await Interruption.cancelling {
            try await set.evaluate(
                corpus: services.trialCorpus(), embedder: embedder, configuration: configuration, cut: cut
            ) { stage in
                Terminal.print(error: stage)
            }
        }
        if common.json {
            print(try JSONText.encode(report))
            return
        }
        print(
            "\(report.documents) documents, \(report.questions) questions with judgements, model \(report.model)"
        )
        printScores(report.retrieval.sorted { $0.key > $1.key }.map { ($0.key, $0.value) })
    }

    /// The chunker of `--strategy`, with the other settings as they are.
    private func cutting(
        _ services: Services
    ) throws -> (@Sendable (_ text: String, _ title: String) -> [Chunk])? {
        guard let strategy else { return nil }
        guard let known = ChunkerConfiguration.Strategy(rawValue: strategy) else {
            let names = ChunkerConfiguration.Strategy.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError("--strategy \(strategy) is none of \(names).")
        }
        let chunker = Chunker(
            configuration: try ChunkerConfiguration(
                strategy: known, maxTokens: services.settings[\.ingest.maxTokens]),
            counter: try services.tokenCounter())
        return { text, title in
            chunker.chunks(of: RenderedText(text: text, sections: [], units: []), title: title)
        }
    }

    private func printScores(_ rows: [(name: String, scores: RetrievalScores)]) {
        func pad(_ text: String, _ width: Int) -> String {
            text.count >= width ? text : text + String(repeating: " ", count: width - text.count)
        }
        print(
            Terminal.styled(pad("", 14) + "recall@1  recall@5  recall@10  MRR     nDCG@10  questions", .dim))
        for row in rows {
            let scores = row.scores
            print(
                pad(row.name, 14) + pad(Self.figure(scores.recallAt1), 10)
                    + pad(Self.figure(scores.recallAt5), 10)
                    + pad(Self.figure(scores.recallAt10), 11) + pad(Self.figure(scores.mrr), 8)
                    + pad(Self.figure(scores.nDCGAt10), 9) + "\(scores.questions)")
        }
    }

    private static func figure(_ value: Double) -> String { String(format: "%.3f", value) }
}
