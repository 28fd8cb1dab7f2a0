/// Connections in the order in which they began to wait, for ``ConnectionLedger``.
///
/// Who has stopped waiting is not looked for: its place stays until it is first, or until there are more places that
/// mean nothing than ones that do. So both joining and finding the first take constant time on the average.
struct WaitingLine {
    /// A connection, and which of its waits this is.
    struct Place {
        let number: UInt64
        let wait: UInt64
    }

    private var places: [Place] = []
    private var head = 0

    /// Takes a place at the end.
    ///
    /// - Parameters:
    ///   - most: how many can wait at once.
    ///   - isCurrent: whether a place still means anything.
    mutating func join(_ place: Place, most: Int, isCurrent: (Place) -> Bool) {
        if places.count > 2 * most + 64 {
            places = places[head...].filter(isCurrent)
            head = 0
        }
        places.append(place)
    }

    /// Takes out who has waited longest.
    mutating func popFirst(isCurrent: (Place) -> Bool) -> UInt64? {
        while head < places.count {
            let place = places[head]
            head += 1
            if isCurrent(place) { return place.number }
        }
        places.removeAll(keepingCapacity: true)
        head = 0
        return nil
    }
}
