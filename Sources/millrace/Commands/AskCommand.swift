import ArgumentParser
import Corpus
import Foundation
import QA

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Answers a question with citations, or says that nothing answers it.",
        discussion: """
            Exit code 4 when nothing that the asking person may read answers. While a process serves the data folder, it is
            asked.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption
    @OptionGroup var asking: ReaderOptions

    @Argument(help: "The question.")
    var question: String

    @Option(help: ArgumentHelp("The flow that answers.", valueName: "name"))
    var flow = QuestionAnswering.defaultFlow

    @Option(help: "Passages that the answer may rest on, 1 to 50.")
    var topK = 8

    @OptionGroup var within: SpacesOption

    func validate() throws { try OptionRange.check("--top-k", topK, in: Question.topKRange) }

    func run() async throws {
        let services = try await tenant.services(common)
        let asked = try AskedQuestion(
            question, .answer(flow: flow, topK: topK), spaces: within.spaces, asking, asJSON: common.json,
            services)
        try await services.show(asked)
    }
}

/// Why a search may have come up empty.
enum Hint {
    /// What a server says that has nothing to answer from.
    static func nothingStored(in folder: String) -> String {
        """
        The data folder \(folder) holds no documents yet; begin with `millrace ingest`, or name another one with \
        --data.
        """
    }

    /// - Returns: `nil` where something may be read.
    static func nothingReadable(_ corpus: any CorpusStore, _ scope: ReadScope) async throws -> String? {
        guard try await corpus.summary(scope: scope).documents == 0 else { return nil }
        return try await corpus.storedVersions().isEmpty
            ? "The data folder holds no documents yet; begin with `millrace ingest`."
            : "No document may be read by whoever asks; say who you are with --as group:NAME or --as user:ID."
    }
}
