import Backends
import Corpus

/// Tries the database server that the settings name, and changes nothing in it.
struct DatabaseDiagnosis: Sendable {
    let services: Services

    func finding() async -> Finding {
        do {
            let pool = try services.postgresPool()
            let found = try await PostgresInspection.read(pool)
            let place = "\(pool.settings.name), schema \(pool.settings.schema ?? "public")"
            guard !found.isTooNew else {
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
            let newer =
                found.unknownSteps.isEmpty
                ? "" : "; a newer version added \(found.unknownSteps.joined(separator: ", "))"
            return .fine("database", "\(found.server) at \(place): \(documents)\(steps)\(newer)")
        } catch {
            return .fails("database", "\(error)")
        }
    }

    /// What is said of the processes that are there.
    ///
    /// Of two versions, as while a fleet is brought up to date, nothing is wrong with either: that is noted. Another value
    /// of a setting is a fault, whatever the versions.
    static func finding(of own: NodeAnnouncement, among nodes: [NodeAnnouncement]) -> Finding {
        let drifts = nodes.compactMap { own.drift(of: $0) }
        let faults = drifts.filter { !$0.isOfVersionAlone }
        guard faults.isEmpty else {
            return .fails(
                nodesPart,
                "\(faults.count) of \(nodes.count) differ from these settings: "
                    + drifts.map(\.told).joined(separator: "; "))
        }
        guard drifts.isEmpty else {
            return .noted(
                nodesPart,
                "\(drifts.count) of \(nodes.count) have these settings and another version than \(own.version), "
                    + "as while a fleet is brought up to date: " + drifts.map(\.told).joined(separator: "; "))
        }
        return .fine(nodesPart, "\(nodes.count) of the same version and settings")
    }

    private static let nodesPart = "other processes"

    /// Whether other processes that are there have the same version and settings; `nil` where there are none.
    func nodesFinding() async -> Finding? {
        do {
            let found = try await PostgresInspection.read(services.postgresPool())
            guard let identity = found.identity, !found.nodes.isEmpty else { return nil }
            let nodes = found.nodes
            // The process of this folder is told like any other: it may have begun with other settings.
            let own = NodeAnnouncement(
                id: "", role: "doctor", version: Millrace.version,
                facts: try await services.agreedFacts(of: identity))
            return Self.finding(of: own, among: nodes)
        } catch {
            return .fails(Self.nodesPart, "\(error)")
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
