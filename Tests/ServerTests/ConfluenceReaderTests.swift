import Confluence
import Corpus
import EngineSupport
import Foundation
import HTTPTypes
import Ingest
import Logging
import Models
import QA
import TestSupport
import Testing
import Text
import TextIndex
import Transport
import VectorIndex

@testable import Server

/// A Confluence with a page of every shape of permission, read into a corpus, with the API over it.
///
/// Every content holds a word of its own that no other has, `zq` and its id; what the API says to a reader is
/// searched for those words.
private struct PermissionSite {
    static let users = ["ann", "bob", "cat", "dan"]

    /// A content of the site, and which of `users` may read it.
    struct Shape {
        var id: String
        var type = "page"
        var space = "1"
        var parent: String?
        var container: String?
        var users: [String] = []
        var groups: [String] = []
        var readers: Set<String>
        var why: String
    }

    /// ann is in staff and leads, bob in staff, cat in leads alone, dan in nothing. Space 1 is staff's and dan's,
    /// space 2 everybody's, space 3 that of whoever is signed in by user.
    static let shapes: [Shape] = [
        .init(id: "100", readers: ["ann", "bob", "dan"], why: "space alone: a group and a user"),
        .init(
            id: "101", parent: "100", groups: ["leads"], readers: ["ann"],
            why: "cat leads, but not in the space"),
        .init(id: "102", parent: "101", readers: ["ann"], why: "the parent's restriction"),
        .init(id: "103", parent: "102", readers: ["ann"], why: "a grandparent's"),
        .init(
            id: "104", parent: "101", users: ["bob"], readers: [],
            why: "nearest ancestor alone would let bob in"),
        .init(id: "105", parent: "104", users: ["ann"], readers: [], why: "three restrictions at once"),
        .init(
            id: "106", parent: "100", users: ["bob"], groups: ["leads"], readers: ["ann", "bob"],
            why: "any of both"),
        .init(
            id: "107", parent: "106", users: ["dan", "bob"], readers: ["bob"], why: "two users, one above"),
        .init(id: "110", type: "blogpost", groups: ["leads"], readers: ["ann"], why: "a post"),
        .init(id: "111", type: "blogpost", readers: ["ann", "bob", "dan"], why: "an open post"),
        .init(
            id: "120", type: "comment", container: "103", readers: ["ann"], why: "a comment has its page's"),
        .init(
            id: "121", type: "comment", parent: "120", container: "103", readers: ["ann"],
            why: "so has a reply"),
        .init(id: "122", type: "comment", container: "110", readers: ["ann"], why: "and one on a post"),
        .init(id: "att130", type: "attachment", container: "107", readers: ["bob"], why: "and a file"),
        .init(id: "200", space: "2", readers: ["ann", "bob", "cat", "dan", "nobody"], why: "anonymous"),
        .init(
            id: "201", space: "2", parent: "200", users: ["cat"], readers: ["cat"],
            why: "closed in an open space"),
        .init(id: "202", space: "2", parent: "201", readers: ["cat"], why: "and what is below it"),
        .init(id: "300", space: "3", readers: ["cat"], why: "a space of one user"),
        .init(
            id: "301", space: "3", parent: "300", groups: ["staff"], readers: [],
            why: "a space admin is no exception"),
        .init(
            id: "302", space: "3", parent: "300", groups: ["gone"], readers: [],
            why: "a group that is not there"),
        .init(
            id: "303", space: "3", parent: "300", groups: ["empty"], readers: [],
            why: "a group without members"),
    ]

