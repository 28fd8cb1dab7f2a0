import ArgumentParser

/// What is done to flows from the command line.
struct FlowsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "flows",
        abstract: "Lists, imports, exports, checks and runs flows.",
        discussion: """
            A flow of Langflow's is taken in as it was exported, and runs here:

              millrace flows import "Simple Agent.json"
              millrace flows run "Simple Agent" "What is 17 × 23?" --trace

            Flows that are kept belong to who keeps them: --as says who that is.
            """,
        subcommands: [
            FlowsListCommand.self, FlowsImportCommand.self, FlowsExportCommand.self, FlowsCheckCommand.self,
            FlowsRunCommand.self,
        ], defaultSubcommand: FlowsListCommand.self)
}
