/// Where a pattern fits in a text, and its groups there.
struct PatternMatch: Sendable, Hashable {
    /// Places in the text's scalars.
    var range: Range<Int>
    /// Those of the groups, the first one's first; `nil` for one that took no part.
    var groups: [Range<Int>?]
}

extension TextPattern {
    /// Where the pattern fits, from left to right and without overlaps: `re.finditer` of Python.
    ///
    /// Of several ways to fit at a place it takes the one that Python takes. Behind an empty match it goes on at the same
    /// place, where the next one must not be empty.
    ///
    /// - Parameter limit: how many are wanted; `nil` for all.
    /// - Throws: ``TextPatternError/tooMuchWork(limit:)``.
    /// - Complexity: each search costs the scalars that it looks at times the program's instructions; all of them
    ///   together at most ``scanLimit``.
    func matches(
        in scalars: [Unicode.Scalar], limit: Int? = nil
    ) throws(TextPatternError) -> [PatternMatch] {
        var search = PatternSearch(self, in: scalars)
        var matches: [PatternMatch] = []
        var start = 0
        var mustAdvance = false
        while matches.count < limit ?? .max, start <= scalars.count {
            guard let match = try search.first(from: start, mustAdvance: mustAdvance) else { break }
            matches.append(match)
            start = match.range.upperBound
            mustAdvance = match.range.isEmpty
        }
        return matches
    }
}

/// Follows all states at once, in the order in which Python would try them, each with its groups.
private struct PatternSearch {
    private struct State {
        var place: Int
        /// Beginning and end of the match and of each group; -1 where there is none yet.
        var saved: [Int]
    }

    private let program: [TextPattern.Instruction]
    private let scalars: [Unicode.Scalar]
    private let slotCount: Int
    private let ignoresCase: Bool
    /// What waits for a scalar, the preferred first.
    private var waiting: [State] = []
    private var seen: [Int]
    private var round = 0
    private var work = 0

    init(_ pattern: TextPattern, in scalars: [Unicode.Scalar]) {
        program = pattern.program
        self.scalars = scalars
        slotCount = 2 * (pattern.groupCount + 1)
        ignoresCase = pattern.program.contains {
            if case .scalar(let set) = $0 { set.ignoresCase } else { false }
        }
        seen = Array(repeating: 0, count: pattern.program.count)
    }

    /// - Parameter mustAdvance: whether an empty match at `start` does not count.
    mutating func first(from start: Int, mustAdvance: Bool) throws(TextPatternError) -> PatternMatch? {
        waiting.removeAll(keepingCapacity: true)
        var found: [Int]?
        var index = start
        while true {
            round += 1
            let entered = waiting
            waiting.removeAll(keepingCapacity: true)
            let forbidsEmpty = mustAdvance && index == start
            for state in entered {
                guard let saved = try follow(state, at: index, forbidsEmpty: forbidsEmpty) else { continue }
                found = saved
                // Whatever comes behind it would be tried later.
                break
            }
            if found == nil {
                // Nothing fits yet: the match may as well begin here.
                var saved = Array(repeating: -1, count: slotCount)
                saved[0] = index
                found = try follow(State(place: 0, saved: saved), at: index, forbidsEmpty: forbidsEmpty)
            }
            guard index < scalars.count, found == nil || !waiting.isEmpty else { break }
            try take(scalars[index])
            index += 1
        }
        guard let found else { return nil }
        // All matches are kept until the last one is found, each with room for every group.
        try count(8 * (slotCount - 2))
        return match(found)
    }

    private func match(_ saved: [Int]) -> PatternMatch {
        let groups = (1..<slotCount / 2).map { group -> Range<Int>? in
            let lower = saved[2 * group]
            let upper = saved[2 * group + 1]
            return lower >= 0 && upper >= lower ? lower..<upper : nil
        }
        return PatternMatch(range: saved[0]..<saved[1], groups: groups)
    }

    /// Goes on to where a scalar is needed.
    ///
    /// - Returns: the places of a match, if the end is reached; what waits then goes before it.
    private mutating func follow(
        _ state: State, at index: Int, forbidsEmpty: Bool
    ) throws(TextPatternError) -> [Int]? {
        let place = PatternPlace(
            before: index > 0 ? scalars[index - 1] : nil,
            after: index < scalars.count ? scalars[index] : nil,
            isLast: index == scalars.count - 1 && scalars[index] == "\n")
        var open = [state]
        while var next = open.popLast() {
            guard seen[next.place] != round else { continue }
            seen[next.place] = round
            try count(1)
            switch program[next.place] {
            case .match:
                if forbidsEmpty, next.saved[0] == index { continue }
                next.saved[1] = index
                return next.saved
            case .scalar: waiting.append(next)
            case .jump(let target):
                next.place = target
                open.append(next)
            case .split(let first, let second):
                open.append(State(place: second, saved: next.saved))
                open.append(State(place: first, saved: next.saved))
            case .save(let slot):
                next.saved[slot] = index
                next.place += 1
                try count(slotCount)
                open.append(next)
            case .position(let position):
                guard place.holds(position) else { continue }
                next.place += 1
                open.append(next)
            }
        }
        return nil
    }

    /// Lets those go on that take the scalar.
    private mutating func take(_ scalar: Unicode.Scalar) throws(TextPatternError) {
        let cases = ignoresCase ? scalar.otherCases : []
        var kept: [State] = []
        kept.reserveCapacity(waiting.count)
        for var state in waiting {
            guard case .scalar(let set) = program[state.place] else { continue }
            try count(set.cost)
            guard set.contains(scalar, cases) else { continue }
            state.place += 1
            kept.append(state)
        }
        waiting = kept
    }

    private mutating func count(_ cost: Int) throws(TextPatternError) {
        work += cost
        guard work <= TextPattern.scanLimit else { throw .tooMuchWork(limit: TextPattern.scanLimit) }
    }
}
