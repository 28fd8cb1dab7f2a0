import Foundation

/// A data folder to keep, and what is known of it.
public struct BackupSource: Sendable {
    public var folder: URL
    /// What writes the backup, as `millrace 0.1.0`.
    public var product: String
    /// Folders in it that are data folders themselves, such as `tenants/acme`: what lies in them is kept as what lies in
    /// the folder is, as of the same moment.
    public var houses: Set<String>
    /// By path of a database in its data folder the steps of its schema that this program knows; databases that are not
    /// named are kept as they are.
    public var knownMigrations: [String: Set<String>]
    /// Databases of a data folder whose rows name what its others hold: their moment comes first.
    public var firstDatabases: [String]
    /// Files that rows of databases name.
    public var references: [BackupReference]
    /// Names in the folder that are left out, such as that of a cache.
    public var excludedNames: Set<String>
    /// Whether indexes are kept too; without them the first start after a restore makes them anew.
    public var includesIndexes: Bool

    public init(
        folder: URL, product: String, houses: Set<String> = [],
        knownMigrations: [String: Set<String>] = [:],
        firstDatabases: [String] = [], references: [BackupReference] = [], excludedNames: Set<String> = [],
        includesIndexes: Bool = true
    ) {
        self.folder = folder.standardizedFileURL
        self.product = product
        self.houses = houses
        self.knownMigrations = knownMigrations
        self.firstDatabases = firstDatabases
        self.references = references
        self.excludedNames = excludedNames
        self.includesIndexes = includesIndexes
    }

    func path(_ relative: String) -> String { folder.path + "/" + relative }

    /// Whether a folder is the data folder, or one in it.
    func isHouse(_ folder: String) -> Bool { folder.isEmpty || houses.contains(folder) }

    /// The path of something in the data folder that it lies in.
    func pathInHouse(_ path: String) -> String {
        for house in houses where path.hasPrefix(house + "/") {
            return String(path.dropFirst(house.utf8.count + 1))
        }
        return path
    }

    /// - Throws: ``BackupError/newerSchema(database:unknownMigrations:)``.
    func check(_ migrations: [String]?, of database: String) throws(BackupError) {
        guard let known = knownMigrations[pathInHouse(database)], let migrations else { return }
        let unknown = migrations.filter { !known.contains($0) }
        guard unknown.isEmpty else {
            throw .newerSchema(database: path(database), unknownMigrations: unknown)
        }
    }
}

/// Files that the rows of a database name: a backup that has the rows has the files.
public struct BackupReference: Sendable, Hashable {
    /// The database's path in the folder that is kept.
    public var database: String
    /// A table that must be there for the query to be asked.
    public var table: String
    /// A query of one column: paths in the folder that is kept.
    public var query: String

    public init(database: String, table: String, query: String) {
        self.database = database
        self.table = table
        self.query = query
    }
}
