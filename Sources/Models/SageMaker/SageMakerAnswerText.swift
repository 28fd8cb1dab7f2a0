import Foundation

/// The text of an answer, in pieces, to a generator's events: thoughts apart, and nothing from a stop
/// sequence on.
///
/// Some models stream the stop sequence that they stop at, and some never stop at one; so it is looked for
/// here.
struct SageMakerAnswerText {
    /// Whether a stop sequence came up: what follows is not of the answer.
    private(set) var hasStopped = false
    private let stopSequences: [String]
    private var splitter: OpenAIThoughtSplitter
    private var thought = ""
    /// Text that is not given out yet: it may be the beginning of a stop sequence.
    private var held = ""

    /// Largest thought that is put together.
    static let thoughtLimitBytes = 1 << 20

    /// - Parameter beginsInThought: whether the answer is what follows `</think>`.
    init(stopSequences: [String], beginsInThought: Bool) {
        self.stopSequences = stopSequences
        splitter = OpenAIThoughtSplitter(beginsInThought: beginsInThought)
    }

    var isThoughtTooLong: Bool { thought.utf8.count > Self.thoughtLimitBytes }

    mutating func take(_ text: String) -> [GenerationEvent] {
        hasStopped ? [] : events(splitter.take(text))
    }

    /// What is left when the answer is over.
    mutating func finish() -> [GenerationEvent] {
        var events = hasStopped ? [] : events(splitter.finish())
        events += endOfThought()
        if !held.isEmpty { events.append(.text(held)) }
        held = ""
        return events
    }

    private mutating func events(_ pieces: [OpenAIThoughtSplitter.Piece]) -> [GenerationEvent] {
        var events: [GenerationEvent] = []
        for piece in pieces where !hasStopped {
            switch piece {
            case .thought(let text): thought += text
            case .answer(let text):
                events += endOfThought()
                if let text = untilStop(text) { events.append(.text(text)) }
            }
        }
        return events
    }

    private mutating func endOfThought() -> [GenerationEvent] {
        let text = thought.trimmingCharacters(in: .whitespacesAndNewlines)
        thought = ""
        return text.isEmpty ? [] : [.reasoning(Reasoning(text: text))]
    }

    private mutating func untilStop(_ piece: String) -> String? {
        let text = held + piece
        held = ""
        let stops = stopSequences.compactMap { text.firstRange(of: $0)?.lowerBound }
        if let stop = stops.min() {
            hasStopped = true
            return stop > text.startIndex ? String(text[..<stop]) : nil
        }
        let kept = stopSequences.map { Self.beginning(of: $0, at: text) }.max() ?? 0
        let told = text.dropLast(kept)
        held = String(text.suffix(kept))
        return told.isEmpty ? nil : String(told)
    }

    /// How many of the last characters may be the beginning of the sequence.
    private static func beginning(of sequence: String, at text: String) -> Int {
        (1..<max(1, sequence.count)).last { text.count >= $0 && sequence.hasPrefix(text.suffix($0)) } ?? 0
    }
}
