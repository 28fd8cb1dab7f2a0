extension TextPattern {
    /// Whether it fits from the text's beginning on, whatever stands behind: `re.match` of Python.
    ///
    /// - Throws: ``TextPatternError/tooMuchWork(limit:)``.
    /// - Complexity: the text's scalars times the program's instructions, at most ``workLimit``.
    func matchesBeginning(of text: String) throws(TextPatternError) -> Bool {
        var states = PatternStates(program)
        let scalars = text.unicodeScalars
        var index = scalars.startIndex
        var before: Unicode.Scalar?
        states.begin()
        while true {
            let next = index < scalars.endIndex ? scalars[index] : nil
            let place = PatternPlace(
                before: before, after: next,
                isLast: next == "\n" && scalars.index(after: index) == scalars.endIndex)
            if try states.follow(at: place) { return true }
            guard let next, states.mayGoOn else { return false }
            try states.take(next)
            before = next
            index = scalars.index(after: index)
        }
    }
}

/// Where in a text the states are.
struct PatternPlace {
    var before: Unicode.Scalar?
    var after: Unicode.Scalar?
    /// Whether the scalar after it is a newline that ends the text.
    var isLast: Bool

    func holds(_ position: TextPattern.Position) -> Bool {
        switch position {
        case .textStart: before == nil
        case .textEnd: after == nil
        case .lastEnd: after == nil || isLast
        case .lineStart: before == nil || before == "\n"
        case .lineEnd: after == nil || after == "\n"
        case .wordEdge: isWordEdge
        case .noWordEdge: !isWordEdge
        }
    }

    private var isWordEdge: Bool {
        (before?.isWordScalar ?? false) != (after?.isWordScalar ?? false)
    }
}

/// All states of a program that a text has led to so far.
private struct PatternStates {
    private let program: [TextPattern.Instruction]
    private let ignoresCase: Bool
    /// Instructions to be followed from at this place.
    private var entered: [Int] = []
    /// Those that wait for a scalar, once each.
    private var waiting: [Int] = []
    /// The round in which an instruction was last seen.
    private var seen: [Int]
    private var round = 0
    private var work = 0

    init(_ program: [TextPattern.Instruction]) {
        self.program = program
        ignoresCase = program.contains { if case .scalar(let set) = $0 { set.ignoresCase } else { false } }
        seen = Array(repeating: 0, count: program.count)
    }

    var mayGoOn: Bool { !waiting.isEmpty }

    mutating func begin() { entered = [0] }

    /// Goes on to where a scalar is needed.
    ///
    /// - Returns: whether the pattern's end was reached.
    mutating func follow(at place: PatternPlace) throws(TextPatternError) -> Bool {
        round += 1
        waiting.removeAll(keepingCapacity: true)
        while let state = entered.popLast() {
            guard seen[state] != round else { continue }
            seen[state] = round
            try count()
            switch program[state] {
            case .match: return true
            case .scalar: waiting.append(state)
            case .jump(let next): entered.append(next)
            case .save: entered.append(state + 1)
            case .split(let first, let second):
                entered.append(second)
                entered.append(first)
            case .position(let position):
                if place.holds(position) { entered.append(state + 1) }
            }
        }
        return false
    }

    mutating func take(_ scalar: Unicode.Scalar) throws(TextPatternError) {
        let cases = ignoresCase ? scalar.otherCases : []
        for state in waiting {
            guard case .scalar(let set) = program[state] else { continue }
            try count(set.cost)
            if set.contains(scalar, cases) { entered.append(state + 1) }
        }
    }

    private mutating func count(_ cost: Int = 1) throws(TextPatternError) {
        work += cost
        guard work <= TextPattern.workLimit else { throw .tooMuchWork(limit: TextPattern.workLimit) }
    }
}
