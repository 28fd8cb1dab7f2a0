import Foundation
import TestSupport
import Testing
import Transport

@testable import Models

/// The hub of `hub_server.py`, and a folder to fetch into.
private struct LoopbackHub {
    struct Entry: Decodable, Equatable {
        var path: String
        var range: String
        var token: Bool
    }

    let server: ChildServer
    let folder: TemporaryDirectory
    private let client: CurlHTTPClient

    init() throws {
        server = try ChildServer(script: "hub_server.py", arguments: [Fixtures.url("models").path])
        folder = try TemporaryDirectory()
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        client = try CurlHTTPClient(configuration: configuration)
    }

    func hub(token: String? = nil) -> ModelHub {
        ModelHub(endpoint: server.url, token: token, http: client, root: folder.url)
    }

    func log() async throws -> [Entry] {
        let response = try await client.send(HTTPRequest(url: server.url + "/log"))
        return try JSONDecoder().decode([Entry].self, from: response.body)
    }

    /// The file that was fetched, and the one that is served.
    func pair(_ model: HubModel, _ name: String, of fixture: String) throws -> (Data, Data) {
        let fetched = folder.url.appending(path: model.folderName).appending(path: name)
        return (
            try Data(contentsOf: fetched), try Data(contentsOf: Fixtures.url("models/\(fixture)/\(name)"))
        )
    }
}

@Suite(.timeLimit(.minutes(2))) struct `Model hub` {
    private let hub: LoopbackHub

    init() throws { hub = try LoopbackHub() }

    @Test(arguments: ["bert-cls", "xlm-roberta-mean"])
    func `a model is fetched whole, by name and revision, and embeds`(name: String) async throws {
        let model = try HubModel("good/\(name)@v1.0")
        let folder = try await hub.hub().folder(of: model)
        #expect(folder.path == hub.folder.path("good--\(name)/v1.0"))
        for file in ["config.json", "tokenizer.json", "1_Pooling/config.json"] {
            let (fetched, served) = try hub.pair(model, file, of: name)
            #expect(fetched == served)
        }
        let embedder = try LocalEmbedder(folder: folder, name: model.name, threads: 1)
        let original = try LocalEmbedder(folder: SmallModel.folder(name), threads: 1)
        #expect(try await embedder.embed(["noon"]) == original.embed(["noon"]))
        #expect(embedder.model.name.hasPrefix("good/\(name)@v1.0#"))
        let left = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        #expect(!left.contains { $0.contains("partial") })
    }

    @Test func `what was fetched is not asked for again, and is compared`() async throws {
        let model = try HubModel("good/bert-cls@v1")
        let folder = try await hub.hub().folder(of: model)
        let before = try await hub.log().count
        #expect(try await hub.hub().folder(of: model) == folder)
        #expect(try await hub.log().count == before)
        let weights = folder.appending(path: "model.safetensors")
        var bytes = try Data(contentsOf: weights)
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: weights)
        let error = await #expect(throws: ModelsError.self) { try await hub.hub().folder(of: model) }
        guard case .wrongChecksum(weights.path, _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `files other than those that are pinned are refused, with their hash`() async throws {
        let folder = try await hub.hub().folder(of: HubModel("good/bert-cls@v1"))
        let hash = try #require(try HubReceipt.read(folder)).hash
        let pinned = try HubModel("good/bert-cls@v2", sha256: hash.uppercased())
        _ = try await hub.hub().folder(of: pinned)
        let wrong = String(repeating: "0", count: 64)
        for revision in ["v2", "v3"] {
            let model = try HubModel("good/bert-cls@\(revision)", sha256: wrong)
            let place = hub.folder.path("good--bert-cls/\(revision)")
            await #expect(
                throws: ModelsError.wrongChecksum(file: place, expected: wrong, actual: hash)
            ) { try await hub.hub().folder(of: model) }
        }
    }

    @Test func `a broken connection is taken up where it broke`() async throws {
        let model = try HubModel("cut/bert-cls@v1")
        _ = try await hub.hub().folder(of: model)
        let (fetched, served) = try hub.pair(model, "model.safetensors", of: "bert-cls")
        #expect(fetched == served)
        let ranges = try await hub.log().filter { $0.path.hasPrefix("/cdn") }.map(\.range)
        let half = served.count / 2
        #expect(ranges == ["", "bytes=\(half)-", "bytes=\(half + (served.count - half) / 2)-"])
    }

    @Test func `content that changed meanwhile is fetched anew, never joined`() async throws {
        let model = try HubModel("changed/bert-cls@main")
        _ = try await hub.hub().folder(of: model)
        let (fetched, served) = try hub.pair(model, "model.safetensors", of: "bert-cls")
        #expect(fetched == served + Data("x".utf8))
    }

    @Test func `a token goes to the hub and not to where it redirects`() async throws {
        let model = try HubModel("secret/bert-cls@v1")
        _ = try await hub.hub(token: "let-me-in").folder(of: model)
        let log = try await hub.log()
        #expect(log.contains { $0.path.hasPrefix("/cdn") })
        #expect(log.allSatisfy { $0.token != $0.path.hasPrefix("/cdn") })
    }

    @Test(arguments: [
        ("secret/bert-cls", "a token"), ("loop/bert-cls", "more than 5 times"),
        ("broken/bert-cls", "status 500"),
        ("nowhere/bert-cls", "cannot be followed"), ("good/no-such-model", "no such file"),
    ])
    func `a hub that does not give a file is named with the reason`(name: String, reason: String) async throws
    {
        let model = try HubModel(name)
        let error = await #expect(throws: ModelsError.self) { try await hub.hub().folder(of: model) }
        guard case .notFetched(let file, let text)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(file == "\(hub.server.url)/\(name)/resolve/main/config.json")
        #expect(text.contains(reason))
    }

    @Test func `no hub at all is a model that was not fetched`() async throws {
        hub.server.close()
        let model = try HubModel("good/bert-cls@v1")
        let error = await #expect(throws: ModelsError.self) { try await hub.hub().folder(of: model) }
        guard case .notFetched? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test(arguments: [
        "", "/", "a/b/c", "../x", "a/..", "a b", "a/b@", "a/b@../c", "a/b@x/y", "ä/b", "a//b", "a/b?c",
        "a/b@c@d",
    ])
    func `what names no model is refused`(text: String) {
        #expect(throws: ModelsError.self) { try HubModel(text) }
    }

    @Test func `a name without a revision is of main`() throws {
        #expect(try HubModel("BAAI/bge-small-en-v1.5") == HubModel("BAAI/bge-small-en-v1.5@main"))
        #expect(try HubModel("a/b", sha256: String(repeating: "F", count: 64)).sha256?.first == "f")
        #expect(throws: ModelsError.badHubName("12")) { try HubModel("a/b", sha256: "12") }
    }
}
