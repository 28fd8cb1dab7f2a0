import Synchronization

/// In which row of the table `evidence` a passage's evidence stands, so that it is read by one look instead of three.
///
/// A hint and no more: rows move when evidence is made anew, so whoever goes by it compares model and hash with what the
/// row says, and looks the passage up where they differ. A passage's model and text never change; an id is of one
/// passage for ever.
final class EvidencePlaces: Sendable {
    struct Place: Sendable {
        var row: Int64
        var model: String
        /// See ``prefix(of:)``.
        var hash: UInt64
    }

    private struct State {
        var places: [Int64: Place] = [:]
        /// The names of models: a few texts, which all places share.
        var models: Set<String> = []
    }

    private let state = Mutex(State())
    private let limit: Int

    /// - Parameter limit: passages that are remembered, about 60 bytes each; all are forgotten when there are more.
    init(limit: Int = 500_000) {
        self.limit = limit
    }

    func places(of chunks: some Sequence<Int64>) -> [Int64: Place] {
        state.withLock { state in
            var found: [Int64: Place] = [:]
            for chunk in chunks { found[chunk] = state.places[chunk] }
            return found
        }
    }

    func remember(_ fresh: [Int64: Place]) {
        guard !fresh.isEmpty else { return }
        state.withLock { state in
            if state.places.count + fresh.count > limit { state = State() }
            for (chunk, place) in fresh {
                var place = place
                place.model = state.models.insert(place.model).memberAfterInsert
                state.places[chunk] = place
            }
        }
    }

    /// The first 64 bits of a SHA-256 that is written in hexadecimal; of another text as good as any.
    static func prefix(of hash: String) -> UInt64 {
        hash.utf8.prefix(16).reduce(0) { sum, digit in
            let value: UInt8 =
                switch digit {
                case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
                case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
                default: digit & 0xF
                }
            return sum << 4 | UInt64(value)
        }
    }
}
