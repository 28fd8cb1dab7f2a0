import ArgumentParser

/// What is done to API keys from the command line.
struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract: "Makes, lists, rotates and revokes API keys, and seals stored secrets anew.",
        discussion: """
            A key says whom its holder stands for and what they may do. Its secret is shown once:

              millrace keys create --name "wiki bot" --as group:confluence-users --scopes search,ask

            The server may run meanwhile; it knows of a change within two seconds.
            """,
        subcommands: [
            KeysListCommand.self, KeysCreateCommand.self, KeysRotateCommand.self, KeysRevokeCommand.self,
            KeysResealCommand.self,
        ], defaultSubcommand: KeysListCommand.self)
}
