/// What somebody may have meant who mistyped a name.
enum Spelling {
    /// The name that a mistyped one is closest to, if it is close.
    static func nearest(to written: String, among names: some Sequence<String>) -> String? {
        names.map { (name: $0, distance: distance(written.lowercased(), $0.lowercased())) }
            .filter { $0.distance <= max(2, written.count / 3) && $0.distance < max(written.count, 2) }
            .min { $0.distance < $1.distance }?.name
    }

    /// Levenshtein's edit distance.
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replace = previous + (a == b ? 0 : 1)
                previous = row[j + 1]
                row[j + 1] = min(replace, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
