import Foundation
import Testing
import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Files` {
    @Test(arguments: WorkspaceEngine.all)
    func `of one name, owner and flow replace each other`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let first = Sample.file("1", "notes.txt")
        #expect(try await store.add(first) == nil)
        #expect(try await store.add(Sample.file("2", "notes.txt", flow: "f")) == nil)
        #expect(try await store.add(Sample.file("3", "notes.txt", of: Sample.bob)) == nil)
        #expect(try await store.add(Sample.file("4", "notes.txt")) == first)
        await #expect(throws: WorkspaceError.notFound(kind: "file", id: "1")) {
            _ = try await store.file("1", for: Sample.ann)
        }
        #expect(try await store.file(named: "notes.txt", flow: nil, for: Sample.ann).id == "4")
        #expect(try await store.file(named: "notes.txt", flow: "f", for: Sample.ann).id == "2")
        // Its bytes lie where they lay: they are not to be removed.
        var changed = Sample.file("4", "notes.txt")
        changed.byteCount = 4
        #expect(try await store.add(changed) == nil)
        #expect(try await store.file("4", for: Sample.ann) == changed)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `of another's id are refused, as their bytes would be the other's`(engine: WorkspaceEngine)
        async throws
    {
        let store = try await engine.open()
        _ = try await store.add(Sample.file("1", "a"))
        _ = try await store.add(Sample.file("2", "b"))
        for file in [Sample.file("1", "a", of: Sample.bob), Sample.file("1", "b"), Sample.file("1", "c")] {
            await #expect(throws: WorkspaceError.nameTaken(kind: "file", name: "1")) {
                _ = try await store.add(file)
            }
        }
        #expect(
            try await store.files(for: Sample.ann, flow: nil, after: nil, limit: 9).map(\.id) == ["1", "2"])
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are listed by name, page by page, and deleted`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        for number in 0..<11 {
            _ = try await store.add(Sample.file("id\(number)", "n\(100 - number)"))
            _ = try await store.add(Sample.file("flow\(number)", "n\(number)", flow: "f"))
        }
        var found: [StoredFile] = []
        while true {
            let page = try await store.files(for: Sample.ann, flow: nil, after: found.last, limit: 4)
            if page.isEmpty { break }
            found += page
            _ = try await store.delete(file: page[0].id, for: Sample.ann)
        }
        #expect(found.map(\.name) == (0..<11).map { "n\(100 - $0)" }.sorted())
        #expect(try await store.files(for: Sample.ann, flow: nil, after: nil, limit: 99).count == 8)
        let gone = try await store.delete(file: "flow1", for: Sample.ann)
        #expect(gone == Sample.file("flow1", "n1", flow: "f"))
        await #expect(throws: WorkspaceError.self) {
            _ = try await store.delete(file: "flow1", for: Sample.ann)
        }
    }
}
