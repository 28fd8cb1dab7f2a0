import Synchronization

/// What was last known of words on a server: how many passages there are, how long they are, how often they changed, and
/// in how many some terms stand.
///
/// A search asks for much of it more than once, so that it is kept for a moment; what this process changes it knows at
/// once.
final class PostgresTextFigures: Sendable {
    struct Reading: Sendable, Hashable {
        var count: Int
        var revision: UInt64
        /// Of each field, the words of all passages.
        var totals: [Int64]
    }

    /// A beginning that terms are wanted of.
    struct Beginning: Sendable, Hashable {
        var text: [UInt8]
        var limit: Int
    }

    /// A term and in how many passages it stands.
    struct Counted: Sendable, Hashable {
        var term: [UInt8]
        var count: Int
    }

    /// What a query needs to be weighed, of about one moment.
    struct Known: Sendable {
        var reading: Reading
        /// Of every term asked for, 0 for one that is nowhere.
        var counts: [[UInt8]: Int] = [:]
        /// Commonest first.
        var endings: [Beginning: [Counted]] = [:]
    }

    private struct State {
        var known: Known
        var age: FigureAge
    }

    private let state: Mutex<State>
    /// Terms that are kept at most.
    private static let termLimit = 20_000

    init(_ reading: Reading, freshness: Duration) {
        state = Mutex(State(known: Known(reading: reading), age: FigureAge(freshness: freshness)))
    }

    /// The numbers, and whether the caller is to have them read anew, which is then counted on.
    func current() -> (reading: Reading, isStale: Bool) {
        state.withLock { ($0.known.reading, $0.age.beginsReading()) }
    }

    /// What is known of some terms and beginnings; `nil` where anything of it is missing or old.
    func known(_ terms: Set<[UInt8]>, _ beginnings: Set<Beginning>) -> Known? {
        state.withLock { state in
            guard !state.age.isOld else { return nil }
            var known = Known(reading: state.known.reading)
            for term in terms {
                guard let count = state.known.counts[term] else { return nil }
                known.counts[term] = count
            }
            for beginning in beginnings {
                guard let endings = state.known.endings[beginning] else { return nil }
                known.endings[beginning] = endings
            }
            return known
        }
    }

    /// What a search that reads from now on hands to ``take(_:since:)``.
    var mark: FigureAge.Mark { state.withLock { $0.age.mark } }

    /// Takes in what was read together, from `mark` on.
    func take(_ read: Known, since mark: FigureAge.Mark) {
        state.withLock { state in
            guard read.reading.revision >= state.known.reading.revision else { return }
            if state.age.isOld || read.reading != state.known.reading
                || state.known.counts.count > Self.termLimit
                || state.known.endings.count > Self.termLimit / 100
            {
                state.known = read
                state.age.wereRead(since: mark)
            } else {
                state.known.counts.merge(read.counts) { $1 }
                state.known.endings.merge(read.endings) { $1 }
            }
        }
    }

    /// Another process has told of a change: the numbers are old, whenever they were read.
    func doubt() { state.withLock { $0.age.doubt() } }

    /// Takes in what was read, or what a change of our own came to; an older revision tells nothing new.
    ///
    /// - Parameter reading: `nil` when it could not be read.
    func take(_ reading: Reading?, endsReading: Bool) {
        state.withLock { state in
            let known = state.known.reading
            if let reading, reading.revision >= known.revision, reading != known {
                state.known = Known(reading: reading)
            } else if reading == nil, endsReading {
                // Each change is counted, so that of the same revision what is known of terms holds. Where nothing could be
                // read it is not asked again at once, and is no younger for that.
                state.known = Known(reading: known)
            }
            if endsReading { state.age.endReading() }
        }
    }
}
