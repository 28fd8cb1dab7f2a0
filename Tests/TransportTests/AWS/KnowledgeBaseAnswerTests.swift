import Foundation
import TestSupport
import Testing
import Transport

@Suite(.timeLimit(.minutes(2))) struct `Answers of a knowledge base` {
    private let query = KnowledgeBaseQuery(knowledgeBaseID: "KB00000001", text: "planted", numberOfResults: 2)

    private func runtime(_ answers: [String], status: Int = 200) throws -> BedrockAgentRuntime {
        let host = "https://bedrock-agent-runtime.us-east-1.amazonaws.com"
        let keys = AWSCredentials(accessKeyID: "AKID", secretAccessKey: "key")
        return try BedrockAgentRuntime(
            region: "us-east-1", credentials: StaticCredentials(keys),
            http: ReplayHTTPClient(
                answers.map {
                    .init(
                        method: "POST", url: "\(host)/knowledgebases/KB00000001/retrieve", status: status,
                        body: Data($0.utf8))
                }))
    }

    @Test(
        arguments: [
            (#"{"type": "S3", "s3Location": {"uri": "s3://b/k"}}"#, .s3, "s3://b/k"),
            (#"{"type": "WEB", "webLocation": {"url": "https://a"}}"#, .web, "https://a"),
            (
                #"{"type": "CONFLUENCE", "confluenceLocation": {"url": "https://b"}}"#, .confluence,
                "https://b"
            ),
            (
                #"{"type": "SALESFORCE", "salesforceLocation": {"url": "https://c"}}"#, .salesforce,
                "https://c"
            ),
            (
                #"{"type": "SHAREPOINT", "sharePointLocation": {"url": "https://d"}}"#, .sharePoint,
                "https://d"
            ),
            (#"{"type": "CUSTOM", "customDocumentLocation": {"id": "doc"}}"#, .custom, "doc"),
            (#"{"type": "KENDRA", "kendraDocumentLocation": {"uri": "https://e"}}"#, .kendra, "https://e"),
            (#"{"type": "SQL", "sqlLocation": {"query": "SELECT 1"}}"#, .sql, "SELECT 1"),
            (#"{"type": "ONEDRIVE", "oneDriveLocation": {"url": "https://f"}}"#, .oneDrive, "https://f"),
            (
                #"{"type": "GOOGLEDRIVE", "googleDriveLocation": {"url": "https://g"}}"#, .googleDrive,
                "https://g"
            ),
            (#"{"type": "NOTION", "notionLocation": {"url": "https://h"}}"#, .other, nil),
            (#"{"type": "WEB"}"#, .web, nil), (#"{"type": "WEB", "webLocation": {"url": ""}}"#, .web, nil),
        ] as [(String, KnowledgeBaseLocation.Kind, String?)])
    func `name places of every kind`(
        json: String, kind: KnowledgeBaseLocation.Kind, uri: String?
    ) async throws {
        let answer = #"{"retrievalResults": [{"content": {"text": "t"}, "location": \#(json)}]}"#
        let found = try await runtime([answer]).retrieve(query)
        #expect(found.results.map(\.location) == [KnowledgeBaseLocation(kind: kind, uri: uri)])
        #expect(found.results[0].score == nil && found.results[0].metadata.isEmpty)
    }

    @Test(arguments: [
        (#"{"type": "TEXT", "text": "words"}"#, "words"),
        (
            #"""
            {"type": "ROW", "row": [{"columnName": "a", "columnValue": "1", "type": "LONG"},
              {"columnName": "b", "type": "NULL"}, {"columnName": "c", "columnValue": "x"}]}
            """#, "a: 1\nc: x"
        ),
        (#"{"type": "AUDIO", "audio": {"s3Uri": "s3://b/a", "transcription": "said"}}"#, "said"),
        (#"{"type": "VIDEO", "video": {"s3Uri": "s3://b/v", "summary": "shown"}}"#, "shown"),
        (#"{"type": "IMAGE", "byteContent": "data:image/png;base64,AA=="}"#, ""),
    ])
    func `have the text of whatever was found`(content: String, text: String) async throws {
        let answer = #"""
            {"retrievalResults": [{"content": \#(content), "documentId": "d", "score": 0.25}],
             "guardrailAction": "INTERVENED"}
            """#
        let found = try await runtime([answer]).retrieve(query)
        #expect(found.results.map(\.text) == [text] && found.results[0].documentID == "d")
        #expect(found.results[0].score == 0.25 && found.hasGuardrailIntervened)
    }

    @Test(arguments: [
        "", "<html>", "{}", "[]", #"{"retrievalResults": [{}]}"#,
        #"{"retrievalResults": [{"content": "t"}]}"#,
    ])
    func `that are none are refused`(_ answer: String) async throws {
        let error = await #expect(throws: AWSError.self) { try await runtime([answer]).retrieve(query) }
        guard case .unexpectedResponse(_, "Retrieve", _, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `whose pages do not end are refused`() async throws {
        let same = [String](repeating: #"{"retrievalResults": [], "nextToken": "t"}"#, count: 3)
        await #expect(throws: AWSError.self) { try await runtime(same).retrieve(query) }
        let other = (0..<300).map { #"{"retrievalResults": [], "nextToken": "t\#($0)"}"# }
        let error = await #expect(throws: AWSError.self) { try await runtime(other).retrieve(query) }
        guard case .unexpectedResponse(_, _, "its pages do not end", _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `after enough results are not asked for`() async throws {
        let result = #"{"content": {"text": "t"}}"#
        let answer = #"{"retrievalResults": [\#(result), \#(result), \#(result)], "nextToken": "more"}"#
        #expect(try await runtime([answer]).retrieve(query).results.count == 2)
    }

    @Test func `that quote the question are shown without it`() async throws {
        let refusal = #"{"__type": "ValidationException", "message": "'planted' is too vague"}"#
        let error = await #expect(throws: AWSError.self) {
            try await runtime([refusal], status: 400).retrieve(query)
        }
        #expect(error?.kind == .invalidRequest && error?.description.contains("'…' is too vague") == true)
    }
}
