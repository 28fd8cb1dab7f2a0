/// What one thread at a time analyzes with: stemmers and the forms of the words seen so far.
final class AnalysisWorker: @unchecked Sendable {
    // Sendable proof: the only owner of a worker is `Analyzer.withWorker`, which takes it out of the pool under a
    // lock, hands it to one closure on its own thread, and puts it back behind the closure's end; no closure keeps
    // it. So one thread at a time reaches what is in here, and the pool's lock orders one after the other.

    /// A cluster of a text, with the entry of its forms, or a gram.
    struct Unit {
        var range: Range<Int>
        var position: Int
        /// Index into the table; -1 for a gram and -2 for the last of its run.
        var entry: Int
    }

    // By the same proof nobody reads the table while another changes it, so the check of every access is left out.
    @exclusivity(unchecked) private var table = FormTable()
    private var stemmers = Stemmers()
    private let detector = LanguageDetector.shared

    func tokens(of bytes: [UInt8], languages given: [Language]?) -> [Token] {
        let units = units(of: bytes)
        let languages = StemLanguages(given ?? languages(of: units))
        var tokens: [Token] = []
        tokens.reserveCapacity(units.count * 2)
        for (index, unit) in units.enumerated() {
            guard unit.entry >= 0 else {
                appendGrams(of: units, at: index, bytes, to: &tokens)
                continue
            }
            append(unit, languages, to: &tokens)
        }
        return tokens
    }

    func units(of bytes: [UInt8]) -> [Unit] {
        if table.isFull { table = FormTable() }
        var units: [Unit] = []
        units.reserveCapacity(bytes.count / 6)
        var position = 0
        var scanner = ClusterScanner(bytes)
        while let found = scanner.next() {
            let entry: Int
            switch found.kind {
            case .gram:
                entry = found.endsRun ? -2 : -1
                units.append(Unit(range: found.range, position: position, entry: entry))
                position += 1
            case .word(let wholeOfGrams):
                entry = table.entry(of: found.range, in: bytes)
                units.append(Unit(range: found.range, position: position, entry: entry))
                if !wholeOfGrams { position += table.entries[entry].positions }
            }
        }
        return units
    }

    func languages(of units: [Unit]) -> [Language] {
        var votes = LanguageDetector.Votes()
        for unit in units where unit.entry >= 0 && !table.entries[unit.entry].hints.isEmpty {
            detector.add(table.entries[unit.entry].hints, to: &votes)
        }
        return detector.languages(by: votes)
    }

    func entry(_ unit: Unit) -> FormTable.Entry { table.entries[unit.entry] }

    func forms(of unit: Unit) -> ArraySlice<FormTable.Form> { table.forms[table.entries[unit.entry].forms] }

    /// The stems of a unit's words in a language, as forms.
    func stems(of unit: Unit, in language: Language) -> ArraySlice<FormTable.Form> {
        let stems = table.stems(of: unit.entry, in: language, with: &stemmers)
        return table.forms[stems]
    }

    private func append(_ unit: Unit, _ languages: StemLanguages, to tokens: inout [Token]) {
        func append(_ form: FormTable.Form) {
            tokens.append(
                Token(
                    term: form.term, position: unit.position + form.position,
                    utf8Range: (unit.range.lowerBound + form.lower)..<(unit.range.lowerBound + form.upper),
                    form: form.form))
        }
        let first = tokens.count
        for index in table.entries[unit.entry].forms { append(table.forms[index]) }
        guard table.entries[unit.entry].hasStems else { return }
        let stemmedIn = languages[table.entries[unit.entry].script]
        let behindForms = tokens.count
        for language in stemmedIn {
            for index in table.stems(of: unit.entry, in: language, with: &stemmers)
            where stemmedIn.count == 1 || !isAmong(tokens[behindForms...], table.forms[index], unit) {
                append(table.forms[index])
            }
        }
        if tokens.count > behindForms, table.entries[unit.entry].positions > 1 {
            Self.sort(&tokens, from: first)
        }
    }

    /// Whether another language gave the same stem.
    private func isAmong(_ tokens: ArraySlice<Token>, _ form: FormTable.Form, _ unit: Unit) -> Bool {
        tokens.contains { $0.position == unit.position + form.position && $0.term == form.term }
    }

    /// By position, keeping the order of what shares one.
    private static func sort(_ tokens: inout [Token], from first: Int) {
        let sorted = tokens[first...].enumerated().sorted {
            ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
        }
        tokens.replaceSubrange(first..., with: sorted.map(\.element))
    }

    /// The character, and with the one behind it the pair.
    private func appendGrams(of units: [Unit], at index: Int, _ bytes: [UInt8], to tokens: inout [Token]) {
        let unit = units[index]
        let single = Folding.gram(bytes[unit.range])
        guard !single.isEmpty else { return }
        tokens.append(
            Token(term: single, position: unit.position, utf8Range: unit.range, form: .gram))
        // The word that the next characters make may stand between.
        guard unit.entry == -1, let next = units[(index + 1)...].prefix(2).first(where: { $0.entry < 0 })
        else { return }
        tokens.append(
            Token(
                term: single + Folding.gram(bytes[next.range]), position: unit.position,
                utf8Range: unit.range.lowerBound..<next.range.upperBound, form: .gram))
    }
}
