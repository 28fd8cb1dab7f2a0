/// Links: what begins with a scheme or with `www.`.
enum LinkPatterns {
    private static let beginnings = [
        "http://", "https://", "ftp://", "ftps://", "data:", "javascript:", "file://", "www.",
    ].map {
        Array($0.utf8)
    }

    static func findings(in text: [UInt8]) -> [GuardrailFinding] {
        var findings: [GuardrailFinding] = []
        var place = 0
        while place < text.count {
            guard text[place].isLetter, !text.isWord(at: place - 1),
                let beginning = beginnings.first(where: { text.has($0, at: place) })
            else {
                place += 1
                continue
            }
            var end = place + beginning.count
            while end < text.count, !text[end].isBlank, ![UInt8]("\"'<>`".utf8).contains(text[end]) {
                end += 1
            }
            // What ends the sentence, or the brackets of Markdown, is no part of it.
            while end > place + beginning.count, [UInt8](".,;:!?)]}*_".utf8).contains(text[end - 1]) {
                end -= 1
            }
            if end > place + beginning.count {
                findings.append(GuardrailFinding(kind: .link, range: place..<end))
            }
            place = max(end, place + 1)
        }
        return findings
    }
}
