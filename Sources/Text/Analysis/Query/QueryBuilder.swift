/// Makes a ``QueryAnalysis`` of a query's clusters.
struct QueryBuilder {
    private typealias Word = QueryAnalysis.Word
    private typealias Phrase = QueryAnalysis.Phrase
    private typealias Variant = QueryAnalysis.Variant

    private let bytes: [UInt8]
    private let worker: AnalysisWorker
    private let units: [AnalysisWorker.Unit]
    private let languages: QueryLanguages
    private let detected: [Language]
    private let quoted: [Range<Int>]
    /// Whether all letters are capitals, so that they tell nothing.
    private let shouts: Bool
    private var words: [Word] = []
    /// Places among ``words``, by their variants' terms.
    private var known: [[String]: Int] = [:]
    private var phrases: [Phrase] = []

    init(_ text: String, _ worker: AnalysisWorker, _ documents: [Language]) {
        bytes = Array(text.utf8)
        self.worker = worker
        units = worker.units(of: bytes)
        detected = worker.languages(of: units)
        languages = QueryLanguages(detected: detected, documents: documents)
        quoted = QuotedRanges.all(in: text)
        shouts = !text.unicodeScalars.contains { $0.properties.isLowercase }
    }

    mutating func analysis(completesLastWord: Bool) -> QueryAnalysis {
        for range in quoted.prefix(QueryAnalysis.phraseLimit) { addQuoted(range) }
        var run: [AnalysisWorker.Unit] = []
        for (index, unit) in units.enumerated() where words.count < QueryAnalysis.wordLimit {
            if unit.entry < 0 {
                run.append(unit)
                guard unit.entry == -2 else { continue }
                addRun(run)
                run = []
            } else {
                addCluster(unit, isOfGrams: isOfGrams(index))
            }
        }
        return QueryAnalysis(
            words: words, phrases: phrases, prefix: completesLastWord ? prefix() : nil,
            languages: languages.likely)
    }

    // MARK: Words

    private mutating func add(
        _ variants: [Variant], _ position: Int, _ range: Range<Int>, weight: Double = 1,
        isStopWord: Bool = false,
        isIdentifier: Bool = false
    ) {
        guard !variants.isEmpty else { return }
        let terms = variants.map(\.term)
        if let place = known[terms] {
            words[place].count += 1
            return
        }
        guard words.count < QueryAnalysis.wordLimit else { return }
        known[terms] = words.count
        words.append(
            Word(
                variants: variants, position: position, utf8Range: range, weight: weight,
                isStopWord: isStopWord,
                isIdentifier: isIdentifier))
    }

    /// Whether a unit is the word that the characters behind it make.
    private func isOfGrams(_ index: Int) -> Bool {
        index + 1 < units.count && units[index + 1].position == units[index].position
    }

    /// Of a part beside its whole: a number of an identifier is found in many others, a word of one is a word.
    private func partWeight(_ unit: AnalysisWorker.Unit, isIdentifier: Bool) -> Double {
        guard isIdentifier else { return 0.8 }
        return bytes[unit.range].contains(where: Joints.isDigit) ? 0.3 : 0.5
    }

    private mutating func addCluster(_ unit: AnalysisWorker.Unit, isOfGrams: Bool) {
        let entry = worker.entry(unit)
        guard entry.positions > 0 else { return }
        let spans = spans(of: unit)
        let isNamed = IdentifierShape.isIdentifier(bytes[unit.range], entry, shouts: shouts)
        let partWeight = isOfGrams ? 0.5 : partWeight(unit, isIdentifier: isNamed)
        if let whole = spans.whole.first {
            let saysNothing = spans.atoms.allSatisfy { self.isStopWord($0, unit.range) } && !isNamed
            add(
                spans.whole.map { variant($0, isWhole: true) } + stems(unit, at: 0, spanning: true),
                unit.position, range(of: whole, in: unit), isStopWord: saysNothing, isIdentifier: isNamed)
        }
        for (offset, atom) in spans.atoms.enumerated() {
            guard let first = atom.first else { continue }
            let variants = atom.map { variant($0, isWhole: false) } + stems(unit, at: offset, spanning: false)
            add(
                variants, unit.position + offset, range(of: first, in: unit),
                weight: spans.whole.isEmpty && !isOfGrams ? 1 : partWeight,
                isStopWord: self.isStopWord(atom, unit.range), isIdentifier: isNamed && spans.whole.isEmpty)
        }
        if spans.atoms.count > 1 { addPhrase(of: [unit], isQuoted: false) }
    }

    private typealias Spans = (whole: [FormTable.Form], atoms: [[FormTable.Form]])

    /// The forms of a cluster's parts, and those that span several or carry marks.
    private func spans(of unit: AnalysisWorker.Unit) -> Spans {
        let entry = worker.entry(unit)
        var spans: Spans = ([], [[FormTable.Form]](repeating: [], count: entry.positions))
        for form in worker.forms(of: unit) {
            // The first form of a position is its part's own; what lies in other bytes spans more.
            if let own = spans.atoms[form.position].first, own.lower != form.lower || own.upper != form.upper
            {
                spans.whole.append(form)
            } else {
                spans.atoms[form.position].append(form)
            }
        }
        spans.whole.sort { ($1.upper - $1.lower, $0.position) < ($0.upper - $0.lower, $1.position) }
        return spans
    }

    private func range(of form: FormTable.Form, in unit: AnalysisWorker.Unit) -> Range<Int> {
        (unit.range.lowerBound + form.lower)..<(unit.range.lowerBound + form.upper)
    }

