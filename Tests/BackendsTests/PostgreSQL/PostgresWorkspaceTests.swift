import Backends
import Foundation
import TestSupport
import Testing
import Workspace

@Suite(.timeLimit(.minutes(2))) struct `A workspace over PostgreSQL` {
    private let ann = Owner(name: "user:ann")
    private let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func flow(_ id: String, endpoint: String? = nil) -> StoredFlow {
        StoredFlow(
            id: id, owner: ann, name: "Flow", endpoint: endpoint, createdAt: start, updatedAt: start)
    }

    private func message(_ id: String, in session: String) -> StoredMessage {
        StoredMessage(
            id: id, key: ConversationKey(owner: ann, flow: "f", session: session), role: "user",
            sender: "User", text: "Text of \(id)", details: Data("{}".utf8), sentAt: start)
    }

    /// Two processes' workspaces of one schema, each with sessions of its own.
    private func pair(
        _ version: PostgresServer.Version
    ) throws -> (PostgresWorkspace, PostgresWorkspace) {
        let server = try PostgresServer.shared(version)
        let schema = PostgresServer.freshSchema()
        return (
            PostgresWorkspace(server.pool(schema: schema)), PostgresWorkspace(server.pool(schema: schema))
        )
    }

    /// Does something with each of both at once. - Returns: what each one came to.
    private func outcomes<Value: Sendable>(
        _ count: Int, of stores: (PostgresWorkspace, PostgresWorkspace),
        _ body: @escaping @Sendable (PostgresWorkspace, Int) async throws(WorkspaceError) -> Value
    ) async -> [Result<Value, WorkspaceError>] {
        await withTaskGroup(of: Result<Value, WorkspaceError>.self) { group in
            for number in 0..<count {
                let store = number.isMultiple(of: 2) ? stores.0 : stores.1
                group.addTask {
                    do throws(WorkspaceError) {
                        return .success(try await body(store, number))
                    } catch {
                        return .failure(error)
                    }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `is opened by two processes at once, and serves both`(version: PostgresServer.Version) async throws {
        let stores = try pair(version)
        async let first: Void = stores.0.open()
        async let second: Void = stores.1.open()
        _ = try await (first, second)
        _ = try await stores.0.create(flow("1"), definition: Data(), origin: nil, note: "")
        #expect(try await stores.1.flow("1", for: ann).latest == 1)
        try await stores.1.append([message("m", in: "s")])
        #expect(
            try await stores.0.conversations(for: ann, flow: nil, after: nil, limit: 9).map(\.messageCount)
                == [1])
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `keeps one of sixteen saves that began from one version`(version: PostgresServer.Version)
        async throws
    {
        let stores = try pair(version)
        _ = try await stores.0.create(flow("1"), definition: Data(), origin: nil, note: "")
        let owner = ann
        let saves = await outcomes(16, of: stores) { store, number throws(WorkspaceError) in
            try await store.save(
                Data("\(number)".utf8), origin: nil, note: "", asVersionOf: "1", for: owner, expecting: 1
            ).number
        }
        #expect(saves.filter { $0 == .success(2) }.count == 1)
        let conflict = WorkspaceError.versionConflict(flow: "1", expected: 1, actual: 2)
        #expect(saves.filter { $0 == .failure(conflict) }.count == 15)
        #expect(
            try await stores.1.versions(of: "1", for: ann, before: nil, limit: 99).map(\.number) == [2, 1])
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `keeps all of fifty messages that came to one new conversation at once, and counts them`(
        version: PostgresServer.Version
    ) async throws {
        let stores = try pair(version)
        let messages = (0..<50).map { message("m\($0)", in: "s") }
        let appended = await outcomes(50, of: stores) { store, number throws(WorkspaceError) in
            try await store.append([messages[number]])
            return true
        }
        #expect(appended.allSatisfy { $0 == .success(true) })
        let key = messages[0].key
        let kept = try await stores.0.messages(of: key, before: nil, limit: 99)
        #expect(Set(kept.map(\.id)) == Set(messages.map(\.id)) && kept.count == 50)
        let summary = try await stores.0.conversation(key)
        #expect(summary.messageCount == 50 && summary.lastAt == start)
        #expect(summary.opening.hasPrefix("Text of m"))
    }

    @Test(arguments: PostgresServer.Version.allCases)
    func `gives a name to one flow alone, as its id or its endpoint`(version: PostgresServer.Version)
        async throws
    {
        let stores = try pair(version)
        let flows = (0..<12).map {
            $0.isMultiple(of: 3) ? flow("ask") : flow("flow-\($0)", endpoint: "ask")
        }
        let created = await outcomes(12, of: stores) { store, number throws(WorkspaceError) in
            try await store.create(flows[number], definition: Data(), origin: nil, note: "").latest
        }
        #expect(created.filter { $0 == .success(1) }.count == 1)
        for case .failure(let error) in created {
            guard case .nameTaken(_, "ask") = error else {
                Issue.record("\(error)")
                continue
            }
        }
    }

    @Test func `takes no more variables than an owner may have, however many come at once`() async throws {
        let stores = try pair(.v18)
        let (owner, time) = (ann, start)
        @Sendable func variable(_ number: Int) -> StoredVariable {
            StoredVariable(
                id: "\(number)", owner: owner, name: "n\(number)", isSecret: false, value: Data(),
                updatedAt: time)
        }
        for number in 0..<WorkspaceLimits.variables - 5 { _ = try await stores.0.save(variable(number)) }
        let saves = await outcomes(20, of: stores) { store, number throws(WorkspaceError) in
            try await store.save(variable(WorkspaceLimits.variables + number)).isSecret
        }
        #expect(saves.filter { $0 == .success(false) }.count == 5)
        let full = WorkspaceError.tooMany(kind: "variable", limit: WorkspaceLimits.variables)
        #expect(saves.filter { $0 == .failure(full) }.count == 15)
    }

    @Test func `counts what is said to a conversation while others delete it`() async throws {
        let stores = try pair(.v18)
        let key = message("m", in: "s").key
        let messages = (0..<60).map { message("m\($0)", in: "s") }
        _ = await outcomes(60, of: stores) { store, number throws(WorkspaceError) in
            if number % 6 == 5 { try? await store.delete(key) }
            try await store.append([messages[number]])
        }
        let kept = try await stores.0.messages(of: key, before: nil, limit: 99)
        #expect(!kept.isEmpty)
        #expect(try await stores.0.conversation(key).messageCount == kept.count)
    }

    @Test func `adds up what several processes count at once`() async throws {
        let stores = try pair(.v16)
        let keys = (0..<8).map {
            UsageKey(tenant: "default", day: 100, caller: "user:\($0)", key: "", model: "m\0\($0 % 2)")
        }
        var one = UsageCounts()
        one.requests = 1
        let counts = Dictionary(uniqueKeysWithValues: keys.map { ($0, one) })
        let added = await outcomes(30, of: stores) { store, _ throws(WorkspaceError) in
            try await store.add(counts, forgettingBefore: 50)
            return true
        }
        #expect(added.allSatisfy { $0 == .success(true) })
        let used = try await stores.1.usage(tenant: "default", days: 0...200, caller: nil)
        #expect(used.count == 8 && used.values.allSatisfy { $0.requests == 30 })
    }

    @Test func `keeps files of one name that come at once one after another, none forgotten`() async throws {
        let stores = try pair(.v18)
        let (owner, time) = (ann, start)
        let replaced = await outcomes(20, of: stores) { store, number throws(WorkspaceError) in
            try await store.add(
                StoredFile(
                    id: "\(number)", owner: owner, flow: nil, name: "notes.txt", mediaType: "text/plain",
                    byteCount: 1, digest: "00", createdAt: time))?.id
        }
        let gone = replaced.compactMap { try? $0.get() }.compactMap { $0 }
        let kept = try await stores.0.files(for: ann, flow: nil, after: nil, limit: 9).map(\.id)
        // Each but the last was told to somebody, who removes its bytes.
        #expect(gone.count == 19 && kept.count == 1)
        #expect(Set(gone + kept).count == 20)
    }

    @Test func `refuses a schema of a newer version, and says of which database`() async throws {
        let pool = try PostgresServer.shared(.v18).pool(schema: PostgresServer.freshSchema())
        try await PostgresWorkspace(pool).open()
        try await pool.transaction(.write) { db in
            try db.query("INSERT INTO workspace_step (number, name) VALUES (999, 'of-tomorrow')")
            return
        }
        let refusal = PostgresError.newerSchema(
            server: pool.settings.name, schema: pool.settings.schema, unknownSteps: ["999-of-tomorrow"])
        await #expect(
            throws: WorkspaceError.newerServerSchema(
                server: pool.settings.name, reason: refusal.description)
        ) { try await PostgresWorkspace(pool).open() }
    }

    @Test func `says that a server cannot be reached, and that the same may succeed later`() async throws {
        let server = try PostgresServer(.v16)
        let store = PostgresWorkspace(server.pool(patience: .milliseconds(50)))
        server.stop()
        let error = await #expect(throws: WorkspaceError.self) { try await store.projects(for: ann) }
        guard case .unavailable = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        server.start()
        #expect(try await store.projects(for: ann).isEmpty)
    }
}
