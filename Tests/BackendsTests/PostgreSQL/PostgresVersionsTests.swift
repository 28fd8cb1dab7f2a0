import Corpus
import Foundation
import TestSupport
import Testing
import Workspace

@testable import Backends

@Suite(.timeLimit(.minutes(2))) struct `Two versions over one schema` {
    private let server: PostgresServer
    private let schema = PostgresServer.freshSchema()

    init() throws {
        server = try PostgresServer.shared(.v16)
    }

    private func pool(_ version: String) -> PostgresPool {
        var settings = server.pool(schema: schema).settings
        settings.productVersion = version
        return PostgresPool(settings, size: 4)
    }

    /// A process of today's version, and one of a version that has one more step.
    private func corpora(_ step: SchemaStep) -> (today: PostgresCorpus, tomorrow: PostgresCorpus) {
        (
            PostgresCorpus(pool("0.1.0"), steps: PostgresSchema.steps),
            PostgresCorpus(pool("0.2.0"), steps: PostgresSchema.steps + [step])
        )
    }

    private var place: String { server.pool(schema: schema).settings.name }
    private var next: Int { PostgresSchema.steps.count + 1 }
    private let addition = SchemaStep(
        "moods",
        "CREATE TABLE mood (id bigint PRIMARY KEY); ALTER TABLE space ADD COLUMN mood text NOT NULL DEFAULT 'fine'"
    )

    @Test func `serve side by side when the newer one only adds, whichever comes first`() async throws {
        let (today, tomorrow) = corpora(addition)
        try await today.open()
        try await tomorrow.open()
        try await today.upsert(space: Space(key: "A", name: "of today"))
        try await tomorrow.upsert(space: Space(key: "B", name: "of tomorrow"))
        // And one of today's that starts when the newer one was there.
        let late = PostgresCorpus(pool("0.1.0"), steps: PostgresSchema.steps)
        try await late.upsert(space: Space(key: "C", name: "of today, later"))
        for corpus in [today, tomorrow, late] {
            let names = try await corpus.pool.transaction(.snapshot) { db in
                try db.texts("SELECT name FROM space ORDER BY key")
            }
            #expect(names == ["of today", "of tomorrow", "of today, later"])
        }
        #expect(try await today.identity() == tomorrow.identity())
        let found = try await PostgresInspection.read(today.pool)
        #expect(found.unknownSteps == ["\(next)-moods (by 0.2.0)"] && !found.isTooNew)
        #expect(found.pendingSteps.isEmpty)
    }

    @Test func `do not when the newer one takes something away, which is told with who did it`() async throws
    {
        let step = SchemaStep("without-urls", "ALTER TABLE document DROP COLUMN url", needs: next)
        let steps = PostgresSchema.steps + [step]
        let (today, tomorrow) = corpora(step)
        try await today.open()
        try await tomorrow.open()
        let error = await #expect(throws: CorpusError.self) {
            try await PostgresCorpus(pool("0.1.0"), steps: PostgresSchema.steps).open()
        }
        let refusal = refusal(["\(next)-without-urls (by 0.2.0)"])
        #expect(error == .newerServerSchema(server: place, reason: refusal.description))
        // It says where, and which setting leads elsewhere; there is no folder to choose.
        for part in [place, schema, "\(next)-without-urls (by 0.2.0)", "database.schema", "Run that version"]
        {
            #expect("\(try #require(error))".contains(part))
        }
        #expect(!"\(try #require(error))".contains("folder"))
        #expect(try await PostgresInspection.read(today.pool).isTooNew)
        // Nothing was changed by the attempt, and the newer one goes on.
        try await PostgresCorpus(pool("0.2.0"), steps: steps).open()
    }

    @Test func `are told apart by what each step needs, not by how many there are`() async throws {
        let steps = PostgresSchema.steps
        let breaking = SchemaStep("breaking", "SELECT 1", needs: next)
        let after = SchemaStep("after", "SELECT 1")
        try await PostgresCorpus(pool("0.3.0"), steps: steps + [breaking, after]).open()
        // What came after the step that breaks adds only, and needs it all the same.
        await #expect(throws: CorpusError.self) {
            try await PostgresCorpus(pool("0.1.0"), steps: steps).open()
        }
        try await PostgresCorpus(pool("0.2.0"), steps: steps + [breaking]).open()
        let needs = try await pool("0.3.0").transaction(.snapshot) { db in
            try db.ints("SELECT needs FROM schema_step ORDER BY number DESC LIMIT 2")
        }
        #expect(needs == [Int64(next), Int64(next)])
    }

    @Test func `are kept apart where a version before them said nothing of what its steps need`() async throws
    {
        let corpus = PostgresCorpus(pool("0.1.0"), steps: PostgresSchema.steps)
        try await corpus.open()
        try await corpus.pool.transaction(.write) { db in
            try db.query("ALTER TABLE schema_step DROP COLUMN needs, DROP COLUMN taken_by")
            return
        }
        try await PostgresCorpus(pool("0.1.0"), steps: PostgresSchema.steps).open()
        try await PostgresCorpus(pool("0.2.0"), steps: PostgresSchema.steps + [addition]).open()
        try await PostgresCorpus(pool("0.1.0"), steps: PostgresSchema.steps).open()
        try await corpus.pool.transaction(.write) { db in
            try db.query("INSERT INTO schema_step (number, name) VALUES (99, 'of-old')")
            return
        }
        let unknown = refusal(["\(next)-moods (by 0.2.0)", "99-of-old"])
        await #expect(throws: CorpusError.newerServerSchema(server: place, reason: unknown.description)) {
            try await PostgresCorpus(pool("0.1.0"), steps: PostgresSchema.steps).open()
        }
    }

    private func refusal(_ steps: [String]) -> PostgresError {
        .newerSchema(server: place, schema: schema, unknownSteps: steps)
    }

    @Test func `share a workspace in the same way`() async throws {
        let steps = PostgresWorkspaceSchema.steps
        let next = steps.count + 1
        try await PostgresWorkspace(pool("0.1.0"), steps: steps).open()
        let adding = steps + [SchemaStep("adding", "CREATE TABLE mood (id bigint PRIMARY KEY)")]
        try await PostgresWorkspace(pool("0.2.0"), steps: adding).open()
        try await PostgresWorkspace(pool("0.1.0"), steps: steps).open()
        let breaking = adding + [SchemaStep("breaking", "DROP TABLE mood", needs: next)]
        try await PostgresWorkspace(pool("0.3.0"), steps: breaking).open()
        // It states what it needs: the step before it, which the version between has.
        try await PostgresWorkspace(pool("0.2.0"), steps: adding).open()
        let unknown = refusal(["\(next)-adding (by 0.2.0)", "\(next + 1)-breaking (by 0.3.0)"])
        await #expect(throws: WorkspaceError.newerServerSchema(server: place, reason: unknown.description)) {
            try await PostgresWorkspace(pool("0.1.0"), steps: steps).open()
        }
    }
}
