import Corpus
import CorpusSQLite
import EngineSupport
import Foundation
import Ingest
import Sourcing
import TestSupport
import Testing

@testable import Confluence

@Suite struct `An incremental sync` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: SyncSetting.all)
    func `of what did not change fetches no body and embeds no text`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        let first = try await bench.sync()
        #expect(first.exitCode == 0, "\(first)")
        #expect(first.pages.added == 10)
        let embedded = bench.embedder.texts.count
        let generation = try await bench.store.generation
        let requests = try await bench.requests {
            let second = try await bench.sync()
            #expect(second.exitCode == 0, "\(second)")
            #expect(second.pages.unchanged == 10 && second.pages.leftOut == first.pages.leftOut)
        }
        #expect(!requests.contains(where: SyncBench.isBody), "\(requests)")
        #expect(!requests.contains { $0.contains("child/comment") || $0.contains("comments?") })
        #expect(bench.embedder.texts.count == embedded)
        #expect(try await bench.store.generation == generation)
    }

    @Test(arguments: SyncSetting.all)
    func `follows an edit, a new page, a removed one, a new comment and a new attachment`(
        setting: SyncSetting
    ) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        let now = Date().formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
        try await bench.server.change([
            Change(id: "14", version: 2, body: "<p>Pull the plug</p>", when: now),
            Change(
                id: "16", type: "page", space: "1001", title: "Fresh", parent: "10", body: "<p>New</p>",
                when: now),
            Change(
                id: "33", type: "comment", space: "1001", title: "", body: "<p>Me too</p>", container: "10",
                when: now),
            Change(
                id: "att42", type: "attachment", space: "1001", title: "more.txt", container: "20", when: now,
                mediaType: "text/plain", data: "More of it"),
            Change(id: "13", remove: true),
        ])
        bench.wait(60)
        let report = try await bench.sync()
        #expect(report.exitCode == 0, "\(report)")
        #expect(report.pages.added == 3 && report.pages.updated == 1 && report.pages.removed == 1)
        #expect(try await bench.text("14")?.contains("Pull the plug") == true)
        #expect(try await bench.text("33")?.contains("Me too") == true)
        #expect(try await bench.text("att42")?.contains("More of it") == true)
        #expect(try await bench.store.storedDocument(id: "13") == nil)
    }

    @Test(arguments: SyncSetting.all)
    func `sees a restriction that changed alone, on the page and on any ancestor`(setting: SyncSetting)
        async throws
    {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        #expect(try await bench.mayRead("14", "group:staff"))
        #expect(try await bench.mayRead("att40", "group:staff"))
        #expect(try await bench.mayRead("32", "group:staff"))
        let embedded = bench.embedder.texts.count
        try await bench.server.change([Change(id: "10", groups: ["board"])])
        let closing = try await bench.sync()
        #expect(closing.pages.readersChanged >= 9 && closing.exitCode == 0, "\(closing)")
        for id in ["10", "14", "att40", "32"] {
            #expect(try await !bench.mayRead(id, "group:staff"), "\(id)")
            #expect(try await bench.mayRead(id, "group:staff", "group:board"), "\(id)")
        }
        try await bench.server.change([Change(id: "10", groups: [])])
        try await bench.sync()
        #expect(try await bench.mayRead("14", "group:staff"))
        #expect(bench.embedder.texts.count == embedded)
    }

    @Test(arguments: SyncSetting.all)
    func `sees other viewers of the space`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        try await bench.server.changeSpaces([.init(key: "DOC", viewers: [["group": "board"]])])
        try await bench.sync()
        #expect(try await !bench.mayRead("10", "group:staff"))
        #expect(try await bench.mayRead("10", "group:board"))
    }

    @Test(arguments: SyncSetting.all)
    func `knows a user by its groups, and no longer once it left them`(setting: SyncSetting) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        let accounts = try await server.accountIDs()
        func user(_ name: String) -> String {
            "user:" + (setting.flavour == .cloud ? accounts[name] ?? "" : name)
        }
        try await bench.sync()
        #expect(try await bench.mayRead("10", user("bob")))
        #expect(try await !bench.mayRead("11", user("bob")), "bob is no lead")
        #expect(try await bench.mayRead("11", user("ann")))
        // Who brings groups is not given any.
        #expect(try await !bench.mayRead("10", user("bob"), "group:other"))
        let generation = try await bench.store.generation
        try await server.regroup(["staff": ["ann"], "leads": ["bob"]])
        let report = try await bench.sync()
        #expect(report.pages.unchanged == 10)
        #expect(try await bench.store.generation > generation, "what was cached for readers is out of date")
        #expect(try await !bench.mayRead("10", user("bob")))
        #expect(try await !bench.mayRead("11", user("ann")))
    }

    @Test(arguments: SyncSetting.all)
    func `closes what a group opened when its members cannot be read`(setting: SyncSetting) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        let ann = setting.flavour == .cloud ? try await server.accountIDs()["ann"] ?? "" : "ann"
        try await bench.sync()
        #expect(try await bench.mayRead("11", "user:\(ann)"))
        try await server.order("/member", status: 403, times: 99)
        let report = try await bench.sync()
        #expect(report.exitCode == 3)
        #expect(report.closed.contains { $0.contains("leads") && $0.contains("nobody") })
        #expect(try await !bench.mayRead("11", "user:\(ann)"))
        // The page itself is not closed to who brings the groups.
        #expect(try await bench.mayRead("11", "group:staff", "group:leads"))
    }

    @Test(arguments: SyncSetting.all)
    func `moves a page to the space it moved to, without a new version`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(
            try ConfluenceTestServer(setting.flavour), setting.engine, spaces: ["DOC", "OPEN"])
        try await bench.sync()
        let embedded = bench.embedder.texts.count
        try await bench.server.change([Change(id: "14", space: "1002", parent: "50")])
        let report = try await bench.sync()
        #expect(report.pages.removed == 0 && report.exitCode == 0, "\(report)")
        let place = try #require(try await bench.store.storedDocument(id: "14")?.place)
        #expect(place.spaceKey == "OPEN" && place.ancestors.map(\.title) == ["For all"])
        #expect(try await bench.mayRead("14"))
        #expect(bench.embedder.texts.count == embedded)
    }

    @Test(arguments: SyncSetting.all)
    func `notices a comment that went when every page is listed anew`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        try await bench.server.change([Change(id: "31", remove: true)])
        try await bench.sync { $0.fullSyncEvery = 1 }
        #expect(try await !bench.ids.contains("31"))
        #expect(try await bench.ids.contains("30"))
    }

    @Test(arguments: SyncSetting.all)
    func `lists everything when the search cannot be asked`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        try await bench.server.change([
            Change(
                id: "33", type: "comment", space: "1001", title: "", body: "<p>Me too</p>", container: "10")
        ])
        try await bench.server.order("content/search\\?cql=type", status: 500, times: 9)
        let report = try await bench.sync()
        #expect(report.exitCode == 0)
        #expect(report.warnings.contains { $0.message.contains("search") })
        #expect(try await bench.ids.contains("33"))
    }
}

