import Foundation
import Text

/// Judged units to what is told of them.
struct AnswerComposer: Sendable {
    let passages: [GroundedQuestion.Passage]
    let configuration: ExtractiveGenerator.Configuration

    private typealias Place = EvidenceCandidate.Place

    /// The quotations that answer a part, in the order in which they are told.
    ///
    /// - Parameter required: a unit that is less likely to answer is not told.
    func quotations(_ verdict: EvidenceJudge.Verdict, required: Double) -> [Quotation] {
        guard let best = verdict.judged.first, best.probability >= required else { return [] }
        let others = verdict.judged.dropFirst().filter {
            $0.probability >= max(required, best.probability * configuration.furtherShare)
        }
        var told: [JudgedUnit] = [best]
        for other in others where told.count < configuration.maxSentences {
            if !told.contains(where: { repeats(other, $0) }) { told.append(other) }
        }
        let contradicting = told.dropFirst().filter { contradicts($0, best) }
        if !contradicting.isEmpty {
            return dated([best] + contradicting, verdict)
        }
        var places: [Place] = []
        for judged in told {
            for place in surroundings(of: judged, verdict) where !places.contains(place) {
                places.append(place)
            }
        }
        return tell(
            inOrder(places, first: best.candidate.passage, verdict.candidates.units), verdict, judged: told)
    }

    /// Where nothing answers: the likeliest unit of each of the passages that come nearest, the likeliest first.
    func nearest(_ verdicts: [EvidenceJudge.Verdict]) -> [Quotation] {
        let judged = verdicts.flatMap { verdict in verdict.judged.map { (unit: $0, verdict: verdict) } }
            .sorted { $0.unit.probability > $1.unit.probability }
        var seen: Set<Int> = []
        return judged.filter { seen.insert($0.unit.candidate.passage).inserted }
            .prefix(configuration.maxSentences)
            .map { quotation($0.unit.candidate.unit, $0.unit.candidate, $0.verdict) }
    }

    // MARK: What belongs together

    private func repeats(_ one: JudgedUnit, _ other: JudgedUnit) -> Bool {
        let (left, right) = (one.candidate.statement, other.candidate.statement)
        return left.contains(right) || right.contains(left)
    }

    /// Pages that give different figures for the same words.
    private func contradicts(_ one: JudgedUnit, _ other: JudgedUnit) -> Bool {
        let (left, right) = (passages[one.candidate.passage], passages[other.candidate.passage])
        guard left.document != right.document || left.document == nil,
            let mine = figures(one), let theirs = figures(other)
        else { return false }
        let words = Set(Analyzer().tokens(of: one.candidate.statement).map(\.term))
        let otherWords = Set(Analyzer().tokens(of: other.candidate.statement).map(\.term))
        let common = words.intersection(otherWords).count
        return mine.isDisjoint(with: theirs) && common * 2 >= min(words.count, otherWords.count)
    }

    /// The figures of what answers.
    private func figures(_ judged: JudgedUnit) -> Set<String>? {
        let figures = judged.candidate.statement.split { !$0.isNumber && $0 != "." && $0 != "," && $0 != ":" }
            .map(String.init).filter { $0.contains(where: \.isNumber) }
        return figures.isEmpty ? nil : Set(figures)
    }

    /// The newer page's first, each with its date.
    private func dated(_ told: [JudgedUnit], _ verdict: EvidenceJudge.Verdict) -> [Quotation] {
        let dates = told.map { passages[$0.candidate.passage].updatedAt }
        let order = told.indices.sorted { left, right in
            (dates[left] ?? .distantPast, right) > (dates[right] ?? .distantPast, left)
        }
        return order.map { index in
            var quotation = quotation(told[index].candidate.unit, told[index].candidate, verdict)
            if let date = dates[index] {
                quotation.text += " (page of \(date.formatted(.iso8601.year().month().day())))"
            }
            quotation.isLine = true
            return quotation
        }
    }

    /// The unit with what it says nothing without: the items that it announces, the other steps of its list, the
    /// sentences around an instruction.
    private func surroundings(of judged: JudgedUnit, _ verdict: EvidenceJudge.Verdict) -> [Place] {
        let candidate = judged.candidate
        let units = verdict.candidates.units[candidate.passage]
        var offsets = [candidate.offset]
        if candidate.unit.text.hasSuffix(":") || candidate.unit.text.hasSuffix("：") {
            offsets += announced(behind: candidate.offset, units)
        } else if verdict.question.kind == .procedure {
            offsets = procedure(around: candidate.offset, units)
        }
        return offsets.map { Place(passage: candidate.passage, offset: $0) }
    }

