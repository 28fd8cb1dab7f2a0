import Foundation
import GRDB
import TestSupport
import Testing

@testable import VectorCollections

@Suite(.timeLimit(.minutes(1))) struct `The collections of a folder` {
    private let settings = CollectionSettings(dimension: 2, format: .float32)

    @Test func `are made once, and refuse other settings for a name that is taken`() async throws {
        let fixture = try CollectionFixture()
        let collections = try fixture.open()
        #expect(try await collections.create("a", settings, tenant: "t").isNew)
        #expect(try await collections.create("a", settings, tenant: "t").isNew == false)
        var other = settings
        other.metric = .dot
        await #expect(
            throws: CollectionError.otherSettings(
                name: "a", differences: ["metric is cosine, not dot"])
        ) { try await collections.create("a", other, tenant: "t") }
    }

    @Test func `are each tenant's own`() async throws {
        let fixture = try CollectionFixture()
        let collections = try fixture.open()
        for (tenant, id) in [("one", UInt64(1)), ("two", 2)] {
            _ = try await collections.create("a", settings, tenant: tenant)
            _ = try await collections.upsert(
                [Point(id: .integer(id), vector: [1, 0])], into: "a", tenant: tenant)
        }
        _ = try await collections.create("b", settings, tenant: "two")
        #expect(try await collections.list(tenant: "one").map(\.name) == ["a"])
        #expect(try await collections.list(tenant: "two").map(\.name) == ["a", "b"])
        #expect(try await collections.list(tenant: "three").isEmpty)
        for (tenant, id) in [("one", UInt64(1)), ("two", 2)] {
            let found = try await collections.query(
                [CollectionQuery(vector: [1, 0])], of: "a", tenant: tenant)
            #expect(found.results.first?.map(\.id) == [.integer(id)])
        }
        await #expect(throws: CollectionError.noSuchCollection(name: "b")) {
            try await collections.count("b", tenant: "one")
        }
        try await collections.delete("a", tenant: "one")
        #expect(try await collections.count("a", tenant: "two") == 1)
    }

    @Test(arguments: ["", "a.b", "a/b", "..", "ä", "a b", String(repeating: "a", count: 65)])
    func `have no names but letters, digits, dashes and underscores`(name: String) async throws {
        let fixture = try CollectionFixture()
        let collections = try fixture.open()
        await #expect(throws: CollectionError.self) {
            try await collections.create(name, settings, tenant: "t")
        }
        #expect(!VectorCollections.isName(name))
    }

    @Test func `are gone with their files once they are deleted, and can be made anew`() async throws {
        let fixture = try CollectionFixture()
        let collections = try await fixture.opened(dimension: 2)
        _ = try await collections.upsert(
            [Point(id: .integer(1), vector: [1, 0])], into: fixture.name, tenant: fixture.tenant)
        let files = try fixture.collectionFolder()
        try await collections.delete(fixture.name, tenant: fixture.tenant)
        #expect(!FileManager.default.fileExists(atPath: files.path))
        await #expect(throws: CollectionError.noSuchCollection(name: fixture.name)) {
            try await collections.delete(fixture.name, tenant: fixture.tenant)
        }
        _ = try await collections.create(fixture.name, settings, tenant: fixture.tenant)
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant) == 0)
        await collections.close()
        #expect(try await fixture.open().list(tenant: fixture.tenant).map(\.points) == [0])
    }

    @Test func `are closed for others when too many are open, and opened when they are asked for`()
        async throws
    {
        let fixture = try CollectionFixture()
        let collections = try fixture.open(CollectionLimits(openCollections: 2))
        for number in 0..<6 {
            _ = try await collections.create("c\(number)", settings, tenant: "t")
            _ = try await collections.upsert(
                [Point(id: .integer(UInt64(number)), vector: [1, 0])], into: "c\(number)", tenant: "t")
        }
        for number in 0..<6 {
            let found = try await collections.query(
                [CollectionQuery(vector: [1, 0])], of: "c\(number)", tenant: "t")
            #expect(found.results.first?.map(\.id) == [.integer(UInt64(number))])
        }
        let list = try await collections.list(tenant: "t")
        #expect(list.filter(\.isOpen).count <= 2)
        #expect(list.map(\.points) == [1, 1, 1, 1, 1, 1])
    }

    @Test func `refuse one more when all that may be open are in use`() async throws {
        let fixture = try CollectionFixture()
        let collections = try fixture.open(CollectionLimits(openCollections: 1))
        for name in ["a", "b"] { _ = try await collections.create(name, settings, tenant: "t") }
        let used = try await collections.lease(CollectionKey(tenant: "t", name: "a"))
        #expect(await refusal { try await collections.count("b", tenant: "t") }?.isBusy == true)
        used.release()
        #expect(try await collections.count("b", tenant: "t") == 0)
    }

    @Test func `can be opened by one process at a time, and after it was closed`() async throws {
        let fixture = try CollectionFixture()
        do {
            let collections = try fixture.open()
            #expect(throws: CollectionError.inUse(folder: fixture.folder.path)) { try fixture.open() }
            await collections.close()
            let refused = await refusal { try await collections.list(tenant: "t") }
            #expect(refused == nil)
            #expect(await refusal { try await collections.count(fixture.name, tenant: "t") }?.isBusy == true)
        }
        _ = try fixture.open()
    }

    @Test func `are served beside one that a newer version has written, which stays`() async throws {
        let fixture = try CollectionFixture()
        await (try await fixture.opened()).close()
        let catalog = try Catalog(at: fixture.folder)
        let settings = #"{"dimension":2,"metric":"cosine","spread":9,"version":2}"#
        try catalog.perform { db in
            try db.execute(
                sql: "INSERT INTO collections VALUES ('acme', 'newer', 'c-newer', ?, 0, 7)",
                arguments: [settings])
        }
        catalog.close()
        let newer = fixture.folder.appendingPathComponent("c-newer")
        try FileManager.default.createDirectory(at: newer, withIntermediateDirectories: true)
        let collections = try fixture.open()
        let fault = CollectionError.newerCollection(name: "newer", found: 2, supported: 1)
        #expect(collections.unreadable == [fault])
        #expect(try await collections.list(tenant: fixture.tenant).map(\.name) == [fixture.name])
        #expect(try await collections.count(fixture.name, tenant: fixture.tenant) == 0)
        #expect(await refusal { try await collections.count("newer", tenant: fixture.tenant) } == fault)
        #expect(await refusal { try await collections.info("newer", tenant: fixture.tenant) } == fault)
        let made = await refusal {
            try await collections.create("newer", self.settings, tenant: fixture.tenant)
        }
        #expect(made == fault)
        #expect(FileManager.default.fileExists(atPath: newer.path))
        #expect(fault.description.contains("“newer”") && fault.description.contains("version 2"))
        try await collections.delete("newer", tenant: fixture.tenant)
        #expect(collections.unreadable.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: newer.path))
    }

    @Test func `lose what a kill left half made`() async throws {
        let fixture = try CollectionFixture()
        await (try await fixture.opened()).close()
        let left = ["c-half", "upload-half", "snapshot-half"].map {
            fixture.folder.appendingPathComponent($0)
        }
        for file in left { try Data("x".utf8).write(to: file) }
        let other = fixture.folder.appendingPathComponent("notes.txt")
        try Data("x".utf8).write(to: other)
        let again = try fixture.open()
        for file in left { #expect(!FileManager.default.fileExists(atPath: file.path)) }
        #expect(FileManager.default.fileExists(atPath: other.path))
        #expect(try await again.count(fixture.name, tenant: fixture.tenant) == 0)
    }

    @Test func `have limits of number and of vectors`() async throws {
        let fixture = try CollectionFixture()
        let limits = CollectionLimits(collectionsPerTenant: 2, vectors: 3)
        let collections = try fixture.open(limits)
        for name in ["a", "b"] { _ = try await collections.create(name, settings, tenant: "t") }
        await #expect(throws: CollectionError.tooManyCollections(limit: 2)) {
            try await collections.create("c", settings, tenant: "t")
        }
        let points = (0..<4).map { Point(id: .integer(UInt64($0)), vector: [1, Float($0)]) }
        await #expect(throws: CollectionError.tooManyVectors(limit: 3)) {
            try await collections.upsert(points, into: "a", tenant: "t")
        }
        #expect(try await collections.count("a", tenant: "t") == 0)
        _ = try await collections.upsert(Array(points.prefix(2)), into: "a", tenant: "t")
        _ = try await collections.upsert(Array(points.prefix(1)), into: "b", tenant: "t")
        // Replaced points need no room.
        let replaced = try await collections.upsert(Array(points.prefix(2)), into: "a", tenant: "t")
        #expect(replaced == ChangeReport(replaced: 2))
        await #expect(throws: CollectionError.tooManyVectors(limit: 3)) {
            try await collections.upsert(Array(points.suffix(1)), into: "b", tenant: "t")
        }
        _ = try await collections.remove([.integer(0)], from: "a", tenant: "t")
        _ = try await collections.upsert(Array(points.suffix(1)), into: "b", tenant: "t")
    }
}
