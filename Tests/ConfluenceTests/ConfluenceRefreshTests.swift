import Corpus
import EngineSupport
import Foundation
import Ingest
import Logging
import TestSupport
import Testing

@testable import Confluence
@testable import Documents

@Suite struct `A refresh that meets trouble` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: SyncSetting.all, [401, 403])
    func `closes one content that it may not see, with all below it, and reads the others`(
        setting: SyncSetting, status: Int
    ) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.change([Change(id: "20", version: 2, body: "<p>We stay</p>")])
        try await server.order("api/v2/pages/11$|rest/api/content/11\\?", status: status, times: 99)
        let report = try await bench.refresh(.content("11"), .content("20"))
        #expect(report.stopReason == nil && report.pages.failed == 1, "\(report)")
        for id in ["11", "12", "13", "30", "31"] {
            #expect(try await bench.store.storedDocument(id: id)?.readers == .nobody, "\(id)")
        }
        #expect(try await bench.text("20")?.contains("We stay") == true)
    }

    @Test(arguments: SyncSetting.all)
    func `closes what is stored though another chunker cut it`(setting: SyncSetting) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.order("api/v2/pages/14$|rest/api/content/14\\?", status: 403, times: 99)
        let chunker = try ChunkerConfiguration(maxTokens: 64, mergeBelowTokens: 8, overlapTokens: 0)
        let source = try bench.source().refresh([.content("14")])
        _ = await bench.pipeline { $0.chunker = chunker }.run(source)
        for id in ["14", "32", "att40"] {
            #expect(try await bench.store.storedDocument(id: id)?.readers == .nobody, "\(id)")
        }
    }

    @Test(arguments: SyncSetting.all, [[ConfluenceTarget.site, .tree("14")], [.space("DOC")]])
    func `reads anew what a listing that broke off is too old to know`(
        setting: SyncSetting, targets: [ConfluenceTarget]
    ) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.order([
            .init(match: "child/comment|-comments", status: 401, times: 99),
            .init(match: "limit=1$", status: 401, times: 99),
        ])
        #expect(try await bench.sync { $0.fullSyncEvery = 1 }.exitCode == 1)
        try await server.order([])
        try await server.change([Change(id: "14", groups: ["board"])])
        let report = await bench.pipeline().run(try bench.source().refresh(targets))
        #expect(report.exitCode == 0, "\(report)")
        for id in ["14", "32", "att40"] { #expect(try await !bench.mayRead(id, "group:staff"), "\(id)") }
    }
}

@Suite struct `A refresh takes away` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: SyncSetting.all)
    func `an attachment and a comment that are gone from their page`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        try await bench.server.change([Change(id: "att40", remove: true)])
        let report = try await bench.refresh(.content("14"))
        #expect(report.exitCode == 0 && report.pages.removed == 1, "\(report)")
        #expect(try await !bench.ids.contains("att40"))
        #expect(try await bench.ids.isSuperset(of: ["14", "32"]))
        try await bench.server.change([Change(id: "32", remove: true)])
        try await bench.refresh(.content("14"))
        #expect(try await !bench.ids.contains("32"))
        #expect(try await bench.ids.contains("14"))
    }

    @Test(arguments: SyncSetting.all)
    func `a page that left the scope, until it is back`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        let source = try bench.source { $0.scope.excludedLabels = ["secret"] }
        _ = await bench.pipeline().run(source)
        let ids = try await bench.ids
        try await bench.server.change([Change(id: "14", labels: ["secret"])])
        let report = await bench.pipeline().run(source.refresh([.content("14")]))
        #expect(report.exitCode == 0, "\(report)")
        #expect(try await bench.ids == ids.subtracting(["14", "32", "att40"]))
        try await bench.server.change([Change(id: "14", labels: [])])
        _ = await bench.pipeline().run(source.refresh([.content("14")]))
        #expect(try await bench.ids == ids)
    }

    @Test(arguments: SyncSetting.all)
    func `nothing of a space whose first sync is under way`(setting: SyncSetting) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        let ids = try await bench.ids
        let ledger = ConfluenceLedger(store: bench.store, source: server.base)
        let page = try await #require(try ledger.entry("14")?.content)
        try await bench.store.forgetSync(source: server.base, space: "DOC")
        let state = try await bench.store.beginSync(
            source: server.base, space: "DOC", isFull: true, at: Date())
        try await ledger.put([page], space: "DOC", run: state.run)
        #expect(try await bench.refresh(.content("14")).pages.removed == 0)
        #expect(try await bench.ids == ids)
        #expect(try await bench.mayRead("14", "group:staff"))
        // Known from another space it has readers that it may no longer have.
        try await ledger.put([page], space: "OPEN", run: state.run)
        #expect(try await bench.refresh(.content("14")).pages.removed == 0)
        #expect(try await bench.ids == ids)
        #expect(try await !bench.mayRead("14", "group:staff"))
    }

    @Test(arguments: StorageEngine.allCases)
    func `readers of pages below a folder with those of what is above it`(engine: StorageEngine) async throws
    {
        let server = try ConfluenceTestServer(.cloud)
        try await server.change([
            Change(id: "90", type: "folder", space: "1001", title: "Folder", parent: "10"),
            Change(
                id: "91", type: "page", space: "1001", title: "Inside", parent: "90", parentType: "folder",
                body: "<p>x</p>"),
            Change(id: "92", type: "page", space: "1001", title: "Deep", parent: "91", body: "<p>y</p>"),
        ])
        let bench = try await SyncBench(server, engine)
        try await bench.sync()
        #expect(try await bench.mayRead("91", "group:staff"))
        #expect(try await bench.mayRead("92", "group:staff"))
        try await server.change([Change(id: "10", groups: ["board"])])
        try await bench.refresh(.tree("10"))
        for id in ["91", "92"] {
            #expect(try await !bench.mayRead(id, "group:staff"), "\(id)")
            #expect(try await bench.mayRead(id, "group:staff", "group:board"), "\(id)")
        }
        // A folder is no content that can be read, but what is below it is.
        try await server.change([Change(id: "90", groups: ["leads"])])
        try await bench.refresh(.tree("90"))
        for id in ["91", "92"] {
            #expect(try await !bench.mayRead(id, "group:staff", "group:board"), "\(id)")
        }
    }
}

