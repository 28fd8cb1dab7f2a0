import ArgumentParser
import Identity

struct KeysRotateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Makes another secret for what a key may do; the old one is good for a while still.")

    @OptionGroup var options: KeyOptions

    @Argument(help: "The key's id, such as mr_ab2cd3ef.")
    var id: String

    @Option(help: ArgumentHelp("How long the old one is good for still.", valueName: "hours"))
    var overlap: Int = 24

    func validate() throws { try OptionRange.check("--overlap", overlap, in: 0...720) }

    func run() async throws {
        let made = try await options.keys().rotate(
            key: id, tenant: options.tenant.name, overlap: .seconds(overlap * 3_600), by: KeyOptions.actor)
        try KeyOutput.show(made, json: options.common.json)
    }
}
