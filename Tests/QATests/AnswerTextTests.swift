import Testing

@testable import QA

@Suite struct `A draft's sentences and markers` {
    @Test(arguments: [
        ("One. Two [1].", ["One.", "Two."], [[], [1]]),
        ("It is 30 days [1]. Ask Ruth [2][3].", ["It is 30 days.", "Ask Ruth."], [[1], [2, 3]]),
        ("It is 30 days. [1] Ask Ruth. [2, 3]", ["It is 30 days.", "Ask Ruth."], [[1], [2, 3]]),
        ("- first [1]\n- second [2]", ["- first", "- second"], [[1], [2]]),
        ("Version 2.3.1 is out [4]", ["Version 2.3.1 is out"], [[4]]),
        ("An array[0] stays [1].", ["An array", "stays."], [[0], [1]]),
        ("[note] is text [1].", ["[note] is text."], [[1]]),
        ("", [], []),
        ("[1]", [], []),
        ("Twice [1][1].", ["Twice."], [[1]]),
    ])
    func `are told apart`(draft: String, texts: [String], markers: [[Int]]) {
        let sentences = AnswerText(draft).sentences
        #expect(sentences.map(\.text) == texts)
        #expect(sentences.map(\.markers) == markers)
    }
}
