import Concurrency
import Foundation
import HTTPTypes
import Models
import Testing

@testable import Server

@Suite(.timeLimit(.minutes(2))) struct `POST v1 ask` {
    @Test func `a question is answered with citations whose quotes are UTF-16 offsets of their text`()
        async throws
    {
        let fixture = try await ServerFixture()
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "how do I rotate the certificate", "top_k": 1}"#)
        #expect(response.status == .ok)
        let answer = try response.json
        #expect(answer["id"] == .text("test-1"))
        #expect(answer["abstained"] == .flag(false))
        #expect(answer["answer"]?.text?.contains("vault renew") == true)
        let citation = try #require(answer["citations"]?.list.first)
        #expect(citation["marker"] == .number(1))
        #expect(citation["title"] == .text("How to rotate a certificate"))
        let bounds = try #require(citation["quote_ranges"]?.list.first).list
        let range = bounds.compactMap { $0.number }
        let text = try #require(citation["text"]?.text)
        let quoted = NSString(string: text).substring(
            with: NSRange(location: Int(range[0]), length: Int(range[1] - range[0])))
        #expect(quoted.contains("rotate the certificate with vault renew"))
        #expect(!quoted.contains("ninety"))
    }

    @Test func `unknown facts of a passage are null, so that every key is there`() async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/ask", json: #"{"question": "rotate the certificate", "top_k": 1}"#)
        let citation = try #require(try response.json["citations"]?.list.first)
        #expect(citation["url"] == .null)
        #expect(citation["author"] == .null)
        #expect(citation["updated_at"] == .null)
        #expect(
            citation.keys == [
                "marker", "chunk_id", "document_id", "title", "space_key", "space_name", "kind",
                "heading_path",
                "ancestors", "labels", "url", "anchor", "author", "updated_at", "text", "quote_ranges",
                "score",
            ])
    }

    @Test func `the trace names every component, and how each passage was found`() async throws {
        let response = try await ServerFixture().respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen"}"#)
        let trace = try #require(try response.json["trace"])
        let stages = trace["stages"]?.list.compactMap { $0["name"]?.text } ?? []
        #expect(
            Set(stages).isSuperset(of: ["embed", "vector", "keyword", "fuse", "prompt", "generate", "cite"]))
        #expect(trace["generator"] == .text("quoting"))
        let first = try #require(trace["retrieved"]?.list.first)
        #expect(
            first.keys == [
                "chunk_id", "title", "vector_rank", "vector_score", "keyword_rank", "keyword_score",
                "fused_score",
            ])
    }

    @Test func `a streamed answer begins with stages and ends with answer and done, in that order`()
        async throws
    {
        let response = try await ServerFixture().respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen", "stream": true}"#)
        #expect(response.headers[.contentType] == "text/event-stream")
        let events = try await response.events()
        let names = events.map(\.name)
        #expect(names.first == "stage")
        #expect(names.suffix(2) == ["answer", "done"])
        let passages = try #require(names.firstIndex(of: "passages"))
        let token = try #require(names.firstIndex(of: "token"))
        #expect(passages < token)
        #expect(names.filter { $0 == "answer" }.count == 1)
        let tokens = events.filter { $0.name == "token" }.compactMap { $0.data["text"]?.text }.joined()
        #expect(tokens.contains("Deploys happen on Tuesdays."))
        let answer = try #require(events.first { $0.name == "answer" }).data
        #expect(answer["id"] == .text("test-1"))
        let markers = events[passages].data["passages"]?.list.compactMap { $0["marker"]?.number } ?? []
        #expect(markers == markers.indices.map { Double($0 + 1) })
    }

    @Test
    func `a stream whose model fails ends with an error that hides the cause and says that a retry helps`()
        async throws
    {
        let fixture = try await ServerFixture(generator: FailingGenerator())
        let events = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen", "stream": true}"#
        ).events()
        let last = try #require(events.last)
        #expect(last.name == "error")
        #expect(last.data["status"] == .number(502))
        #expect(last.data["retryable"] == .flag(true))
        #expect(last.data["request_id"] == .text("test-1"))
        #expect(last.data["detail"]?.text?.contains("secret") == false)
        #expect(fixture.log.lines.contains { $0.metadata["millrace.cause"]?.contains("secret.pem") == true })
    }

    /// A model before which a guardrail stands.
    private struct GuardedGenerator: Generator {
        let name = "guarded"

        func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
            PulledSequence([
                .text("This was blocked."),
                .intervened(
                    GuardrailIntervention(
                        guardrail: "gr1", version: "3", policies: [.topic], places: [.question],
                        requestID: "aws-1")),
                .finished(.filtered),
            ])
        }
    }

    @Test(arguments: [true, false])
    func `an answer that a guardrail withheld shows its words, and who to ask about it`(
        stream: Bool
    ) async throws {
        let fixture = try await ServerFixture(generator: GuardedGenerator())
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen", "stream": \#(stream)}"#)
        #expect(response.status == .ok)
        var answer = try stream ? nil : response.json
        if stream {
            let events = try await response.events()
            #expect(events.map(\.name).suffix(2) == ["answer", "done"])
            answer = events.first { $0.name == "answer" }?.data
        }
        #expect(answer?["answer"] == .text("This was blocked."))
        #expect(answer?["abstained"] == .flag(false))
        let withheld = try #require(answer?["withheld"])
        #expect(withheld["guardrail"] == .text("gr1") && withheld["guardrail_version"] == .text("3"))
        #expect(withheld["policies"]?.list == [.text("topic")])
        #expect(withheld["places"]?.list == [.text("question")])
        #expect(withheld["request_id"] == .text("aws-1"))
        #expect(withheld["advice"]?.text?.isEmpty == false)
    }

    @Test(arguments: [true, false])
    func `a failing model is a 502 that tells whether a retry helps`(isRetryable: Bool) async throws {
        let fixture = try await ServerFixture(generator: FailingGenerator(isRetryable: isRetryable))
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen"}"#)
        #expect(response.status.code == 502)
        let problem = try response.json
        #expect(problem["retryable"] == .flag(isRetryable))
        #expect(problem["detail"]?.text?.contains("/etc/") == false)
    }

    @Test func `an answer that takes too long is a 504`() async throws {
        var fixture = try await ServerFixture(generator: EndlessGenerator())
        fixture.configuration.requestTimeout = .milliseconds(200)
        let response = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen"}"#)
        #expect(response.status.code == 504)
    }

    @Test func `a stream that takes too long ends with an error of 504`() async throws {
        var fixture = try await ServerFixture(generator: EndlessGenerator())
        fixture.configuration.requestTimeout = .milliseconds(300)
        let events = try await fixture.respond(
            .post, "/v1/ask", json: #"{"question": "when do deploys happen", "stream": true}"#
        ).events()
        #expect(events.last?.name == "error")
        #expect(events.last?.data["status"] == .number(504))
    }
}