@Suite struct `What becomes of a request` {
    private func worker(_ bench: SyncBench, _ clock: ManualTime) -> RefreshWorker {
        RefreshWorker(
            store: bench.store, pipeline: bench.pipeline(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: { clock.now }
        ) { targets in try bench.source().refresh(targets.compactMap { ConfluenceTarget($0) }) }
    }

    /// The targets that wait, however long they were put off.
    private func waiting(_ bench: SyncBench) async throws -> [String] {
        try await bench.store.dueRefreshes(at: .distantFuture, limit: 99).map(\.target)
    }

    @Test(arguments: StorageEngine.allCases)
    func `it waits as it did when its reading was interrupted`(engine: StorageEngine) async throws {
        let server = try ConfluenceTestServer(.dataCenter)
        let bench = try await SyncBench(server, engine)
        try await bench.sync()
        let worker = worker(bench, ManualTime(Date()))
        try await server.order([.init(match: "rest/api/content/14\\?", times: 9, broken: "hang")])
        try await worker.request(["content:14"])
        let before = try await server.log().count
        let reading = Task { await worker.drain() }
        while try await server.log().count == before { try await Task.sleep(for: .milliseconds(10)) }
        reading.cancel()
        #expect(await reading.value?.isInterrupted == true)
        #expect(try await waiting(bench) == ["content:14"])
        #expect(try await bench.store.dueRefreshes(at: Date(), limit: 9).first?.attempts == 0)
    }

    @Test(arguments: StorageEngine.allCases)
    func `it is tried again when something had to be closed for it`(engine: StorageEngine) async throws {
        let server = try ConfluenceTestServer(.dataCenter)
        let bench = try await SyncBench(server, engine)
        try await bench.sync()
        let clock = ManualTime(Date())
        let worker = worker(bench, clock)
        try await server.order("/group/staff/member", status: 503)
        try await worker.request(["group:staff"])
        #expect(await worker.drain()?.closed.count == 1)
        #expect(try await !bench.mayRead("10", "user:bob"))
        #expect(try await waiting(bench) == ["group:staff"])
        clock.now += 60
        #expect(await worker.drain()?.exitCode == 0)
        #expect(try await bench.mayRead("10", "user:bob"))
        #expect(try await waiting(bench).isEmpty)
    }

    @Test(arguments: ["site:all", "space:DOC"], StorageEngine.allCases)
    func `it is done when a sync ended, though a page of it stays bad`(target: String, engine: StorageEngine)
        async throws
    {
        let server = try ConfluenceTestServer(.dataCenter)
        let bench = try await SyncBench(server, engine)
        try await bench.sync()
        try await server.change([.init(id: "14", version: 2, body: "<p>Pull the plug</p>")])
        try await server.order(bodyOf: "14", status: 500, times: 99)
        let worker = worker(bench, ManualTime(Date()))
        try await worker.request([target])
        let report = try #require(await worker.drain())
        #expect(report.stopReason == nil && report.pages.failed == 1, "\(report)")
        #expect(try await waiting(bench).isEmpty)
    }

    @Test(arguments: StorageEngine.allCases)
    func `it is tried again alone when its space could not be listed`(engine: StorageEngine) async throws {
        let server = try ConfluenceTestServer(.dataCenter)
        let bench = try await SyncBench(server, engine)
        try await bench.sync()
        try await server.change([.init(id: "14", version: 2, body: "<p>Pull the plug</p>")])
        try await server.order("content/scan", status: 403, times: 99)
        let worker = worker(bench, ManualTime(Date()))
        try await worker.request(["space:DOC", "content:14"])
        let report = try #require(await worker.drain())
        #expect(report.stopReason == nil && report.pages.updated == 1, "\(report)")
        #expect(try await waiting(bench) == ["space:DOC"])
    }
}