    private func announced(behind offset: Int, _ units: [EvidenceUnit]) -> [Int] {
        var result: [Int] = []
        var bytes = 0
        for next in (offset + 1)..<max(units.count, offset + 1) {
            bytes += units[next].text.utf8.count
            guard bytes <= configuration.listByteLimit,
                units[next].lead == units[offset].text
                    || units[next].kind == .item || units[next].kind == .row,
                next == offset + 1 || units[next].group == units[offset + 1].group
            else { break }
            result.append(next)
        }
        return result
    }

    /// Steps are told whole and in order; prose from the sentence on, with the one before it.
    private func procedure(around offset: Int, _ units: [EvidenceUnit]) -> [Int] {
        let group = units.indices.filter { units[$0].group == units[offset].group }
        let isList = units[offset].kind == .item
        let size = group.reduce(0) { $0 + units[$1].text.utf8.count }
        if isList, size <= configuration.listByteLimit { return group }
        if isList { return [offset] }
        let near = units.indices.filter {
            units[$0].kind == .sentence && units[$0].heading == units[offset].heading
                && abs($0 - offset) <= 2
        }
        var chosen = [offset]
        var bytes = units[offset].text.utf8.count
        for next in near.filter({ $0 > offset }) + near.filter({ $0 < offset }).reversed() {
            bytes += units[next].text.utf8.count
            guard chosen.count < 4, bytes <= configuration.listByteLimit else { break }
            chosen.append(next)
        }
        return chosen
    }

    /// In the order of the page, the best unit's passage first, and nothing lost between two told steps.
    private func inOrder(_ places: [Place], first: Int, _ units: [[EvidenceUnit]]) -> [Place] {
        let sorted = places.sorted {
            ($0.passage == first ? 0 : 1, $0.passage, $0.offset) < (
                $1.passage == first ? 0 : 1, $1.passage, $1.offset
            )
        }
        var result: [Place] = []
        for place in sorted {
            if let last = result.last, last.passage == place.passage, place.offset - last.offset == 2,
                units[place.passage][last.offset].group == units[place.passage][place.offset].group
            {
                result.append(Place(passage: place.passage, offset: place.offset - 1))
            }
            result.append(place)
        }
        return result
    }

    // MARK: Telling

    private func tell(
        _ places: [Place], _ verdict: EvidenceJudge.Verdict, judged: [JudgedUnit]
    ) -> [Quotation] {
        let known = Dictionary(
            judged.map { ($0.candidate.place, $0.candidate) },
            uniquingKeysWith: { first, _ in first })
        var lead: String?
        let places = places.filter { !verdict.candidates.units[$0.passage][$0.offset].text.isEmpty }
        return places.map { place in
            let unit = verdict.candidates.units[place.passage][place.offset]
            var quotation = quotation(unit, known[place], verdict, marker: passages[place.passage].marker)
            // An item is told under the line that announces it, once.
            if let announcing = unit.lead, announcing != lead, unit.kind == .item,
                !places.contains(where: {
                    $0.passage == place.passage
                        && verdict.candidates.units[$0.passage][$0.offset].text == announcing
                })
            {
                quotation.text =
                    places.count == 1 ? "\(announcing) \(unit.text)" : "\(announcing)\n\(quotation.text)"
            }
            lead = unit.lead
            return quotation
        }
    }

    private func quotation(
        _ unit: EvidenceUnit, _ candidate: EvidenceCandidate?, _ verdict: EvidenceJudge.Verdict,
        marker: Int? = nil
    ) -> Quotation {
        let marker = marker ?? candidate.map { passages[$0.passage].marker } ?? 0
        let text =
            switch unit.kind {
            case .row: RowTelling.sentence(unit, columns: candidate?.columns ?? Array(unit.cells.indices))
            case .item: unit.step.map { "\($0). \(unit.text)" } ?? unit.text
            case .sentence, .code: unit.text
            }
        return Quotation(text: text, marker: marker, ranges: [unit.range], isLine: unit.kind != .sentence)
    }
}

/// A table's row told as a sentence, never as loose cells.
enum RowTelling {
    /// “Severity SEV1 – Acknowledge within: 5 minutes”.
    static func sentence(_ unit: EvidenceUnit, columns: [Int]) -> String {
        guard let subject = unit.cells.first else { return unit.text }
        let name = [subject.header, subject.text].filter { !$0.isEmpty }.joined(separator: " ")
        let rest = columns.filter { $0 > 0 && !unit.cells[$0].text.isEmpty }.map { column in
            let cell = unit.cells[column]
            return cell.header.isEmpty ? cell.text : "\(cell.header): \(cell.text)"
        }.joined(separator: "; ")
        return rest.isEmpty ? name : name.isEmpty ? rest : "\(name) – \(rest)"
    }
}
