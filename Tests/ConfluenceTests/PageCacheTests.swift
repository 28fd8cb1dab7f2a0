import Corpus
import Foundation
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `Page cache` {
    private let folder: TemporaryDirectory
    private let store: FolderBlobStore
    private let cache: PageCache

    init() throws {
        folder = try TemporaryDirectory()
        store = FolderBlobStore(folder: folder.url.appendingPathComponent("pages"))
        cache = PageCache(store, site: URL(filePath: "/h"))
    }

    @Test func `a body comes back by its id and version, and by no other`() async {
        await cache.keep("<p>ä\u{0}</p>", of: "12", version: 3)
        #expect(await cache.body(of: "12", version: 3) == "<p>ä\u{0}</p>")
        #expect(await cache.body(of: "12", version: 4) == nil)
        #expect(await cache.body(of: "2", version: 3) == nil)
        let other = PageCache(store, site: URL(filePath: "/other"))
        #expect(await other.body(of: "12", version: 3) == nil)
        await cache.keep("", of: "12", version: 3)
        #expect(await cache.body(of: "12", version: 3) == "")
    }

    @Test(arguments: ["", "../../etc/passwd", "a/b", ".", "1@2", String(repeating: "1", count: 500)])
    func `an id that is none names no file`(id: String) async throws {
        await cache.keep("x", of: id, version: 1)
        #expect(await cache.body(of: id, version: 1) == nil)
        #expect(!FileManager.default.fileExists(atPath: store.folder.path))
    }

    @Test func `a file that was torn or changed is no body`() async throws {
        await cache.keep("<p>whole</p>", of: "12", version: 3)
        let key = try #require(try await store.list(under: "site-file____h").first?.key)
        let file = store.folder.appendingPathComponent(key)
        let data = try Data(contentsOf: file)
        for damaged in [Data(), data.prefix(20), data.dropLast(), Data(count: data.count), data + [10]] {
            try damaged.write(to: file)
            #expect(await cache.body(of: "12", version: 3) == nil)
        }
    }

    @Test func `only the owner may read what is kept`() async throws {
        await cache.keep("secret", of: "12", version: 3)
        let key = try #require(try await store.list(under: "site-file____h").first?.key)
        let path = store.folder.appendingPathComponent(key).path
        var status = stat()
        #expect(stat(path, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    @Test func `pruning drops superseded versions and pages that are gone, then the oldest`() async throws {
        for (id, version) in [("1", 1), ("1", 2), ("2", 1), ("3", 1), ("4", 1)] {
            await cache.keep(String(repeating: "x", count: 100), of: id, version: version)
        }
        let current = ["1": 2, "3": 1, "4": 1]
        #expect(try await cache.prune(toBytes: 1 << 20) { current[$0] } == 2)
        #expect(await cache.body(of: "1", version: 2) != nil)
        #expect(await cache.body(of: "2", version: 1) == nil)
        let size = try #require(try await store.list(under: "site-file____h").first?.byteCount)
        #expect(try await cache.prune(toBytes: size) { current[$0] } == 2)
        #expect(try await store.list(under: "site-file____h").count == 1)
    }

    @Test func `a folder that cannot be written costs nothing but the cache`() async throws {
        let file = folder.url.appendingPathComponent("file")
        try Data().write(to: file)
        let cache = PageCache(FolderBlobStore(folder: file), site: URL(filePath: "/h"))
        await cache.keep("x", of: "1", version: 1)
        #expect(await cache.body(of: "1", version: 1) == nil)
    }

    @Test(arguments: `Live Confluence`.flavours)
    func `a second reading with the same versions fetches no body`(
        flavour: ConfluenceConfiguration.Flavour
    ) async throws {
        let server = try ConfluenceTestServer(flavour)
        let first = await Reading(try server.source { $0.cache = cache })
        let count = try await server.log().count
        let second = await Reading(try server.source { $0.cache = cache })
        #expect(second.documents.count == first.documents.count)
        for document in first.documents {
            #expect(second.body(document.document.id) == first.body(document.document.id))
            #expect(second.document(document.document.id)?.document.labels == document.document.labels)
        }
        let bodies = try await server.log().dropFirst(count).filter { $0.contains("body") }
        #expect(bodies == [])
        // A new version is fetched.
        try await server.change([ConfluenceTestServer.Change(id: "14", version: 9, body: "<p>new</p>")])
        #expect(await Reading(try server.source { $0.cache = cache }).body("14") == "<p>new</p>")
    }
}
