import Backends

/// Tries the database server that the settings name, and changes nothing in it.
struct DatabaseDiagnosis: Sendable {
    let services: Services

    func finding() async -> Finding {
        do {
            let pool = try services.postgresPool()
            let found = try await PostgresInspection.read(pool)
            let place = "\(pool.settings.name), schema \(pool.settings.schema ?? "public")"
            guard found.unknownSteps.isEmpty else {
                return .fails(
                    "database",
                    "\(place): a newer Millrace wrote it (\(found.unknownSteps.joined(separator: ", "))); run that version"
                )
            }
            let documents =
                found.documents.map { "\($0) documents" } ?? "no documents yet; ingest makes the tables"
            let steps =
                found.pendingSteps.isEmpty || found.documents == nil
                ? "" : "; the next command takes the steps \(found.pendingSteps.joined(separator: ", "))"
            return .fine("database", "\(found.server) at \(place): \(documents)\(steps)")
        } catch {
            return .fails("database", "\(error)")
        }
    }

    /// Whether the replica serves reads; `nil` where none is named.
    func replicaFinding() async -> Finding? {
        do {
            guard let replica = try services.postgresReplica() else { return nil }
            let found = try await PostgresReplicaInspection.read(replica)
            let milliseconds = Int((found.lag / .milliseconds(1)).rounded())
            return .fine(
                "database replica",
                "\(replica.pool.settings.name): level with the primary within \(milliseconds) ms")
        } catch {
            return .fails("database replica", "\(error)")
        }
    }
}
