import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

@Suite(.timeLimit(.minutes(2))) struct `Documents of OpenSearch` {
    @Test(arguments: ["1", "a b/é(1)+=%~*'!", "//x//", "日本語 😀", "50%25", "a?b#c&d=e"], [false, true])
    func `are written, read and deleted under any id`(id: String, serverless: Bool) async throws {
        let search = try await AWSDouble().openSearch(serverless: serverless)
        try await search.create("pages", OpenSearchIndex(["title": .text()]))
        #expect(try await search.document("pages", id) == nil)
        let source: JSONValue = ["title": "Grüße 😀\n\"quoted\"", "number": 9_007_199_254_740_993]
        #expect(try await search.put("pages", id, source))
        #expect(try await !search.put("pages", id, source))
        let read = try #require(try await search.document("pages", id))
        #expect(read.id == id && read.source == source)
        #expect(try await search.delete("pages", id))
        #expect(try await !search.delete("pages", id))
        #expect(try await search.document("pages", id) == nil)
    }

    @Test func `that are missing are told apart from an index that is`() async throws {
        let search = try await AWSDouble().openSearch()
        let error = await openSearchError { try await search.document("none", "1") }
        guard case .indexMissing = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        // A web server's 404 is no OpenSearch that has no such document.
        let elsewhere = try scriptedOpenSearch(ScriptedClient { _, _ in .json("<html>", status: 404) })
        let wrong = [
            await openSearchError { try await elsewhere.document("pages", "1") },
            await openSearchError { try await elsewhere.delete("pages", "1") },
        ]
        for error in wrong {
            guard case .notFound = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
    }

    @Test func `are changed only if nobody else did`() async throws {
        let client = ScriptedClient { number, _ in
            switch number {
            case 0:
                .json(
                    #"{"_index":"p","_id":"1","found":true,"_seq_no":7,"_primary_term":2,"_source":{"a":1}}"#)
            case 1: .json(#"{"_index":"p","_id":"1","result":"updated"}"#)
            default:
                .json(
                    """
                    {"error":{"root_cause":[{"type":"version_conflict_engine_exception","reason":"[1]: \
                    version conflict"}],"type":"version_conflict_engine_exception","reason":"x"},"status":409}
                    """, status: 409)
            }
        }
        let search = try scriptedOpenSearch(client)
        let document = try #require(try await search.document("p", "1"))
        #expect(document.revision == OpenSearchDocument.Revision(sequence: 7, primaryTerm: 2))
        try await search.put("p", "1", ["a": 2], ifUnchanged: document.revision, refresh: .waited)
        #expect(client.requests[1].target == "/p/_doc/1?refresh=wait_for&if_seq_no=7&if_primary_term=2")
        let error = await openSearchError {
            try await search.put("p", "1", ["a": 3], ifUnchanged: document.revision)
        }
        guard case .conflict(let details) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(details.reason == "[1]: version conflict")
    }

    @Test(arguments: ["", ".", "..", String(repeating: "é", count: 257)])
    func `of ids that cannot be are not asked for`(id: String) async throws {
        let client = ScriptedClient { _, _ in .json("{}") }
        let search = try scriptedOpenSearch(client)
        let errors = [
            await openSearchError { try await search.document("p", id) },
            await openSearchError { try await search.put("p", id, [:]) },
            await openSearchError { try await search.delete("p", id) },
        ]
        for error in errors {
            guard case .invalidOperation = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(client.requests.isEmpty)
    }

    @Test func `that are not those asked for are refused`() async throws {
        let answers = [
            #"{"_index":"p","_id":"2","found":true,"_source":{}}"#, #"{"_index":"p","found":true}"#,
            #"{"result":"exploded"}"#, "[]",
        ]
        for (number, answer) in answers.enumerated() {
            let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(answer) })
            let error = await openSearchError {
                if number == 2 {
                    try await search.put("p", "1", [:])
                } else {
                    _ = try await search.document("p", "1")
                }
            }
            guard case .unexpectedResponse = error else {
                Issue.record("\(answer): \(String(describing: error))")
                continue
            }
        }
    }
}
