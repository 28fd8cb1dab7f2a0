/// Takes a model's text as it comes and tells its markers apart, holding back no more than may still become one.
struct MarkerStream: Sendable {
    enum Piece: Sendable, Hashable {
        case text(String)
        /// The 1-based marker of a passage.
        case marker(Int)
    }

    /// What may be the beginning of a marker.
    private var held = ""

    /// The pieces that `text` completes.
    mutating func take(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var plain = ""
        for character in text {
            if held.isEmpty {
                if character == "[" { held = "[" } else { plain.append(character) }
                continue
            }
            held.append(character)
            if character == "]" {
                if let (numbers, _) = AnswerText.markers(held[...]) {
                    if !plain.isEmpty { pieces.append(.text(plain)) }
                    plain = ""
                    pieces += numbers.map { .marker($0) }
                } else {
                    plain += held
                }
                held = ""
            } else if !Self.mayContinue(character) || held.utf8.count > AnswerText.markerByteLimit {
                plain += held.dropLast()
                held = character == "[" ? "[" : ""
                if held.isEmpty { plain.append(character) }
            }
        }
        if !plain.isEmpty { pieces.append(.text(plain)) }
        return pieces
    }

    /// What is still held back, when nothing more comes.
    mutating func end() -> [Piece] {
        defer { held = "" }
        return held.isEmpty ? [] : [.text(held)]
    }

    private static func mayContinue(_ character: Character) -> Bool {
        ("0"..."9").contains(character) || character == "," || character == " "
    }
}