    static var json: Data {
        get throws {
            func content(_ shape: Shape) -> [String: Any] {
                let body = "<p>Common words about zq\(shape.id)x and nothing else.</p>"
                var fields: [String: Any] = [
                    "id": shape.id, "type": shape.type, "space": shape.space,
                    "title": shape.type == "comment" ? "" : "zq\(shape.id)x.txt", "users": shape.users,
                    "groups": shape.groups, "body": body, "author": "ann", "labels": ["lb\(shape.id)x"],
                ]
                if let parent = shape.parent { fields["parent"] = parent }
                if let container = shape.container { fields["container"] = container }
                if shape.type == "attachment" {
                    fields["mediaType"] = "text/plain"
                    fields["data"] = "Common words about zq\(shape.id)x in a file."
                }
                return fields
            }
            let site: [String: Any] = [
                "users": users.map { ["username": $0, "displayName": $0.uppercased(), "key": "key-\($0)"] },
                "groups": ["staff": ["ann", "bob"], "leads": ["ann", "cat"], "empty": [String]()],
                "spaces": [
                    [
                        "id": "1", "key": "ONE", "name": "One",
                        "viewers": [["group": "staff"], ["user": "dan"]],
                    ],
                    ["id": "2", "key": "TWO", "name": "Two", "viewers": [["anonymous": true]]],
                    ["id": "3", "key": "THREE", "name": "Three", "viewers": [["user": "cat"]]],
                ] as [[String: Any]],
                "contents": shapes.map(content),
            ]
            return try JSONSerialization.data(withJSONObject: site)
        }
    }

    let corpus: any CorpusStore
    let index: FlatIndex
    let words: WordIndex
    let embedder = HashingEmbedder()
    let server: ChildServer
    let folder: TemporaryDirectory
    let flavour: ConfluenceConfiguration.Flavour
    let client: CurlHTTPClient

    /// Every flavour, and each engine once.
    static let settings: [(ConfluenceConfiguration.Flavour, StorageEngine)] = [
        (.cloud, .sqlite), (.dataCenter, .sqlite), (.cloud, .postgres),
    ]

    init(
        _ flavour: ConfluenceConfiguration.Flavour, _ engine: StorageEngine, _ arguments: String...
    ) async throws {
        self.flavour = flavour
        corpus = try await engine.corpus()
        index = try FlatIndex(dimension: 64, metric: .cosine)
        words = WordIndex(try LocalTextStore(directory: nil))
        folder = try TemporaryDirectory()
        let file = folder.url.appendingPathComponent("site.json")
        try Self.json.write(to: file)
        server = try ChildServer(
            script: Fixtures.url("confluence-server/server.py").path,
            arguments: ["--flavour", flavour == .cloud ? "cloud" : "dc", "--data", file.path] + arguments)
        client = try CurlHTTPClient()
    }

    func sync() async throws -> IngestReport {
        let base = server.url + (flavour == .cloud ? "/wiki" : "/confluence")
        let source = try ConfluenceSource(
            configuration: ConfluenceConfiguration(
                baseURL: URL(string: base) ?? URL(fileURLWithPath: "/"), flavour: flavour,
                authentication: .basic(user: "crawler@example.com", token: "secret-token"),
                spaces: ["ONE", "TWO", "THREE"]), client: client, corpus: corpus)
        return await IngestPipeline(
            store: corpus, index: index, words: words, embedder: embedder, counter: QuarterWordCounter()
        ).run(source)
    }

    func control(_ name: String, _ json: String) async throws {
        _ = try await client.send(
            HTTPRequest(method: "POST", url: "\(server.url)/__control/\(name)", body: Data(json.utf8)))
    }

    func accountIDs() async throws -> [String: String] {
        let answer = try await client.send(HTTPRequest(url: server.url + "/__control/users"))
        return try JSONDecoder().decode([String: String].self, from: answer.body)
    }

