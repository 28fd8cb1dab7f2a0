/// What is moved of one table: data, from which the statements of both databases are made.
struct MovedTable: Sendable {
    /// Which of the data folder's databases has it. In PostgreSQL all of them lie in one schema.
    enum Database: String, Sendable, CaseIterable { case corpus, workspace }

    enum Kind: Sendable {
        case text, integer, real, boolean, bytes
        /// JSON in SQLite, `text[]` in PostgreSQL.
        case list
    }

    struct Column: Sendable {
        /// Its name in PostgreSQL.
        var name: String
        var kind: Kind
        /// Its name in SQLite, nearly always the same.
        var sqliteName: String
    }

    /// A column that one database alone has, worked out of the others as rows are written.
    struct Derived: Sendable {
        var name: String
        /// An expression; `{column}` stands for the value of a moved column.
        var expression: String
    }

    let name: String
    let database: Database
    let columns: [Column]
    /// The places in ``columns`` of what rows are told apart and ordered by. Both databases have an index of it.
    let key: [Int]
    /// The column that the database numbers itself; `nil` for none.
    let numbered: String?
    /// Which rows are moved, in both databases' SQL.
    let condition: String
    let onlySQLite: [Derived]
    let onlyPostgreSQL: [Derived]
    /// Columns that only one database has and numbers by itself, and whose numbers nothing names.
    let unnamed: Set<String>

    /// - Parameters:
    ///   - key: names of columns that are listed after it, in the order in which rows are read.
    ///   - renamed: what SQLite calls columns, by their names in PostgreSQL.
    init(
        _ name: String, in database: Database, key: [String], numbered: String? = nil, text: [String] = [],
        integer: [String] = [], real: [String] = [], boolean: [String] = [], bytes: [String] = [],
        lists: [String] = [],
        renamed: [String: String] = [:], condition: String = "TRUE", onlySQLite: [Derived] = [],
        onlyPostgreSQL: [Derived] = [], unnamed: Set<String> = []
    ) {
        self.name = name
        self.database = database
        let kinds: [(Kind, [String])] = [
            (.text, text), (.integer, integer), (.real, real), (.boolean, boolean), (.bytes, bytes),
            (.list, lists),
        ]
        var columns: [Column] = []
        for (kind, names) in kinds {
            columns += names.map { Column(name: $0, kind: kind, sqliteName: renamed[$0] ?? $0) }
        }
        self.columns = columns
        self.key = key.compactMap { name in columns.firstIndex { $0.name == name } }
        precondition(self.key.count == key.count, "\(name) lacks a column of its key")
        self.numbered = numbered
        self.condition = condition
        self.onlySQLite = onlySQLite
        self.onlyPostgreSQL = onlyPostgreSQL
        self.unnamed = unnamed
    }

    func key(of row: [MovedValue]) -> MovedKey { MovedKey(values: key.map { row[$0] }) }

    /// Every table, each after those that its rows name.
    static let all = corpus + workspace

    /// Tables that stay behind: what is derived, what one process holds for a while, and what says which steps of the
    /// schema were taken.
    static let leftOut: Set<String> = [
        "chunk_change", "source_lease", "vector_table", "word_table", "schema_step", "workspace_step",
        "vector_step", "word_step", "grdb_migrations", "sqlite_sequence", "moving_progress", "commit_mark",
        "node",
    ]
}
