import Foundation
import Text

/// The sentences of a prompt's passages that might answer, with what their words say for them.
struct SentenceScorer: Sendable {
    struct Candidate: Sendable, Hashable {
        /// Offset of the passage in the prompt.
        var passage: Int
        /// Offset of the sentence in its passage.
        var position: Int
        var marker: Int
        var sentence: Sentence
        /// The sentence under its page's title and heading: "It lasts 30 days" alone is about nothing.
        var embeddedText: String
        /// 0…1: the weighted share of the question's words that stand in the sentence or above it.
        var wordScore: Double
    }

    /// Words of the surroundings count for this share of the sentence's own.
    private static let contextShare = 0.6

    let passages: [[Sentence]]
    let candidates: [Candidate]

    init(_ prompt: GroundedQuestion, maxCandidates: Int) {
        let passages = prompt.passages.map { Sentence.all(of: $0.text) }
        self.passages = passages
        let asked = Set(EnglishStems.all(of: prompt.question))
        let weights = Self.weights(of: asked, in: passages)
        let total = weights.values.reduce(0, +)
        var all: [(candidate: Candidate, order: Double)] = []
        var seen: Set<String> = []
        for (offset, passage) in prompt.passages.enumerated() {
            let context = Set(
                EnglishStems.all(of: passage.title + " " + passage.headingPath.joined(separator: " ")))
            let lead = ([passage.title] + passage.headingPath.suffix(1)).joined(separator: ", ")
            for (position, sentence) in passages[offset].enumerated() {
                let own = Set(EnglishStems.all(of: sentence.text))
                guard own.count >= 2, !seen.contains(sentence.text) else { continue }
                seen.insert(sentence.text)
                var found = 0.0
                for (word, weight) in weights {
                    if own.contains(word) {
                        found += weight
                    } else if context.contains(word) {
                        found += weight * Self.contextShare
                    }
                }
                let score = total > 0 ? found / total : 0
                let candidate = Candidate(
                    passage: offset, position: position, marker: passage.marker, sentence: sentence,
                    embeddedText: lead + ": " + sentence.text, wordScore: score)
                // Passages come best first; a good rank makes up for missing words.
                all.append((candidate, score + 0.6 / Double(offset + 1)))
            }
        }
        candidates = all.sorted { $0.order > $1.order }.prefix(maxCandidates).map(\.candidate)
    }

    /// Rarer among the passages' sentences weighs more, as in BM25's inverse document frequency.
    private static func weights(of asked: Set<String>, in passages: [[Sentence]]) -> [String:
        Double]
    {
        var counts: [String: Int] = [:]
        var total = 0
        for sentence in passages.joined() {
            total += 1
            for word in asked.intersection(EnglishStems.all(of: sentence.text)) {
                counts[word, default: 0] += 1
            }
        }
        return Dictionary(
            asked.map { word in
                let count = Double(counts[word] ?? 0)
                return (word, log(1 + (Double(total) - count + 0.5) / (count + 0.5)))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// A candidate as it is quoted: a sentence that ends with a colon brings what it announces.
    func quotes(of candidate: Candidate) -> [ExtractiveGenerator.Quote] {
        let sentences = passages[candidate.passage]
        var quotes = [quote(candidate.sentence, candidate)]
        guard candidate.sentence.text.hasSuffix(":") else { return quotes }
        var bytes = 0
        for sentence in sentences[(candidate.position + 1)...].prefix(8) {
            bytes += sentence.text.utf8.count
            guard bytes <= 600, !sentence.text.hasSuffix(":") else { break }
            var announced = quote(sentence, candidate)
            announced.isBlock = true
            quotes.append(announced)
        }
        return quotes
    }

    private func quote(_ sentence: Sentence, _ candidate: Candidate) -> ExtractiveGenerator.Quote {
        let isBlock =
            sentence.text.hasPrefix("- ") || sentence.text.contains(" | ") || sentence.text.hasSuffix(":")
        return ExtractiveGenerator.Quote(text: sentence.text, marker: candidate.marker, isBlock: isBlock)
    }
}
