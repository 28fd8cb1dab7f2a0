import Corpus
import Documents
import Foundation
import Ingest
import QA
import Text

extension EvalCommand {
    func runBEIR(_ folder: URL, _ services: Services) async throws {
        let set = try RetrievalSet(folder: folder)
        let embedder = try await services.embedder()
        let configuration = services.settings.qa
        let cut = try await cutting(services)
        let (half, width) = (half, width)
        let report = try await Interruption.cancelling {
            try await set.evaluate(
                corpus: services.trialCorpus(), embedder: embedder, configuration: configuration, cut: cut,
                half: half, concurrency: width
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
        EvaluationText.printScores(report.retrieval.sorted { $0.key > $1.key }.map { ($0.key, $0.value) })
        print("\nnDCG@10, 95 % of resamples")
        for (name, interval) in report.figures.sorted(by: { $0.key > $1.key }) where name.hasSuffix(".ndcg10")
        {
            print(EvaluationText.line(String(name.dropLast(".ndcg10".count)), interval))
        }
        print("\nhybrid less each other, nDCG@10, same questions")
        for (name, interval) in report.hybridLess.sorted(by: { $0.key > $1.key }) {
            print(EvaluationText.line(name, interval))
        }
    }

    /// The chunker of `--strategy`, with the other settings as they are.
    private func cutting(
        _ services: Services
    ) async throws -> (@Sendable (_ text: String, _ title: String) -> [Chunk])? {
        guard let strategy else { return nil }
        guard let known = ChunkerConfiguration.Strategy(rawValue: strategy) else {
            let names = ChunkerConfiguration.Strategy.allCases.map(\.rawValue).joined(separator: ", ")
            throw CommandError("--strategy \(strategy) is none of \(names).")
        }
        let chunker = Chunker(
            configuration: try ChunkerConfiguration(
                strategy: known, maxTokens: services.settings[\.ingest.maxTokens]),
            counter: try await services.tokenCounter())
        return { text, title in
            chunker.chunks(of: RenderedText(text: text, sections: [], units: []), title: title)
        }
    }
}
