import Foundation
import VectorIndex

/// The passages that a search may return, as the server is told.
enum PassageFilter: Sendable, Equatable {
    case all
    case listed([Int64])
    /// One bit a passage from `first` to `last`.
    case marked(Data, first: Int64, last: Int64)

    /// Ids that are listed rather than marked: so few are looked up faster than they are found among others.
    private static let fewLimit = 1_000
    /// Bytes of marks of one statement at most.
    private static let markLimit = 8 << 20

    /// - Returns: each to be searched by itself: one, unless there are many ids far apart.
    static func parts(of filter: IDBitmap?) -> [PassageFilter] {
        guard let filter else { return [.all] }
        guard filter.count > fewLimit else { return [.listed(filter.ids().map { Int64(bitPattern: $0) })] }
        var (first, last) = (Int64.max, Int64.min)
        filter.forEach { id in
            first = min(first, Int64(bitPattern: id))
            last = max(last, Int64(bitPattern: id))
        }
        let (span, overflows) = last.subtractingReportingOverflow(first)
        if !overflows, span / 8 < markLimit {
            var marks = [UInt8](repeating: 0, count: Int(span / 8) + 1)
            filter.forEach { id in
                let place = Int(Int64(bitPattern: id) - first)
                marks[place / 8] |= 1 << UInt8(place % 8)
            }
            return [.marked(Data(marks), first: first, last: last)]
        }
        let ids = filter.ids().map { Int64(bitPattern: $0) }
        let size = PostgresTextStore.batch
        return stride(from: 0, to: ids.count, by: size).map {
            .listed(Array(ids[$0..<min($0 + size, ids.count)]))
        }
    }

    var isEmpty: Bool { self == .listed([]) }

    /// A condition on `id`, with what it needs behind the values that are there.
    func condition(_ values: inout [PostgresValue]) -> String {
        let next = values.count + 1
        switch self {
        case .all: return "true"
        case .listed(let ids):
            values.append(.ints(ids))
            return "id = ANY ($\(next))"
        case .marked(let marks, let first, let last):
            values += [.bytes(marks), .int(first), .int(last)]
            return """
                CASE WHEN id BETWEEN $\(next + 1) AND $\(next + 2) \
                THEN get_bit($\(next), id - $\(next + 1)) = 1 ELSE false END
                """
        }
    }
}
