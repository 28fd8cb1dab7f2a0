import Synchronization

/// Series that are told apart by a label's value, each made when its value is first seen.
///
/// There are so many values at most; whatever comes on top counts as `other`, so that no input makes a server keep
/// ever more series. Finding a series locks for the time of a look into a dictionary: who needs it often keeps it.
final class LabelledSeries<Series: Sendable>: Sendable {
    private let limit: Int
    private let make: @Sendable () -> Series
    private let known = Mutex<[String: Series]>([:])

    init(limit: Int, _ make: @escaping @Sendable () -> Series) {
        self.limit = limit
        self.make = make
    }

    subscript(value: String) -> Series {
        known.withLock { known in
            if let series = known[value] { return series }
            let name = known.count < limit ? value : "other"
            if let series = known[name] { return series }
            let series = make()
            known[name] = series
            return series
        }
    }

    /// In the order of the label's values.
    var all: [(String, Series)] {
        known.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
    }
}
