import Corpus
import Models

/// A draft's markers resolved to passages, and each sentence checked against what it cites.
struct CitationResolver: Sendable {
    /// What an answer says when nothing answers.
    static let abstention = "I don't know: nothing in the pages you may read answers this."

    func answer(_ draft: Draft, question: String) -> Answer {
        let text = AnswerText(draft.text)
        let declined =
            draft.stopReason == .noAnswer || text.sentences.isEmpty
            || draft.text.contains(PromptBuilder.noAnswer)
        guard !declined else { return abstained(draft, question: question) }
        var stray: Set<Int> = []
        var quotes: [Int: [Range<Int>]] = [:]
        let sentences = text.sentences.map { sentence in
            check(sentence, draft.prepared.passages, &quotes, &stray)
        }
        // Nothing of it is borne out: this is no answer that a reader could trust.
        guard sentences.contains(where: \.isSupported) else { return abstained(draft, question: question) }
        return Answer(
            question: question, text: joined(text, sentences), abstained: false, sentences: sentences,
            citations: quotes.keys.sorted().map { marker in
                Citation(
                    marker: marker, passage: draft.prepared.passages[marker - 1],
                    quotes: Self.merged(quotes[marker] ?? []))
            }, related: [], strayMarkers: stray.sorted(),
            passages: draft.prepared.passages, generator: draft.generator)
    }

    private func check(
        _ sentence: AnswerText.Sentence, _ passages: [RetrievedChunk], _ quotes: inout [Int: [Range<Int>]],
        _ stray: inout Set<Int>
    ) -> AnswerSentence {
        var cited: [Int] = []
        var isSupported = false
        for marker in sentence.markers {
            guard (1...max(passages.count, 1)).contains(marker), !passages.isEmpty else {
                stray.insert(marker)
                continue
            }
            cited.append(marker)
            var found = quotes[marker] ?? []
            if let range = Support.range(of: sentence.text, in: passages[marker - 1].chunk.text) {
                isSupported = true
                found.append(range)
            }
            quotes[marker] = found
        }
        return AnswerSentence(text: sentence.text, citations: cited.sorted(), isSupported: isSupported)
    }

    private func joined(_ text: AnswerText, _ sentences: [AnswerSentence]) -> String {
        var result = ""
        for (piece, sentence) in zip(text.sentences, sentences) {
            if !result.isEmpty { result += piece.separator }
            result += sentence.text
            if !sentence.citations.isEmpty {
                result += " " + sentence.citations.map { "[\($0)]" }.joined()
            }
        }
        return result
    }

    private func abstained(_ draft: Draft, question: String) -> Answer {
        Answer(
            question: question, text: Self.abstention, abstained: true, sentences: [], citations: [],
            related: Array(draft.prepared.passages.prefix(3)), strayMarkers: [],
            passages: draft.prepared.passages, generator: draft.generator)
    }

    /// Ranges in order, overlapping ones joined.
    static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound {
                result[result.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
