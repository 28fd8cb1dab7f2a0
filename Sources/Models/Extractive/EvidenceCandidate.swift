import Text

/// A unit of a passage that might answer, with what speaks for it before anybody has read it.
struct EvidenceCandidate: Sendable {
    /// Where a unit stands: the offsets of its passage, and of itself there.
    struct Place: Hashable {
        var passage: Int
        var offset: Int
    }

    /// Offset of the passage among those given.
    var passage: Int
    /// Offset of the unit in its passage.
    var offset: Int
    var unit: EvidenceUnit
    /// Title, headings and the heading inside the passage.
    var context: String
    /// What is read: a row is cut down to the columns that the question names.
    var statement: String
    /// Which of a row's cells the statement tells; empty for other units.
    var columns: [Int]
    /// Cosine of the question and the unit; `nil` where the unit's vector is not kept.
    var similarity: Double?
    /// 0…1: the weighted share of the question's words that stand in the unit.
    var ownWords: Double
    /// The same of words in the unit or above it.
    var contextWords: Double
    /// 0…1: the weight of the rarest of the question's words that the unit's whole passage lacks.
    var missing: Double
    /// What the question fixes and neither unit, page title nor headings hold: share of ``AskedQuestion/fixed``.
    var fixedMissing: Double
    /// What the question fixes and the whole passage lacks.
    var fixedAbsent: Double

    /// What candidates are ordered by before they are read.
    var promise: Double { (similarity ?? 0) + 0.4 * contextWords }

    var place: Place { Place(passage: passage, offset: offset) }

    /// Bytes of a row that is read whole too.
    private static let wholeLimit = 600

    /// The row with all its columns; `nil` where nothing was cut, or it is too long to be read once more.
    var whole: EvidenceCandidate? {
        guard columns.count < unit.cells.count, unit.text.utf8.count <= Self.wholeLimit else { return nil }
        var whole = self
        (whole.columns, whole.statement) = (Array(unit.cells.indices), unit.statement)
        return whole
    }
}

/// The units of all passages, weighed.
struct EvidenceCandidates: Sendable {
    private(set) var all: [EvidenceCandidate] = []
    /// Units of each passage.
    let units: [[EvidenceUnit]]
    /// 0…1: the weight of the rarest word of the question that no passage holds.
    private(set) var unknown = 0.0

    /// A word above the unit counts for this share of one in it.
    private static let contextShare = 0.6

    /// - Parameter vector: the question's embedding.
    init(_ question: AskedQuestion, _ passages: [GroundedQuestion.Passage], vector: [Float]?) {
        let cut = passages.map { passage in
            Self.silenced(EvidenceUnits.all(of: passage.text, isCode: passage.isCode), question)
        }
        units = cut
        let asked = question.words.all
        let words = cut.map { $0.map { question.words.found(in: $0.statement) } }
        let weights = Self.weights(of: question.words, in: words)
        let heaviest = max(weights.max() ?? 1, .leastNonzeroMagnitude)
        var anywhere: Set<Int> = []
        var headers = HeaderWords(question)
        for (offset, passage) in passages.enumerated() {
            let above = question.words.found(
                in: ([passage.title] + passage.headingPath).joined(separator: " "))
            let headings = Set(cut[offset].compactMap(\.heading))
            let inPassage = (words[offset] + headings.map { headers.found(in: $0) }).reduce(above) {
                $0.union($1)
            }
            anywhere.formUnion(inPassage)
            let vectors = passage.evidence.flatMap { $0.count == cut[offset].count ? $0 : nil }
            for (position, unit) in cut[offset].enumerated() where !unit.text.isEmpty {
                let columns = headers.columns(of: unit)
                let statement = Self.statement(of: unit, columns: columns)
                let own = words[offset][position]
                let context = above.union(unit.heading.map { headers.found(in: $0) } ?? [])
                let near = own.union(context)
                func share(_ found: Set<Int>) -> Double { Self.share(of: found, weights) }
                let similarity = vector.flatMap { vector in
                    vectors.flatMap { $0.dimension == vector.count ? $0.cosine(position, to: vector) : nil }
                }
                all.append(
                    EvidenceCandidate(
                        passage: offset, offset: position, unit: unit,
                        context: Self.context([passage.title] + passage.headingPath, unit.heading),
                        statement: statement, columns: columns, similarity: similarity, ownWords: share(own),
                        contextWords: share(own) + Self.contextShare * share(context.subtracting(own)),
                        missing: Self.rarest(asked.subtracting(inPassage), weights) / heaviest,
                        fixedMissing: Self.lacking(question.fixed, near),
                        fixedAbsent: Self.lacking(question.fixed, inPassage)))
            }
        }
        unknown = Self.rarest(asked.subtracting(anywhere), weights) / heaviest
    }

