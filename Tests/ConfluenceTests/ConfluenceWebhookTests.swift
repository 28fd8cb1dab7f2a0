import Corpus
import Crypto
import EngineSupport
import Foundation
import Ingest
import Logging
import Synchronization
import TestSupport
import Testing

@testable import Confluence

private func signature(_ body: String, _ secret: String) -> String {
    let code = HMAC<SHA256>.authenticationCode(
        for: Data(body.utf8), using: SymmetricKey(data: Data(secret.utf8)))
    return "sha256=" + code.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
}

@Suite struct `A webhook's delivery` {
    private let webhook = ConfluenceWebhook(secret: "s3cret")

    private func targets(_ body: String, _ headers: [String: String]) throws -> [ConfluenceTarget]? {
        try webhook?.targets(body: Data(body.utf8)) { headers[$0] }
    }

    @Test func `is what its signature says, byte for byte`() throws {
        let body = #"{"event": "page_updated", "page": {"id": 12, "spaceKey": "DOC"}}"#
        #expect(try targets(body, ["X-Hub-Signature": signature(body, "s3cret")]) == [.content("12")])
        for wrong in [
            signature(body, "other"), signature(body + " ", "s3cret"), "sha256=", "sha256=00",
            String(signature(body, "s3cret").dropLast()), "sha1=" + signature(body, "s3cret").dropFirst(7),
            "",
        ] {
            #expect(throws: ConfluenceWebhook.Refusal.wrongSignature, "\(wrong)") {
                try targets(body, ["X-Hub-Signature": wrong])
            }
        }
        #expect(throws: ConfluenceWebhook.Refusal.unsigned) { try targets(body, [:]) }
    }

    @Test func `may carry the secret where nothing can be signed, but a wrong signature outweighs it`() throws
    {
        let body = #"{"event": "page_updated", "pageId": "7"}"#
        #expect(try targets(body, ["X-Millrace-Webhook-Secret": "s3cret"]) == [.content("7")])
        for wrong in ["", "s3cre", "s3cret ", "S3CRET"] {
            #expect(throws: ConfluenceWebhook.Refusal.wrongSignature) {
                try targets(body, ["X-Millrace-Webhook-Secret": wrong])
            }
        }
        #expect(throws: ConfluenceWebhook.Refusal.wrongSignature) {
            try targets(body, ["X-Millrace-Webhook-Secret": "s3cret", "X-Hub-Signature": "sha256=00"])
        }
    }

    @Test func `is no signed one without a secret`() {
        #expect(ConfluenceWebhook(secret: "") == nil)
    }

    @Test(arguments: [
        (#"{"event":"page_created","page":{"id":1}}"#, "content:1"),
        (#"{"event":"page_removed","page":{"id":"1"}}"#, "content:1"),
        (#"{"event":"page_moved","page":{"id":1},"oldParent":{"id":3}}"#, "tree:1"),
        (#"{"event":"page_restored","page":{"id":1}}"#, "tree:1"),
        (#"{"event":"content_permissions_updated","content":{"id":1}}"#, "tree:1"),
        (#"{"event":"blog_trashed","blog":{"id":2}}"#, "content:2"),
        (#"{"event":"comment_created","comment":{"id":5,"parent":{"id":4}}}"#, "content:5"),
        (#"{"event":"attachment_removed","attachedTo":{"id":9},"attachments":[{"id":8}]}"#, "content:9"),
        (#"{"event":"attachment_updated","attachments":[{"id":8}]}"#, "content:att8"),
        (#"{"event":"label_added","label":{"name":"x"},"labeled":{"id":6}}"#, "content:6"),
        (#"{"event":"space_permissions_updated","space":{"key":"DOC"}}"#, "space:DOC"),
        (#"{"event":"group_deleted","group":{"name":"staff"}}"#, "group:staff"),
        (#"{"event":"user_removed_from_group","groupName":"staff"}"#, "group:staff"),
        (#"{"event":"user_deactivated","user":{"username":"ann"}}"#, "groups:all"),
        (#"{"id":77}"#, "content:77"),
        (#"{"event":"page_created"}"#, ""),
        (#"{}"#, ""),
    ])
    func `names what is to be read anew`(body: String, targets wanted: String) throws {
        let found = try targets(body, ["X-Hub-Signature": signature(body, "s3cret")]) ?? []
        #expect(found.map(\.description).joined(separator: " ") == wanted)
        #expect(found.allSatisfy { ConfluenceTarget($0.description) == $0 })
    }

    @Test(arguments: ["", "nonsense", "[1]", "\"page\"", "{", "\u{0}"])
    func `that is no object is refused`(body: String) {
        #expect(throws: ConfluenceWebhook.Refusal.notJSON) {
            try targets(body, ["X-Hub-Signature": signature(body, "s3cret")])
        }
    }
}

@Suite struct `What a webhook names` {
    typealias Change = ConfluenceTestServer.Change

    @Test(arguments: SyncSetting.all)
    func `is read anew at once: an edit, a page, a comment, an attachment, a removal`(setting: SyncSetting)
        async throws
    {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        try await bench.server.change([
            Change(id: "14", version: 2, body: "<p>Pull the plug</p>"),
            Change(id: "16", type: "page", space: "1001", title: "Fresh", parent: "11", body: "<p>New</p>"),
            Change(
                id: "33", type: "comment", space: "1001", title: "", body: "<p>Me too</p>", container: "16"),
            Change(id: "13", remove: true), Change(id: "31", remove: true),
        ])
        let listing = try Regex("/spaces/1001/pages|content(/scan)?\\?spaceKey")
        let requests = try await bench.requests {
            let report = try await bench.refresh(
                .content("14"), .content("33"), .content("13"), .content("31"), .content("16"))
            #expect(report.exitCode == 0, "\(report)")
        }
        #expect(!requests.contains { $0.contains(listing) })
        #expect(try await bench.text("14")?.contains("Pull the plug") == true)
        #expect(try await bench.text("33")?.contains("Me too") == true)
        #expect(try await bench.store.storedDocument(id: "13") == nil)
        #expect(try await !bench.ids.contains("31"))
        // The new page and its comment have the readers of everything above them.
        #expect(try await bench.mayRead("33", "group:staff", "group:leads"))
        #expect(try await !bench.mayRead("33", "group:staff"))
        #expect(
            try await bench.store.storedDocument(id: "16")?.place.ancestors.map(\.title) == ["Home", "Leads"])
    }

    @Test(arguments: SyncSetting.all)
    func `may come twice, late and in the wrong order`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        try await bench.server.change([Change(id: "14", version: 2, body: "<p>Pull the plug</p>")])
        try await bench.refresh(.content("14"))
        let embedded = bench.embedder.texts.count
        for _ in 0..<2 {
            let report = try await bench.refresh(.content("14"), .tree("14"), .content("no-such"))
            #expect(report.exitCode == 0 && report.pages.removed == 0, "\(report)")
        }
        #expect(bench.embedder.texts.count == embedded)
        // “Removed” of a page that was restored meanwhile: what the site says counts.
        #expect(try await bench.text("14")?.contains("Pull the plug") == true)
        #expect(try await bench.sync().pages.unchanged == 10)
    }

    @Test(arguments: SyncSetting.all)
    func `closes and opens a whole tree when restrictions change`(setting: SyncSetting) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(setting.flavour), setting.engine)
        try await bench.sync()
        try await bench.server.change([Change(id: "10", groups: ["board"])])
        try await bench.refresh(.tree("10"))
        for id in ["10", "14", "att40", "32", "13", "31"] {
            await #expect(
                try !bench.mayRead(id, "group:staff", "group:leads", "group:people-ops"), "\(id) stayed open")
        }
        #expect(try await bench.mayRead("14", "group:staff", "group:board"))
        #expect(try await bench.mayRead("20", "group:staff"), "a post has no ancestors")
        try await bench.server.change([Change(id: "10", groups: [])])
        try await bench.refresh(.tree("10"))
        #expect(try await bench.mayRead("32", "group:staff"))
    }

    @Test(arguments: SyncSetting.all)
    func `closes a page with all below it when its restrictions cannot be read`(setting: SyncSetting)
        async throws
    {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.order("content/11/restriction", status: 500, times: 99)
        let report = try await bench.refresh(.tree("11"))
        #expect(report.exitCode == 3)
        for id in ["11", "12", "13", "30", "31"] {
            #expect(try await bench.store.storedDocument(id: id)?.readers == .nobody, "\(id)")
        }
        #expect(try await bench.mayRead("14", "group:staff"))
    }

    @Test(arguments: SyncSetting.all)
    func `follows a space's permissions, a group's members and a move out of what is read`(
        setting: SyncSetting
    ) async throws {
        let server = try ConfluenceTestServer(setting.flavour)
        let bench = try await SyncBench(server, setting.engine)
        try await bench.sync()
        try await server.changeSpaces([.init(key: "DOC", viewers: [["group": "board"]])])
        try await server.regroup(["board": ["bob"]])
        try await bench.refresh(.space("DOC"))
        let bob = setting.flavour == .cloud ? try await server.accountIDs()["bob"] ?? "" : "bob"
        #expect(try await !bench.mayRead("10", "group:staff"))
        #expect(try await bench.mayRead("10", "user:\(bob)"))
        try await server.regroup(["board": []])
        try await bench.refresh(.group("board"))
        #expect(try await !bench.mayRead("10", "user:\(bob)"))
        try await server.regroup(["board": ["bob"]])
        try await bench.refresh(.allGroups)
        #expect(try await bench.mayRead("10", "user:\(bob)"))
        try await server.change([Change(id: "14", space: "1002", parent: "50")])
        try await bench.refresh(.tree("14"))
        #expect(try await !bench.ids.contains("14"))
        #expect(try await !bench.ids.contains("att40"))
    }
}

@Suite struct `The queue of refreshes` {
    private func worker(_ bench: SyncBench, _ now: @escaping @Sendable () -> Date = { Date() })
        -> RefreshWorker
    {
        RefreshWorker(
            store: bench.store, pipeline: bench.pipeline(),
            logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), now: now
        ) { targets in try bench.source().refresh(targets.compactMap { ConfluenceTarget($0) }) }
    }

    @Test(arguments: StorageEngine.allCases)
    func `survives the worker, and holds a target once`(engine: StorageEngine) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(.cloud), engine)
        try await bench.sync()
        try await bench.server.change([.init(id: "14", version: 2, body: "<p>Pull the plug</p>")])
        do {
            let gone = worker(bench)
            for _ in 0..<5 { try await gone.request(["content:14"]) }
        }
        #expect(try await bench.store.dueRefreshes(at: Date(), limit: 9).count == 1)
        let report = try #require(await worker(bench).drain())
        #expect(report.pages.updated == 1)
        #expect(try await bench.text("14")?.contains("Pull the plug") == true)
        #expect(await worker(bench).drain() == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `tries again what failed, later, and gives up in the end`(engine: StorageEngine) async throws {
        let server = try ConfluenceTestServer(.dataCenter)
        let bench = try await SyncBench(server, engine)
        try await bench.sync()
        try await server.change([.init(id: "14", version: 2, body: "<p>Pull the plug</p>")])
        try await server.order(bodyOf: "14", status: 500, times: 1_000)
        let start = Date()
        let clock = ManualTime(start)
        let worker = worker(bench) { clock.now }
        try await worker.request(["content:14", "content:10"])
        #expect(await worker.drain()?.pages.failed == 1)
        #expect(await worker.drain() == nil, "it is put off")
        #expect(try await bench.store.dueRefreshes(at: start + 10, limit: 9).map(\.target) == ["content:14"])
        var attempts = 1
        while attempts < 20 {
            clock.now += 7200
            guard await worker.drain() != nil else { break }
            attempts += 1
        }
        #expect(attempts == RefreshWorker.attemptLimit)
        // The next sync finds it all the same.
        try await server.order([])
        #expect(try await bench.sync().pages.updated == 1)
    }

    @Test(arguments: StorageEngine.allCases)
    func `runs on by itself and reads within seconds`(engine: StorageEngine) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(.dataCenter), engine)
        try await bench.sync()
        let worker = worker(bench)
        let task = Task { await worker.run() }
        try await bench.server.change([.init(id: "14", version: 2, body: "<p>Pull the plug</p>")])
        try await worker.request(["content:14"])
        while try await bench.store.storedDocument(id: "14")?.version != 2 {
            try await Task.sleep(for: .milliseconds(20))
        }
        task.cancel()
        await task.value
    }

    @Test(arguments: StorageEngine.allCases)
    func `syncs the whole site by itself, as often as it is told`(engine: StorageEngine) async throws {
        let bench = try await SyncBench(try ConfluenceTestServer(.cloud), engine)
        let worker = worker(bench)
        let task = Task {
            await worker.run(requesting: ["\(ConfluenceTarget.site)"], every: .milliseconds(50))
        }
        while try await bench.store.storedDocument(id: "14") == nil {
            try await Task.sleep(for: .milliseconds(20))
        }
        // No webhook tells of this one.
        try await bench.server.change([.init(id: "14", version: 2, body: "<p>Pull the plug</p>")])
        while try await bench.text("14")?.contains("Pull the plug") != true {
            try await Task.sleep(for: .milliseconds(20))
        }
        task.cancel()
        await task.value
    }
}

/// A clock that a test sets.
final class ManualTime: Sendable {
    private let value: Mutex<Date>
    init(_ date: Date) { value = Mutex(date) }
    var now: Date {
        get { value.withLock { $0 } }
        set { value.withLock { $0 = newValue } }
    }
}
