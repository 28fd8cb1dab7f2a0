/// The processes that share the database: which of them reads a source, and who they are.
extension PostgresSchema {
    // Rows are never removed: a lease's number is never given twice.
    static let leases = """
        CREATE TABLE source_lease (
            source text COLLATE "C" PRIMARY KEY,
            worker text NOT NULL,
            number bigint NOT NULL,
            expires_at timestamptz NOT NULL
        );
        """

    // Who serves this database, and digests of what they must agree on.
    static let nodes = """
        CREATE TABLE node (
            id text COLLATE "C" PRIMARY KEY,
            role text NOT NULL,
            version text NOT NULL,
            facts text NOT NULL,
            expires_at timestamptz NOT NULL
        );
        """
}
