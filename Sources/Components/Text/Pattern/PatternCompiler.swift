/// A pattern as it is nested.
indirect enum PatternNode: Sendable {
    case scalar(ScalarSet)
    case position(TextPattern.Position)
    case sequence([PatternNode])
    case choice([PatternNode])
    /// What a pair of round brackets finds, counted from 1.
    case group(Int, PatternNode)
    /// - Parameters:
    ///   - upTo: `nil` for any number.
    ///   - isLazy: whether it takes as little as it can.
    case repetition(PatternNode, from: Int, upTo: Int?, isLazy: Bool)
}

/// Writes a pattern out as a program.
struct PatternCompiler {
    private(set) var program: [TextPattern.Instruction] = []

    mutating func add(_ node: PatternNode) throws(TextPatternError) {
        switch node {
        case .scalar(let set): try append(.scalar(set))
        case .position(let position): try append(.position(position))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .choice(let ways): try add(choice: ways)
        case .group(let number, let node):
            try append(.save(2 * number))
            try add(node)
            try append(.save(2 * number + 1))
        case .repetition(let node, let least, let most, let isLazy):
            for _ in 0..<least {
                let before = program.count
                try add(node)
                // What takes nothing is written often enough: counts within counts would take for ever otherwise.
                guard program[before...].contains(where: { !$0.isSave }) else { break }
            }
            if let most {
                try add(optional: node, times: most - least, isLazy: isLazy)
            } else {
                let split = program.count
                try append(.split(0, 0))
                try add(node)
                try append(.jump(split))
                program[split] = Self.split(into: split + 1, past: program.count, isLazy: isLazy)
            }
        }
    }

    /// The way that is tried first stands first.
    private static func split(into: Int, past: Int, isLazy: Bool) -> TextPattern.Instruction {
        isLazy ? .split(past, into) : .split(into, past)
    }

    private mutating func add(choice ways: [PatternNode]) throws(TextPatternError) {
        var jumps: [Int] = []
        for way in ways.dropLast() {
            let split = program.count
            try append(.split(0, 0))
            try add(way)
            jumps.append(program.count)
            try append(.jump(0))
            program[split] = .split(split + 1, program.count)
        }
        if let last = ways.last { try add(last) }
        for jump in jumps { program[jump] = .jump(program.count) }
    }

    /// `(node(node(…)?)?)?`: each further one only behind the one before.
    private mutating func add(
        optional node: PatternNode, times: Int, isLazy: Bool
    ) throws(TextPatternError) {
        var splits: [Int] = []
        for _ in 0..<max(0, times) {
            splits.append(program.count)
            try append(.split(0, 0))
            try add(node)
        }
        for split in splits {
            program[split] = Self.split(into: split + 1, past: program.count, isLazy: isLazy)
        }
    }

    private mutating func append(_ instruction: TextPattern.Instruction) throws(TextPatternError) {
        guard program.count < TextPattern.instructionLimit else {
            throw .tooLarge(limit: TextPattern.instructionLimit)
        }
        program.append(instruction)
    }
}
