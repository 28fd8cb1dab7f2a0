import ArgumentParser
import Corpus
import Foundation
import QA

struct WhyNotCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "why-not",
        abstract: "Tells where a page was lost on the way to an answer, and by how much.",
        discussion: """
            The stages are rights, passages, words, meaning, fusion, floor, prompt and writer. Whoever runs this sees
            titles of all pages, also of those that --as may not read. While a process serves the data folder, it is
            asked.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption
    @OptionGroup var asking: ReaderOptions

    @Argument(help: "The page: its title or id.")
    var page: String

    @Argument(help: "The question.")
    var question: String

    func run() async throws {
        let services = try await tenant.services(common)
        let reader = try asking.reader(services.settings)
        _ = try Question(question)
        try await services.show(
            AskedJourney(
                page: page, text: question, principals: reader.principals, asJSON: common.json))
    }
}
