import ArgumentParser
import Confluence

@main
struct Millrace: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "millrace",
        abstract: "Turns a Confluence space into answers with citations.",
        discussion: """
            A first try, with an export of a space:

              millrace ingest --export handbook.zip
              millrace ask "How long do we keep access logs?" --as group:confluence-users
              millrace serve

            Settings come from millrace.yaml, from MILLRACE_… variables and from --set key=value, the later ones
            winning; `millrace doctor --settings` lists them all.

            Exit codes: 0 done · 1 failed · 3 some documents failed · 4 nothing found or nothing answers ·
            64 the command was mistyped · 130 interrupted.
            """,
        version: version,
        subcommands: [
            IngestCommand.self, SearchCommand.self, AskCommand.self, ServeCommand.self, EvalCommand.self,
            EvidenceCommand.self, WhyNotCommand.self,
            DoctorCommand.self, ConfigCommand.self, IndexCommand.self, ParseCommand.self, EmbedCommand.self,
            FetchModelsCommand.self, FlowsCommand.self, ComponentsCommand.self, WorkCommand.self,
            KeysCommand.self, AuditCommand.self, TopCommand.self, BackupCommand.self, RestoreCommand.self,
            MigrateCommand.self,
        ])

    /// Runs the command that the arguments name.
    static func main() async {
        FreedMemory.mapLargePieces()
        if let complaint = MistypedCommand.complaint(
            about: Array(CommandLine.arguments.dropFirst()), Self.self)
        {
            Terminal.print(error: complaint)
            exit(withError: ExitCode.validationFailure)
        }
        await main(nil)
    }
}

/// Names a command that there is not, which the argument parser would only call an unexpected argument.
enum MistypedCommand {
    /// What to say of the first argument that should be a command's name; `nil` when there is nothing to say.
    static func complaint(about arguments: [String], _ command: any ParsableCommand.Type) -> String? {
        let commands = command.configuration.subcommands
        guard !commands.isEmpty, let name = arguments.first, !name.hasPrefix("-"), name != "help" else {
            return nil
        }
        if let named = commands.first(where: { self.name(of: $0) == name }) {
            return complaint(about: Array(arguments.dropFirst()), named)
        }
        let names = commands.map { self.name(of: $0) }
        let nearest = Spelling.nearest(to: name, among: names).map { " Did you mean “\($0)”?" } ?? ""
        return """
            There is no command “\(name.prefix(100))”.\(nearest)
            Usage: one of \(names.joined(separator: ", ")); `millrace help` says what each does.
            """
    }

    private static func name(of command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? "\(command)".lowercased()
    }
}
