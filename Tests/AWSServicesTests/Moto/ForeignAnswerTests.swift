import Concurrency
import Foundation
import JSONValue
import TestSupport
import Testing
import Transport

@testable import AWSServices

/// An answer with the status of a success that is not the service's: of a network that wants a login first, or cut to
/// nothing on its way. To take it for one of ours would be to find nothing where there is something.
@Suite(.timeLimit(.minutes(1))) struct `An answer that is nobody’s` {
    private static let page = "<html><body>Sign in to use this network.</body></html>"

    private func account(_ body: String) async throws -> AWSAccount {
        try await Moto().account(http: ScriptedClient { _, _ in .json(body) })
    }

    /// Has a call throw that the answer is not as documented.
    private func expectUnexpected(_ what: String, _ call: () async throws -> Void) async {
        do {
            try await call()
            Issue.record("\(what) took it for an answer")
        } catch AWSError.unexpectedResponse {
        } catch {
            Issue.record(error, "\(what)")
        }
    }

    @Test(arguments: [Self.page, "", "<ListBucketResult>", "<Other/>"])
    func `is no list of a bucket, and no deletion`(body: String) async throws {
        let s3 = try S3(try await account(body))
        await expectUnexpected("list") { _ = try await s3.list("bucket-1") }
        await expectUnexpected("objects") { for try await _ in s3.objects("bucket-1") {} }
        await expectUnexpected("delete") { _ = try await s3.delete("bucket-1", keys: ["a", "b"]) }
    }

    @Test(arguments: ["", "<NextContinuationToken></NextContinuationToken>"])
    func `that says that there is more, and not where, is no whole list`(token: String) async throws {
        let body = "<ListBucketResult><IsTruncated>true</IsTruncated>\(token)</ListBucketResult>"
        let s3 = try S3(try await account(body))
        await expectUnexpected("objects") { for try await _ in s3.objects("bucket-1") {} }
        let whole = try S3(
            try await account("<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>"))
        #expect(try await whole.list("bucket-1").objects.isEmpty)
    }

    @Test(arguments: [Self.page, "", "[]", "null"]) func `is no empty queue`(body: String) async throws {
        let sqs = try SQS(try await account(body))
        await expectUnexpected("receive") { _ = try await sqs.receive("q", waitSeconds: 0) }
        await expectUnexpected("attributes") { _ = try await sqs.attributes("q") }
        let empty = try SQS(try await account("{}"))
        #expect(try await empty.receive("q", waitSeconds: 0).isEmpty)
    }

    @Test(arguments: [Self.page, "", "<Other/>"]) func `is no topic, and nobody's identity`(body: String)
        async throws
    {
        let account = try await account(body)
        await expectUnexpected("topic") { try await SNS(account).checkTopic("arn") }
        await expectUnexpected("publish") { _ = try await SNS(account).publish("arn", SNS.Message("a")) }
        await expectUnexpected("identity") { _ = try await STS(account).callerIdentity() }
    }

    @Test(arguments: ["", "{}", Self.page]) func `is no write of OpenSearch, nor an alias`(body: String)
        async throws
    {
        let search = try scriptedOpenSearch(ScriptedClient { _, _ in .json(body) })
        var errors = [
            await openSearchError { try await search.put("p", "a", [:], version: 7) },
            await openSearchError { try await search.put("p", "a", [:]) },
            await openSearchError { try await search.delete("p", "a") },
        ]
        if body != "{}" {
            errors += [
                await openSearchError { try await search.indexes(ofAlias: "all") },
                await openSearchError { try await search.mappings("p") },
                await openSearchError { try await search.refresh("p") },
            ]
        }
        for error in errors {
            guard case .unexpectedResponse = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(try await search.exists("p"), "a HEAD has no body")
    }
}
