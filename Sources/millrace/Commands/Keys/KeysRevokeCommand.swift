import ArgumentParser
import Identity
import Workspace

struct KeysRevokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke", abstract: "Ends a key at once.")

    @OptionGroup var options: KeyOptions

    @Argument(help: "The key's id, such as mr_ab2cd3ef.")
    var id: String

    func run() async throws {
        let key = try await options.keys().revoke(
            key: id, tenant: options.tenant.name, by: KeyOptions.actor)
        guard !options.common.json else {
            print(try JSONText.encode(KeyOutput(key)))
            return
        }
        print("The key \(key.id) “\(Terminal.safe(key.name))” is revoked.")
    }
}
