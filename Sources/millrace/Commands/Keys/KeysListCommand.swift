import ArgumentParser
import Corpus
import Foundation
import Identity
import Workspace

struct KeysListCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists API keys, newest first.")

    @OptionGroup var options: KeyOptions

    func run() async throws {
        let keys = try await options.keys().list(tenant: options.tenant.name)
        guard !options.common.json else {
            print(try JSONText.encode(keys.map { KeyOutput($0) }))
            return
        }
        guard !keys.isEmpty else {
            print("There are no keys. Make one with `millrace keys create`.")
            return
        }
        for key in keys {
            let state = key.state(at: Date())
            print(
                Terminal.styled("\(key.id)  \(Terminal.safe(key.name))", .bold)
                    + (state == .active ? "" : "  \(state.rawValue)"))
            let facts = [
                key.scopes.sorted().joined(separator: ", "),
                Terminal.safe(key.principals.sorted().map(\.description).joined(separator: ", ")),
                key.expiresAt.map { "until \($0.formatted(.iso8601))" } ?? "",
                key.lastUsedAt.map { "used \($0.formatted(.iso8601))" } ?? "never used",
            ].filter { !$0.isEmpty }
            print("   " + Terminal.styled(facts.joined(separator: " · "), .dim))
        }
    }
}
