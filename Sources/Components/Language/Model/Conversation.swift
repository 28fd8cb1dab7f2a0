import JSONValue
import Models

/// The messages of a model's call, in the order that every provider takes.
///
/// System text first; then turns that begin with the user's. What cannot stand there is left out: empty texts, the
/// messages of tools, and what the model said before anybody asked.
struct Conversation: Sendable {
    private(set) var messages: [Message] = []

    /// Bytes of what was said before that are sent at most; the latest of it is kept.
    static let historyLimitBytes = 256 << 10

    /// - Parameters:
    ///   - system: texts that are put together with an empty line between them.
    ///   - history: oldest first. What looks like a citation in it stands in other brackets, for its numbers were
    ///     those of another run.
    ///   - asked: what the model answers.
    init(system: [String], history: [ChatMessage] = [], asked: String) {
        let system = system.map { $0.trimmed }.filter { !$0.isEmpty }.joined(separator: "\n\n")
        if !system.isEmpty { messages.append(Message(.system, system)) }
        var turns: [Message] = []
        var bytes = 0
        for said in history.reversed() {
            guard let role = Self.role(said.role), !said.text.trimmed.isEmpty else { continue }
            bytes += said.text.utf8.count
            guard bytes <= Self.historyLimitBytes else { break }
            turns.append(Message(role, QuotedBrackets.guarded(said.text)))
        }
        messages += turns.reversed().drop { $0.role != .user }
        messages.append(Message(.user, asked))
    }

    mutating func append(_ message: Message) { messages.append(message) }

    private static func role(_ role: ChatMessage.Role) -> Message.Role? {
        switch role {
        case .user: .user
        case .assistant: .assistant
        case .system, .tool: nil
        }
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: String {
        var text = self[...]
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return String(text)
    }

    /// Its beginning, cut between two characters.
    func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return String(self) }
        var bytes = 0
        return String(
            prefix { character in
                bytes += character.utf8.count
                return bytes <= limit
            })
    }

    /// As data within a prompt's own markup: nothing in it can end the element that it stands in, and characters
    /// that nobody sees are left out.
    var quoted: String {
        var result = String.UnicodeScalarView()
        for scalar in unicodeScalars {
            switch scalar {
            case "&": result.append(contentsOf: "&amp;".unicodeScalars)
            case "<": result.append(contentsOf: "&lt;".unicodeScalars)
            case ">": result.append(contentsOf: "&gt;".unicodeScalars)
            case "\n", "\t": result.append(scalar)
            case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{E0000}"..."\u{E007F}": continue
            default: result.append(scalar)
            }
        }
        return String(result)
    }
}
