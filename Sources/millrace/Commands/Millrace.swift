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
            DoctorCommand.self, IndexCommand.self, ParseCommand.self, EmbedCommand.self,
        ])
}
