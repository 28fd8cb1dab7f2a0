import Corpus
import Foundation
import TestSupport
import Testing
import Workspace

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `Schemas of one database` {
    private let server: PostgresServer
    private let one = PostgresServer.freshSchema()
    private let other = PostgresServer.freshSchema()
    private let ann = Owner(name: "user:ann")

    init() throws {
        server = try PostgresServer.shared(.v18)
    }

    /// Sessions that soon give up what they wait for.
    private func pool(_ schema: String) -> PostgresPool {
        var settings = server.pool(schema: schema).settings
        settings.lockTimeout = .seconds(1)
        return PostgresPool(settings, size: 4, patience: .seconds(3))
    }

    private func corpus(_ schema: String) async throws -> PostgresCorpus {
        let corpus = PostgresCorpus(pool(schema))
        try await corpus.upsert(space: Space(key: "ENG", name: "Engineering"))
        return corpus
    }

    private func write(_ id: String, in corpus: PostgresCorpus) async throws {
        let document = Document(
            id: id, kind: .page, spaceKey: "ENG", title: id, version: 1, ancestors: [], labels: [],
            author: nil, updatedAt: nil, url: nil, text: id, readers: AccessRule(allOf: [[.signedIn]]))
        _ = try await corpus.replace(
            DocumentReplacement(
                document: document, contentHash: id, chunkSignature: "s", chunks: [], embeddings: [],
                model: "m"))
    }

    private func act(in workspace: PostgresWorkspace) async throws {
        try await workspace.tell(
            AuditAct(actor: "user:ann", act: "key.created", object: "k"), tenant: "default")
    }

    @Test func `are written to without a wait for each other`() async throws {
        let (busy, idle) = (try await corpus(one), try await corpus(other))
        let workspaces = [PostgresWorkspace(pool(one)), PostgresWorkspace(pool(other))]
        for workspace in workspaces { try await act(in: workspace) }
        let content = try await HeldTransaction { try await busy.writeContent($0) }
        let rest = try await HeldTransaction { hold in
            try await busy.write { db in
                try db.lock(.jobQueue)
                try db.lock(.auditChain)
                try db.lock(.deliveries)
                try hold(db)
            }
        }
        try await write("1", in: idle)
        let job = IngestJob(id: "j", source: "wiki", scope: .site, createdAt: .now)
        #expect(try await idle.enqueue(job, limit: 9) != nil)
        try await act(in: workspaces[1])
        _ = try await workspaces[1].leaseDeliveries(
            1, each: 1, ofOwner: 1, by: "s", for: .seconds(9), at: .now)
        // In their own they are waited for.
        await #expect(throws: CorpusError.self) { try await write("1", in: corpus(one)) }
        await #expect(throws: CorpusError.self) { _ = try await busy.enqueue(job, limit: 9) }
        await #expect(throws: WorkspaceError.self) { try await act(in: workspaces[0]) }
        try await content.end()
        try await rest.end()
        try await write("1", in: busy)
        try await act(in: workspaces[0])
    }

    @Test func `are made at once by several processes`() async throws {
        let held = try await HeldTransaction { hold in
            try await pool(one).transaction(.write) { db in
                try db.lock(.migration, in: one)
                try hold(db)
            }
        }
        try await PostgresCorpus(pool(other)).open()
        try await held.end()
    }

    /// What a version before locks of schemas holds while it writes documents, queues a job, adds to the audit log.
    private static let locksOfBefore = [
        "pg_advisory_xact_lock(1835625581)", "pg_advisory_xact_lock(1835625582)",
        "pg_advisory_xact_lock(101, hashtext(''))",
    ]

    @Test func `are kept from processes of a version before, and these from ours`() async throws {
        #expect(SchemaLock.migration.rawValue == 1_835_625_580, "(“mill”)")
        let corpus = try await corpus(one)
        let workspace = PostgresWorkspace(pool(one))
        try await act(in: workspace)
        let job = IngestJob(id: "j", source: "wiki", scope: .site, createdAt: .now)
        let before = try await HeldTransaction(
            server.pool(schema: one), "SELECT \(Self.locksOfBefore.joined(separator: ", "))")
        await #expect(throws: CorpusError.self) { try await write("1", in: corpus) }
        await #expect(throws: CorpusError.self) { _ = try await corpus.enqueue(job, limit: 9) }
        await #expect(throws: WorkspaceError.self) { try await act(in: workspace) }
        try await before.end()
        let ours = try await HeldTransaction { hold in
            try await corpus.writeContent { db in
                try db.lock(.jobQueue)
                try db.lock(.auditChain)
                try hold(db)
            }
        }
        for lock in Self.locksOfBefore {
            let isFree = try await server.pool(schema: one).transaction(.write) { db in
                try db.query("SELECT " + lock.replacing("advisory_xact", with: "try_advisory_xact")).first?
                    .bool(0)
            }
            #expect(isFree == false, "\(lock)")
        }
        try await ours.end()
        try await write("1", in: corpus)
    }
}
