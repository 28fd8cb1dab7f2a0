/// A part of a cluster that is not taken apart further.
struct Atom: Hashable {
    enum Kind { case letters, number, mixed }
    /// UTF-8 offsets in the cluster.
    var range: Range<Int>
    var kind: Kind
}

/// Cuts a cluster into its parts: between marks, where small letters turn great (`getUser`), before the last great
/// letter of several that a small one follows (`HTMLResponse`), and between letters and digits (`E2290`).
struct AtomSplitter {
    private struct Scalar {
        enum Kind { case upper, lower, digit, mark, joint }
        var kind: Kind
        var offset: Int
        var value: Unicode.Scalar
    }

    private let scalars: [Scalar]
    private let end: Int

    init(_ bytes: [UInt8]) {
        var scalars: [Scalar] = []
        var offset = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
            scalars.append(Scalar(kind: Self.kind(of: scalar), offset: offset, value: scalar))
            offset += UTF8.width(scalar)
        }
        self.scalars = scalars
        end = offset
    }

    private static func kind(of scalar: Unicode.Scalar) -> Scalar.Kind {
        if scalar.value < 0x80 {
            let byte = UInt8(scalar.value)
            if Joints.isDigit(byte) { return .digit }
            return Joints.isLetter(byte) ? (byte < 0x60 ? .upper : .lower) : .joint
        }
        let found = ScalarClass(of: scalar)
        switch found.wordBreak {
        case .numeric: return .digit
        case .extend, .format, .zwj: return .mark
        case .aLetter, .hebrewLetter, .katakana: return scalar.properties.isUppercase ? .upper : .lower
        default: return found.isGram ? .lower : .joint
        }
    }

    func atoms() -> [Atom] {
        var atoms: [Atom] = []
        var index = 0
        while index < scalars.count {
            if scalars[index].kind == .joint || scalars[index].kind == .mark {
                index += 1
                continue
            }
            var runEnd = index
            while runEnd < scalars.count, scalars[runEnd].kind != .joint { runEnd += 1 }
            append(pieces(of: index..<runEnd), to: &atoms)
            index = runEnd
        }
        return atoms
    }

    /// Joins numbers that one `.` or `,` parts: `10.20.31.47`, `1,000`.
    private func append(_ pieces: [Range<Int>], to atoms: inout [Atom]) {
        for (number, piece) in pieces.enumerated() {
            let atom = Atom(range: offset(piece.lowerBound)..<offset(piece.upperBound), kind: kind(of: piece))
            if number == 0, atom.kind == .number, let last = atoms.last, last.kind == .number,
                piece.lowerBound > 0, last.range.upperBound == offset(piece.lowerBound - 1),
                [".", ","].contains(scalars[piece.lowerBound - 1].value)
            {
                atoms[atoms.count - 1].range = last.range.lowerBound..<atom.range.upperBound
            } else {
                atoms.append(atom)
            }
        }
    }

    private func offset(_ index: Int) -> Int { index < scalars.count ? scalars[index].offset : end }

    private func kind(of piece: Range<Int>) -> Atom.Kind {
        let digits = piece.contains { scalars[$0].kind == .digit }
        let letters = piece.contains { scalars[$0].kind == .upper || scalars[$0].kind == .lower }
        return digits ? (letters ? .mixed : .number) : .letters
    }

    /// The pieces of a run of letters and digits; the run itself where cutting would make rubble of it, as of
    /// hashes, serials and encoded bytes.
    private func pieces(of run: Range<Int>) -> [Range<Int>] {
        var byDigits: [Range<Int>] = []
        for index in run {
            if let last = byDigits.last, !changesBetweenLettersAndDigits(index, in: run) {
                byDigits[byDigits.count - 1] = last.lowerBound..<index + 1
            } else {
                byDigits.append(index..<index + 1)
            }
        }
        if byDigits.count > 2,
            byDigits.contains(where: { $0.count == 1 && scalars[$0.lowerBound].kind != .digit })
        {
            return [run]
        }
        let pieces = byDigits.flatMap(camel)
        return pieces.count > 4 && run.count < pieces.count * 3 ? [run] : pieces
    }

    private func changesBetweenLettersAndDigits(_ index: Int, in run: Range<Int>) -> Bool {
        guard index > run.lowerBound, scalars[index].kind != .mark, let last = base(before: index, in: run)
        else { return false }
        return (scalars[index].kind == .digit) != (scalars[last].kind == .digit)
    }

    private func base(before index: Int, in run: Range<Int>) -> Int? {
        (run.lowerBound..<index).last { scalars[$0].kind != .mark }
    }

    private func base(behind index: Int, in run: Range<Int>) -> Int? {
        (index + 1..<run.upperBound).first { scalars[$0].kind != .mark }
    }

    private func camel(_ run: Range<Int>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var start = run.lowerBound
        for index in run.dropFirst() where beginsWord(index, in: run) {
            pieces.append(start..<index)
            start = index
        }
        pieces.append(start..<run.upperBound)
        return pieces
    }

    private func beginsWord(_ index: Int, in run: Range<Int>) -> Bool {
        guard scalars[index].kind == .upper, let last = base(before: index, in: run) else { return false }
        if scalars[last].kind == .lower { return true }
        guard let next = base(behind: index, in: run), scalars[next].kind == .lower else { return false }
        // A plural of capitals is one word: APIs.
        return scalars[next].value != "s" || base(behind: next, in: run) != nil
    }
}
