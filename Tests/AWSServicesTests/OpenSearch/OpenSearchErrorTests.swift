import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Refusals of OpenSearch` {
    @Test(arguments: [false, true])
    func `are told apart`(serverless: Bool) async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch(serverless: serverless)
        try await search.create("pages", OpenSearchIndex([:]))
        func failing(_ fault: String) async throws -> OpenSearchError? {
            try await double.fail(fault)
            return await openSearchError { try await search.search("pages", OpenSearchSearch()) }
        }
        let throttled = try await failing("throttle")
        guard case .throttled(let details) = throttled else {
            Issue.record("\(String(describing: throttled))")
            return
        }
        #expect(details.type == "circuit_breaking_exception" && details.index == "pages")
        #expect(throttled?.isRetryable == true && throttled?.requestID != "unknown")
        let denied = try await failing("denied")
        guard case .denied("es:ESHttpPost", _) = denied else {
            Issue.record("\(String(describing: denied))")
            return
        }
        #expect(denied?.description.contains("Grant es:ESHttpPost") == true && denied?.isRetryable == false)
        for fault in ["500", "503", "html"] {
            let error = try await failing(fault)
            guard case .unavailable = error else {
                Issue.record("\(fault): \(String(describing: error))")
                continue
            }
        }
        let invalid = try await failing("invalid")
        guard case .badRequest = invalid else {
            Issue.record("\(String(describing: invalid))")
            return
        }
        let odd = try await failing("not-json")
        guard case .unexpectedResponse = odd else {
            Issue.record("\(String(describing: odd))")
            return
        }
        let broken = try await failing("cut")
        guard case .transport = broken else {
            Issue.record("\(String(describing: broken))")
            return
        }
        #expect(broken?.isRetryable == true)
    }

    @Test(arguments: ["slow", "stall"])
    func `that never come are given up`(fault: String) async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch(timeout: .milliseconds(300))
        try await double.fail(fault)
        let error = await openSearchError { try await search.search("pages", OpenSearchSearch()) }
        guard case .timedOut = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.isRetryable == true && error?.description.contains("127.0.0.1") == true)
    }

    @Test func `are waited out by retries`() async throws {
        let double = try AWSDouble()
        let search = try await double.openSearch(attempts: 3)
        try await search.create("pages", OpenSearchIndex([:]))
        try await double.fail("throttle", "503")
        #expect(try await search.count("pages") == 0)
    }

    @Test func `of keys that AWS does not know are AWS's own`() async throws {
        let double = try AWSDouble()
        let unknown = AWSCredentials(accessKeyID: "AKIAUNKNOWN", secretAccessKey: "planted-secret")
        let account = try await AWSAccount(
            environment: AWSEnvironment(variables: ["AWS_MAX_ATTEMPTS": "1"]), region: "us-east-1",
            credentials: StaticCredentials(unknown), http: double.http, localHTTP: double.http)
        let url = try #require(URL(string: double.endpoint))
        for serverless in [false, true] {
            let search = try OpenSearch(account, serverless: serverless, endpoint: url)
            let error = await openSearchError { try await search.search("pages", OpenSearchSearch()) }
            guard case .aws(let cause) = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(cause.kind == .invalidCredentials)
            #expect(!"\(String(describing: error))\(String(reflecting: error))".contains("planted"))
        }
        // A domain tells it in words alone.
        for (words, kind) in [
            (
                "The security token included in the request is expired",
                AWSError.Refusal.Kind.expiredCredentials
            ),
            ("The security token included in the request is invalid.", .invalidCredentials),
            ("The request signature we calculated does not match", .invalidCredentials),
            ("Credential should be scoped to a valid region.", .wrongRegion),
            ("Signature expired: 20260101T000000Z is now earlier than 20260101T000500Z", .clockSkew),
            ("Signature not yet current: 20260101T001000Z is still later than 20260101T000500Z", .clockSkew),
        ] {
            let client = ScriptedClient { _, _ in .json(#"{"message":"\#(words)"}"#, status: 403) }
            let error = await openSearchError { try await scriptedOpenSearch(client).count("p") }
            guard case .aws(let cause) = error else {
                Issue.record("\(words): \(String(describing: error))")
                continue
            }
            #expect(cause.kind == kind)
        }
    }

    @Test func `name what is not allowed, whoever says so`() async throws {
        let roles = """
            {"error":{"root_cause":[{"type":"security_exception","reason":"no permissions for \
            [indices:data/read/search] and User [name=reader, backend_roles=[]]"}],"type":"security_exception",\
            "reason":"no permissions"},"status":403}
            """
        let bare = #"{"status":403,"request-id":"r","error":{"reason":"403 Forbidden","type":"Forbidden"}}"#
        let own = try scriptedOpenSearch(ScriptedClient { _, _ in .json(roles, status: 403) })
        let error = await openSearchError { try await own.count("p") }
        #expect(error?.description.contains("Grant indices:data/read/search:") == true)
        let login = try scriptedOpenSearch(ScriptedClient { _, _ in .json("Unauthorized", status: 401) })
        let refused = await openSearchError { try await login.count("p") }
        guard case .denied("POST _count", _) = refused else {
            Issue.record("\(String(describing: refused))")
            return
        }
        let double = try AWSDouble()
        let script = ScriptedClient { _, _ in
            .json(bare, status: 403, headers: [("x-request-id", "r-1")])
        }
        let collection = try await double.openSearch(serverless: true, http: script)
        let forbidden = [
            await openSearchError { try await collection.count("p") },
            await openSearchError { try await collection.create("p", OpenSearchIndex([:])) },
            await openSearchError { try await collection.bulk("p", [OpenSearchItem("a", .delete)]) },
        ]
        for (error, action) in zip(
            forbidden, ["aoss:ReadDocument", "aoss:CreateIndex", "aoss:WriteDocument"])
        {
            #expect(error?.description.contains("Grant \(action):") == true)
            #expect(error?.requestID == "r-1")
        }
        let domain = try await double.openSearch(http: script)
        let head = await openSearchError { try await domain.exists("p") }
        guard case .denied("es:ESHttpHead", _) = head else {
            Issue.record("\(String(describing: head))")
            return
        }
    }

    @Test func `keep at most 300 characters of the reason, and no question`() async throws {
        func refused(_ reason: String) async throws -> OpenSearchError? {
            let body = try JSONValue.object([
                "error": [
                    "root_cause": [["type": "query_shard_exception", "reason": .string(reason)]],
                    "type": "search_phase_execution_exception", "reason": "all shards failed",
                ], "status": 400,
            ]).text()
            let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(body, status: 400) })
            return await openSearchError { try await search.search("p", OpenSearchSearch()) }
        }
        let long = try await refused(String(repeating: "x\n", count: 400))
        guard case .badRequest(let details) = long else {
            Issue.record("\(String(describing: long))")
            return
        }
        #expect(details.reason.count == 300 && !details.reason.contains("\n"))
        #expect(details.type == "query_shard_exception")
        for reason in [
            "failed to create query: For input string: \"planted\"", "Failed to parse query [planted]",
            "failed to parse date field [planted] with format [x]",
        ] {
            let error = try await refused(reason)
            #expect(error?.details?.reason.isEmpty == false)
            #expect(!"\(String(describing: error))\(String(reflecting: error))".contains("planted"))
        }
    }

    @Test func `a login goes with every request and into no error`() async throws {
        let client = ScriptedClient { _, request in
            let sent = request.headers.first { $0.name == "Authorization" }?.value ?? ""
            return .json(#"{"error":"\#(sent) planted-password","status":401}"#, status: 401)
        }
        let login = OpenSearch.Login(user: "reader", password: AWSSecretText("planted-password"))
        let search = try scriptedOpenSearch(client, login: login)
        let error = await openSearchError { try await search.count("p") }
        let pair = Data("reader:planted-password".utf8).base64EncodedString()
        let sent = try #require(client.requests.first)
        #expect(sent.headers.filter { $0.name == "Authorization" }.map(\.value) == ["Basic \(pair)"])
        #expect(!sent.headers.contains { $0.name.lowercased().hasPrefix("x-amz") })
        var shown = "\(String(describing: error))\(String(reflecting: error))\(search)"
        dump(error, to: &shown)
        #expect(!shown.contains("planted") && !shown.contains(pair))
        let open = ScriptedClient { _, _ in .json(#"{"count":1}"#) }
        #expect(try await scriptedOpenSearch(open).count("p") == 1)
        #expect(open.requests.first?.headers.contains { $0.name == "Authorization" } == false)
    }

    @Test(arguments: ["ftp://h", "https://", "https://u:p@h", "https://h?x=1", "h"])
    func `an endpoint that is none is refused`(endpoint: String) throws {
        guard let url = URL(string: endpoint) else { return }
        #expect(throws: AWSError.self) {
            try OpenSearch(endpoint: url, http: ScriptedClient { _, _ in nil })
        }
    }

    @Test func `each has words of its own, and advice`() {
        let details = OpenSearchError.Details(operation: "_search", index: "p", status: 400, reason: "r")
        let errors: [OpenSearchError] = [
            .indexMissing(details), .notFound(details), .conflict(details), .badRequest(details),
            .throttled(details), .denied(action: "a", details), .timedOut(details),
            .shardsFailed(failed: 1, of: 2, details), .unavailable(details),
            .unexpectedResponse(operation: "_search", reason: "r", requestID: "i"),
            .invalidOperation(operation: "_search", reason: "r"), .aws(.missingCredentials(variable: "V")),
            .transport(.cancelled),
        ]
        #expect(Set(errors.map(\.description)).count == errors.count)
        #expect(errors.filter(\.isRetryable).count == 4)
    }
}
