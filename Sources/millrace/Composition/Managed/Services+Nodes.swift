import Backends
import Corpus
import Foundation
import Ingest
import Logging
import Models
import ServiceLifecycle
import TextIndex
import Workspace

/// The processes that share a database, and what they must agree on.
extension Services {
    /// What this process tells others of itself.
    ///
    /// - Parameter role: `serve`, `work`.
    func announcement(role: String) async throws -> NodeAnnouncement {
        NodeAnnouncement(
            id: try nodeID(), role: role, version: Millrace.version,
            facts: try await agreedFacts(of: databaseIdentity()))
    }

    /// What the database says of itself; empty for one that no other process can share.
    private func databaseIdentity() async throws -> String {
        try await (corpus() as? PostgresCorpus)?.identity() ?? ""
    }

    /// Digests of what processes that share this database must agree on.
    ///
    /// - Parameter identity: what the database says of itself.
    func agreedFacts(of identity: String) async throws -> AgreedFacts {
        var values = AgreedSettings.groups.mapValues { valuesOf($0) }
        let model = try await embedder().model
        values[AgreedSettings.embeddingGroup, default: [:]][Settings.name(\.embedding.model)] = model.name
        values[AgreedSettings.indexGroup] = [
            Self.indexFact: SnapshotFingerprint(
                model: model.name, dimension: model.dimension, rules: TextDocument.passageRules
            ).text,
            "text analyzer": TextDocument.passageRules,
        ]
        if settings[\.confluence.url] != nil {
            values[AgreedSettings.sourceGroup] = valuesOf(AgreedSettings.confluence)
        }
        if let folder = settings[\.answers.flowsDirectory] {
            values[AgreedSettings.answerGroup, default: [:]][Settings.name(\.answers.flowsDirectory)] =
                try Self.contents(of: folder)
        }
        // Those that KMS guards lie in the database, the same for all.
        if settings[\.database.sealKeys] != nil, settings[\.database.sealKMSKey] == nil,
            let fact = Self.sealFact(try await seal())
        {
            values[AgreedSettings.storageGroup, default: [:]][Settings.name(\.database.sealKeys)] =
                fact
        }
        return AgreedFacts(values, salt: identity)
    }

    private static let indexFact = "index format"

    /// Tells whether any process that is there has indexes of a fingerprint.
    func fingerprintUse() async throws -> @Sendable (_ fingerprint: String) async throws -> Bool {
        guard settings[\.database.provider] == .postgres else { return { _ in true } }
        // Processes announce themselves to the default tenant's database, whichever tenants they serve.
        let registry = PostgresCorpus(try (root ?? self).postgresPool())
        let identity = try await registry.identity()
        return { fingerprint in
            let group = AgreedSettings.indexGroup
            let fact = AgreedFacts([group: [Self.indexFact: fingerprint]], salt: identity)
                .groups[group]?[Self.indexFact]
            return try await registry.nodes().contains { $0.facts.groups[group]?[Self.indexFact] == fact }
        }
    }

    private func valuesOf(_ settings: [SettingFacts]) -> [String: String] {
        Dictionary(
            settings.map { ($0.key, self.settings.text(of: $0)) }, uniquingKeysWith: { first, _ in first })
    }

    /// Names and texts of a folder's flows.
    private static func contents(of folder: String) throws -> String {
        let place = URL(fileURLWithPath: folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
        return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
            let text = try String(contentsOf: place.appendingPathComponent(name), encoding: .utf8)
            return "\(name) \(ContentHash.of(text))"
        }.joined(separator: "\n")
    }

    // MARK: Who is there

    /// Announces this process to others of its database; `nil` where there are none.
    func nodeWatch(role: String = "serve") async throws -> NodeWatch? {
        try await nodeWatchPart { [logger] in
            guard let registry = try self.corpus() as? any NodeRegistry else { return nil }
            return NodeWatch(registry, node: try await self.announcement(role: role)) {
                Self.tell($0, logger)
            }
        }
    }

    /// What the watch found last; `nil` where nobody watches, as for tenants: what it tells is of the whole server.
    func nodeStanding() async throws -> (@Sendable () -> NodeWatch.Standing)? {
        guard root == nil, let watch = try await nodeWatch() else { return nil }
        return { watch.standing }
    }

    /// What announces this process until it ends.
    func nodeServices(role: String) async throws -> [any Service] {
        guard let watch = try await nodeWatch(role: role) else { return [] }
        return [NodeService(watch: watch)]
    }

    private static func tell(_ news: NodeWatch.News, _ logger: Logger) {
        switch news {
        case .differs(let drift):
            logger.log(
                level: drift.isOfVersionAlone ? .notice : .warning,
                "another process of this database differs from this one",
                metadata: [
                    "millrace.node": "\(drift.node)", "millrace.role": "\(drift.role)",
                    "millrace.version": "\(drift.version)",
                    "millrace.differs": "\(drift.difference)",
                ])
        case .settled(let drift):
            logger.info(
                "another process that differed agrees now, or is gone",
                metadata: ["millrace.node": "\(drift.node)"])
        case .unknown(let reason):
            logger.warning(
                "it is not known for now which other processes there are",
                metadata: ["millrace.reason": "\(reason)"])
        }
    }
}

extension NodeDrift {
    /// What differs, by name: `version, search.ef_search`.
    var difference: String {
        ((isOtherVersion ? ["version"] : []) + allNames).joined(separator: ", ")
    }

    /// Whether it has the same settings, as far as both know them: the formats of indexes are each version's own.
    var isOfVersionAlone: Bool {
        isOtherVersion && names.keys.allSatisfy { $0 == AgreedSettings.indexGroup }
    }

    /// The whole of it on one line: `node 1a2b3c4d (serve, 0.2.0): version, search.ef_search`.
    var told: String { "node \(node) (\(role), \(version)): \(difference)" }
}

/// Announces the process, until it ends.
private struct NodeService: Service {
    let watch: NodeWatch

    func run() async {
        await cancelWhenGracefulShutdown { await watch.run() }
    }
}
