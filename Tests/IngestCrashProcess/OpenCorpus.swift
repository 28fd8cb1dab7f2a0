import Backends
import Corpus
import CorpusSQLite

/// The documents of a data folder, or those of a schema of a PostgreSQL.
func openCorpus(
    in folder: DataFolder, database: (url: String, schema: String)?
) async throws -> any CorpusStore {
    guard let database else { return try SQLiteCorpus.open(at: folder) }
    let address = try PostgresAddress(database.url)
    var settings = PostgresSettings(
        host: "", database: address.database ?? "", user: address.user ?? "",
        password: { address.password }, tls: .disable, schema: database.schema)
    settings.hosts = address.hosts
    let corpus = PostgresCorpus(PostgresPool(settings, size: 4))
    try await corpus.open()
    return corpus
}
