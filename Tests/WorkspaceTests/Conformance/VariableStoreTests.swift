import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Variables` {
    @Test(arguments: WorkspaceEngine.all)
    func `are added, replaced, listed and deleted`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let first = Sample.variable("1", "URL")
        #expect(try await store.save(first) == first)
        await #expect(throws: WorkspaceError.nameTaken(kind: "variable", name: "URL")) {
            _ = try await store.save(Sample.variable("2", "URL"))
        }
        #expect(try await store.save(Sample.variable("2", "URL", of: Sample.bob)).owner == Sample.bob)
        _ = try await store.save(Sample.variable("3", "A"))
        var renamed = Sample.variable("1", "Z")
        renamed.value = Data()
        renamed.defaultFields = []
        #expect(try await store.save(renamed) == renamed)
        #expect(try await store.variables(for: Sample.ann).map(\.name) == ["A", "Z"])
        await #expect(throws: WorkspaceError.notFound(kind: "variable", id: "URL")) {
            _ = try await store.variable(named: "URL", for: Sample.ann)
        }
        try await store.delete(variable: "1", for: Sample.ann)
        await #expect(throws: WorkspaceError.self) { try await store.delete(variable: "1", for: Sample.ann) }
        #expect(try await store.variables(for: Sample.ann).map(\.id) == ["3"])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are no secrets in clear`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        var secret = Sample.variable("1", "KEY")
        secret.isSecret = true
        await #expect(throws: WorkspaceError.unsealed(variable: "KEY")) { _ = try await store.save(secret) }
        let seal = VariableSeal(SealKeys())
        secret.value = try seal.seal(Data("hunter2".utf8), name: "KEY", owner: Sample.ann)
        let saved = try await store.save(secret)
        #expect(try seal.open(saved.value, name: "KEY", owner: Sample.ann) == Data("hunter2".utf8))
    }

    @Test(arguments: WorkspaceEngine.all)
    func `and projects have a limit for each owner`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await atOnce(0..<WorkspaceLimits.variables) { number in
            _ = try await store.save(Sample.variable("\(number)", "n\(number)"))
        }
        await #expect(
            throws: WorkspaceError.tooMany(kind: "variable", limit: WorkspaceLimits.variables)
        ) {
            _ = try await store.save(Sample.variable("one more", "one more"))
        }
        // One that is there may still change.
        _ = try await store.save(Sample.variable("7", "seven"))
        #expect(try await store.variables(for: Sample.ann).count == WorkspaceLimits.variables)
        try await atOnce(0..<WorkspaceLimits.projects) { number in
            let project = Project(id: "\(number)", owner: Sample.ann, name: "p")
            _ = try await store.save(project, for: Sample.ann)
        }
        await #expect(throws: WorkspaceError.self) {
            _ = try await store.save(Project(id: "more", owner: Sample.ann, name: "p"), for: Sample.ann)
        }
        #expect(try await store.projects(for: Sample.ann).count == WorkspaceLimits.projects)
    }
}
