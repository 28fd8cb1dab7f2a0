/// Takes a cluster apart: what terms it has, at which of its positions.
///
/// Segments are what strong marks part (`/ \ @ ? = # %`, `&` in addresses); each is kept whole, as is the cluster.
/// Inside a segment the parts are what hyphens, apostrophes, full stops, underlines, a change from small to great
/// letters or from letters to digits parts; the segment is kept also without its marks.
struct ClusterForms {
    private let bytes: [UInt8]
    private let atoms: [Atom]
    private var forms: [FormTable.Form] = []
    private var stemmable: [Int] = []

    static func cluster(of bytes: [UInt8]) -> FormTable.Cluster {
        var forms = ClusterForms(withoutPossessive(bytes))
        return forms.cluster()
    }

    /// Without English's `'s`, which any noun can have.
    private static func withoutPossessive(_ bytes: [UInt8]) -> [UInt8] {
        guard let last = bytes.last, last | 0x20 == UInt8(ascii: "s") else { return bytes }
        for apostrophe in ["'", "’", "＇"] {
            let rest = bytes.dropLast(1 + apostrophe.utf8.count)
            if !rest.isEmpty, bytes.dropLast().elementsEqual(rest + Array(apostrophe.utf8)) {
                return Array(rest)
            }
        }
        return bytes
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        atoms = AtomSplitter(bytes).atoms()
    }

    private mutating func cluster() -> FormTable.Cluster {
        let isSingle = atoms.count == 1 && atoms[0].range == bytes.indices
        for (position, atom) in atoms.enumerated() {
            addAtom(atom, at: position, as: isSingle ? .word : .part)
        }
        if !isSingle, let last = atoms.indices.last {
            var start = 0
            var segments = 0
            for index in atoms.indices where index == last || isStrong(between: index, index + 1) {
                addSegment(start...index)
                start = index + 1
                segments += 1
            }
            if segments > 1 { addWhole() }
        }
        let script = text(atoms.first?.range ?? 0..<0).unicodeScalars.first.map(WordScript.init) ?? .other
        var hints = LanguageHints()
        if isSingle, atoms[0].kind == .letters, let word = forms.first {
            hints = LanguageDetector.shared.hints(of: word.term)
        }
        // What spans several parts was added last and belongs to the first of them.
        let order = forms.indices.sorted { (forms[$0].position, $0) < (forms[$1].position, $1) }
        let places = Dictionary(uniqueKeysWithValues: order.enumerated().map { ($0.element, $0.offset) })
        return FormTable.Cluster(
            forms: order.map { forms[$0] }, positions: atoms.count,
            stemmable: stemmable.compactMap { places[$0] },
            hints: hints, script: script)
    }

    private mutating func add(_ term: String, _ position: Int, _ range: Range<Int>, _ form: Token.Form) {
        guard !term.isEmpty, term.utf8.count <= Analyzer.termByteLimit,
            !forms.contains(where: { $0.position == position && $0.term == term })
        else { return }
        forms.append(
            FormTable.Form(
                term: term, position: position, lower: range.lowerBound, upper: range.upperBound, form: form))
    }

    private mutating func addAtom(_ atom: Atom, at position: Int, as form: Token.Form) {
        let term = Folding.cut(Folding.caseFolded(text(atom.range)))
        switch atom.kind {
        case .letters:
            addWord(term, position, atom.range, form)
        case .mixed:
            add(term, position, atom.range, form)
            if term.hasPrefix("0x") { add(String(term.dropFirst(2)), position, atom.range, .part) }
        case .number:
            add(term, position, atom.range, form)
            if let plain = NumberForms.ungrouped(term) { add(plain, position, atom.range, .joined) }
            for prefix in NumberForms.prefixes(of: term) { add(prefix, position, atom.range, .part) }
        }
    }

