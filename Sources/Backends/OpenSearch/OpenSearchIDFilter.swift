import AWSServices
import JSONValue

/// Ids as a query says them: a request has a bounded number of them, however many there are.
///
/// Where few numbers of a stretch are in the set they are listed, and where most are, the stretch is a range and those
/// that are not are listed: passages of a space have numbers next to each other, so that either list is short. A set
/// that takes more than one request is cut into parts which have no id in common; the nearest of all are then among the
/// nearest of each part.
struct OpenSearchIDFilter: Equatable {
    private(set) var listed: [Int64] = []
    private(set) var ranges: [ClosedRange<Int64>] = []
    /// Within the ranges, and not in the set.
    private(set) var excluded: [Int64] = []
    /// Ids of the set in this part.
    private(set) var count = 0

    /// Numbers in a stretch.
    private static let stretchBits: Int64 = 10
    /// Numbers that a part says at most, below OpenSearch's `index.max_terms_count` of 65,536.
    static let mostNumbers = 50_000
    /// Ranges of a part at most, below OpenSearch's `indices.query.bool.max_clause_count` of 1,024.
    static let mostRanges = 500

    /// - Parameters:
    ///   - ids: each once.
    ///   - mostIDs: ids of the set in a part at most, 1 or more.
    static func parts(of ids: [UInt64], mostIDs: Int = .max) -> [OpenSearchIDFilter] {
        let numbers = ids.map { Int64(bitPattern: $0) }.sorted()
        var parts: [OpenSearchIDFilter] = []
        var part = OpenSearchIDFilter()
        var start = 0
        while start < numbers.count {
            let stretch = numbers[start] >> stretchBits
            var end = start + 1
            while end < numbers.count, numbers[end] >> stretchBits == stretch, end - start < mostIDs {
                end += 1
            }
            let members = numbers[start..<end]
            if !part.hasRoom(for: members.count, mostIDs) {
                parts.append(part)
                part = OpenSearchIDFilter()
            }
            part.add(members)
            start = end
        }
        if part.count > 0 { parts.append(part) }
        return parts
    }

    private func hasRoom(for members: Int, _ mostIDs: Int) -> Bool {
        count == 0
            || (members <= mostIDs - count && ranges.count < Self.mostRanges
                && listed.count + excluded.count + members <= Self.mostNumbers)
    }

    /// Takes in a stretch's members, ascending.
    private mutating func add(_ members: ArraySlice<Int64>) {
        count += members.count
        guard let first = members.first, let last = members.last else { return }
        let width = Int(last - first) + 1
        guard width >= 16, width - members.count < members.count else {
            listed += members
            return
        }
        var next = first
        for member in members {
            while next < member {
                excluded.append(next)
                next += 1
            }
            // The last of all numbers has none behind it.
            if member < last { next = member + 1 }
        }
        if let previous = ranges.last, previous.upperBound < first, previous.upperBound + 1 == first {
            ranges[ranges.count - 1] = previous.lowerBound...last
        } else {
            ranges.append(first...last)
        }
    }

    /// The part as OpenSearch takes it.
    var query: OpenSearchQuery {
        let field = OpenSearchVectorIndex.idField
        var either: [OpenSearchQuery] = ranges.map { range in
            .range(
                field: field,
                OpenSearchRange(
                    atLeast: .integer(Int(range.lowerBound)), atMost: .integer(Int(range.upperBound))))
        }
        if !listed.isEmpty || either.isEmpty {
            either.append(.terms(field: field, listed.map { .integer(Int($0)) }))
        }
        if excluded.isEmpty, either.count == 1 { return either[0] }
        let no: [OpenSearchQuery] =
            excluded.isEmpty ? [] : [.terms(field: field, excluded.map { .integer(Int($0)) })]
        return .bool(OpenSearchBool(should: either, mustNot: no, minimumShouldMatch: 1))
    }
}
