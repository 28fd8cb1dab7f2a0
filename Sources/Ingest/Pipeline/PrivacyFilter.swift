import Documents
import Models
import Text

/// What becomes of personal data before a text is cut, embedded or sent anywhere.
public struct PrivacyFilter: Sendable {
    /// What is done with it.
    public enum Action: String, Sendable {
        /// It is written over.
        case mask
        /// It is written over, and passages that held some are not kept.
        case leaveOut = "leave-out"
    }

    let detector: any PIIDetector
    let action: Action
    /// Of the detector and its settings, kept with each document: others have it read anew.
    let name: String

    /// - Parameter name: tells this filter from one with other settings.
    public init(detector: any PIIDetector, action: Action, name: String) {
        self.detector = detector
        self.action = action
        self.name = name
    }

    var signature: String { "\(name) \(action.rawValue)" }

    /// A page without the personal data that was found in it, and where it was.
    struct Cleaned: Sendable {
        var page: RenderedText
        var title: String
        /// UTF-8 byte ranges of the page's text.
        var found: [Range<Int>]
    }

    /// - Throws: what the detector throws, and ``Masking/Outside``: a text that was not looked at is not let through.
    func cleaned(_ page: RenderedText, title: String) async throws -> Cleaned {
        let spans = try await detector.spans(in: [page.text, title])
        guard spans.count == 2 else {
            throw ModelsError.wrongCount(model: name, expected: 2, actual: spans.count)
        }
        var page = page
        let names = try Masking(page.text, spans[0])
        page.text = names.text
        // What repeats in front of passages stands in the text too, but is kept apart.
        page.units = page.units.map { unit in
            var unit = unit
            unit.lead = names.masking(unit.lead)
            return unit
        }
        page.sections = page.sections.map {
            RenderedText.Section(headingPath: $0.headingPath.map(names.masking), anchor: $0.anchor)
        }
        return Cleaned(
            page: page, title: names.masking(try Masking(title, spans[1]).text),
            found: spans[0].map(\.range))
    }

    /// The passages that are kept, numbered anew.
    func kept(_ chunks: [Chunk], _ found: [Range<Int>]) -> [Chunk] {
        guard action == .leaveOut, !found.isEmpty else { return chunks }
        return chunks.filter { chunk in !found.contains { $0.overlaps(chunk.range) } }
            .enumerated().map { ordinal, chunk in
                var chunk = chunk
                chunk.ordinal = ordinal
                return chunk
            }
    }
}
