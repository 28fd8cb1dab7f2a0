import Models

/// What a model writes, as it is shown while it is written: each `[n]` that stands for a source of the run gets its
/// number in the message, counted from 1 in the order of appearance.
///
/// A number that the run's sources do not know stays text, and so does everything within code. A model that repeats
/// what a tool returned writes the brackets `⟦n⟧` that stood there (``QuotedBrackets``): that is text and never a
/// citation, and is shown as `[n]` only where no reader could take it for one.
struct CitedText: Sendable {
    private let sources: RunSources?
    private(set) var citations: [ChatMessage.Citation] = []
    private(set) var text = ""

    private var numbers: [Int: Int] = [:]
    /// What may be the beginning of a marker.
    private var held = ""
    private var code = CodeSpans()

    init(_ sources: RunSources?) {
        self.sources = sources
    }

    /// The message so far.
    var message: ChatMessage {
        ChatMessage(text, role: .assistant, name: "AI", citations: citations)
    }

    /// Takes the next piece.
    ///
    /// - Returns: what can be shown now: all but the beginning of a marker that is not whole yet.
    mutating func take(_ piece: String) -> String {
        var shown = ""
        for character in piece { take(character, into: &shown) }
        text += shown
        return shown
    }

    /// What was held back, when nothing more comes.
    mutating func end() -> String {
        let rest = held
        held = ""
        text += rest
        return rest
    }

    private mutating func take(_ character: Character, into shown: inout String) {
        let isOpening = character == "[" || character == "⟦"
        guard !held.isEmpty else {
            code.take(character)
            if isOpening, character == "⟦" || !code.isInside {
                held = String(character)
            } else {
                shown.append(character)
            }
            return
        }
        if character == (held.first == "[" ? "]" : "⟧") {
            shown += resolved(held.dropFirst(), isQuoted: held.first == "⟦")
            held = ""
        } else if ("0"..."9").contains(character) || character == "," || character == " ",
            held.utf8.count < QuotedBrackets.byteLimit
        {
            held.append(character)
        } else {
            shown += held
            held = ""
            take(character, into: &shown)
        }
    }

    private mutating func resolved(_ inside: Substring, isQuoted: Bool) -> String {
        let parts = inside.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
        let isKnown = parts.contains { part in Int(part).flatMap { sources?[$0] } != nil }
        guard !isQuoted else {
            return isKnown && !code.isInside ? "⟦\(inside)⟧" : "[\(inside)]"
        }
        guard isKnown else { return "[\(inside)]" }
        return parts.map { "[\(number(of: $0))]" }.joined()
    }

    /// The number in the message; the part itself where it is no source's.
    private mutating func number(of part: String) -> String {
        guard let number = Int(part), var citation = sources?[number] else { return part }
        if let known = numbers[number] { return String(known) }
        citation.number = citations.count + 1
        numbers[number] = citation.number
        citations.append(citation)
        return String(citation.number)
    }
}

/// Tells code within Markdown: between backticks, or between lines that begin with three of them.
private struct CodeSpans: Sendable {
    private(set) var isInside = false
    private var isFence = false
    private var run = 0

    mutating func take(_ character: Character) {
        if character == "`" {
            run += 1
            return
        }
        if run > 0 {
            if run >= 3 {
                isInside = !isFence
                isFence.toggle()
            } else if !isFence {
                isInside.toggle()
            }
            run = 0
        }
        // A backtick that nothing ends in its line is no code.
        if character.isNewline, !isFence { isInside = false }
    }
}
