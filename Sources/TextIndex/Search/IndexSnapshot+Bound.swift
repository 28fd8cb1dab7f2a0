import Foundation

extension IndexSnapshot {
    /// See ``TextStore/bound(of:)``.
    func bound(of query: TextQuery) throws(TextIndexError) -> Double {
        let lookup = TermLookup(self)
        let rarest = lookup.strength(weight: 1, count: 0)
        var sum = 0.0
        for group in query.groups {
            let known = try lookup.terms(of: group).reduce(0) { max($0, $1.strength) }
            let weight = group.variants.reduce(group.prefix?.weight ?? 0) { max($0, $1.weight) }
            sum += known > 0 ? known : weight * rarest
        }
        return sum
    }
}
