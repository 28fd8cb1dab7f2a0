import Foundation

/// Text that speaks to whoever reads a page for somebody else, and not to the reader of the page: turns of a
/// conversation that nobody had, markup of prompts, orders to ignore what else is said.
///
/// It says nothing about what the page is about, so it is no evidence, unless the question is about such orders. Whether
/// a sentence is an order cannot be decided in general; what is told here are the forms by which models are steered.
/// What is not told is quoted as the page's words and never followed.
public enum Steering {
    /// Whether a line of text steers.
    public static func steers(_ text: String) -> Bool {
        let plain = plain(text)
        guard plain.utf8.count >= 6 else { return false }
        let speaker = speaker(plain)
        let signs = SteeringSigns(in: plain)
        // Without such a word nothing else is told; letters beyond ASCII can be written in more than one way.
        if speaker == nil, !signs.hasWord, signs.isASCII || !signs.hasMarkup { return signs.holdsMarkup }
        let words = plain.split { !$0.isLetter }.map(String.init)
        return markup.contains { plain.contains($0) } || overrides(words)
            || overridesElsewhere(plain, words) || addresses(plain, words)
            || speaker.map { orders(plain, words, by: $0) } ?? false
    }

    /// Whether a line begins as a turn of a conversation with a model does: `System:`, `### Assistant:`.
    public static func isTurn(_ text: String) -> Bool { speaker(text) != nil }

    private static func speaker(_ text: String) -> String? {
        guard text.utf8.contains(where: { $0 == 0x3A || $0 == 0x3E || $0 == 0x5D || $0 == 0xEF }) else {
            return nil
        }
        guard SteeringSigns.mayHaveSpeaker(text) else { return nil }
        let line = text.drop { "#*>-_[( \t".contains($0) }.prefix(24).lowercased()
        guard let colon = line.firstIndex(where: { ":：>]".contains($0) }) else { return nil }
        let name = line[..<colon].split { !$0.isLetter }.joined(separator: " ")
        return machines.contains(name) || people.contains(name) ? name : nil
    }

    /// What stands before the first markup of a prompt, if it says anything and steers not itself; else nothing.
    public static func beforeMarkup(_ text: String) -> String {
        let places = markup.compactMap { text.range(of: $0, options: .caseInsensitive)?.lowerBound }
        guard let first = places.min(), first > text.startIndex else { return "" }
        let before = String(text[..<first])
        return steers(before) || before.split(separator: " ").count < 3 ? "" : before
    }

    /// Whether a question is about orders themselves, so that they are what answers it.
    public static func isAsked(_ question: String) -> Bool {
        let words = Set(question.lowercased().split { !$0.isLetter }.map(String.init))
        return !words.isDisjoint(with: [
            "injection", "injections", "prompt", "prompts", "jailbreak", "attack", "attacks", "attacker",
            "chatbot", "chatbots", "llm", "llms",
        ])
    }

    /// Whether some lines together are a conversation with a machine: one speaks as one, and somebody else speaks too.
    public static func isConversation(_ lines: some Sequence<String>) -> Bool {
        let speakers = Set(lines.compactMap(speaker))
        return speakers.count > 1 && !speakers.isDisjoint(with: machines)
    }

    /// Names that only a conversation with a machine has.
    private static let machines: Set<String> = [
        "assistant", "ai", "ai assistant", "bot", "human", "system message", "system prompt",
        "system override",
        "new instructions",
    ]

    /// Names that a form or a manual may have too.
    private static let people: Set<String> = [
        "system", "user", "developer", "model", "instruction", "instructions",
    ]

    /// Only what no manual writes: `<user>` and `<!--` stand in many.
    static let markup = [
        "<passage", "</passage", "</page>", "<system>", "</system>", "<assistant>", "</assistant>", "<|im_",
        "<|system", "<|user", "<|assistant", "<|end", "[inst]", "[/inst]", "<<sys", "### instruction:",
        "<tool_call", "\"role\": \"system", "\"role\":\"system", "\"role\": \"assistant",
        "\"role\":\"assistant",
    ]

    private static let speech: Set<String> = [
        "say", "tell", "answer", "ignore", "disregard", "forget", "reply", "respond", "output", "print",
        "repeat",
        "pretend", "override", "forgotten", "obey", "reveal",
    ]

    /// An order to speak or to forget, somewhere in a turn. A manual has orders too, so that of a name that it may
    /// have only those count that no manual gives.
    private static func orders(_ plain: String, _ words: [String], by speaker: String) -> Bool {
        let words = Set(words)
        if !words.isDisjoint(with: verbs) || plain.contains("you are now") || plain.contains("from now on") {
            return true
        }
        guard machines.contains(speaker) else {
            return ["say that", "answer that", "reply that", "tell the reader"].contains {
                plain.contains($0)
            }
        }
        return !words.isDisjoint(with: speech) || plain.contains("you are") || plain.contains("you must")
    }

    private static let verbs: Set<String> = ["ignore", "disregard", "forget", "override"]
    private static let scopes: Set<String> = [
        "all", "any", "every", "everything", "previous", "prior", "above", "earlier", "your", "preceding",
        "other",
    ]
    private static let sources: Set<String> = [
        "instruction", "instructions", "rule", "rules", "text", "texts", "prompt", "prompts", "context",
        "orders",
        "message", "messages", "passage", "passages", "guidelines", "directions", "above", "everything",
    ]

    /// `Ignore all previous instructions`, within a few words.
    private static func overrides(_ words: [String]) -> Bool {
        for (place, word) in words.enumerated() where verbs.contains(word) {
            let behind = words[(place + 1)..<min(place + 6, words.count)]
            if behind.contains(where: scopes.contains), behind.contains(where: sources.contains) {
                return true
            }
        }
        return false
    }

    private static let readers: Set<String> = [
        "ai", "ais", "chatbot", "chatbots", "bots", "llm", "llms", "crawlers",
    ]

    private static let assistants: Set<String> = ["assistant", "assistants"]
    private static let orderings: Set<String> = [
        "instruction", "instructions", "order", "orders", "command", "commands", "correction", "corrections",
        "override", "directive",
    ]

    /// `Note to AI tools:`, `instructions to the assistant:`, `for every question about … answer …`.
    private static func addresses(_ plain: String, _ words: [String]) -> Bool {
        let beginning = words.prefix(8)
        for (place, word) in beginning.enumerated() where word == "for" || word == "to" || word == "dear" {
            let behind = words[(place + 1)..<min(place + 4, words.count)]
            guard plain.contains(":") || plain.contains("：") else { continue }
            if behind.contains(where: readers.contains) { return true }
            // Assistants may be people, to whom notes are written; seldom are they given instructions.
            if behind.contains(where: assistants.contains),
                words[..<place].contains(where: orderings.contains)
            {
                return true
            }
        }
        guard let place = words.firstIndex(where: { $0 == "question" || $0 == "questions" }) else {
            return false
        }
        let before = words[max(0, place - 3)..<place]
        return before.contains { ["every", "all", "any"].contains($0) }
            && words[place...].contains { speech.contains($0) }
    }

    /// In lower case, without characters that are not seen.
    private static func plain(_ text: String) -> String {
        if text.utf8.allSatisfy({ $0 < 0x80 }) { return text.lowercased() }
        var scalars = String.UnicodeScalarView()
        for scalar in text.unicodeScalars where !isUnseen(scalar) { scalars.append(scalar) }
        return String(scalars).lowercased()
    }

    /// Zero-width characters, soft hyphens, marks of direction, tags.
    private static func isUnseen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0xAD, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFEFF, 0xE0000...0xE007F: true
        default: false
        }
    }
}
