import Corpus
import Foundation
import Ingest
import Sourcing
import TestSupport
import Testing

@testable import Confluence
@testable import Documents

/// What cannot be read any more must not keep the readers that it had when it could.
@Suite struct `Readers of what cannot be read any more` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: SyncSetting.all)
    func `are those of today where the body of a new version cannot be had`(setting: SyncSetting) async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.change([Change(id: "14", version: 2, body: "<p>Secret</p>", groups: ["board"])])
        try await server.order(bodyOf: "14", status: 500, times: 99)
        let report = try await bench.sync()
        #expect(report.exitCode == 3 && report.pages.failed == 1, "\(report)")
        #expect(try await bench.store.storedDocument(id: "14")?.version == 1)
        for id in ["14", "32", "att40"] {
            #expect(try await !bench.mayRead(id, "group:staff"), "\(id) stayed open")
            #expect(try await bench.mayRead(id, "group:staff", "group:board"), "\(id)")
        }
        // And so they are opened again.
        try await server.change([Change(id: "14", groups: [])])
        try await bench.sync()
        #expect(try await bench.mayRead("14", "group:staff"))
    }

    @Test(arguments: SyncSetting.all)
    func `are those of today where an attachment's new version is refused`(setting: SyncSetting) async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.change([
            Change(id: "14", groups: ["board"]),
            Change(
                id: "att40", title: "notes.pdf", version: 2, container: "14", mediaType: "application/pdf",
                data: "nonsense"),
        ])
        let report = try await bench.sync { $0.fullSyncEvery = 1 }
        #expect(report.skipped.contains { $0.id == "att40" && $0.isFailure }, "\(report)")
        #expect(try await bench.store.storedDocument(id: "att40")?.version == 1)
        #expect(try await !bench.mayRead("att40", "group:staff"))
        #expect(try await bench.mayRead("att40", "group:staff", "group:board"))
    }

    @Test(arguments: SyncSetting.all)
    func `are those of today where a comment of another version cannot even be listed`(setting: SyncSetting)
        async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.change([Change(id: "32", version: 2, body: "<p>This one</p>")])
        try await server.order(bodyOf: "32", status: 500, times: 99)
        try await bench.sync { $0.fullSyncEvery = 1 }
        #expect(try await bench.store.storedDocument(id: "32")?.version == 1)
        try await server.change([Change(id: "14", groups: ["board"])])
        try await server.order("/14/(footer-comments|child/comment)", status: 500, times: 9)
        #expect(try await bench.sync { $0.fullSyncEvery = 1 }.exitCode == 3)
        #expect(try await !bench.mayRead("32", "group:staff"))
        #expect(try await bench.mayRead("32", "group:staff", "group:board"))
    }

    @Test(arguments: SyncSetting.all)
    func `are those of today though another chunker cut what is stored`(setting: SyncSetting) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        let scoped = try bench.source { $0.scope.labels = ["runbook"] }
        _ = await bench.pipeline().run(scoped)
        #expect(try await bench.ids == ["14", "32", "att40"])
        try await server.change([Change(id: "14", groups: ["board"])])
        // Labels cannot be read, so the page stays as it is stored.
        try await server.order("content/search", status: 500, times: 999)
        let chunker = try ChunkerConfiguration(maxTokens: 64, mergeBelowTokens: 8, overlapTokens: 0)
        let report = await bench.pipeline { $0.chunker = chunker }.run(scoped)
        #expect(report.exitCode == 3 && report.pages.removed == 0, "\(report)")
        #expect(try await bench.ids == ["14", "32", "att40"])
        for id in ["14", "32", "att40"] {
            #expect(try await !bench.mayRead(id, "group:staff"), "\(id)")
            #expect(try await bench.mayRead(id, "group:staff", "group:board"), "\(id)")
        }
    }

    @Test(arguments: SyncSetting.all)
    func `are none in a space that the site no longer lists, until it does`(setting: SyncSetting) async throws
    {
        let server = try ConfluenceTestServer(setting.flavour, "--generate", "30")
        let bench = try await SyncBench(server, setting.engine, spaces: [])
        try await bench.sync()
        #expect(try await bench.mayRead("100001", "group:staff"))
        let (ids, embedded) = (try await bench.ids, bench.embedder.texts.count)
        try await server.changeSpaces([.init(key: "GEN", status: "archived")])
        let report = try await bench.sync()
        #expect(report.exitCode == 3 && report.refusedRemovals.first?.absent == 30, "\(report)")
        #expect(try await bench.ids == ids)
        for id in ids { #expect(try await bench.store.storedDocument(id: id)?.readers == .nobody, "\(id)") }
        let generation = try await bench.store.generation
        try await bench.sync()
        #expect(try await bench.store.generation == generation, "what is closed is closed once")
        try await server.changeSpaces([.init(key: "GEN", status: "current")])
        #expect(try await bench.sync().exitCode == 0)
        #expect(try await bench.mayRead("100001", "group:staff"))
        #expect(bench.embedder.texts.count == embedded)
    }

    @Test(arguments: SyncSetting.all, ["DOC", "D*"])
    func `are none in a named space that the account may not see any more`(setting: SyncSetting, key: String)
        async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine, spaces: [key, "OPEN"])
        try await bench.sync()
        let (ids, embedded) = (try await bench.ids, bench.embedder.texts.count)
        #expect(try await bench.mayRead("14", "group:staff"))
        #expect(try await bench.mayRead("50"))
        try await server.changeSpaces([.init(key: "DOC", status: "archived")])
        let report = try await bench.sync()
        #expect(report.exitCode == 3 && report.closed.contains { $0.contains("DOC") }, "\(report)")
        #expect(try await bench.ids == ids)
        #expect(try await !bench.mayRead("14", "group:staff"))
        #expect(try await bench.mayRead("50"))
        try await server.changeSpaces([.init(key: "DOC", status: "current")])
        #expect(try await bench.sync().exitCode == 0)
        #expect(try await bench.mayRead("14", "group:staff"))
        #expect(bench.embedder.texts.count == embedded)
    }

    @Test(arguments: SyncSetting.all)
    func `are no members of a group that they left, though the group's space could not be listed`(
        setting: SyncSetting
    ) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        let bob = "user:" + (setting.flavour == .cloud ? try await server.accountIDs()["bob"] ?? "" : "bob")
        // Of another source: this site does not know the group, and must not be asked for it.
        try await bench.store.upsert(space: Space(key: "EXP", name: "Exported"))
        let foreign = Document(
            id: "x1", kind: .page, spaceKey: "EXP", title: "x", text: "",
            readers: AccessRule(allOf: [[.group("elsewhere")]]))
        _ = try await bench.store.replace(
            foreign, contentHash: "", chunkSignature: "", chunks: [], embeddings: [], model: "hashing")
        try await bench.store.setMembers([.user("eve")], of: .group("elsewhere"))
        try await bench.sync()
        #expect(try await bench.mayRead("10", bob))
        try await server.regroup(["staff": ["ann"]])
        let listing =
            setting.flavour == .cloud ? "/spaces/1001/pages" : "/rest/api/content(/scan)?\\?spaceKey"
        try await server.order(listing, status: 403, times: 99)
        #expect(try await bench.sync().exitCode == 3)
        #expect(try await !bench.mayRead("10", bob))
        #expect(try await bench.store.knownGroups().contains(.group("elsewhere")))
    }
}

