import Synchronization

/// What was last known of vectors on a server: how many there are, and how often they changed.
///
/// Asked for each search, so nobody waits for the server: a number that has grown old is given, and read anew behind it.
final class SharedVectorFigures: Sendable {
    struct Reading: Sendable, Hashable {
        var count: Int
        var revision: UInt64
    }

    private struct State {
        var reading: Reading
        var age: FigureAge
    }

    private let state: Mutex<State>

    init(_ reading: Reading, freshness: Duration) {
        state = Mutex(State(reading: reading, age: FigureAge(freshness: freshness)))
    }

    /// The numbers, and whether the caller is to have them read anew, which is then counted on.
    func current() -> (reading: Reading, isStale: Bool) {
        state.withLock { ($0.reading, $0.age.beginsReading()) }
    }

    /// Another process has told of a change: the numbers are old, whenever they were read.
    func doubt() { state.withLock { $0.age.doubt() } }

    /// Takes in what was read, or what a change of our own came to; an older revision tells nothing new.
    ///
    /// - Parameter reading: `nil` when it could not be read.
    func take(_ reading: Reading?, endsReading: Bool) {
        state.withLock { state in
            if endsReading { state.age.endReading() }
            if let reading, reading.revision >= state.reading.revision { state.reading = reading }
        }
    }
}
