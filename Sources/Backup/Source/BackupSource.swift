import Foundation

/// A data folder to keep, and what is known of it.
public struct BackupSource: Sendable {
    public var folder: URL
    /// What writes the backup, as `millrace 0.1.0`.
    public var product: String
    /// By path of a database the steps of its schema that this program knows; databases that are not named are kept as
    /// they are.
    public var knownMigrations: [String: Set<String>]
    /// Databases whose rows name what other databases hold: their moment comes first.
    public var firstDatabases: [String]
    /// Files that rows of databases name.
    public var references: [BackupReference]
    /// Names in the folder that are left out, such as that of a cache.
    public var excludedNames: Set<String>
    /// Whether indexes are kept too; without them the first start after a restore makes them anew.
    public var includesIndexes: Bool

    public init(
        folder: URL, product: String, knownMigrations: [String: Set<String>] = [:],
        firstDatabases: [String] = [], references: [BackupReference] = [], excludedNames: Set<String> = [],
        includesIndexes: Bool = true
    ) {
        self.folder = folder.standardizedFileURL
        self.product = product
        self.knownMigrations = knownMigrations
        self.firstDatabases = firstDatabases
        self.references = references
        self.excludedNames = excludedNames
        self.includesIndexes = includesIndexes
    }

    func path(_ relative: String) -> String { folder.path + "/" + relative }

    /// - Throws: ``BackupError/newerSchema(database:unknownMigrations:)``.
    func check(_ migrations: [String]?, of database: String) throws(BackupError) {
        guard let known = knownMigrations[database], let migrations else { return }
        let unknown = migrations.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw .newerSchema(database: path(database), unknownMigrations: unknown)
        }
    }
}

/// Files that the rows of a database name: a backup that has the rows has the files.
public struct BackupReference: Sendable, Hashable {
    /// The database's path in the data folder.
    public var database: String
    /// A table that must be there for the query to be asked.
    public var table: String
    /// A query of one column: paths in the data folder.
    public var query: String

    public init(database: String, table: String, query: String) {
        self.database = database
        self.table = table
        self.query = query
    }
}
