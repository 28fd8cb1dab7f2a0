import Corpus
import Foundation
import Ingest
import Workspace

/// A source, and how it stands.
struct SourceDocument: ResponseDocument {
    struct Chosen: Encodable, Sendable {
        var included: [String]
        var excluded: [String]
    }

    struct Sync: Encodable, Sendable {
        var job: String
        var state: String
        var createdAt: Date
        @Nullable var startedAt: Date?
        @Nullable var endedAt: Date?
        var stored: Int
        var failed: Int
        @Nullable var reason: String?

        init(_ job: IngestJob) {
            self.job = job.id
            state = job.state.rawValue
            createdAt = job.createdAt
            startedAt = job.startedAt
            endedAt = job.endedAt
            stored = job.counts.stored
            failed = job.counts.failed
            reason = job.reason
        }
    }

    struct Auth: Encodable, Sendable {
        var type: String
        @Nullable var email: String?
        var secretSet: Bool
    }

    struct SpaceCount: Encodable, Sendable {
        var key: String
        /// Absent where it is not known to the caller.
        var name: String?
        var documents: Int
    }

    var id: String
    var name: String
    var origin: String
    var readOnly: Bool
    var state: String
    var kind: String
    var dialect: String
    var baseUrl: String
    var auth: Auth
    var spaces: Chosen
    var permissions: String
    var options: SourceOptionsDocument
    @Nullable var lastSync: Sync?
    @Nullable var currentJob: String?
    @Nullable var syncedAt: String?
    @Nullable var syncSeconds: Int?
    var syncMinutes: Int
    @Nullable var nextSync: Date?
    var failedSyncs: Int
    /// By kind.
    var documents: [String: Int]
    var documentsBySpace: [SpaceCount]
    var failures: Int
    var failureReasons: [FailureReasonDocument]

    /// - Parameters:
    ///   - stored: `nil` for a source of the settings.
    ///   - definition: as it is kept, or as the settings have it.
    init(
        id: String, _ source: JobSourceDescription, stored: StoredSource?, definition: SourceDefinition?,
        lastSync: IngestJob?,
        current: IngestJob?, syncedAt: String?, failedSyncs: Int, documents: [Document.Kind: Int],
        spaceCounts: [String: Int], failures: Int, reasons: [FailureReasonDocument]
    ) {
        self.id = id
        name = source.name
        origin = stored == nil ? "settings" : "api"
        readOnly = stored == nil
        state = (stored?.state ?? .enabled).rawValue
        kind = source.kind
        dialect = source.dialect
        baseUrl = source.baseURL
        auth = stored.map { Auth($0.definition) } ?? Auth(source)
        spaces = Chosen(included: source.spaces, excluded: source.excludedSpaces)
        permissions = (definition?.permissions ?? .sync).rawValue
        options = SourceOptionsDocument(definition?.options ?? SourceOptions())
        self.lastSync = lastSync.map { Sync($0) }
        currentJob = current?.id
        self.syncedAt = syncedAt
        syncSeconds = source.pause.map { Int($0.components.seconds) }
        syncMinutes =
            stored?.definition.syncMinutes ?? source.pause.map { Int($0.components.seconds / 60) } ?? 0
        nextSync = source.nextSync
        self.failedSyncs = failedSyncs
        self.documents = Dictionary(
            Document.Kind.allCases.map { ($0.rawValue, documents[$0] ?? 0) },
            uniquingKeysWith: { first, _ in first })
        documentsBySpace = spaceCounts.sorted { $0.key < $1.key }.map {
            SpaceCount(key: $0.key, documents: $0.value)
        }
        self.failures = failures
        failureReasons = reasons
    }
}

extension SourceDocument.Auth {
    fileprivate init(_ definition: SourceDefinition) {
        type = definition.signIn.rawValue
        _email = Nullable(wrappedValue: definition.email)
        secretSet = true
    }

    fileprivate init(_ source: JobSourceDescription) {
        type = source.signIn
        // Whoever may look at sources need not know the account of the settings.
        _email = Nullable(wrappedValue: nil)
        secretSet = source.signIn != "none"
    }
}
