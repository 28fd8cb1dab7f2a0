/// Ends a text, which comes in pieces, before the first of some sequences.
struct StopSequences: Sendable {
    private let stops: [[UInt8]]
    /// What may be the beginning of a sequence.
    private var held: [UInt8] = []
    /// Whether a sequence has appeared; nothing is shown any more.
    private(set) var hasStopped = false

    /// - Parameter stops: none of them empty.
    init(_ stops: [String]) {
        self.stops = stops.map { Array($0.utf8) }
    }

    /// - Returns: what can be shown now: all but what may be the beginning of a sequence.
    mutating func take(_ piece: String) -> String {
        guard !stops.isEmpty else { return piece }
        guard !hasStopped else { return "" }
        held += piece.utf8
        for place in held.indices {
            // A sequence begins with a whole character's first byte, so that no character is cut.
            if stops.contains(where: { held[place...].starts(with: $0) }) {
                hasStopped = true
                return shown(place)
            }
            if stops.contains(where: { $0.starts(with: held[place...]) }) { return shown(place) }
        }
        return shown(held.count)
    }

    /// What was held back, when nothing more comes.
    mutating func end() -> String { hasStopped ? "" : shown(held.count) }

    private mutating func shown(_ count: Int) -> String {
        let text = String(decoding: held[..<count], as: UTF8.self)
        held.removeFirst(count)
        return text
    }
}