@Suite struct `What hangs below a page` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: SyncSetting.all)
    func `is listed by the next sync when a full one could not`(setting: SyncSetting)
        async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        let list = "/14/(footer-comments|child/comment)"
        try await server.order(list, status: 500)
        #expect(try await bench.sync { $0.fullSyncEvery = 1 }.exitCode == 3)
        let pattern = try Regex(list)
        let requests = try await bench.requests {
            let report = try await bench.sync()
            #expect(report.exitCode == 0, "\(report)")
        }
        #expect(requests.contains { $0.contains(pattern) }, "\(requests)")
        let later = try await bench.requests { try await bench.sync() }
        #expect(!later.contains { $0.contains(pattern) })
    }

    @Test func `is still there when one comment goes while it is asked for replies`() async throws {
        let server = try ConfluenceTestServer(.cloud)
        try await server.change([
            Change(id: "34", type: "comment", space: "1001", title: "", body: "<p>Ok</p>", container: "12")
        ])
        try await server.order([
            .init(match: "pages/12/footer-comments", then: [Change(id: "30", remove: true)])
        ])
        let reading = await Reading(try server.source())
        #expect(reading.error == nil && reading.listed == ["DOC"])
        #expect(reading.document("34") != nil && reading.document("30") == nil)
        #expect(reading.skipped.allSatisfy { !$0.isFailure })
    }
}