    private func variant(_ form: FormTable.Form, isWhole: Bool) -> Variant {
        switch form.form {
        case .folded: Variant(term: form.term, weight: 0.9, form: .folded)
        case .part where isWhole: Variant(term: form.term, weight: 0.6, form: .part)
        default: Variant(term: form.term, weight: 1, form: form.form)
        }
    }

    /// Stems of a part or, spanning, of the joined word.
    private func stems(_ unit: AnalysisWorker.Unit, at offset: Int, spanning: Bool) -> [Variant] {
        let entry = worker.entry(unit)
        guard entry.hasStems, let own = worker.forms(of: unit).first(where: { $0.position == offset }) else {
            return []
        }
        var result: [Variant] = []
        func add(_ language: Language, weight: Double, minBytes: Int) {
            for form in worker.stems(of: unit, in: language) where form.position == offset {
                let isOwn = form.lower == own.lower && form.upper == own.upper
                guard isOwn != spanning, form.term.utf8.count >= minBytes,
                    !result.contains(where: { $0.term == form.term })
                else { continue }
                result.append(Variant(term: form.term, weight: weight, form: .stem))
            }
        }
        for language in languages.likely(for: entry.script) {
            add(language, weight: detected.isEmpty || detected.contains(language) ? 0.8 : 0.6, minBytes: 1)
        }
        for language in languages.possible(for: entry.script) {
            add(language, weight: 0.4, minBytes: QueryLanguages.possibleStemBytes)
        }
        return result
    }

    /// Capitals in a query that has small letters too make a name of a word: `IT`, `WHO`.
    private func isStopWord(_ atom: [FormTable.Form], _ cluster: Range<Int>) -> Bool {
        guard let form = atom.first else { return true }
        let lower = cluster.lowerBound + form.lower
        let written = bytes[lower..<(cluster.lowerBound + form.upper)]
        if !shouts, written.count > 1, written.allSatisfy({ $0 &- 0x41 < 26 }) { return false }
        return LanguageDetector.shared.isFunctionWord(form.term, in: languages.likely)
            || StopWords.englishLookup.contains(form.term) && languages.likely.contains(.english)
    }

    // MARK: Scripts without blanks

    /// Pairs of a run of characters; the character where it stands alone.
    private mutating func addRun(_ run: [AnalysisWorker.Unit]) {
        let grams = run.map { Folding.gram(bytes[$0.range]) }
        if run.count == 1 {
            add(Self.gram(grams[0]), run[0].position, run[0].range)
        }
        for (index, two) in run.enumerated().dropFirst() {
            let one = run[index - 1]
            add(
                Self.gram(grams[index - 1] + grams[index]), one.position,
                one.range.lowerBound..<two.range.upperBound)
        }
        if run.count > 2, run.count <= 8 { addPhrase(of: run, isQuoted: false) }
    }

    private static func gram(_ term: String) -> [Variant] {
        term.isEmpty ? [] : [Variant(term: term, weight: 1, form: .gram)]
    }

    // MARK: Phrases

    private mutating func addQuoted(_ range: Range<Int>) {
        addPhrase(
            of: units.filter {
                $0.range.lowerBound >= range.lowerBound && $0.range.upperBound <= range.upperBound
            },
            isQuoted: true)
    }

    private mutating func addPhrase(of units: [AnalysisWorker.Unit], isQuoted: Bool) {
        guard phrases.count < QueryAnalysis.phraseLimit, let first = units.first else { return }
        var elements: [Phrase.Element] = []
        func add(_ variants: [Variant], _ position: Int) {
            guard !variants.isEmpty, elements.count < QueryAnalysis.wordLimit else { return }
            elements.append(Phrase.Element(variants: variants, offset: position - first.position))
        }
        let wordsOfGrams = Set(
            units.indices.dropLast().filter { units[$0 + 1].position == units[$0].position })
        let units = units.enumerated().filter { !wordsOfGrams.contains($0.offset) }.map(\.element)
        for (index, unit) in units.enumerated() {
            let continues = unit.entry == -1 && index + 1 < units.count
            let follows = index > 0 && units[index - 1].entry == -1
            if unit.entry >= 0 {
                for (offset, atom) in spans(of: unit).atoms.enumerated() {
                    let variants = atom.map { variant($0, isWhole: false) }
                    let stems = isQuoted ? [] : stems(unit, at: offset, spanning: false)
                    add(variants + stems, unit.position + offset)
                }
            } else if continues {
                let pair = Folding.gram(bytes[unit.range]) + Folding.gram(bytes[units[index + 1].range])
                add(Self.gram(pair), unit.position)
            } else if !follows {
                add(Self.gram(Folding.gram(bytes[unit.range])), unit.position)
            }
        }
        guard elements.count > (isQuoted ? 0 : 1) else { return }
        phrases.append(Phrase(elements: elements, isQuoted: isQuoted))
    }

    // MARK: The last word

    private func prefix() -> QueryAnalysis.Prefix? {
        guard let last = units.last, last.range.upperBound == bytes.count else { return nil }
        guard last.entry >= 0 else {
            let term = Folding.gram(bytes[last.range])
            return term.isEmpty ? nil : QueryAnalysis.Prefix(terms: [term], position: last.position)
        }
        let ending = worker.forms(of: last).filter { $0.upper == last.range.count && $0.form != .stem }
        guard let position = ending.map(\.position).max() else { return nil }
        var terms: [String] = []
        for form in ending where !terms.contains(form.term) { terms.append(form.term) }
        return QueryAnalysis.Prefix(terms: terms, position: last.position + position)
    }
}
