import ArgumentParser
import Corpus
import Foundation
import QA

extension SearchMode: ExpressibleByArgument {}

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Finds pages by meaning and by words.",
        discussion: "Exit code 4 when nothing is found. While a process serves the data folder, it is asked.")

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption
    @OptionGroup var asking: ReaderOptions

    @Argument(help: "What to look for.")
    var query: String

    @Option(help: "hybrid, vector (meaning alone) or keyword (words alone).")
    var mode: SearchMode = .hybrid

    @Option(help: "How many pages to show, 1 to 100.")
    var limit = 10

    @OptionGroup var within: SpacesOption

    func validate() throws { try OptionRange.check("--limit", limit, in: SearchRequest.limitRange) }

    func run() async throws {
        let services = try await tenant.services(common)
        let asked = try AskedQuestion(
            query, .search(mode: mode, limit: limit), spaces: within.spaces, asking, asJSON: common.json,
            services)
        try await services.show(asked)
    }
}