@Suite struct `A sync that meets trouble` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: SyncSetting.all)
    func `removes nothing when a listing did not finish`(setting: SyncSetting) async throws {
        let server = try ConfluenceTestServer(setting.flavour, "--max-limit", "2")
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        let ids = try await bench.ids
        try await server.change([Change(id: "13", remove: true)])
        let second = setting.flavour == .cloud ? "/pages\\?.*cursor" : "content(/scan)?\\?.*(start=2|cursor)"
        try await server.order(second, status: 403, times: 99)
        let report = try await bench.sync()
        #expect(report.pages.removed == 0 && report.exitCode == 3, "\(report)")
        #expect(try await bench.ids == ids)
        try await server.order([])
        #expect(try await bench.sync().pages.removed == 1)
    }

    @Test(arguments: SyncSetting.all)
    func `goes on from its listing after it was broken off`(setting: SyncSetting) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        // Refused credentials in the middle end the run, as a kill would.
        try await server.order([
            .init(match: "child/comment|-comments", status: 401, times: 99),
            .init(match: "limit=1$", status: 401, times: 99),
        ])
        let broken = try await bench.sync()
        #expect(broken.exitCode == 1, "\(broken)")
        try await server.order([])
        let listing =
            setting.flavour == .cloud ? "/spaces/1001/pages" : "/rest/api/content(/scan)?\\?spaceKey"
        let requests = try await bench.requests {
            let report = try await bench.sync()
            #expect(report.exitCode == 0, "\(report)")
        }
        let pattern = try Regex(listing)
        #expect(!requests.contains { $0.contains(pattern) }, "\(requests)")
        #expect(try await bench.ids.count == 10)
        // The one after that is a sync of its own.
        let next = try await bench.requests { try await bench.sync() }
        #expect(next.contains { $0.contains(pattern) })
    }

    @Test(arguments: StorageEngine.allCases)
    func `lists anew when it was broken off long ago`(engine: StorageEngine) async throws {
        let server = try ConfluenceTestServer(.cloud)
        let bench = try await SyncBench(server, engine)
        try await server.order([
            .init(match: "child/comment|-comments", status: 401, times: 99),
            .init(match: "limit=1$", status: 401, times: 99),
        ])
        #expect(try await bench.sync().exitCode == 1)
        try await server.order([])
        bench.wait(2 * 3600)
        let requests = try await bench.requests { try await bench.sync() }
        #expect(requests.contains { $0.contains("/spaces/1001/pages") })
    }

    @Test(arguments: SyncSetting.all)
    func `stores the version that came with the body of a page that changed while it was listed`(
        setting: SyncSetting
    ) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        let listing =
            setting.flavour == .cloud ? "/spaces/1001/pages" : "/rest/api/content(/scan)?\\?spaceKey"
        try await server.order([
            .init(match: listing, then: [Change(id: "14", version: 5, body: "<p>Changed meanwhile</p>")])
        ])
        let report = try await bench.sync()
        #expect(report.exitCode == 0, "\(report)")
        #expect(try await bench.store.storedDocument(id: "14")?.version == 5)
        #expect(try await bench.text("14")?.contains("Changed meanwhile") == true)
        #expect(try await bench.sync().pages.unchanged == 10)
    }

    @Test(arguments: SyncSetting.all)
    func `says that a space does not exist, reads the others and exits with 3`(setting: SyncSetting)
        async throws
    {
        let bench = try await SyncBench(
            try ConfluenceTestServer(setting.flavour), setting.engine, spaces: ["NOPE", "DOC"])
        let report = try await bench.sync()
        #expect(report.exitCode == 3 && report.pages.added == 10)
        #expect(report.skipped.contains { $0.id == "space:NOPE" && $0.isFailure })
    }

    @Test(arguments: SyncSetting.all)
    func `reads a page that failed in the next sync, though its version is old news`(setting: SyncSetting)
        async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await server.order(bodyOf: "14", status: 500)
        let first = try await bench.sync()
        #expect(first.exitCode == 3 && first.pages.failed == 1, "\(first)")
        try await server.order([])
        let second = try await bench.sync()
        #expect(second.exitCode == 0 && second.pages.added == 1, "\(second)")
    }

    @Test(arguments: SyncSetting.all)
    func `dry changes nothing, embeds nothing, and says what would change`(setting: SyncSetting) async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        let (embedded, generation, ids) = (
            bench.embedder.texts.count, try await bench.store.generation, try await bench.ids
        )
        try await server.change([
            Change(id: "14", version: 2, body: "<p>Pull the plug</p>"),
            Change(id: "16", type: "page", space: "1001", title: "Fresh", parent: "10", body: "<p>New</p>"),
            Change(id: "13", remove: true), Change(id: "20", groups: ["board"]),
        ])
        let dry = try ConfluenceSource(
            configuration: ConfluenceConfiguration(
                baseURL: URL(string: server.base) ?? URL(fileURLWithPath: "/"), flavour: setting.flavour,
                authentication: setting.flavour == .cloud
                    ? .basic(user: "crawler@example.com", token: ConfluenceTestServer.token)
                    : .bearer(token: ConfluenceTestServer.token), spaces: ["DOC"]), client: server.client,
            corpus: SQLiteCorpus.inMemory())
        let report = await bench.pipeline { $0.isDryRun = true }.run(dry)
        let planned = Dictionary(
            (report.planned ?? []).map { ($0.id, $0.change) }, uniquingKeysWith: { first, _ in first })
        #expect(
            planned == ["14": .updated, "16": .added, "13": .removed, "20": .readersChanged], "\(planned)")
        #expect(report.exitCode == 0)
        #expect(bench.embedder.texts.count == embedded)
        #expect(try await bench.store.generation == generation)
        #expect(try await bench.ids == ids)
        let summary = report.summaryLines.joined(separator: "\n")
        #expect(summary.contains("nothing was changed") && summary.contains("16 “Fresh”"))
    }
}
