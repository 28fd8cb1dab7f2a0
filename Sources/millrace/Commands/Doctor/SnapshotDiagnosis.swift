import Backends
import Foundation
import Ingest

/// Looks at the newest snapshot of the indexes, and locks and changes nothing.
struct SnapshotDiagnosis: Sendable {
    private static let part = "index snapshots"

    let services: Services

    func finding() async -> Finding {
        do {
            guard services.settings[\.database.provider] == .postgres else {
                return .fails(
                    Self.part,
                    "index.snapshots is for processes that share a database: database.provider postgres")
            }
            let pool = try services.postgresPool()
            let found = try await PostgresInspection.read(pool)
            guard found.documents != nil else { return .fine(Self.part, "no documents yet, so no snapshot") }
            // Opening the database would take the steps.
            guard found.pendingSteps.isEmpty else {
                return .fine(Self.part, "not looked at: the database's schema is not up to date yet")
            }
            let corpus = PostgresCorpus(pool)
            guard let repository = try await services.snapshotRepository(of: corpus) else {
                return .fine(Self.part, "not used")
            }
            guard let newest = try await repository.current() else {
                return .fine(Self.part, "none yet in \(repository.place)")
            }
            let manifest = try await repository.manifest(of: newest)
            let sequence = try await corpus.changeSequence()
            let minutes = Int(max(0, Date().timeIntervalSince(newest.time)) / 60)
            let detail =
                "the newest in \(repository.place) is \(minutes) minutes old, of generation "
                + "\(newest.generation) and change \(newest.sequence) (the database is at \(sequence)): "
                + "\(manifest.count(of: .vectors)) vectors, \(ByteCount.text(manifest.byteCount))"
            guard newest.sequence <= sequence else {
                return .fails(
                    Self.part,
                    "\(detail); the database was put back since, and the next snapshot takes its place")
            }
            return .fine(Self.part, detail)
        } catch {
            return .fails(Self.part, "\(error)")
        }
    }
}
