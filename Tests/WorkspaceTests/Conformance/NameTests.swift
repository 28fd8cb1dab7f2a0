import Foundation
import TestSupport
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Names` {
    /// As long as one may be, and such that nothing makes it shorter.
    private static func longName(_ seed: UInt64) -> String {
        var numbers = SeededGenerator(seed: seed)
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
        return String(
            (0..<WorkspaceLimits.nameBytes).map { _ in letters[Int.random(in: 0..<64, using: &numbers)] })
    }

    @Test(arguments: WorkspaceEngine.all)
    func `may all be as long as one may be, and differ in their last letter`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let name = Self.longName(1)
        let names = ["x", "y"].map { "\(name.dropLast())\($0)" }
        let owner = Owner(name: Self.longName(2))
        _ = try await store.save(Project(id: name, owner: owner, name: name), for: owner)
        for each in names {
            let flow = Sample.flow(each, name, of: owner, endpoint: "e\(each.dropFirst())", project: name)
            _ = try await store.create(flow, definition: Data(), origin: nil, note: "")
            #expect(try await store.flow("e\(each.dropFirst())", for: owner).id == each)
            _ = try await store.add(Sample.file("file \(each.suffix(9))", each, of: owner, flow: name))
            _ = try await store.save(Sample.variable(each, each, of: owner))
            let key = Sample.key(each, name, of: owner)
            try await store.append([Sample.message(each, in: key, each)])
            #expect(try await store.messages(of: key, before: nil, limit: 9).map(\.id) == [each])
        }
        let flows = try await store.flows(for: owner, project: name, after: nil, limit: 1)
        #expect(flows.map(\.id) == [names[0]])
        let rest = try await store.flows(for: owner, project: nil, after: flows.last, limit: 9)
        #expect(rest.map(\.id) == [names[1]])
        let files = try await store.files(for: owner, flow: name, after: nil, limit: 1)
        #expect(files.map(\.name) == [names[0]])
        #expect(
            try await store.files(for: owner, flow: name, after: files.last, limit: 9).map(\.name)
                == [names[1]])
        #expect(try await store.file(named: names[1], flow: name, for: owner).name == names[1])
        #expect(try await store.variables(for: owner).map(\.name) == names)
        let conversations = try await store.conversations(for: owner, flow: name, after: nil, limit: 1)
        #expect(conversations.map(\.key.session) == [names[1]])
        let before = try await store.conversations(
            for: owner, flow: name, after: conversations.last, limit: 9)
        #expect(before.map(\.key.session) == [names[0]])
        await #expect(throws: WorkspaceError.nameTaken(kind: "session", name: names[1])) {
            try await store.move(Sample.key(names[0], name, of: owner), toSession: names[1])
        }
    }

    @Test(arguments: WorkspaceEngine.all)
    func `stand in the order of their bytes, whatever language the database speaks`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        let names = ["b", "B", "a b", "ab", "ä", "a", "_a", "Z", "é", "e\u{301}", "😀", "\u{FFFD}", "10", "9"]
        let sorted = names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
        for name in names {
            let id = name.utf8.map { String($0) }.joined(separator: "-")
            _ = try await store.create(Sample.flow(id, name), definition: Data(), origin: nil, note: "")
            _ = try await store.save(Project(id: id, owner: Sample.ann, name: name), for: Sample.ann)
            _ = try await store.add(Sample.file(id, name))
            _ = try await store.save(Sample.variable(id, name))
        }
        // Compared by their bytes as well: Swift takes two ways to write one letter for equal.
        func bytes(_ names: [String]) -> [[UInt8]] { names.map { Array($0.utf8) } }
        var flows: [StoredFlow] = []
        while let next = try await store.flows(for: Sample.ann, project: nil, after: flows.last, limit: 1)
            .first
        {
            flows.append(next)
        }
        #expect(bytes(flows.map(\.name)) == bytes(sorted))
        var files: [StoredFile] = []
        while let next = try await store.files(for: Sample.ann, flow: nil, after: files.last, limit: 1).first
        {
            files.append(next)
        }
        #expect(bytes(files.map(\.name)) == bytes(sorted))
        #expect(bytes(try await store.projects(for: Sample.ann).map(\.name)) == bytes(sorted))
        #expect(bytes(try await store.variables(for: Sample.ann).map(\.name)) == bytes(sorted))
    }
}
