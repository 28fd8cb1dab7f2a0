import Corpus

extension PostgresCorpus: SourceLeases {
    public func takeLease(
        ofSource source: String, by worker: String, for duration: Duration
    ) async throws(CorpusError) -> SourceLease? {
        try await write { db in
            let number = try db.int(
                """
                INSERT INTO source_lease (source, worker, number, expires_at)
                VALUES ($1, $2, 1, clock_timestamp() + $3 * interval '1 second')
                ON CONFLICT (source) DO UPDATE SET worker = excluded.worker, number = source_lease.number + 1,
                    expires_at = excluded.expires_at
                WHERE source_lease.expires_at <= clock_timestamp()
                RETURNING number
                """, [.text(source), .text(worker), .double(duration / .seconds(1))])
            return number.map { SourceLease(source: source, worker: worker, number: $0) }
        }
    }

    public func renew(_ lease: SourceLease, for duration: Duration) async throws(CorpusError) -> Bool {
        try await write { db in
            try db.int(
                """
                UPDATE source_lease SET expires_at = clock_timestamp() + $3 * interval '1 second'
                WHERE source = $1 AND number = $2 RETURNING number
                """, [.text(lease.source), .int(lease.number), .double(duration / .seconds(1))]) != nil
        }
    }

    public func release(_ lease: SourceLease) async throws(CorpusError) {
        try await write { db in
            try db.query(
                "UPDATE source_lease SET expires_at = '-infinity' WHERE source = $1 AND number = $2",
                [.text(lease.source), .int(lease.number)])
            return
        }
    }

    /// Holds the lease of a write's task in place until its transaction ends: nobody takes it over meanwhile.
    ///
    /// - Throws: ``CorpusError/leaseLost(source:)`` when it was taken over already.
    static func check(_ lease: SourceLease?, _ db: PostgresConnection) throws {
        guard let lease else { return }
        let held = try db.int(
            "SELECT number FROM source_lease WHERE source = $1 AND number = $2 FOR SHARE",
            [.text(lease.source), .int(lease.number)])
        guard held != nil else { throw CorpusError.leaseLost(source: lease.source) }
    }
}