    /// Everything that the API says to a user who is known by name alone: searches in each mode, an answer, what
    /// there is, and every passage by its number.
    func everything(_ user: String) async throws -> String {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let qa = try QuestionAnswering(
            corpus: corpus, index: index, words: words.store, embedder: embedder,
            generator: QuotingGenerator())
        let application = Application(
            qa: qa, corpus: corpus, indexCount: { [index] in index.count },
            flows: try .inMemory(qa: qa, scopes: corpus, logger: logger),
            configuration: ServerFixture.open(), logger: logger, version: "1")
        let accounts = try await accountIDs()
        let id = flavour == .cloud ? accounts[user] ?? user : user
        let headers: HTTPFields = user == "nobody" ? [:] : [.principals: "user:\(id)"]
        var said = ""
        func ask(_ method: HTTPTypes.HTTPRequest.Method, _ path: String, _ json: String = "") async throws {
            var fields = headers
            fields[.contentType] = "application/json"
            let response = await application.respond(
                to: APIRequest(method: method, path: path, headers: fields, body: Data(json.utf8), id: "t"))
            said += String(decoding: response.data ?? Data(), as: UTF8.self) + "\n"
        }
        for mode in ["hybrid", "vector", "keyword"] {
            try await ask(
                .post, "/v1/search",
                #"{"query": "common words about nothing", "limit": 100, "mode": "\#(mode)"}"#)
        }
        try await ask(.post, "/v1/ask", #"{"question": "which common words are there about nothing"}"#)
        try await ask(.get, "/v1/status")
        for chunk in try await corpus.chunkIDs(model: embedder.model.name).sorted() {
            try await ask(.get, "/v1/chunks/\(chunk)/context")
        }
        return said
    }
}

@Suite(.timeLimit(.minutes(5))) struct `Every shape of Confluence's permissions` {
    @Test(arguments: PermissionSite.settings)
    func `is kept by search, answers, counts and passages, for each user known by name alone`(
        flavour: ConfluenceConfiguration.Flavour, engine: StorageEngine
    ) async throws {
        let site = try await PermissionSite(flavour, engine)
        let report = try await site.sync()
        #expect(report.pages.added == PermissionSite.shapes.count, "\(report)")
        #expect(report.pages.failed == 0)
        for user in PermissionSite.users + ["nobody"] {
            let said = try await site.everything(user)
            var readable = 0
            for shape in PermissionSite.shapes {
                let may = shape.readers.contains(user)
                readable += may ? 1 : 0
                #expect(said.contains("zq\(shape.id)x") == may, "\(user), \(shape.id): \(shape.why)")
                if !may { #expect(!said.contains("lb\(shape.id)x"), "\(user), label of \(shape.id)") }
            }
            #expect(said.contains(#""documents":\#(readable)"#), "\(user): not \(readable) documents")
        }
    }

    @Test(arguments: PermissionSite.settings)
    func `is kept by the next sync when only groups, restrictions and viewers changed`(
        flavour: ConfluenceConfiguration.Flavour, engine: StorageEngine
    ) async throws {
        let site = try await PermissionSite(flavour, engine)
        _ = try await site.sync()
        let embedded = site.embedder.texts.count
        try await site.control("groups", #"{"staff": ["bob", "cat"], "leads": ["cat"]}"#)
        try await site.control("contents", #"[{"id": "106", "users": ["cat"], "groups": []}]"#)
        try await site.control("spaces", #"[{"key": "THREE", "viewers": [{"user": "dan"}]}]"#)
        let report = try await site.sync()
        #expect(report.pages.added == 0 && report.pages.updated == 0 && report.pages.failed == 0, "\(report)")
        #expect(site.embedder.texts.count == embedded)
        let ann = try await site.everything("ann")
        for id in ["100", "101", "103", "106", "110", "120", "121", "122", "att130"] {
            #expect(!ann.contains("zq\(id)x"), "ann left both groups and still reads \(id)")
        }
        #expect(ann.contains("zq200x"))
        let cat = try await site.everything("cat")
        for id in ["100", "101", "103", "106", "121", "201"] {
            #expect(cat.contains("zq\(id)x"), "cat: \(id)")
        }
        for id in ["107", "att130", "104", "300"] { #expect(!cat.contains("zq\(id)x"), "cat: \(id)") }
        let dan = try await site.everything("dan")
        #expect(dan.contains("zq300x") && !dan.contains("zq106x"))
    }

    @Test(arguments: PermissionSite.settings)
    func `is closed to all where it cannot be read, and exit code and summary say so`(
        flavour: ConfluenceConfiguration.Flavour, engine: StorageEngine
    ) async throws {
        let site = try await PermissionSite(flavour, engine, "--space-permissions", "none")
        let report = try await site.sync()
        #expect(report.exitCode == 3)
        #expect(report.summaryLines.contains { $0.contains("TWO") && $0.contains("nobody") })
        for user in PermissionSite.users + ["nobody"] {
            let said = try await site.everything(user)
            #expect(!said.contains("zq"), "\(user)")
            #expect(said.contains(#""documents":0"#))
        }
    }
}
