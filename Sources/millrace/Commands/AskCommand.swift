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

    @Option(
        name: .customLong("space"), help: ArgumentHelp("Only this space; may be repeated.", valueName: "key"))
    var spaces: [String] = []

    func run() async throws {
        let services = try await tenant.services(common)
        let asked = try AskedQuestion(
            question, .answer(flow: flow, topK: topK), spaces: spaces, asking, asJSON: common.json, services)
        try await services.answer(asked).show()
    }
}

/// The spaces that `--space` names.
enum SpaceNames {
    /// - Throws: for a space that there is not, as far as the reader may see.
    static func check(_ keys: [String], _ corpus: any CorpusStore, _ scope: ReadScope) async throws {
        guard !keys.isEmpty else { return }
        let known = try await corpus.summary(scope: scope).spaces.map(\.space.key)
        for key in keys where !known.contains(key) {
            let nearest = Spelling.nearest(to: key, among: known).map { " Did you mean “\($0)”?" } ?? ""
            let list = known.isEmpty ? "none" : known.sorted().joined(separator: ", ")
            throw CommandError(
                "There is no space “\(key)” that whoever asks may read.\(nearest) Spaces: \(list).")
        }
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