    /// A word with its spellings, which may be stemmed.
    private mutating func addWord(
        _ term: String, _ position: Int, _ range: Range<Int>, _ form: Token.Form
    ) {
        let count = forms.count
        add(term, position, range, form)
        if forms.count > count, term.utf8.count > 2, range.count <= 64 { stemmable.append(count) }
        add(Folding.cut(Folding.withoutMarks(term)), position, range, .folded)
        if let spelled = Folding.spelledOut(term) { add(Folding.cut(spelled), position, range, .folded) }
    }

    private mutating func addSegment(_ indices: ClosedRange<Int>) {
        var lower = atoms[indices.lowerBound].range.lowerBound
        var upper = atoms[indices.upperBound].range.upperBound
        if indices.lowerBound == 0 { lower = 0 }
        if indices.upperBound == atoms.count - 1 { upper = bytes.count }
        let hasOuterMarks =
            lower < atoms[indices.lowerBound].range.lowerBound
            || upper > atoms[indices.upperBound].range.upperBound
        guard indices.count > 1 || hasOuterMarks else { return }
        let position = indices.lowerBound
        let range = lower..<upper
        let marks = indices.dropLast().flatMap { joints(between: $0, $0 + 1) }
        if indices.count > 1, isJoinable(indices) {
            let joined = indices.reduce(into: "") { $0 += Folding.caseFolded(text(atoms[$1].range)) }
            if indices.allSatisfy({ atoms[$0].kind == .letters }) {
                addWord(joined, position, range, .joined)
            } else {
                add(joined, position, range, .joined)
                add(Folding.withoutMarks(joined), position, range, .folded)
            }
        }
        if hasOuterMarks || marks.contains(where: { !Self.silentJoints.contains($0) }) {
            addFolded(Folding.caseFolded(text(range)), position, range, .whole)
        }
    }

    private mutating func addFolded(
        _ term: String, _ position: Int, _ range: Range<Int>, _ form: Token.Form
    ) {
        add(term, position, range, form)
        add(Folding.withoutMarks(term), position, range, .folded)
    }

    /// All of it, and of an address also without its scheme.
    private mutating func addWhole() {
        let whole = 0..<bytes.count
        addFolded(Folding.caseFolded(text(whole)), 0, whole, .whole)
        let scheme = atoms[0].range.upperBound
        if bytes[scheme...].starts(with: Array("://".utf8)) {
            let rest = (scheme + 3)..<bytes.count
            addFolded(Folding.caseFolded(text(rest)), 1, rest, .whole)
        }
    }

    /// Marks that leave no trace in what people type: the joined form is enough.
    private static let silentJoints: Set<UInt8> = [UInt8(ascii: "-"), UInt8(ascii: "'"), UInt8(ascii: "_")]

    /// Short numbers joined would be other numbers: `4-5` is not 45, but a date or a telephone number is one.
    private func isJoinable(_ indices: ClosedRange<Int>) -> Bool {
        if indices.dropLast().contains(where: { joints(between: $0, $0 + 1).contains(UInt8(ascii: "+")) }) {
            return false
        }
        let parts = indices.map { atoms[$0] }
        guard parts.allSatisfy({ $0.kind == .number }) else { return true }
        return parts.reduce(0) { $0 + $1.range.count } >= 6
            && !parts.contains { part in bytes[part.range].contains { !Joints.isDigit($0) && $0 < 0x80 } }
    }

    /// The marks between two parts, in ASCII; none where only letters change.
    private func joints(between one: Int, _ other: Int) -> [UInt8] {
        text(atoms[one].range.upperBound..<atoms[other].range.lowerBound).unicodeScalars.map {
            Joints.ascii($0) ?? UInt8(clamping: $0.value)
        }
    }

    private func isStrong(between one: Int, _ other: Int) -> Bool {
        let marks = joints(between: one, other)
        if marks == [UInt8(ascii: "/")] { return atoms[one].kind != .number || atoms[other].kind != .number }
        if marks == [UInt8(ascii: "&")] { return bytes.contains(UInt8(ascii: "=")) }
        return marks.contains { Self.strongJoints.contains($0) }
    }

    private static let strongJoints = Set("/\\@?=#%~".utf8)

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
