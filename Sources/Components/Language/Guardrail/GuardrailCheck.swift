/// What a guardrail looks for. All of it is found in time that grows with the text alone.
enum GuardrailCheck: String, Sendable, CaseIterable {
    case pii, secrets
    case promptInjection = "prompt_injection"
    case urls

    /// Bytes of a text that is looked at.
    static let limitBytes = 128 << 10

    /// What the checks find, in the order of the text, without overlaps: of two the one that begins first counts, and
    /// of two that begin together the longer.
    static func findings(in text: String, _ checks: Set<GuardrailCheck>) -> [GuardrailFinding] {
        let bytes = Array(text.utf8)
        var found: [GuardrailFinding] = []
        if checks.contains(.secrets) { found += SecretPatterns(bytes).findings }
        if checks.contains(.pii) { found += PersonalPatterns(bytes).findings }
        if checks.contains(.urls) { found += LinkPatterns.findings(in: bytes) }
        if checks.contains(.promptInjection) { found += InjectionPatterns.findings(in: text) }
        found.sort { ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count) }
        var kept: [GuardrailFinding] = []
        for finding in found {
            guard let last = kept.last, finding.range.lowerBound < last.range.upperBound else {
                kept.append(finding)
                continue
            }
            // What two findings share is hidden whole.
            if finding.range.upperBound > last.range.upperBound {
                kept[kept.count - 1].range = last.range.lowerBound..<finding.range.upperBound
            }
        }
        return kept
    }
}

/// Something that a message must not hold.
struct GuardrailFinding: Sendable, Hashable {
    enum Kind: String, Sendable, Hashable, CaseIterable {
        case email, phone, card, iban, secret, instruction, link, managed

        /// In a sentence.
        var meaning: String {
            switch self {
            case .email: "an e-mail address"
            case .phone: "a telephone number"
            case .card: "the number of a payment card"
            case .iban: "the number of a bank account"
            case .secret: "a key or password"
            case .instruction: "orders to a model"
            case .link: "a link"
            case .managed: "what the managed check refuses"
            }
        }
    }

    var kind: Kind
    /// UTF-8 bytes of the text.
    var range: Range<Int>
}

extension UInt8 {
    var isDigit: Bool { (0x30...0x39).contains(self) }
    var isUpper: Bool { (0x41...0x5A).contains(self) }
    var isLower: Bool { (0x61...0x7A).contains(self) }
    var isLetter: Bool { isUpper || isLower }
    var isLetterOrDigit: Bool { isLetter || isDigit }
    /// Whether it belongs to a word of any script.
    var isWord: Bool { isLetterOrDigit || self == 0x5F || self >= 0x80 }
    var isBlank: Bool { self <= 0x20 }
}

extension [UInt8] {
    func isWord(at place: Int) -> Bool { indices.contains(place) && self[place].isWord }

    /// Whether `text`, which is in lower case ASCII, stands at a place in any case.
    func has(_ text: [UInt8], at place: Int) -> Bool {
        guard place >= 0, place + text.count <= count else { return false }
        for offset in text.indices {
            let byte = self[place + offset]
            guard (byte.isUpper ? byte | 0x20 : byte) == text[offset] else { return false }
        }
        return true
    }
}
