import TestSupport
import Testing

@testable import Models

@Suite struct `Thoughts at the beginning of an answer` {
    private func split(_ pieces: [String], beginsInThought: Bool = false) -> (thought: String, answer: String)
    {
        var splitter = OpenAIThoughtSplitter(beginsInThought: beginsInThought)
        var (thought, answer) = ("", "")
        for piece in pieces.flatMap({ splitter.take($0) }) + splitter.finish() {
            switch piece {
            case .thought(let text): thought += text
            case .answer(let text): answer += text
            }
        }
        return (thought, answer)
    }

    private static let known = [
        ("<think>x</think>a", "x", "a"), (" \n<think>\nx y\n</think>\n\na\nb ", "\nx y\n", "a\nb "),
        ("<think></think>a", "", "a"), ("<think>\n\n</think>\n\na", "\n\n", "a"),
        ("a<think>x</think>", "", "a<think>x</think>"), ("<thinking>x", "", "<thinking>x"),
        ("<think>x</think>a <think>y</think>", "x", "a <think>y</think>"),
        ("<think>a < b </thin </think >c</think>d", "a < b </thin </think >c", "d"),
        ("<think>x", "x", ""), ("<think>x</thi", "x</thi", ""), ("<think>x</think>", "x", ""),
        ("<think>x</think> \n", "x", ""), ("<thi", "", "<thi"), (" \n", "", " \n"), ("", "", ""),
        ("< b", "", "< b"),
        ("<think>日本</think>😀é", "日本", "😀é"), ("</think>a", "", "</think>a"), ("\n\n a", "", "\n\n a"),
    ]

    @Test(arguments: known)
    func `are told apart from it`(text: String, thought: String, answer: String) {
        let whole = split([text])
        #expect(whole.thought == thought)
        #expect(whole.answer == answer)
    }

    @Test func `are told apart however the text is cut`() {
        var random = SeededGenerator(seed: 20_261_129)
        for (text, thought, answer) in Self.known {
            let alone = split(text.map(String.init))
            #expect(alone.thought == thought && alone.answer == answer, "\(text)")
            for _ in 0..<20 {
                var rest = text[...]
                var pieces: [String] = []
                while !rest.isEmpty {
                    let count = Int.random(in: 0...4, using: &random)
                    pieces.append(String(rest.prefix(count)))
                    rest = rest.dropFirst(count)
                }
                let cut = split(pieces)
                #expect(cut.thought == thought && cut.answer == answer, "\(pieces)")
            }
        }
    }

    @Test(arguments: [
        ("x</think>a", "x", "a"), ("<think>x</think>a", "x", "a"), ("x", "x", ""), ("", "", ""),
        ("</think>a", "", "a"),
    ])
    func `may begin without a word`(text: String, thought: String, answer: String) {
        for pieces in [[text], text.map(String.init)] {
            let told = split(pieces, beginsInThought: true)
            #expect(told.thought == thought && told.answer == answer)
        }
    }

    @Test func `are passed on as they come, and so is the answer`() {
        var splitter = OpenAIThoughtSplitter()
        #expect(splitter.take("<think>I th") == [.thought("I th")])
        #expect(splitter.take("ink. <") == [.thought("ink. ")])
        #expect(splitter.take("/think>\n") == [])
        #expect(splitter.take("\nIt") == [.answer("It")])
        #expect(splitter.take(" is.") == [.answer(" is.")])
        #expect(splitter.finish() == [])
    }
}
