import ArgumentParser
import Corpus
import Foundation
import Identity
import Server

struct KeysCreateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create", abstract: "Makes an API key, and shows its secret this once.")

    @OptionGroup var options: KeyOptions

    @Option(help: "What it is for.")
    var name: String

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp(
            "Whom its holder stands for: user:ID, group:NAME, signed-in; without it, nobody in particular.",
            valueName: "principals"))
    var principals: String = ""

    @Option(help: "What its holder may do: search, ask, flows, ingest, admin.")
    var scopes: String = "search,ask"

    @Option(help: "Days until it ends; without it, it has no end.")
    var days: Int?

    @Option(help: ArgumentHelp("Requests a minute that it is good for.", valueName: "count"))
    var requestsPerMinute: Int?

    @Option(help: ArgumentHelp("Questions, searches and flows it may have under way.", valueName: "count"))
    var concurrentRuns: Int?

    func validate() throws {
        try OptionRange.check("--days", days, in: 1...3_650)
        try OptionRange.check("--requests-per-minute", requestsPerMinute, in: 1...1_000_000)
        try OptionRange.check("--concurrent-runs", concurrentRuns, in: 1...1_024)
    }

    func run() async throws {
        let named = Setting<String>.parts(scopes)
        if let unknown = named.first(where: { Scope(rawValue: $0) == nil }) {
            let known = Scope.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--scopes: there is no scope “\(unknown)”; there are \(known).")
        }
        guard !named.isEmpty else { throw ValidationError("--scopes: name at least one.") }
        let holder: [Principal]
        do {
            holder = try PrincipalList.principals(principals)
        } catch {
            throw ValidationError("--as: \(error)")
        }
        let request = KeyRequest(
            name: name, principals: Set(holder), scopes: Set(named),
            lifetime: days.map { .seconds($0 * 86_400) }, requestsPerMinute: requestsPerMinute,
            concurrentRuns: concurrentRuns)
        let made = try await options.keys(making: true).create(
            request, tenant: options.tenant.name, by: KeyOptions.actor)
        try KeyOutput.show(made, json: options.common.json)
    }
}
