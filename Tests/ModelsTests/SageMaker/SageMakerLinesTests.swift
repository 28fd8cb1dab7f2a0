import Foundation
import JSONValue
import Testing

@testable import Models

@Suite struct `Lines of a streamed answer` {
    private func read(_ text: String, size: Int) throws -> [SageMakerLines.Line] {
        var lines = SageMakerLines()
        var found: [SageMakerLines.Line] = []
        let bytes = Array(text.utf8)
        for start in stride(from: 0, to: bytes.count, by: size) {
            lines.append(Data(bytes[start..<min(start + size, bytes.count)]))
            while let line = try lines.next() { found.append(line) }
        }
        if let line = try lines.last() { found.append(line) }
        return found
    }

    @Test(arguments: [1, 2, 3, 5, 11, 1_000])
    func `are the same however the bytes are cut`(size: Int) throws {
        let text = """
            : a comment\r\nevent: message\r\ndata:{"a": "Ä日😀"}\r\n\r\ndata: {"a": 2}\n\nid: 7\nretry: 5\n
            data\ndata:\n{"a": "x\\ny"}\n  {"a": 4}  \n[5]\rdata: [DONE] \n[DONE]\n
            """
        #expect(
            try read(text, size: size) == [
                .json(["a": "Ä日😀"]), .json(["a": 2]), .json(["a": "x\ny"]), .json(["a": 4]), .json([5]),
                .done, .done,
            ])
    }

    @Test func `a last line may lack its end, unless it is cut`() throws {
        #expect(try read(#"{"a": 1}"#, size: 3) == [.json(["a": 1])])
        #expect(try read("", size: 3) == [])
        for text in [#"{"a": 1"#, #"data: {"a""#, "dat", #"data: {"a": "\#u{C3}"#] {
            #expect(throws: SageMakerLines.Fault.notJSON) { try read(text, size: 3) }
        }
    }

    @Test func `what is no line of a stream is refused`() {
        for text in ["<html>\n", "Internal error\n", "datum: {}\n"] {
            #expect(throws: SageMakerLines.Fault.notJSON) { try read(text, size: 100) }
        }
    }

    @Test func `a line without end does not fill the memory`() throws {
        var lines = SageMakerLines()
        #expect(throws: SageMakerLines.Fault.tooLong) {
            while true {
                lines.append(Data(repeating: UInt8(ascii: "a"), count: 1 << 20))
                _ = try lines.next()
            }
        }
    }
}

@Suite struct `The text of an answer in pieces` {
    private func events(
        _ text: String, size: Int, stops: [String] = [], beginsInThought: Bool = false
    ) -> (events: [GenerationEvent], hasStopped: Bool) {
        var answer = SageMakerAnswerText(stopSequences: stops, beginsInThought: beginsInThought)
        var events: [GenerationEvent] = []
        let characters = Array(text)
        for start in stride(from: 0, to: characters.count, by: size) {
            events += answer.take(String(characters[start..<min(start + size, characters.count)]))
        }
        return (events + answer.finish(), answer.hasStopped)
    }

    private func text(_ events: [GenerationEvent]) -> String {
        events.map { if case .text(let text) = $0 { text } else { "" } }.joined()
    }

    @Test(arguments: 1...12)
    func `ends before the first stop sequence, wherever the pieces are cut`(size: Int) {
        let (stopped, hasStopped) = events("ab ENDE END. END", size: size, stops: ["END.", "\n\n"])
        #expect(text(stopped) == "ab ENDE " && hasStopped)
        let (whole, none) = events("ab ENDE EN", size: size, stops: ["END.", "\n\n"])
        #expect(text(whole) == "ab ENDE EN" && !none)
        #expect(text(events("xEND.", size: size, stops: ["D.", "END."]).events) == "x")
        #expect(!stopped.contains(.text("")))
    }

    @Test(arguments: 1...12)
    func `tells a thought apart`(size: Int) {
        let (thought, _) = events("<think>\nSo <b>.\n</think>\n\nYes.", size: size)
        #expect(thought.first == .reasoning(Reasoning(text: "So <b>.")) && text(thought) == "Yes.")
        let (begun, _) = events("So.</think>Yes.", size: size, beginsInThought: true)
        #expect(begun.first == .reasoning(Reasoning(text: "So.")) && text(begun) == "Yes.")
        #expect(events("<think>Never", size: size).events == [.reasoning(Reasoning(text: "Never"))])
    }
}
