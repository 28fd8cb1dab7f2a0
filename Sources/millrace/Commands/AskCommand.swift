import ArgumentParser
import Corpus
import Foundation
import QA

struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Answers a question with citations, or says that nothing answers it.",
        discussion: "Exit code 4 when nothing that the asking person may read answers.")

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
        let reader = try asking.reader(services.settings)
        let asked = try Question(question, filter: ChunkFilter(spaces: Set(spaces)), topK: topK)
        let corpus = try services.corpusThatIsThere()
        let scope = corpus.scope(for: reader)
        try await SpaceNames.check(spaces, corpus, scope)
        let qa = try await services.questionAnswering()
        let name = flow
        let result = try await Interruption.cancelling {
            try await qa.run(asked, scope: scope, flow: name)
        }
        if common.json {
            print(try JSONText.encode(AnswerOutput(result)))
        } else {
            printText(result)
            if result.answer.abstained { try await Hint.nothingReadable(corpus, scope) }
        }
        if result.answer.abstained { throw ExitCode.nothingFound }
    }

    private func printText(_ result: FlowResult) {
        print(Terminal.styled(Terminal.safe(result.answer.text), .bold))
        let sources = result.answer.citations.map { (marker: "[\($0.marker)]", passage: $0.passage) }
        let related = result.answer.related.map { (marker: " ·", passage: $0) }
        if !related.isEmpty { print("\nPossibly related:") }
        if !sources.isEmpty { print() }
        for source in sources + related {
            let chunk = source.passage.chunk
            let heading = [chunk.title] + chunk.headingPath
            print("\(source.marker) \(Terminal.safe(heading.joined(separator: " › ")))")
            if let url = chunk.url {
                let address = url + (chunk.anchor.map { "#\($0)" } ?? "")
                print("    " + Terminal.styled(Terminal.safe(address), .accent))
            }
        }
        let time = (result.totalMilliseconds * 10).rounded() / 10
        print(Terminal.styled("\n\(result.answer.generator) · \(time) ms", .dim))
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

    static func nothingReadable(_ corpus: any CorpusStore, _ scope: ReadScope) async throws {
        guard try await corpus.summary(scope: scope).documents == 0 else { return }
        Terminal.print(
            error: try await corpus.storedVersions().isEmpty
                ? "The data folder holds no documents yet; begin with `millrace ingest`."
                : "No document may be read by whoever asks; say who you are with --as group:NAME or --as user:ID."
        )
    }
}
