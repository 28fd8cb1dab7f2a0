/// The clusters of a text without blanks, by scalars.
struct ScalarClusters {
    private struct Piece {
        enum Kind { case word, gram, other }
        /// Of scalars.
        var range: Range<Int>
        var kind: Kind
    }

    private var scalars: [Unicode.Scalar] = []
    /// UTF-8 offsets of the scalars, and the end.
    private var offsets: [Int] = []
    private var classes: [ScalarClass] = []

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        var offset = range.lowerBound
        // What is no UTF-8 becomes U+FFFD here, three bytes for fewer; texts come from strings, so there is none.
        for scalar in String(decoding: bytes[range], as: UTF8.self).unicodeScalars {
            scalars.append(scalar)
            offsets.append(offset)
            classes.append(ScalarClass(of: scalar))
            offset += UTF8.width(scalar)
        }
        offsets.append(offset)
    }

    mutating func all(startsWithDot: (Int) -> Bool) -> [ClusterScanner.Found] {
        let pieces = pieces()
        var found: [ClusterScanner.Found] = []
        var index = 0
        while index < pieces.count {
            switch pieces[index].kind {
            case .other:
                let isDot = startsWithDot(byteRange(pieces[index].range).lowerBound)
                if isDot, index + 1 < pieces.count, pieces[index + 1].kind == .word {
                    let end = clusterEnd(from: index + 1, startingAt: index, pieces)
                    found.append(cluster(index..<end, pieces))
                    index = end
                } else {
                    index += 1
                }
            case .word:
                let end = clusterEnd(from: index, startingAt: index, pieces)
                found.append(cluster(index..<end, pieces))
                index = end
            case .gram:
                var end = index + 1
                while end < pieces.count, pieces[end].kind == .gram { end += 1 }
                appendGrams(pieces[index..<end], to: &found)
                index = end
            }
        }
        return found
    }

    /// UAX #29's segments, cut further where a script without blanks begins or ends, whose characters are pieces
    /// each, and at semicolons, which the annex takes for a part of numbers.
    private func pieces() -> [Piece] {
        let boundaries = WordBreak.boundaries(classes.map(\.wordBreak))
        var pieces: [Piece] = []
        for index in scalars.indices {
            let kind = kind(of: index)
            let isMark = isMark(index)
            let begins =
                index == 0 || boundaries[index]
                || (!isMark && (classes[index].isGram || pieces.last?.kind == .gram))
                || scalars[index] == ";" || scalars[index - 1] == ";"
            if begins {
                pieces.append(Piece(range: index..<index + 1, kind: kind))
            } else {
                let last = pieces.count - 1
                pieces[last].range = pieces[last].range.lowerBound..<index + 1
                if kind == .word, pieces[last].kind == .other { pieces[last].kind = .word }
            }
        }
        return pieces
    }

    private func isMark(_ index: Int) -> Bool {
        switch classes[index].wordBreak {
        case .extend, .format, .zwj: true
        default: false
        }
    }

    private func kind(of index: Int) -> Piece.Kind {
        if classes[index].isGram { return .gram }
        switch classes[index].wordBreak {
        case .aLetter, .hebrewLetter, .numeric, .extendNumLet, .katakana: return .word
        default: return .other
        }
    }

    private func byteRange(_ range: Range<Int>) -> Range<Int> {
        offsets[range.lowerBound]..<offsets[range.upperBound]
    }

    private func cluster(_ range: Range<Int>, _ pieces: [Piece]) -> ClusterScanner.Found {
        let scalars =
            pieces[range.lowerBound].range.lowerBound..<pieces[range.upperBound - 1].range.upperBound
        return ClusterScanner.Found(range: byteRange(scalars), kind: .word(wholeOfGrams: false))
    }

    /// The piece behind the last of the cluster.
    private func clusterEnd(from first: Int, startingAt start: Int, _ pieces: [Piece]) -> Int {
        var end = first + 1
        let startOffset = offsets[pieces[start].range.lowerBound]
        while true {
            var run: [UInt8] = []
            var after = end
            while after < pieces.count, run.count <= Joints.longestRun, let joint = joint(pieces[after]) {
                run.append(joint)
                after += 1
            }
            guard !run.isEmpty, run.count <= Joints.longestRun, after < pieces.count,
                pieces[after].kind == .word,
                offsets[pieces[after].range.upperBound] - startOffset <= ClusterScanner.clusterByteLimit,
                Joints.join(
                    run[...],
                    betweenDigits: isDigit(lastBase(pieces[end - 1].range))
                        && isDigit(pieces[after].range.lowerBound))
            else { return withTrailingMarks(run, start, end, pieces) }
            end = after + 1
        }
    }

    private func withTrailingMarks(_ run: [UInt8], _ start: Int, _ end: Int, _ pieces: [Piece]) -> Int {
        func isEnd(_ piece: Int) -> Bool { piece >= pieces.count || pieces[piece].kind == .other }
        let last = lastBase(pieces[end - 1].range)
        guard classes[last].wordBreak == .aLetter else { return end }
        if run.starts(with: Array("++".utf8)), isEnd(end + 2) { return end + 2 }
        let isSingle = start == end - 1 && pieces[start].range.count == 1
        if run.first == UInt8(ascii: "#"), isSingle, isEnd(end + 1) { return end + 1 }
        return end
    }

    private func joint(_ piece: Piece) -> UInt8? {
        guard piece.kind == .other, piece.range.count == 1 else { return nil }
        return Joints.ascii(scalars[piece.range.lowerBound])
    }

    private func lastBase(_ range: Range<Int>) -> Int {
        range.last { !isMark($0) } ?? range.lowerBound
    }

    private func isDigit(_ index: Int) -> Bool { classes[index].wordBreak == .numeric }

    /// Characters one by one; before the first of a word of katakana or hangul the word.
    private func appendGrams(_ run: ArraySlice<Piece>, to found: inout [ClusterScanner.Found]) {
        var wordEnd = run.startIndex
        for index in run.indices {
            if index >= wordEnd {
                wordEnd = index + 1
                let word = wordBreak(run[index])
                if word != nil {
                    while wordEnd < run.endIndex, wordBreak(run[wordEnd]) == word { wordEnd += 1 }
                }
                // One or two characters are a gram themselves.
                if wordEnd - index > 2 {
                    let whole = run[index].range.lowerBound..<run[wordEnd - 1].range.upperBound
                    found.append(
                        ClusterScanner.Found(range: byteRange(whole), kind: .word(wholeOfGrams: true)))
                }
            }
            found.append(
                ClusterScanner.Found(
                    range: byteRange(run[index].range), kind: .gram, endsRun: index == run.endIndex - 1))
        }
    }

    private func wordBreak(_ piece: Piece) -> WordBreak.Property? {
        let first = classes[piece.range.lowerBound]
        return first.isGramWord ? first.wordBreak : nil
    }
}
