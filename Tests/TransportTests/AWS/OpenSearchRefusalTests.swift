import Crypto
import Foundation
import TestSupport
import Testing

@testable import Transport

@Suite struct `OpenSearch at the signer and in refusals` {
    private let keys = AWSCredentials(accessKeyID: "AKIDEXAMPLE", secretAccessKey: "secret")

    @Test(arguments: ["", #"{"query":{"match_all":{}}}"#])
    func `Serverless is sent the body's hash, signed, and a domain is not`(body: String) throws {
        let request = HTTPRequest(
            method: "POST", url: "https://x.aoss.us-east-1.amazonaws.com/p/_search", body: Data(body.utf8))
        let hash = SHA256.hash(data: Data(body.utf8)).hexadecimal
        let signed = try SigV4Signer(region: "us-east-1", service: "aoss").sign(
            request, credentials: keys, date: Date(timeIntervalSince1970: 0))
        let told = signed.headers.filter { $0.name.lowercased() == "x-amz-content-sha256" }
        #expect(told.map(\.value) == [hash])
        let authorization = signed.headers.first { $0.name == "Authorization" }?.value ?? ""
        #expect(authorization.contains("SignedHeaders=host;x-amz-content-sha256;x-amz-date,"))
        let again = try SigV4Signer(region: "us-east-1", service: "aoss").sign(
            signed, credentials: keys, date: Date(timeIntervalSince1970: 0))
        #expect(again.headers.first { $0.name == "Authorization" }?.value == authorization)
        let domain = try SigV4Signer(region: "us-east-1", service: "es").sign(request, credentials: keys)
        #expect(!domain.headers.contains { $0.name.lowercased() == "x-amz-content-sha256" })
    }

    private func told(_ body: String, status: Int = 400) -> AWSRefusalText {
        AWSRefusalText(HTTPResponseHead(status: status, headers: []), body: Data(body.utf8))
    }

    @Test func `a refusal's first root cause says most`() {
        let search = told(
            """
            {"error":{"root_cause":[{"type":"parsing_exception","reason":"unknown query [x]"}],\
            "type":"search_phase_execution_exception","reason":"all shards failed"},"status":400}
            """)
        #expect(search.code == "parsing_exception" && search.message == "unknown query [x]")
        let bare = told(#"{"error":{"type":"index_not_found_exception","reason":"r"},"status":404}"#)
        #expect(bare.code == "index_not_found_exception" && bare.message == "r")
        let text = told(#"{"error":"alias [a] missing","status":404}"#)
        #expect(text.code.isEmpty && text.message == "alias [a] missing")
        #expect(told(#"{"_index":"p","_id":"1","found":false}"#).code == "document_missing")
        #expect(told(#"{"_index":"p","_id":"1","result":"not_found"}"#).code == "document_missing")
        #expect(told(#"{"error":[1],"status":400}"#).code.isEmpty)
    }

    @Test func `other services' words stand before it`() {
        let aws = told(#"{"__type":"x#ThrottlingException","message":"m","error":"e","status":400}"#)
        #expect(aws.code == "ThrottlingException" && aws.message == "m")
        let login = told(#"{"error":"invalid_grant","error_description":"d"}"#)
        #expect(login.code.isEmpty && login.message.isEmpty)
    }
}
