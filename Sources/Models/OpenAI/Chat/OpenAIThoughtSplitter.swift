/// Tells thoughts that stand at the beginning of an answer, in `<think>…</think>`, from the answer behind
/// them, however the text is cut into pieces.
///
/// Only the beginning is looked at: an answer may write of the tag. White space around the thought belongs to
/// neither.
struct OpenAIThoughtSplitter {
    enum Piece: Equatable {
        case thought(String)
        case answer(String)
    }

    private enum State {
        /// Nothing but white space came, or the beginning of the tag.
        case beginning
        case thought
        /// Behind the thought, before the answer's first character.
        case gap
        case answer
    }

    private static let opening = Array("<think>".utf8)
    private static let closing = Array("</think>".utf8)

    private let beginsInThought: Bool
    private var state = State.beginning
    /// UTF-8 that is not given out yet: it may be a part of a tag. Tags are ASCII, so cutting there cuts no
    /// character.
    private var held: [UInt8] = []

    /// - Parameter beginsInThought: the opening tag may be missing.
    init(beginsInThought: Bool = false) {
        self.beginsInThought = beginsInThought
    }

    mutating func take(_ text: String) -> [Piece] {
        guard state != .answer else { return text.isEmpty ? [] : [.answer(text)] }
        held += text.utf8
        return pieces(isLast: false)
    }

    /// What is left when the answer is over. A thought without an end is a thought.
    mutating func finish() -> [Piece] { pieces(isLast: true) }

    private mutating func pieces(isLast: Bool) -> [Piece] {
        var pieces: [Piece] = []
        if state == .beginning, !begin(isLast: isLast) { return [] }
        if state == .thought, let thought = takeThought(isLast: isLast) { pieces.append(.thought(thought)) }
        if state == .gap {
            held.removeFirst(held.prefix(while: Self.isSpace).count)
            if !held.isEmpty { state = .answer }
        }
        if state == .answer, !held.isEmpty {
            pieces.append(.answer(String(decoding: held, as: UTF8.self)))
            held = []
        }
        return pieces
    }

    /// - Returns: `false` while it cannot be told how the answer begins.
    private mutating func begin(isLast: Bool) -> Bool {
        let text = held.drop(while: Self.isSpace)
        if text.starts(with: Self.opening) {
            held = Array(text.dropFirst(Self.opening.count))
            state = .thought
            return true
        }
        if !isLast, Self.opening.starts(with: text) { return false }
        state = beginsInThought ? .thought : .answer
        return true
    }

    private mutating func takeThought(isLast: Bool) -> String? {
        let thought: ArraySlice<UInt8>
        if let end = held.firstRange(of: Self.closing) {
            thought = held[..<end.lowerBound]
            held = Array(held[end.upperBound...])
            state = .gap
            return thought.isEmpty ? nil : String(decoding: thought, as: UTF8.self)
        }
        let kept = isLast ? 0 : Self.closingBeginning(at: held)
        thought = held.dropLast(kept)
        held = held.suffix(kept)
        return thought.isEmpty ? nil : String(decoding: thought, as: UTF8.self)
    }

    /// How many of the last bytes may be the beginning of the closing tag.
    private static func closingBeginning(at text: [UInt8]) -> Int {
        (1..<closing.count).last { text.count >= $0 && text.suffix($0).elementsEqual(closing.prefix($0)) }
            ?? 0
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || (UInt8(ascii: "\t")...UInt8(ascii: "\r")).contains(byte)
    }
}
