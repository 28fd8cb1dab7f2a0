import ArgumentParser
import Corpus
import Foundation
import QA

extension SearchMode: ExpressibleByArgument {}

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Finds pages by meaning and by words.",
        discussion: "Exit code 4 when nothing is found.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption
    @OptionGroup var asking: ReaderOptions

    @Argument(help: "What to look for.")
    var query: String

    @Option(help: "hybrid, vector (meaning alone) or keyword (words alone).")
    var mode: SearchMode = .hybrid

    @Option(help: "How many pages to show, 1 to 100.")
    var limit = 10

    @Option(
        name: .customLong("space"), help: ArgumentHelp("Only this space; may be repeated.", valueName: "key"))
    var spaces: [String] = []

    func run() async throws {
        let services = try await tenant.services(common)
        let reader = try asking.reader(services.settings)
        let request = try SearchRequest(
            query, mode: mode, filter: ChunkFilter(spaces: Set(spaces)), limit: limit)
        let corpus = try services.corpusThatIsThere()
        let scope = corpus.scope(for: reader)
        try await SpaceNames.check(spaces, corpus, scope)
        let qa = try await services.questionAnswering()
        let results = try await Interruption.cancelling { try await qa.search(request, scope: scope) }
        if common.json {
            print(try JSONText.encode(SearchOutput(query: query, results)))
        } else {
            printText(results)
            if results.hits.isEmpty { try await Hint.nothingReadable(corpus, scope) }
        }
        if results.hits.isEmpty { throw ExitCode.nothingFound }
    }

    private func printText(_ results: SearchResults) {
        for (offset, hit) in results.hits.enumerated() {
            let chunk = hit.passage.chunk
            let place = ([chunk.spaceKey] + chunk.ancestors.map(\.title)).joined(separator: " › ")
            print(Terminal.styled("\(offset + 1). \(Terminal.safe(chunk.title))", .bold))
            print("   " + Terminal.styled(Terminal.safe(place), .dim))
            print("   " + Terminal.safe(hit.snippet).split(separator: "\n").joined(separator: " "))
            for copy in hit.copies {
                print("   " + Terminal.styled(Terminal.safe("also: \(copy.spaceKey) › \(copy.title)"), .dim))
            }
            if let url = chunk.url { print("   " + Terminal.styled(Terminal.safe(url), .accent)) }
        }
        let time = (results.milliseconds * 10).rounded() / 10
        print(Terminal.styled("\(results.count) result\(results.count == 1 ? "" : "s") in \(time) ms", .dim))
    }
}
