import JSONValue
import Models
import Testing

@testable import Components

@Suite struct `The record of an agent's calls` {
    private func record(_ results: [String]) -> CallRecord {
        var record = CallRecord()
        for (number, text) in results.enumerated() {
            let call = ToolCall(id: "call_\(number)", name: "probe", arguments: ["number": .integer(number)])
            record.keep(
                ToolCaller.Outcome(call: call, result: ToolResult(callID: call.id, content: .text(text))))
        }
        return record
    }

    @Test func `tells the latest results, the oldest of them first`() throws {
        let half = String(repeating: "a", count: CallRecord.transcriptLimitBytes / 2)
        let transcript = record(["gone", half, "second", "third"]).transcript
        #expect(transcript.contains("gone"))
        let second = try #require(transcript.firstRange(of: "second"))
        let third = try #require(transcript.firstRange(of: "third"))
        #expect(second.lowerBound < third.lowerBound)
        let full = record(["gone", half, half, "third"]).transcript
        #expect(!full.contains("gone") && full.contains("third"))
        #expect(record([]).transcript == "nothing")
    }

    @Test func `cuts a result that is too long by itself, and closes it`() {
        let long = String(repeating: "é", count: CallRecord.transcriptLimitBytes)
        let transcript = record(["before", long]).transcript
        #expect(transcript.hasPrefix("<result>\n<call>probe"))
        #expect(transcript.hasSuffix("é…\n</result>"))
        let limit = CallRecord.transcriptLimitBytes
        #expect((limit - 1...limit).contains(transcript.utf8.count))
        #expect(!transcript.contains("before"))
    }
}
