import ArgumentParser
import Workspace

/// Whose documents a command is about.
struct TenantOption: ParsableArguments {
    @Option(
        name: .customLong("tenant"),
        help: ArgumentHelp(
            "The tenant, of those that the settings name; default unless told.", valueName: "name"))
    var named: String?

    var name: String { named ?? Owner.defaultTenant }

    /// The graph of the tenant.
    ///
    /// - Throws: ``CommandError`` for one that the settings do not name.
    func services(_ common: CommonOptions) async throws -> Services {
        try await common.services().house(of: name)
    }
}
