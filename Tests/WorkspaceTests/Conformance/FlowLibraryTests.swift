import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `A library of flows` {
    @Test(arguments: WorkspaceEngine.all)
    func `keeps a flow and every version of it`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let created = try await store.create(
            Sample.flow("1", endpoint: "ask"), definition: Data("one".utf8), origin: Data("export".utf8),
            note: "first")
        #expect(created.latest == 1 && created.published == nil && created.tags == ["a", "b"])
        let second = try await store.save(
            Data("two".utf8), origin: nil, note: "second", asVersionOf: "1", for: Sample.ann, expecting: 1)
        #expect(second.number == 2 && second.author == Sample.ann.name && second.savedAt == Sample.now)
        await #expect(throws: WorkspaceError.versionConflict(flow: "1", expected: 1, actual: 2)) {
            _ = try await store.save(
                Data(), origin: nil, note: "", asVersionOf: "1", for: Sample.ann, expecting: 1)
        }
        let third = try await store.save(
            Data("three".utf8), origin: nil, note: "", asVersionOf: "1", for: Sample.ann, expecting: nil)
        #expect(third.number == 3)
        let newest = try await store.versions(of: "1", for: Sample.ann, before: nil, limit: 2)
        #expect(newest.map(\.number) == [3, 2])
        let rest = try await store.versions(of: "1", for: Sample.ann, before: 2, limit: 9)
        #expect(rest.map(\.number) == [1] && rest.first?.origin == Data("export".utf8))
        #expect(rest.first?.savedAt == Sample.start && rest.first?.note == "first")
        #expect(try await store.version(2, of: "1", for: Sample.ann) == second)
        await #expect(throws: WorkspaceError.self) {
            _ = try await store.version(4, of: "1", for: Sample.ann)
        }
        #expect(try await store.flow("ask", for: Sample.ann).latest == 3)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `changes what stands in front of the versions, and nothing else`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        _ = try await store.save(Project(id: "p", owner: Sample.ann, name: "P"), for: Sample.ann)
        var flow = try await store.create(Sample.flow("1"), definition: Data(), origin: nil, note: "")
        flow.name = "Named anew"
        flow.endpoint = "anew"
        flow.project = "p"
        flow.published = 1
        flow.isShared = true
        flow.tags = []
        flow.latest = 77
        flow.owner = Sample.bob
        flow.createdAt = .distantPast
        let updated = try await store.update(flow, for: Sample.ann)
        #expect(updated.name == "Named anew" && updated.endpoint == "anew" && updated.project == "p")
        #expect(updated.published == 1 && updated.isShared && updated.tags.isEmpty)
        #expect(updated.latest == 1 && updated.owner == Sample.ann && updated.createdAt == Sample.start)
        #expect(updated.updatedAt == Sample.now)
        #expect(try await store.flow("1", for: Sample.ann) == updated)
        for published in [0, -1, 2, .max] {
            flow.published = published
            await #expect(throws: WorkspaceError.self) { _ = try await store.update(flow, for: Sample.ann) }
        }
        flow.published = nil
        flow.project = "none"
        await #expect(throws: WorkspaceError.notFound(kind: "project", id: "none")) {
            _ = try await store.update(flow, for: Sample.ann)
        }
        #expect(try await store.flow("1", for: Sample.ann) == updated)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `ids and endpoints are one set of names within a tenant`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        func create(_ flow: StoredFlow) async throws {
            _ = try await store.create(flow, definition: Data(), origin: nil, note: "")
        }
        try await create(Sample.flow("1", endpoint: "ask"))
        for flow in [
            Sample.flow("1", of: Sample.bob), Sample.flow("ask", of: Sample.bob),
            Sample.flow("2", endpoint: "ask"), Sample.flow("3", of: Sample.bob, endpoint: "1"),
        ] {
            await #expect(throws: WorkspaceError.self, "\(flow.id) \(flow.endpoint ?? "")") {
                try await create(flow)
            }
        }
        for endpoint in ["", "a b", "ä", "a/b", "4E1CD6D3-7F0B-4E10-9F2C-1A2B3C4D5E6F"] {
            await #expect(throws: WorkspaceError.self, "\(endpoint)") {
                try await create(Sample.flow("4", endpoint: endpoint))
            }
        }
        try await create(Sample.flow("1", of: Sample.otherAnn, endpoint: "ask"))
        #expect(try await store.flow("ask", for: Sample.ann).owner == Sample.ann)
        #expect(try await store.flow("ask", for: Sample.otherAnn).owner == Sample.otherAnn)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `lists one's own and the shared flows page by page, each once`(engine: WorkspaceEngine) async throws
    {
        let store = try await engine.open()
        var expected: [String] = []
        for number in 0..<30 {
            let (owner, isShared) = ([Sample.ann, Sample.bob][number % 2], number % 3 == 0)
            // Many of one name: ids tell them apart.
            let flow = Sample.flow("id-\(100 + number)", "N\(number % 4)", of: owner, isShared: isShared)
            _ = try await store.create(flow, definition: Data(), origin: nil, note: "")
            if owner == Sample.ann || isShared { expected.append("N\(number % 4) id-\(100 + number)") }
        }
        var found: [StoredFlow] = []
        while true {
            let page = try await store.flows(for: Sample.ann, project: nil, after: found.last, limit: 7)
            if page.isEmpty { break }
            #expect(page.count <= 7)
            found += page
            // What comes and goes before the place that was reached moves nothing behind it.
            _ = try await store.create(
                Sample.flow("new-\(found.count)", "A"), definition: Data(), origin: nil, note: "")
        }
        #expect(found.map { "\($0.name) \($0.id)" } == expected.sorted())
        #expect(try await store.flows(for: Sample.ann, project: nil, after: nil, limit: -5).isEmpty)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `projects hold flows, which outlive them`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let project = Project(id: "p", owner: Sample.ann, name: "P", description: "d")
        #expect(try await store.save(project, for: Sample.ann) == project)
        _ = try await store.create(
            Sample.flow("1", project: "p"), definition: Data(), origin: nil, note: "")
        _ = try await store.create(
            Sample.flow("2", isShared: true), definition: Data(), origin: nil, note: "")
        let inside = try await store.flows(for: Sample.ann, project: "p", after: nil, limit: 9)
        #expect(inside.map(\.id) == ["1"] && inside.first?.project == "p")
        #expect(try await store.flows(for: Sample.ann, project: "p", after: inside[0], limit: 9).isEmpty)
        var renamed = project
        renamed.name = "Q"
        _ = try await store.save(renamed, for: Sample.ann)
        #expect(try await store.projects(for: Sample.ann) == [renamed])
        try await store.delete(project: "p", for: Sample.ann)
        #expect(try await store.flow("1", for: Sample.ann).project == nil)
        #expect(try await store.projects(for: Sample.ann).isEmpty)
        await #expect(throws: WorkspaceError.notFound(kind: "project", id: "p")) {
            try await store.delete(project: "p", for: Sample.ann)
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `a flow that goes takes its conversations and what waits along`(engine: WorkspaceEngine) async throws
    {
        let store = try await engine.open()
        _ = try await store.create(
            Sample.flow("f", isShared: true), definition: Data(), origin: nil, note: "")
        let gone = Sample.key("s", of: Sample.bob)
        let kept = [Sample.key("s", "g"), Sample.key("s", of: Sample.otherAnn)]
        for key in [gone] + kept { try await store.append([Sample.message("\(key.flow)1", in: key, "x")]) }
        _ = try await store.enqueue(Sample.run("running", of: Sample.bob), key: nil)
        let lease = try #require(try await store.lease().first).lease
        _ = try await store.enqueue(Sample.run("queued", of: Sample.bob), key: nil)
        _ = try await store.enqueue(Sample.run("elsewhere", of: Sample.otherAnn), key: nil)
        try await store.delete(flow: "f", for: Sample.ann)
        await #expect(throws: WorkspaceError.notFound(kind: "flow", id: "f")) {
            _ = try await store.flow("f", for: Sample.ann)
        }
        await #expect(throws: WorkspaceError.self) { _ = try await store.conversation(gone) }
        #expect(try await store.messages(of: gone, before: nil, limit: 9).isEmpty)
        for key in kept { #expect(try await store.conversation(key).messageCount == 1) }
        let queued = try await store.run("queued", for: Sample.bob)
        #expect(queued.state == .cancelled && queued.endedAt == Sample.now)
        let renewed = try await store.renew(lease, for: .seconds(60), at: Sample.start)
        #expect(renewed.isCancelRequested)
        #expect(try await store.run("elsewhere", for: Sample.otherAnn).state == .queued)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `saves that come at once are versions one behind another`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        _ = try await store.create(Sample.flow("1"), definition: Data(), origin: nil, note: "")
        let numbers = try await withThrowingTaskGroup(of: Int.self) { group in
            for part in 0..<40 {
                group.addTask {
                    try await store.save(
                        Data("\(part)".utf8), origin: nil, note: "", asVersionOf: "1", for: Sample.ann,
                        expecting: nil
                    ).number
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(numbers.sorted() == Array(2...41))
    }
}
