import ArgumentParser
import Backends
import Corpus
import Foundation
import Identity
import Workspace
import WorkspaceSQLite

/// What the commands about keys and the audit log share. They take no lock: the server may run.
struct KeyOptions: ParsableArguments {
    @OptionGroup var common: CommonOptions
    @OptionGroup var tenant: TenantOption

    /// Who does what is done here, as the audit log names them.
    static let actor = "command line"
    private static let noKeys = "There are no keys in it. Make one with `millrace keys create`."

    /// The workspace of the data folder, or of the server that the settings name.
    ///
    /// - Parameters:
    ///   - isMaking: whether a folder that is not there is made.
    ///   - absence: what is said of one that is not.
    func workspace(
        making isMaking: Bool = false,
        absence: String = Self.noKeys
    ) async throws -> any WorkspaceDatabase {
        try await workspace(of: try await common.services(), making: isMaking, absence: absence)
    }

    private func workspace(
        of services: Services, making isMaking: Bool, absence: String
    ) async throws -> any WorkspaceDatabase {
        // Keys of all tenants lie together. One that nobody serves gets none; those that it has are still seen and revoked.
        if isMaking { _ = try services.house(of: tenant.name) }
        guard services.settings[\.database.provider] == .sqlite else {
            return PostgresWorkspace(try services.postgresPool())
        }
        let folder = services.settings[\.data]
        if isMaking {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        }
        let file = folder.appendingPathComponent(SQLiteWorkspace.fileName).path
        guard isMaking || FileManager.default.fileExists(atPath: file) else {
            throw CommandError("Nothing is kept in the folder \(folder.path). \(absence)")
        }
        return try SQLiteWorkspace.open(at: folder)
    }

    func keys(making isMaking: Bool = false) async throws -> APIKeys {
        let services = try await common.services()
        return APIKeys(
            store: try await workspace(of: services, making: isMaking, absence: Self.noKeys),
            onChange: try services.tellingNow(.keys))
    }
}

/// A key as `--json` shows it.
struct KeyOutput: Encodable {
    var id: String
    var secret: String?
    var name: String
    var state: String
    var principals: [String]
    var scopes: [String]
    var createdAt: Date
    var expiresAt: Date?
    var lastUsedAt: Date?

    init(_ key: APIKey, secret: APIKeySecret? = nil, at time: Date = Date()) {
        id = key.id
        self.secret = secret?.text
        name = key.name
        state = key.state(at: time).rawValue
        principals = key.principals.sorted().map(\.description)
        scopes = key.scopes.sorted()
        createdAt = key.createdAt
        expiresAt = key.expiresAt
        lastUsedAt = key.lastUsedAt
    }

    /// Shows a key that was just made: its secret alone on standard output, so that a script can take it.
    static func show(_ made: (secret: APIKeySecret, key: APIKey), json: Bool) throws {
        guard !json else {
            print(try JSONText.encode(KeyOutput(made.key, secret: made.secret)))
            return
        }
        print(made.secret.text)
        let end = made.key.expiresAt.map { "until \($0.formatted(.iso8601))" } ?? "without an end"
        Terminal.print(
            error: """
                That is the key \(made.key.id) “\(Terminal.safe(made.key.name))”, good \(end); it is not shown again.
                Send it as X-API-Key, or as Authorization: Bearer.
                """)
    }
}
