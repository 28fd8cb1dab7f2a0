import Corpus
import Models

/// A draft's pieces resolved to passages, and each sentence checked against what it cites.
///
/// A quotation rests on its passage by construction. A sentence that a model wrote keeps those of its markers whose
/// passage bears it out; a marker that points nowhere, or to a passage that says something else, is taken out.
struct CitationResolver: Sendable {
    /// What an answer says when nothing answers.
    static let abstention = "I don't know: nothing in the pages you may read answers this."
    /// What an answer says that a guardrail or filter kept back without words of its own.
    static let withheld = "The answer was withheld by a filter of the model's provider."

    func answer(_ draft: Draft, question: String) -> Answer {
        var stray: Set<Int> = []
        var segments = draft.pieces.flatMap { self.segments(of: $0, draft.prepared.passages, &stray) }
        let withheld = draft.stopReason == .filtered ? draft.intervention ?? GuardrailIntervention() : nil
        if withheld != nil {
            // Its own words rest on no passage, and say nothing of whether one answers.
            if segments.isEmpty { segments = [Segment(text: Self.withheld, separator: "", support: [])] }
        } else {
            // Nothing of it is borne out: this is no answer that a reader could trust.
            guard draft.stopReason != .noAnswer, !declines(draft),
                segments.contains(where: { !$0.support.isEmpty })
            else { return abstained(draft, question: question) }
        }
        var text = AnswerTextBuilder()
        for segment in segments { text.append(segment) }
        let unanswered = draft.unanswered.isEmpty ? "" : "\n" + Self.unknown(draft.unanswered)
        return Answer(
            question: question, text: text.text + unanswered, abstained: false, confidence: draft.confidence,
            sentences: text.sentences, unanswered: draft.unanswered, markers: text.markers,
            citations: text.numbers.passages.enumerated().map { offset, passage in
                Citation(
                    marker: offset + 1, passage: draft.prepared.passages[passage - 1],
                    quotes: Self.merged(text.quotes[passage] ?? []))
            }, related: [], strayMarkers: stray.sorted(), passages: draft.prepared.passages,
            generator: draft.generator, usage: draft.usage,
            cost: draft.cost, withheld: withheld)
    }

    /// What is said of parts that nothing answers.
    static func unknown(_ parts: [String]) -> String { "I don't know: " + parts.joined(separator: " ") }

    /// A sentence or a quotation with the passages that bear it out.
    struct Segment: Sendable, Hashable {
        var text: String
        /// The white space that stands before it.
        var separator: String
        /// By the passage's 1-based marker, in the order in which they are shown.
        var support: [(passage: Int, ranges: [Range<Int>])]

        static func == (left: Segment, right: Segment) -> Bool {
            left.text == right.text && left.separator == right.separator
                && left.support.map(\.passage) == right.support.map(\.passage)
                && left.support.map(\.ranges) == right.support.map(\.ranges)
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(text)
            hasher.combine(support.map(\.passage))
        }
    }

    private func declines(_ draft: Draft) -> Bool {
        draft.pieces.contains {
            if case .text(let text) = $0 { text.contains(PromptBuilder.noAnswer) } else { false }
        }
    }

    private func segments(
        of piece: DraftPiece, _ passages: [RetrievedChunk], _ stray: inout Set<Int>
    ) -> [Segment] {
        switch piece {
        case .quotation(let quotation):
            guard passages.indices.contains(quotation.marker - 1) else { return [] }
            return [
                Segment(
                    text: quotation.text, separator: quotation.isLine ? "\n" : " ",
                    support: [(quotation.marker, quotation.ranges)])
            ]
        case .text(let text):
            return AnswerText(text).sentences.map { sentence in
                let told = QuotedBrackets.restored(sentence.text)
                var support: [(passage: Int, ranges: [Range<Int>])] = []
                for marker in sentence.markers {
                    if passages.indices.contains(marker - 1),
                        let range = Support.range(
                            of: told, in: passages[marker - 1].chunk.text)
                    {
                        support.append((marker, [range]))
                    } else {
                        stray.insert(marker)
                    }
                }
                return Segment(text: told, separator: sentence.separator, support: support)
            }
        }
    }

    private func abstained(_ draft: Draft, question: String) -> Answer {
        Answer(
            question: question, text: Self.abstention, abstained: true, confidence: draft.confidence,
            sentences: [], unanswered: [], markers: [], citations: [],
            related: Self.related(draft), strayMarkers: [],
            passages: draft.prepared.passages, generator: draft.generator,
            usage: draft.usage,
            cost: draft.cost)
    }

    /// The passages with what the generator found nearest, in its order; behind them, as far as there is room, the best
    /// ranked ones of other documents.
    private static func related(_ draft: Draft) -> [RelatedPassage] {
        let passages = draft.prepared.passages
        var related: [RelatedPassage] = []
        for quotation in draft.nearest where passages.indices.contains(quotation.marker - 1) {
            related.append(
                RelatedPassage(passage: passages[quotation.marker - 1], quotes: merged(quotation.ranges)))
        }
        for passage in passages where related.count < relatedLimit {
            let document = passage.chunk.documentID
            guard !related.contains(where: { $0.passage.chunk.documentID == document }) else { continue }
            related.append(RelatedPassage(passage: passage, quotes: []))
        }
        return Array(related.prefix(relatedLimit))
    }

    private static let relatedLimit = 3

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

/// An answer's text under way, with where its markers stand.
struct AnswerTextBuilder: Sendable {
    private(set) var text = ""
    private(set) var sentences: [AnswerSentence] = []
    private(set) var markers: [AnswerMarker] = []
    private(set) var numbers = CitationNumbers()
    /// By the passage's 1-based marker.
    private(set) var quotes: [Int: [Range<Int>]] = [:]
    private var isBehindLine = false

    /// Adds a segment and its markers. Neighbours that stand on lines of their own keep to them.
    mutating func append(_ segment: CitationResolver.Segment) {
        if !text.isEmpty { text += isBehindLine && segment.separator == " " ? "\n" : segment.separator }
        isBehindLine = segment.separator == "\n"
        text += segment.text
        var cited: [Int] = []
        for (passage, ranges) in segment.support {
            let number = numbers.number(ofPassage: passage)
            quotes[passage, default: []] += ranges
            guard !cited.contains(number) else { continue }
            text += cited.isEmpty ? " " : ""
            let start = text.utf8.count
            text += "[\(number)]"
            markers.append(AnswerMarker(number: number, range: start..<text.utf8.count))
            cited.append(number)
        }
        sentences.append(
            AnswerSentence(text: segment.text, citations: cited, isSupported: !cited.isEmpty))
    }
}
