import ArgumentParser
import Corpus
import Foundation
import Models
import QA

struct EvidenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "evidence",
        abstract: "Writes what is read for each question of a set, for training the answering model.",
        discussion: """
            FILE is a file of questions as `eval` takes it. One JSON object a line comes out: the question's id, and
            the units of evidence that were read with what the model goes by. scripts/train-answerability fits it.
            """, shouldDisplay: false)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption

    @Argument(help: ArgumentHelp("The questions.", valueName: "file.jsonl"))
    var file: String

    @Option(help: "Units that are read of each part of a question; as many as answers read unless told.")
    var units: Int?

    private struct Line: Encodable {
        var id: String
        var rows: [EvidenceRow]
    }

    func validate() throws { try OptionRange.check("--units", units, in: 1...10_000) }

    func run() async throws {
        let services = try await tenant.services(common)
        try services.requireDataFolder()
        let qa = try await services.questionAnswering()
        let corpus = try services.corpus()
        let recording = EvidenceRecording(qa, units: units)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        for asked in try EvaluationQuestion.load(URL(fileURLWithPath: file)) {
            let rows = try await recording.rows(
                Question(asked.question, conversation: asked.history),
                scope: corpus.scope(for: Reader(asked.principals)))
            print(String(decoding: try encoder.encode(Line(id: asked.id, rows: rows)), as: UTF8.self))
        }
    }
}
