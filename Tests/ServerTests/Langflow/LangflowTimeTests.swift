import Components
import FlowService
import Foundation
import JSONValue
import Testing

@testable import Server

@Suite struct `What Langflow's clients read` {
    @Test(arguments: [
        (0, "1970-01-01 00:00:00.000000 UTC"), (-1, "1969-12-31 23:59:59.000000 UTC"),
        (951_782_400, "2000-02-29 00:00:00.000000 UTC"), (951_868_799.5, "2000-02-29 23:59:59.500000 UTC"),
        (951_868_800, "2000-03-01 00:00:00.000000 UTC"), (4_107_542_400, "2100-03-01 00:00:00.000000 UTC"),
        (1_796_028_634.694, "2026-11-30 08:50:34.694000 UTC"),
        (-62_167_219_200, "0000-01-01 00:00:00.000000 UTC"),
        (-1e300, "0000-01-01 00:00:00.000000 UTC"), (1e300, "9999-12-31 23:59:59.000000 UTC"),
        (Double.nan, "1970-01-01 00:00:00.000000 UTC"),
    ])
    func `has times in UTC to the microsecond`(seconds: Double, text: String) {
        #expect(LangflowTime.text(Date(timeIntervalSince1970: seconds)) == text)
    }

    @Test func `has the dates of Foundation's calendar, leap days and turns of years among them`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        // From 1900 to 2150, a step of 31 days and some hours at a time.
        for number in 0..<2_900 {
            let date = Date(timeIntervalSince1970: -2_208_988_800 + Double(number) * 2_720_417)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            let digits = LangflowTime.text(date).split { !$0.isNumber }.compactMap { Int($0) }
            let expected = [parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second]
            #expect(digits.dropLast() == expected.compactMap { $0 }[...])
        }
    }

    @Test func `has its members in the order of their bytes, each once`() throws {
        let citation = ChatMessage.Citation(
            number: 1, title: "A “page”", url: "https://example.com", passage: 7, quote: "said\nhere")
        let message = ChatMessage(
            "Answer [1]", role: .assistant, files: ["a.txt", "b\\c.txt"], citations: [citation])
        let output = FlowOutput(
            component: "ChatOutput-1", title: "Chat Output", type: "ChatOutput", port: "message",
            value: .null, message: message)
        let response = try FlowResponse(json: [
            "run_id": "r", "flow": ["id": "f", "name": "F", "version": 1], "session": "s",
            "input": "Question?", "outputs": [output.json, output.json],
        ])
        let request = try LangflowRunRequest(["input_value": "Question?"])
        let document = LangflowRunDocument(response, request, at: Date(timeIntervalSince1970: 0))
        let tree = type(of: output.json)
        let read = try tree.init(parsing: Data(document.utf8))
        #expect(try read.utf8() == document.utf8)
        let block = try #require(read["outputs"]?.array?.first)
        #expect(block["inputs"] == ["input_value": "Question?"])
        #expect(block["outputs"]?.array?.count == 2)
        let whole = try #require(block["outputs"]?.array?.first?["results"]?["message"])
        #expect(whole["id"] == nil)
        #expect(whole["data"]?["id"] == "r-ChatOutput-1")
        #expect(whole["files"] == ["a.txt", "b\\c.txt"])
        let contents = try #require(whole["content_blocks"]?.array?.first?["contents"]?.array)
        #expect(contents.first?["data"] == citation.json)
        let messages = LangflowMessages(
            session: "s", flow: "f", run: "r", time: Date(timeIntervalSince1970: 0))
        let added = messages.added(message, id: "m", component: "c", title: "C")
        let event = try tree.init(parsing: Data(added))
        #expect(try event.utf8() == added)
        #expect(event["event"] == "add_message")
        #expect(event["data"]?["id"] == "m")
        #expect(event["data"]?["properties"]?["source"] == ["id": "c", "display_name": "C", "source": "C"])
    }
}
