import Concurrency
import Foundation
import HTTPTypes
import Testing
import VectorCollections

@testable import Server

/// All operations that may change something, under idempotency keys: one list makes both the server and the cases, so that
/// a new operation is among them by itself.
@Suite(.timeLimit(.minutes(5))) struct `Every write` {
    /// What takes no key although its method may change something, and why.
    private static let exempt = [
        "ask": "reads and answers", "search": "reads", "runFlow": "reads and answers",
        "openAIEmbeddings": "computes", "mcp": "its tools read and answer",
        "checkFlow": "reads", "testSource": "looks at what is there now",
        "getPoints": "reads", "queryCollection": "reads", "scrollCollection": "reads",
        "countPoints": "reads", "langflowDownloadFlows": "reads",
        "appendUpload": "its offset says which bytes they are, and is refused when they have come",
        "confluenceWebhook": "is signed, with a time and a name of its own; known ones are passed over",
        "signOut": "has no caller any more when it is repeated; it ends the session that its cookie names",
    ]

    private func name(_ operation: Server.Operation) -> String {
        String(operation.id.prefix { $0 != " " })
    }

    @Test func `names the key's header, but for a short list`() async throws {
        let whole = try await WholeApplication()
        let writes = whole.application.router.operations.filter { Idempotency.changing.contains($0.method) }
        #expect(writes.count > 70)
        for operation in writes {
            let isNamed = operation.parameters.contains {
                $0.name == "Idempotency-Key" && $0.place == .header
            }
            let isExempt = Self.exempt[name(operation)] != nil
            #expect(isNamed == !isExempt, "\(operation.id)")
            #expect(operation.idempotency.keepsReplies == !isExempt, "\(operation.id)")
        }
        #expect(Set(Self.exempt.keys).subtracting(writes.map(name)) == [])
    }

    private func send(
        _ operation: Server.Operation, _ application: Application, query: String? = nil
    ) async -> APIResponse {
        var headers = HTTPFields.ada
        // Two paths of one operation share its keys.
        headers[.idempotencyKey] = operation.id.replacing(" ", with: "-")
        // A form is told apart from others by its parts; here any body will do.
        headers[.contentType] = operation.body?.contentTypes.first { !$0.hasPrefix("multipart/") }
        let body = Data("{}".utf8)
        return await application.respond(
            to: APIRequest(
                method: operation.method,
                path: operation.path.replacing(/\{[^}]*\}/) { _ in "00000000-0000-4000-8000-000000000000" },
                query: query, headers: headers, id: "x"),
            body: BodySource(whole: { body }, pieces: { _ in PulledSequence([body]) }))
    }

    @Test func `is answered alike under the same key, and refused under it when it is another`() async throws
    {
        let whole = try await WholeApplication(ServerFixture.open())
        var count = 0
        for operation in whole.application.router.operations where operation.idempotency.keepsReplies {
            let first = await send(operation, whole.application)
            #expect(first.status.code < 500, "\(operation.id): \(first.text)")
            #expect(first.headers[.idempotencyReplayed] == nil, "\(operation.id)")
            let again = await send(operation, whole.application)
            #expect(
                again.headers[.idempotencyReplayed] == "true",
                "\(operation.id): \(first.status), then \(again.status)")
            #expect(again.status == first.status, "\(operation.id)")
            #expect(again.data == first.data, "\(operation.id)")
            let other = await send(operation, whole.application, query: "other=1")
            #expect(other.text.replacing("_", with: "-").contains("key-reused"), "\(operation.id)")
            count += 1
        }
        #expect(count > 60)
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A body that comes in pieces, under an idempotency key` {
    private let whole: WholeApplication

    init() async throws { whole = try await WholeApplication(ServerFixture.open()) }

    private func send(
        _ method: HTTPRequest.Method, _ target: String, _ pieces: PulledSequence<Data>,
        type: String = "application/octet-stream", key: String? = "k", _ more: HTTPFields = [:]
    ) async -> APIResponse {
        var headers = HTTPFields.ada
        headers[.contentType] = type
        headers[.idempotencyKey] = key
        for field in more { headers[field.name] = field.value }
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        return await whole.application.respond(
            to: APIRequest(
                method: method, path: parts[0], query: parts.count > 1 ? parts[1] : nil, headers: headers,
                id: "x"),
            body: BodySource(
                whole: {
                    var body = Data()
                    for try await piece in pieces { body.append(piece) }
                    return body
                }, pieces: { _ in pieces }))
    }

    private func pieces(_ text: String, each count: Int = 7) -> PulledSequence<Data> {
        pieces(Data(text.utf8), each: count)
    }

    private func pieces(_ data: Data, each count: Int) -> PulledSequence<Data> {
        PulledSequence(
            stride(from: 0, to: data.count, by: count).map { data.dropFirst($0).prefix(count) })
    }

    private func collection(_ name: String = "things") async {
        let made = await send(
            .put, "/v1/collections/\(name)", pieces(#"{"dimension": 2}"#), type: "application/json",
            key: nil)
        #expect(made.status == .created, "\(made.text)")
    }

    @Test func `stores points once, however it is cut into pieces`() async throws {
        await collection()
        let path = "/v1/collections/things/points"
        let body = #"{"points": [{"id": 1, "vector": [1, 0]}]}"#
        let first = await send(.post, path, pieces(body), type: "application/json")
        #expect(try first.json["created"] == .number(1), "\(first.text)")
        for count in [1, 5, 1_000] {
            let again = await send(.post, path, pieces(body, each: count), type: "application/json")
            #expect(again.headers[.idempotencyReplayed] == "true")
            // Carried out again, it would tell of one that was replaced.
            #expect(again.data == first.data)
        }
        for other in [body.replacing("[1, 0]", with: "[0, 1]"), body + " ", String(body.dropLast()), ""] {
            let refused = await send(.post, path, pieces(other), type: "application/json")
            #expect(try refused.problem == "key-reused", "\(other): \(refused.text)")
        }
        let found = await send(
            .post, "/v1/collections/things/query", pieces(#"{"vector": [1, 0], "k": 1}"#),
            type: "application/json")
        #expect(found.status == .ok && found.headers[.idempotencyReplayed] == nil)
    }

    @Test func `stores packed points once`() async throws {
        await collection()
        let path = "/v1/collections/things/points"
        func body(_ x: Float) throws -> Data {
            try #require(PackedVectors.body(points: [Point(id: .integer(1), vector: [x, 1])]))
        }
        let first = await send(
            .post, path, pieces(try body(1), each: 9), type: PackedVectors.contentType)
        #expect(try first.json["created"] == .number(1), "\(first.text)")
        let again = await send(
            .post, path, pieces(try body(1), each: 10), type: PackedVectors.contentType)
        #expect(again.headers[.idempotencyReplayed] == "true")
        #expect(again.data == first.data)
        let other = await send(
            .post, path, pieces(try body(2), each: 9), type: PackedVectors.contentType)
        #expect(try other.problem == "key-reused")
    }

    @Test func `makes a collection of a snapshot once`() async throws {
        await collection()
        let download = await send(.get, "/v1/collections/things/snapshot", pieces(""), key: nil)
        guard case .bytes(let stream) = download.body else { throw CocoaError(.fileReadUnknown) }
        let file = ByteCollector()
        try await stream.send { await file.append($0) }
        let data = await file.data
        let path = "/v1/collections/copy/snapshot"
        let first = await send(.put, path, pieces(data, each: 4_096))
        #expect(first.status == .created, "\(first.text)")
        let again = await send(.put, path, pieces(data, each: 1_000))
        #expect(again.status == .created)
        #expect(again.headers[.idempotencyReplayed] == "true")
        #expect(again.data == first.data)
        let other = await send(.put, path, pieces(data + Data([0]), each: 4_096))
        #expect(try other.problem == "key-reused")
        let fresh = await send(.put, path, pieces(data, each: 4_096), key: "another")
        #expect(try fresh.problem == "name-taken")
    }

    private var jobCount: Int {
        get async throws {
            let listed = await send(.get, "/v1/ingest/jobs", pieces(""), key: nil)
            return try listed.json["jobs"]?.list.count ?? -1
        }
    }

    @Test func `is ingested once`() async throws {
        let body = "# Harbour\n\nThe crane of the harbour lifts forty tonnes.\n"
        let first = await send(.post, UploadFixture.target, pieces(body))
        #expect(first.status == .accepted, "\(first.text)")
        let again = await send(.post, UploadFixture.target, pieces(body, each: 3))
        #expect(again.headers[.idempotencyReplayed] == "true")
        #expect(again.data == first.data)
        #expect(again.headers[.location] == first.headers[.location])
        let other = await send(.post, UploadFixture.target, pieces(body + "More.\n"))
        #expect(try other.problem == "key-reused")
        #expect(try await jobCount == 1)
    }

    @Test func `that can be resumed is begun once, and ingested once when it comes whole`() async throws {
        let body = "# Harbour\n\nThe crane of the harbour lifts forty tonnes.\n"
        for (flag, status) in [("?0", 201), ("?1", 202)] {
            let fields: HTTPFields = [.uploadComplete: flag]
            let first = await send(.post, UploadFixture.target, pieces(body), key: flag, fields)
            #expect(first.status.code == status, "\(first.text)")
            let again = await send(.post, UploadFixture.target, pieces(body), key: flag, fields)
            #expect(again.headers[.idempotencyReplayed] == "true")
            #expect(again.headers[.location] == first.headers[.location])
            #expect(again.headers[.uploadComplete] == flag)
            #expect(again.data == first.data)
        }
        let changed = await send(
            .post, UploadFixture.target, pieces(body), key: "?0", [.uploadComplete: "?1"])
        #expect(try changed.problem == "key-reused", "whether more comes is part of the request")
        #expect(try await jobCount == 1)
    }

    @Test func `that was cut off is carried out when it comes again`() async throws {
        let cut = await send(
            .post, UploadFixture.target, UploadFixture.cut(after: UploadFixture.text.prefix(20)))
        #expect(try cut.problem == "body-cut-off")
        let whole = await send(.post, UploadFixture.target, pieces(UploadFixture.text, each: 20))
        #expect(whole.status == .accepted, "\(whole.text)")
        #expect(whole.headers[.idempotencyReplayed] == nil)
        // One that is cut off later is not the one that was answered.
        let later = await send(
            .post, UploadFixture.target, UploadFixture.cut(after: UploadFixture.text.prefix(20)))
        #expect(try later.problem == "body-cut-off")
        #expect(try await jobCount == 1)
    }

    @Test func `that was refused before it was read is refused alike, and not read`() async throws {
        let target = "/v1/ingest/uploads?name=a.md&readers=nobody%20at%20all"
        func unread() -> PulledSequence<Data> { PulledSequence(throwing: RequestFault.bodyCutOff) }
        for expected in [nil, "true"] as [String?] {
            let refused = await send(.post, target, unread())
            #expect(try refused.problem == "invalid-parameter", "\(refused.text)")
            #expect(refused.headers[.idempotencyReplayed] == expected)
        }
    }
}

@Suite(.timeLimit(.minutes(2))) struct `A run of Langflow's clients` {
    @Test func `under a key runs a flow once, and a stream every time`() async throws {
        let fixture = try await ServerFixture()
        let flow = try await fixture.importEcho()
        let cases = [
            ("/api/v1/run/\(flow)", #""input_value": "hello""#),
            ("/api/v1/run/session/\(flow)", #""input_value": "hello""#),
            ("/api/v1/run/advanced/\(flow)", #""inputs": [{"input_value": "hello"}]"#),
            ("/api/v2/workflows", #""flow_id": "\#(flow)", "input_value": "hello""#),
        ]
        for (number, (path, fields)) in cases.enumerated() {
            let body = #"{\#(fields), "session_id": "s\#(number)"}"#
            let headers = HTTPFields.ada.keyed("k")
            let first = try await fixture.respond(.post, path, json: body, headers: headers)
            #expect(first.status == .ok, "\(path): \(first.text)")
            let again = try await fixture.respond(.post, path, json: body, headers: headers)
            #expect(again.headers[.idempotencyReplayed] == "true", "\(path)")
            #expect(again.data == first.data, "\(path)")
            let other = try await fixture.respond(
                .post, path, json: body.replacing("hello", with: "bye"), headers: headers)
            #expect(try other.problem == "key-reused", "\(path)")
            let said = try await fixture.respond(
                .get, "/v1/conversations/\(flow)/s\(number)", headers: .ada
            ).json
            #expect(said["messages"]?.list.count == 2, "\(path)")
            let streaming = body.replacing("{\(fields)", with: "{\(fields), \"stream\": true")
            let spoiled = try await fixture.respond(
                .post, path, json: streaming, headers: HTTPFields.ada.keyed("no key"))
            #expect((400..<500).contains(spoiled.status.code), "\(path): \(spoiled.status)")
            for _ in 0..<2 {
                let streamed = try await fixture.respond(
                    .post, path, json: streaming, headers: HTTPFields.ada.keyed("stream"))
                #expect(streamed.status == .ok && streamed.headers[.idempotencyReplayed] == nil, "\(path)")
                _ = try await streamed.events()
            }
        }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `The digest of a body that comes in pieces` {
    private func pieces(_ texts: String...) -> PulledSequence<Data> {
        PulledSequence(texts.map { Data($0.utf8) })
    }

    @Test func `tells a whole body from every other`() async throws {
        let digest = StreamedBodyDigest(key: "k")
        for try await _ in digest.watching(pieces("ab", "", "cd")) {}
        #expect(digest.mark.count == 4 && digest.mark.isWhole && !digest.hasFailed)
        let other = StreamedBodyDigest(key: "k")
        for same in [pieces("abcd"), pieces("a", "bcd"), pieces("", "abc", "d", "")] {
            #expect(try await other.isSame(same, as: digest.mark))
        }
        for different in [pieces(), pieces("abc"), pieces("abcde"), pieces("abcd", "e"), pieces("abce")] {
            #expect(try await !other.isSame(different, as: digest.mark))
        }
        #expect(try await !StreamedBodyDigest(key: "l").isSame(pieces("abcd"), as: digest.mark))
    }

    @Test func `of a beginning compares that alone`() async throws {
        let digest = StreamedBodyDigest(key: "k")
        for try await _ in digest.watching(pieces("ab", "cd")) { break }
        #expect(digest.mark.count == 2 && !digest.mark.isWhole)
        for same in [pieces("ab"), pieces("abcd"), pieces("a", "b", "xyz")] {
            #expect(try await digest.isSame(same, as: digest.mark))
        }
        for different in [pieces("a"), pieces("ax"), pieces()] {
            #expect(try await !digest.isSame(different, as: digest.mark))
        }
        let untouched = StreamedBodyDigest(key: "k")
        let unread = PulledSequence<Data>(throwing: RequestFault.bodyCutOff)
        #expect(try await untouched.isSame(unread, as: untouched.mark))
    }

    @Test func `knows that a body failed`() async throws {
        let digest = StreamedBodyDigest(key: "k")
        await #expect(throws: RequestFault.self) { () async throws -> Void in
            for try await _ in digest.watching(UploadFixture.cut(after: Data("a".utf8))) {}
        }
        #expect(digest.hasFailed && !digest.mark.isWhole && digest.mark.count == 1)
    }
}