    /// The units without the text of those that steer whoever reads for somebody else, and of what stands behind a
    /// turn of a conversation in the same line.
    private static func silenced(_ units: [EvidenceUnit], _ question: AskedQuestion) -> [EvidenceUnit] {
        guard !Steering.isAsked(question.text) else { return units }
        // One label alone may be a field of a form.
        let isConversation = Steering.isConversation(units.map(\.text))
        var silent: Int?
        return units.map { unit in
            let isTurn = Steering.isTurn(unit.text)
            if isTurn, isConversation || Steering.steers(unit.text) { silent = unit.group }
            guard Steering.steers(unit.text) || silent == unit.group && unit.kind == .sentence else {
                return unit
            }
            var unit = unit
            unit.text = isTurn ? "" : Steering.beforeMarkup(unit.text)
            return unit
        }
    }

    /// Where a unit stands, from the page's title inwards. A page that begins with its title as a heading says it once.
    private static func context(_ path: [String], _ heading: String?) -> String {
        (path + [heading].compactMap { $0 }).reduce(into: [String]()) { names, name in
            if names.last != name { names.append(name) }
        }.joined(separator: " › ")
    }

    private static func lacking(_ fixed: Set<Int>, _ found: Set<Int>) -> Double {
        fixed.isEmpty ? 0 : Double(fixed.subtracting(found).count) / Double(fixed.count)
    }

    private static func share(of found: Set<Int>, _ weights: [Double]) -> Double {
        let total = weights.reduce(0, +)
        return total > 0 ? found.reduce(0) { $0 + weights[$1] } / total : 0
    }

    private static func rarest(_ words: Set<Int>, _ weights: [Double]) -> Double {
        words.reduce(0) { max($0, weights[$1]) }
    }

    /// Rarer among the passages' units weighs more, as in BM25's inverse document frequency.
    private static func weights(of asked: SoughtWords, in words: [[Set<Int>]]) -> [Double] {
        var counts = [Double](repeating: 0, count: asked.count)
        var total = 0.0
        for unit in words.joined() {
            total += 1
            for word in unit { counts[word] += 1 }
        }
        return zip(counts, asked.shares).map { count, share in
            share * logarithm(1 + (total - count + 0.5) / (count + 0.5))
        }
    }

    private static func statement(of unit: EvidenceUnit, columns: [Int]) -> String {
        guard columns.count < unit.cells.count else { return unit.statement }
        var cut = unit
        cut.cells = columns.map { unit.cells[$0] }
        return cut.statement
    }
}

/// The question's words in headings and in the headers of columns, each looked at once though many units share it.
private struct HeaderWords {
    private let asked: SoughtWords
    /// What was typed; `nil` where that is all of it.
    private let typed: SoughtWords?
    private var found: [String: Set<Int>] = [:]
    private var coverage: [String: Coverage] = [:]

    /// The shares of a header that the question names.
    private struct Coverage {
        var typed: Double
        var asked: Double
    }

    init(_ question: AskedQuestion) {
        asked = question.words
        typed = question.typed == question.text ? nil : SoughtWords(question.typed)
    }

    mutating func found(in heading: String) -> Set<Int> {
        if let known = found[heading] { return known }
        let words = asked.found(in: heading)
        found[heading] = words
        return words
    }

    /// The cells that the question is about: the first, and those under a header that it names, by what was typed
    /// before what that was completed by. All of them when it names none.
    mutating func columns(of unit: EvidenceUnit) -> [Int] {
        guard unit.cells.count > 2 else { return Array(unit.cells.indices) }
        let shares = unit.cells.map { share(of: $0.header) }
        for share in [\Coverage.typed, \.asked] {
            guard let best = shares.dropFirst().map({ $0[keyPath: share] }).max(), best > 0 else { continue }
            return unit.cells.indices.filter { $0 == 0 || shares[$0][keyPath: share] == best }
        }
        return Array(unit.cells.indices)
    }

    private mutating func share(of header: String) -> Coverage {
        if let known = coverage[header] { return known }
        let share = Coverage(
            typed: typed?.coverage(of: header) ?? 0, asked: asked.coverage(of: header))
        coverage[header] = share
        return share
    }
}
