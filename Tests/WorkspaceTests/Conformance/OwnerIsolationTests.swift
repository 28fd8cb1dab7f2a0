import Foundation
import Testing
import Workspace

/// What is somebody's cannot be read, changed or noticed by anybody else, by any function.
@Suite(.timeLimit(.minutes(1))) struct `Another's data` {
    /// Everything that there is, of Ann.
    private func filled(_ engine: WorkspaceEngine) async throws -> any WorkspaceStore {
        let store = try await engine.open()
        _ = try await store.save(Project(id: "p", owner: Sample.ann, name: "P"), for: Sample.ann)
        _ = try await store.create(
            Sample.flow("flow", endpoint: "ask", project: "p"), definition: Data("secret".utf8), origin: nil,
            note: "")
        try await store.append([Sample.message("m", in: Sample.key("s"), "secret")])
        _ = try await store.enqueue(Sample.run("run"), key: "k")
        let lease = try #require(try await store.lease().first).lease
        try await store.append([Sample.event(0)], under: lease)
        try await store.end(lease, .failed)
        _ = try await store.add(Sample.file("file", "notes.txt"))
        _ = try await store.save(Sample.variable("variable", "URL"))
        return store
    }

    /// Everything that Ann sees, to compare before and after.
    private func seen(_ store: any WorkspaceStore) async throws -> [String] {
        let ann = Sample.ann
        return [
            "\(try await store.projects(for: ann))",
            "\(try await store.flows(for: ann, project: nil, after: nil, limit: 99))",
            "\(try await store.versions(of: "flow", for: ann, before: nil, limit: 99))",
            "\(try await store.conversations(for: ann, flow: nil, after: nil, limit: 99))",
            "\(try await store.messages(for: ann, flow: nil, session: nil, after: nil, limit: 99))",
            "\(try await store.runs(for: ann, flow: nil, state: nil, before: nil, limit: 99))",
            "\(try await store.events(of: "run", for: ann, from: 0, limit: 99))",
            "\(try await store.files(for: ann, flow: nil, after: nil, limit: 99))",
            "\(try await store.variables(for: ann))",
        ]
    }

    private static let strangers = [
        Sample.bob, Sample.otherAnn, Owner(name: "user:ann "), Owner(name: "USER:ANN"),
        Owner(tenant: "default/user:ann", name: "x"), Owner(name: "%"), Owner(name: "' OR 1=1 --"),
    ]

    @Test(arguments: WorkspaceEngine.all)
    func `is in no list`(engine: WorkspaceEngine) async throws {
        let store = try await filled(engine)
        for owner in Self.strangers {
            #expect(try await store.projects(for: owner).isEmpty)
            for project in [nil, "p"] as [String?] {
                #expect(try await store.flows(for: owner, project: project, after: nil, limit: 9).isEmpty)
            }
            for flow in [nil, "f"] as [String?] {
                #expect(
                    try await store.conversations(for: owner, flow: flow, after: nil, limit: 9).isEmpty)
                for session in [nil, "s"] as [String?] {
                    #expect(
                        try await store.messages(
                            for: owner, flow: flow, session: session, after: nil, limit: 9
                        ).isEmpty)
                }
                #expect(
                    try await store.runs(for: owner, flow: flow, state: nil, before: nil, limit: 9).isEmpty)
                #expect(try await store.files(for: owner, flow: flow, after: nil, limit: 9).isEmpty)
            }
            #expect(
                try await store.messages(of: Sample.key("s", of: owner), before: nil, limit: 9).isEmpty)
            #expect(try await store.variables(for: owner).isEmpty)
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `does not exist for whoever knows its name`(engine: WorkspaceEngine) async throws {
        let store = try await filled(engine)
        let before = try await seen(store)
        for owner in Self.strangers {
            func refused(_ kind: String, _ work: () async throws -> Void) async {
                do {
                    try await work()
                    Issue.record("\(owner) reached a \(kind) of Ann's")
                } catch WorkspaceError.notFound(let named, _) {
                    #expect(named == kind, "\(owner)")
                } catch {
                    Issue.record("\(owner) was told \(error) of a \(kind)")
                }
            }
            let key = Sample.key("s", of: owner)
            await refused("flow") { _ = try await store.flow("flow", for: owner) }
            await refused("flow") { _ = try await store.flow("ask", for: owner) }
            await refused("flow") {
                _ = try await store.save(
                    Data(), origin: nil, note: "", asVersionOf: "flow", for: owner, expecting: nil)
            }
            await refused("flow") { _ = try await store.update(Sample.flow("flow"), for: owner) }
            await refused("flow") {
                _ = try await store.versions(of: "flow", for: owner, before: nil, limit: 9)
            }
            await refused("flow") { _ = try await store.version(1, of: "flow", for: owner) }
            await refused("flow") { try await store.delete(flow: "flow", for: owner) }
            await refused("project") { _ = try await store.project("p", for: owner) }
            await refused("project") { try await store.delete(project: "p", for: owner) }
            await refused("project") {
                _ = try await store.create(
                    Sample.flow("own", of: owner, project: "p"), definition: Data(), origin: nil, note: "")
            }
            await refused("conversation") { _ = try await store.conversation(key) }
            await refused("conversation") { try await store.rename(key, title: "x") }
            await refused("conversation") { try await store.move(key, toSession: "x") }
            await refused("conversation") { try await store.delete(key) }
            await refused("message") { _ = try await store.messages(of: key, before: "m", limit: 9) }
            await refused("message") {
                _ = try await store.messages(for: owner, flow: nil, session: nil, after: "m", limit: 9)
            }
            await refused("message") { _ = try await store.updateText("x", ofMessage: "m", for: owner) }
            #expect(try await store.delete(messages: ["m"], for: owner) == 0)
            await refused("run") { _ = try await store.run("run", for: owner) }
            await refused("run") { _ = try await store.cancel("run", for: owner) }
            await refused("run") { _ = try await store.requeue("run", for: owner) }
            await refused("run") { _ = try await store.events(of: "run", for: owner, from: 0, limit: 9) }
            await refused("file") { _ = try await store.file("file", for: owner) }
            await refused("file") {
                _ = try await store.file(named: "notes.txt", flow: nil, for: owner)
            }
            await refused("file") { _ = try await store.delete(file: "file", for: owner) }
            await refused("variable") { _ = try await store.variable(named: "URL", for: owner) }
            await refused("variable") { try await store.delete(variable: "variable", for: owner) }
        }
        #expect(try await seen(store) == before)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `is not touched by equal ids, names and keys`(engine: WorkspaceEngine) async throws {
        let store = try await filled(engine)
        let before = try await seen(store)
        for owner in Self.strangers {
            let project = Project(id: "p", owner: Sample.ann, name: "theirs")
            #expect(try await store.save(project, for: owner).owner == owner)
            try await store.append([Sample.message("m", in: Sample.key("s", of: owner), "theirs")])
            let run = try await store.enqueue(Sample.run("run of \(owner)", of: owner), key: "k")
            #expect(run.owner == owner)
            _ = try await store.add(Sample.file("file of \(owner)", "notes.txt", of: owner))
            _ = try await store.save(Sample.variable("variable", "URL", of: owner))
            _ = try await store.updateText("theirs anew", ofMessage: "m", for: owner)
            #expect(try await store.delete(messages: ["m"], for: owner) == 1)
            try await store.delete(variable: "variable", for: owner)
            try await store.delete(project: "p", for: owner)
        }
        #expect(try await seen(store) == before)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `that is shared is run within its tenant, and changed by its owner alone`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await filled(engine)
        var flow = try await store.flow("flow", for: Sample.ann)
        flow.isShared = true
        _ = try await store.update(flow, for: Sample.ann)
        let bobs = try await store.flow("ask", for: Sample.bob)
        #expect(bobs.id == "flow" && bobs.owner == Sample.ann && bobs.project == nil)
        #expect(try await store.version(1, of: "flow", for: Sample.bob).definition == Data("secret".utf8))
        #expect(
            try await store.flows(for: Sample.bob, project: nil, after: nil, limit: 9).map(\.id) == ["flow"])
        #expect(try await store.flows(for: Sample.bob, project: "p", after: nil, limit: 9).isEmpty)
        let missing = WorkspaceError.notFound(kind: "flow", id: "flow")
        await #expect(throws: missing) { _ = try await store.update(bobs, for: Sample.bob) }
        await #expect(throws: missing) { try await store.delete(flow: "flow", for: Sample.bob) }
        await #expect(throws: missing) {
            _ = try await store.save(
                Data(), origin: nil, note: "", asVersionOf: "flow", for: Sample.bob, expecting: nil)
        }
        await #expect(throws: missing) { _ = try await store.flow("flow", for: Sample.otherAnn) }
        #expect(try await store.flows(for: Sample.otherAnn, project: nil, after: nil, limit: 9).isEmpty)
    }
}
